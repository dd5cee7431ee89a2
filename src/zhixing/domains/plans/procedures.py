"""How a work point moves: given, handed in with evidence, accepted by somebody else or sent back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from zhixing.kernel.files.evidence import accept_use, evidence_of
from zhixing.kernel.notices.send import finish_todo, notify, set_todo
from zhixing.kernel.people.duties import Duty
from zhixing.kernel.people.models import User
from zhixing.kernel.procedures import Procedure, Step, StepRefused
from zhixing.kernel.procedures.declare import passages_of
from zhixing.kernel.procedures.models import Passage

from .actions.cases import fix_figures, unwritten
from .actions.points import address, hand_over, missing_duties, subject
from .actions.stages import freeze_stage
from .choices import CaseState, MemberRole, PointState, StageState
from .models import CaseStudy, GroupMember, HandOver, PlanStage, WorkPoint
from .queries.gates import barring

ACCEPT = "plans.workpoint.accept"


def _complete(point: WorkPoint, by: User) -> str:
    lacking = missing_duties(point)
    return f"还没有明确{'、'.join(lacking)}，不能生效。" if lacking else ""


def _answers_for_it(point: WorkPoint, by: User) -> str:
    """The owner hands in, or the head of the leading department for him."""
    head = point.lead.head_id if point.lead else None
    if by.pk in (point.owner_id, head):
        return ""
    return "只有责任人或牵头部门负责人可以提交验收。"


def _somebody_else(point: WorkPoint, by: User) -> str:
    """Neither the owner nor whoever handed it in accepts; of those who merely share the point only the sponsor."""
    if by.pk == point.owner_id:
        return "责任人不能验收自己负责的工作要点，请由他人验收。"
    if by.pk == point.submitted_by_id:
        return "提交人不能验收自己提交的工作要点，请由他人验收。"
    if (
        point.submitted_at
        and HandOver.objects.filter(work_point=point, from_owner=by, at__gte=point.submitted_at).exists()
    ):
        return "这条要点提交验收时由您负责，请由他人验收。"
    if by.pk != point.sponsor_id and not by.grants.holds_everywhere(ACCEPT):
        return "只有责任领导或办公室可以验收。"
    return ""


def _give(point: WorkPoint, *, by: User, at: datetime) -> None:
    if point.start_date is None:
        point.start_date = min(timezone.localdate(at), point.due_date or timezone.localdate(at))


def _hand_in(point: WorkPoint, *, by: User, at: datetime) -> None:
    if not evidence_of(point).filter(refused_at=None).exists():
        raise StepRefused("还没有佐证材料。请先上传能证明完成情况的材料，再提交验收。")
    point.submitted_by, point.submitted_at, point.submitted_date = by, at, timezone.localdate(at)


def _accept(point: WorkPoint, *, by: User, at: datetime) -> None:
    """The evidence that nobody has judged yet is accepted with the point; somebody else's word on it stays."""
    if not evidence_of(point).filter(refused_at=None).exists():
        raise StepRefused("佐证材料都已退回或撤回，不能验收。请退回责任人补充材料。")
    for use in evidence_of(point).filter(accepted_at=None, refused_at=None):
        if by.pk not in (use.added_by_id, use.uploaded_by_id):
            accept_use(use, by=by, at=at)
    if not evidence_of(point).exclude(accepted_at=None).exists():
        raise StepRefused("佐证材料都是您自己提交或入库的，不能由您采信。请由他人验收，或退回责任人补充材料。")
    point.accepted_by, point.accepted_at = by, at


def _send_back(point: WorkPoint, *, by: User, at: datetime) -> None:
    point.submitted_by = point.submitted_at = point.submitted_date = None
    point.returned_count += 1


def _undo_acceptance(point: WorkPoint, *, by: User, at: datetime) -> None:
    point.accepted_by = point.accepted_at = None
    point.submitted_by = point.submitted_at = point.submitted_date = None


def _tell_owner(point: WorkPoint, *, by: User, at: datetime) -> None:
    finish_todo(subject(point), at=at)
    if point.owner is not None:
        set_todo(
            point.owner, subject(point), f"工作要点：{point}",
            body=f"{point.task.title}；佐证：{point.expected_evidence or '按任务要求'}", url=address(point),
            due_date=point.due_date,
        )  # fmt: skip


def _tell_acceptor(point: WorkPoint, *, by: User, at: datetime) -> None:
    finish_todo(subject(point), at=at)
    person = acceptor_of(point)
    if person is not None:
        set_todo(person, subject(point), f"验收：{point}", body=f"{by.name}提交，请核对佐证材料。", url=address(point))


def _tick_off(point: WorkPoint, *, by: User, at: datetime) -> None:
    finish_todo(subject(point), at=at)


def acceptor_of(point: WorkPoint) -> User | None:
    """Who is asked to accept: the sponsor, else the head of the plan's office; never the owner or the submitter."""
    office = GroupMember.objects.filter(
        group__plan=point.task.action.plan, group__dissolved_date=None, role=MemberRole.OFFICE_HEAD, ends_on=None
    ).select_related("user")
    people: list[Any] = [point.sponsor, *(member.user for member in office)]
    barred = (point.owner_id, point.submitted_by_id)
    return next((user for user in people if user is not None and user.is_active and user.pk not in barred), None)


class PointProgress(Procedure):
    """待明确责任 → 进行中 → 待验收 → 已完成. The database, too, keeps owner and acceptor apart."""

    model = WorkPoint
    title = "工作要点办理"
    stage_field = "state"
    steps = (
        Step(
            name="put_in_effect", label="生效", source=(PointState.DRAFT,), target=PointState.IN_EFFECT,
            guard=_complete, apply=_give, then=_tell_owner,
        ),
        Step(
            name="submit", label="提交验收", source=(PointState.IN_EFFECT,), target=PointState.SUBMITTED,
            guard=_answers_for_it, apply=_hand_in, then=_tell_acceptor,
        ),
        Step(
            name="accept", label="验收通过", source=(PointState.SUBMITTED,), target=PointState.ACCEPTED,
            guard=_somebody_else, apply=_accept, then=_tick_off,
        ),
        Step(
            name="send_back", label="验收退回", source=(PointState.SUBMITTED,), target=PointState.IN_EFFECT,
            needs_opinion=True, guard=_somebody_else, apply=_send_back, then=_tell_owner,
        ),
        Step(
            name="reopen", label="重新办理", source=(PointState.ACCEPTED,), target=PointState.IN_EFFECT,
            needs_opinion=True, guard=_somebody_else, apply=_undo_acceptance, then=_tell_owner,
        ),
        Step(
            name="withdraw", label="撤销要点", needs_opinion=True, target=PointState.WITHDRAWN,
            source=(PointState.DRAFT, PointState.IN_EFFECT, PointState.SUBMITTED), then=_tick_off,
        ),
        Step(
            name="restore", label="恢复要点", source=(PointState.WITHDRAWN,), target=PointState.DRAFT,
            needs_opinion=True,
        ),
    )  # fmt: skip


def take(name: str, point: WorkPoint, *, by: Any, at: datetime, opinion: str = "", **values: Any) -> WorkPoint:
    """Take one step of the procedure; raises StepRefused."""
    moved = PointProgress.take(name, point, by=by, at=at, opinion=opinion, **values)
    assert isinstance(moved, WorkPoint)
    return moved


POINTS_IN_HAND = Duty(
    code="plans.points_in_hand", title="未完成的工作要点", home=__name__,
    rows=lambda user: WorkPoint.objects.undone().filter(owner=user), hand_over=hand_over,
)  # fmt: skip
"""An account with open points can't be closed, nor can its holder leave, before somebody has taken them over."""


def _requester(stage: PlanStage) -> Passage | None:
    """The last step by which somebody asked to close the stage."""
    found: Passage | None = passages_of(stage).filter(step="request_close").last()
    return found


def _gates_hold(stage: PlanStage, by: User) -> str:
    failed = barring(stage)
    if not failed:
        return ""
    lines = "；".join(f"{one.gate.title}（{one.words}）" for one in failed)
    return f"还有 {len(failed)} 个关口没有通过，不能关闭：{lines}。请先办结，或逐个说明理由豁免。"


def _another_closes(stage: PlanStage, by: User) -> str:
    asked = _requester(stage)
    if asked is not None and asked.by_id == by.pk:
        return "申请关闭的人不能自己关闭阶段，请由他人核对后关闭。"
    return _gates_hold(stage, by)


def _close(stage: PlanStage, *, by: User, at: datetime) -> None:
    stage.closed_by, stage.closed_at = by, at


def _freeze(stage: PlanStage, *, by: User, at: datetime) -> None:
    asked = _requester(stage)
    if asked is None or asked.by is None:
        raise StepRefused("没有找到关闭申请，不能关闭。请退回后重新申请。")
    freeze_stage(stage, requested_by=asked.by, requested_at=asked.at, by=by, at=at)


class StageClosing(Procedure):
    """未关闭 → 关闭中 → 已关闭: all gates met or waived, by two people; closing freezes the snapshot for good."""

    model = PlanStage
    title = "阶段关闭"
    stage_field = "state"
    steps = (
        Step(
            name="request_close", label="申请关闭", source=(StageState.OPEN,), target=StageState.CLOSING,
            guard=_gates_hold,
        ),
        Step(
            name="close_stage", label="关闭阶段", source=(StageState.CLOSING,), target=StageState.CLOSED,
            guard=_another_closes, apply=_close, then=_freeze,
        ),
        Step(
            name="send_back", label="退回关闭申请", source=(StageState.CLOSING,), target=StageState.OPEN,
            needs_opinion=True,
        ),
    )  # fmt: skip


def _is_whole(case: CaseStudy, by: User) -> str:
    found = unwritten(case)
    return f"{'、'.join(found)}，写完后再提交。" if found else ""


def _not_the_author(case: CaseStudy, by: User) -> str:
    return "撰写人不能审核或采用自己的案例，请由他人办理。" if case.author_id == by.pk else ""


def _note_review(case: CaseStudy, *, by: User, at: datetime, recommendation: str = "") -> None:
    case.reviewed_by, case.reviewed_at = by, at
    case.recommendation = recommendation.strip() or case.recommendation


def _adopt(case: CaseStudy, *, by: User, at: datetime) -> None:
    fix_figures(case)
    case.adopted_by, case.adopted_at = by, at


def _undo_review(case: CaseStudy, *, by: User, at: datetime) -> None:
    case.reviewed_by = case.reviewed_at = None


def _tell_author(case: CaseStudy, *, by: User, at: datetime) -> None:
    notify([case.author], f"典型案例“{case}”：{case.get_state_display()}", url=f"/plans/casestudy/{case.uid}/")


class CaseReview(Procedure):
    """撰写中 → 待审核 → 已审核 → 已采用; the author neither reviews nor adopts. Adopting fixes the figures."""

    model = CaseStudy
    title = "典型案例评审"
    stage_field = "state"
    steps = (
        Step(
            name="submit", label="提交审核", source=(CaseState.DRAFT,), target=CaseState.SUBMITTED, guard=_is_whole,
        ),
        Step(
            name="review", label="审核通过", source=(CaseState.SUBMITTED,), target=CaseState.REVIEWED,
            guard=_not_the_author, apply=_note_review, then=_tell_author,
        ),
        Step(
            name="send_back", label="退回修改", source=(CaseState.SUBMITTED, CaseState.REVIEWED),
            target=CaseState.DRAFT, needs_opinion=True, guard=_not_the_author, apply=_undo_review, then=_tell_author,
        ),
        Step(
            name="adopt", label="采用", source=(CaseState.REVIEWED,), target=CaseState.ADOPTED,
            guard=_not_the_author, apply=_adopt, then=_tell_author,
        ),
    )  # fmt: skip


def take_stage(name: str, stage: PlanStage, *, by: Any, at: datetime, opinion: str = "") -> PlanStage:
    """One step of closing a stage; raises StepRefused."""
    moved = StageClosing.take(name, stage, by=by, at=at, opinion=opinion)
    assert isinstance(moved, PlanStage)
    return moved


def take_case(name: str, case: CaseStudy, *, by: Any, at: datetime, opinion: str = "", **values: Any) -> CaseStudy:
    """One step of a case's review; raises StepRefused."""
    moved = CaseReview.take(name, case, by=by, at=at, opinion=opinion, **values)
    assert isinstance(moved, CaseStudy)
    return moved
