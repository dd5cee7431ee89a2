"""Scenes for papers that a row filled by field type can't serve: an order needs its feedback, a book its lines.

An app adds a function for the code of its paper. It is called inside a school with a user who may do everything, and
gives what the paper is about: the record, the rows of a ledger, or None. ``ASKED`` holds what a paper asks for first.

    @scene("supervision.OrderPaper")
    def order(user): return actions.draft_order(…, by=user, at=NOW)

    ASKED["supervision.CircularPaper"] = {"month": "2018-03"}
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from tests.kernel.pages.rows import make_row
from zhixing.kernel.people.models import User

Scene = Callable[[Any], Any]
SCENES: dict[str, Scene] = {}
ASKED: dict[str, dict[str, Any]] = {}


def scene(code: str) -> Callable[[Scene], Scene]:
    """Mark a function as the scene of a paper."""

    def keep(function: Scene) -> Scene:
        SCENES[code] = function
        return function

    return keep


def scene_of(paper: Any, user: Any) -> Any:
    """What to print the paper about."""
    if paper.code() in SCENES:
        return SCENES[paper.code()](user)
    if paper.of is None:
        return None
    return [make_row(paper.of, user) for _ in range(3)] if paper.many else make_row(paper.of, user)


@scene("rectification.RectificationReportPaper")
def answered_notice(user: Any) -> Any:
    from zhixing.domains.rectification.models import RectificationNotice

    notice = make_row(RectificationNotice, user)
    notice.report, notice.reported_at = "各项问题均已整改到位。", notice.issued_at
    notice.save()
    return notice


@scene("supervision.OrderPaper")
@scene("supervision.ReminderPaper")
@scene("supervision.FeedbackPaper")
@scene("supervision.ExtensionPaper")
def order_in_hand(user: Any) -> Any:
    """An order that went out, was answered once and chased once."""
    import datetime

    from zhixing.domains.supervision.models import Order, OrderFeedback, OrderSupport, Reminder

    order = make_row(Order, user)
    order.owner, order.state, order.year, order.number = user, "in_progress", 2024, 1
    order.no, order.issued_date = "督办〔2024〕1号", datetime.date(2024, 9, 1)
    order.save()
    for model in (OrderFeedback, OrderSupport, Reminder):
        row = make_row(model, user)
        row.order = order
        row.save()
    return order


@scene("supervision.MinutesPaper")
@scene("supervision.AgendaPaper")
def meeting_held(user: Any) -> Any:
    from zhixing.domains.supervision.models import Attendance, Decision, Meeting, Topic

    meeting = make_row(Meeting, user)
    meeting.state, meeting.minutes = "held", "会议要求各部门抓好落实。"
    meeting.save()
    for model, values in ((Topic, {"state": "accepted"}), (Decision, {}), (Attendance, {"presence": "present"})):
        row = make_row(model, user)
        row.meeting = meeting
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    return meeting


@scene("supervision.DecisionNotice")
def decision_with_a_unit(user: Any) -> Any:
    from zhixing.domains.supervision.models import Decision
    from zhixing.kernel.people.models import Unit

    decision = make_row(Decision, user)
    decision.lead = make_row(Unit, user)
    decision.save()
    return decision


def plan_in_effect(user: Any) -> Any:
    """A small plan with people on its first point and a piece of evidence."""
    from tests.plans.texts import SMALL
    from zhixing.domains.plans.actions import create_plan, take_effect, take_in
    from zhixing.domains.plans.documents import read_pasted
    from zhixing.domains.plans.models import WorkPoint
    from zhixing.kernel.files.evidence import add_evidence

    at = datetime.datetime(2024, 9, 1, 2, tzinfo=datetime.UTC)
    plan = create_plan({"title": "管理提升实施方案"}, by=user, at=at)
    plan = take_effect(take_in(plan, read_pasted(SMALL), by=user, at=at), by=user, at=at)
    point = WorkPoint.objects.of_plan(plan).first()
    assert point is not None
    add_evidence(title="工作总结", on=point, by=user, at=at, medium="paper", shelf="档案室")
    return plan


for code in ("PlanPaper", "BreakdownPaper", "ProofIndexPaper", "BoxLabelPaper", "GapPaper", "ReadinessPaper"):
    SCENES[f"plans.{code}"] = plan_in_effect


@scene("plans.DutyLetterPaper")
def letter_with_duties(user: Any) -> Any:
    from zhixing.domains.plans.models import DutyLetter

    letter = make_row(DutyLetter, user)
    letter.points = [{"task": "诚信招生", "text": "公开承诺", "due": "2024-12-31", "evidence": "承诺书"}]
    letter.save()
    return letter


@scene("plans.DutyMatrixPaper")
@scene("plans.GroupNoticePaper")
def group_with_members(user: Any) -> Any:
    from zhixing.domains.plans.models import GroupMember, LeadingGroup

    group = make_row(LeadingGroup, user)
    member = make_row(GroupMember, user)
    member.group = group
    member.save()
    return group


@scene("portal.BriefPaper")
def brief(user: Any) -> Any:
    from zhixing.domains.portal.models import Article

    article = make_row(Article, user)
    article.kind = "brief"
    article.save()
    return article


@scene("portal.StudyPaper")
def published_lesson(user: Any) -> Any:
    from zhixing.domains.portal.models import MicroLesson

    lesson = make_row(MicroLesson, user)
    other, due = make_row(User, user), datetime.date(2024, 9, 30)
    MicroLesson.objects.filter(pk=lesson.pk).update(
        state="published", publisher=other, published_at=lesson.created_at, due_date=due
    )
    lesson.refresh_from_db()
    return lesson


@scene("inspections.DrawPaper")
def drawn_lots(user: Any) -> Any:
    from zhixing.domains.inspections.actions import announce_draw, draw_lots

    at = datetime.datetime(2024, 9, 1, 2, tzinfo=datetime.UTC)
    draw = announce_draw(
        title="教案", population="list", listed="甲\n乙\n丙", sample_size=2, seed_origin="次日公开数字", by=user, at=at
    )
    return draw_lots(draw, seed="20240901", by=user, at=at)
