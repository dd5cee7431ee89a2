"""How a finding moves from found to closed, and on whose word."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from zhixing.kernel.checks.models import OPEN, SETTLED, Finding, Source, Stage
from zhixing.kernel.notices.send import finish_todo, set_todo
from zhixing.kernel.people.models import User
from zhixing.kernel.procedures import Procedure, Step, StepRefused
from zhixing.kernel.procedures.declare import passages_of

from ..actions import enter_in_ledger, plan_look_back

HANDED_OUT = (Stage.ASSIGNED, Stage.RECTIFYING, Stage.SENT_BACK)


def subject(finding: Finding) -> str:
    """The key of the to-do that belongs to a finding."""
    return f"finding:{finding.uid}"


def address(finding: Finding) -> str:
    return f"/checks/finding/{finding.uid}/"


def _not_the_owner(finding: Finding, by: User) -> str:
    if finding.owner_id == by.pk:
        return "整改责任人不能复查自己负责的问题，请由他人复查。"
    if finding.source != Source.CHECK and finding.unit is not None and finding.unit.head_id == by.pk:
        return "检查、投诉、通知等指出的问题，责任部门负责人不能自己认定或销号，请由他人复查。"
    return ""


def _hand_out(
    finding: Finding, *, by: User, at: datetime, owner: User, due_date: date, note: str = ""
) -> None:  # fmt: skip
    if due_date < timezone.localdate(at):
        raise StepRefused("整改期限不能早于今天。")
    finding.owner, finding.due_date, finding.note, finding.assigned_by = owner, due_date, note[:300], by
    finding.verifier = None


def _enter_and_tell(finding: Finding, *, by: User, at: datetime) -> None:
    enter_in_ledger(finding, at=at)
    _tell_owner(finding, by=by, at=at)


def _tell_owner(finding: Finding, *, by: User, at: datetime) -> None:
    finish_todo(subject(finding), at=at)
    assert finding.owner is not None
    set_todo(
        finding.owner,
        subject(finding),
        f"整改：{finding.title}",
        body=f"{finding.object_label}：{finding.message}",
        url=address(finding),
        due_date=finding.due_date,
    )


def _tell_verifier(finding: Finding, *, by: User, at: datetime) -> None:
    finish_todo(subject(finding), at=at)
    if finding.assigned_by and finding.assigned_by_id != finding.owner_id:
        set_todo(
            finding.assigned_by,
            subject(finding),
            f"复查：{finding.title}",
            body=f"{finding.object_label} 已申请复查",
            url=address(finding),
        )


def _tick_off(finding: Finding, *, by: User, at: datetime) -> None:
    finish_todo(subject(finding), at=at)


def _close(finding: Finding, *, by: User, at: datetime, note: str = "") -> None:
    if finding.is_present and finding.rule and not note.strip():
        raise StepRefused("最近一次核查仍能查到这个问题。请先重新核查；确已整改的，请填写复查意见说明依据。")
    finding.verifier, finding.settled_at = by, at
    if not finding.rule:
        # No verification will ever look: the verifier's word is what says that it is gone.
        finding.is_present, finding.gone_at = False, at


def _look_back_later(finding: Finding, *, by: User, at: datetime) -> None:
    _tick_off(finding, by=by, at=at)
    plan_look_back(finding, at=at)


def _settle(finding: Finding, *, by: User, at: datetime) -> None:
    finding.settled_at = at


def _reopen(finding: Finding, *, by: User, at: datetime) -> None:
    finding.settled_at, finding.owner, finding.due_date, finding.verifier = None, None, None, None
    finding.is_present = finding.is_present or not finding.rule


def _closable(finding: Finding, by: User) -> str:
    if finding.stage != Stage.CLOSURE_REQUESTED and finding.is_present:
        return "责任人申请复查后，或重新核查已查不到该问题时，才能销号。"
    if finding.stage == Stage.CLOSURE_REQUESTED:
        asked = passages_of(finding).filter(step="request_closure").last()
        if asked is not None and asked.by_id == by.pk:
            return "申请复查的人不能自己复查销号，请由他人复查。"
    return _not_the_owner(finding, by)


class FindingClosure(Procedure):
    """问题 → 交办 → 整改 → 复查 → 销号. The database, too, keeps owner and verifier apart."""

    model = Finding
    title = "问题整改销号"
    steps = (
        Step(
            name="assign", label="交办", source=(Stage.FOUND, *HANDED_OUT), target=Stage.ASSIGNED,
            apply=_hand_out, then=_enter_and_tell,
        ),
        Step(name="start", label="开始整改", source=(Stage.ASSIGNED, Stage.SENT_BACK), target=Stage.RECTIFYING),
        Step(
            name="request_closure", label="申请复查", source=HANDED_OUT, target=Stage.CLOSURE_REQUESTED,
            then=_tell_verifier,
        ),
        Step(
            name="close", label="复查销号", source=OPEN, target=Stage.CLOSED, guard=_closable,
            apply=_close, then=_look_back_later,
        ),
        Step(
            name="send_back", label="复查退回", source=(Stage.CLOSURE_REQUESTED,), target=Stage.SENT_BACK,
            needs_opinion=True, guard=_not_the_owner, then=_tell_owner,
        ),
        Step(
            name="dismiss", label="认定误报", source=OPEN, target=Stage.DISMISSED, needs_opinion=True,
            guard=_not_the_owner, apply=_settle, then=_tick_off,
        ),
        Step(
            name="waive", label="豁免", source=OPEN, target=Stage.WAIVED, needs_opinion=True,
            guard=_not_the_owner, apply=_settle, then=_tick_off,
        ),
        Step(
            name="reopen", label="重新立案", source=SETTLED, target=Stage.FOUND, needs_opinion=True, apply=_reopen,
        ),
    )  # fmt: skip


def take(name: str, finding: Finding, *, by: Any, at: datetime, opinion: str = "", **values: Any) -> Finding:
    """Take one step of the closure procedure; raises StepRefused."""
    moved = FindingClosure.take(name, finding, by=by, at=at, opinion=opinion, **values)
    assert isinstance(moved, Finding)
    return moved
