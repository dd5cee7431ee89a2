"""督办单: 立项 → 交办 → 签收 → 在办 → 反馈 → 审核（办结或退回）→ 归档, and on whose word."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from zhixing.kernel.files.evidence import evidence_of
from zhixing.kernel.notices.send import finish_todo, notify, set_todo
from zhixing.kernel.people.models import User
from zhixing.kernel.procedures import Procedure, Step, StepRefused

from ..actions.answers import judge_feedback
from ..actions.decisions import follow
from ..actions.extensions import extension_subject, waiting_extension
from ..actions.orders import next_number, not_the_lead, order_address, order_no, order_subject, person_of, tell_owner
from ..choices import DOING, IN_HAND, Card, Mark, OrderState, SourceKind, Verdict
from ..models import Order


def _not_its_reviewer(order: Order, by: User) -> str:
    if by.pk in (order.owner_id, order.answered_by_id):
        return "责任人和反馈人不能审核自己办理的督办单，请由他人审核。"
    return ""


def _issue(order: Order, *, by: User, at: datetime, due_date: date | None = None) -> None:
    today = timezone.localdate(at)
    order.owner = order.owner or person_of(order.lead, today)
    if order.owner is None:
        raise StepRefused(f"“{order.lead}”没有在职的负责人，请先在督办单上指定责任人。")
    if due_date is not None:
        order.due_date = due_date
    if order.due_date < today:
        raise StepRefused(f"办结时限 {order.due_date:%Y-%m-%d} 已经过去，请先修改时限再交办。")
    order.year, order.number = today.year, next_number(Order, today.year)
    order.no = order_no(order.year, order.number)
    order.issued_date, order.issued_by, order.first_due_date = today, by, order.due_date


def _tell_all(order: Order, *, by: User, at: datetime) -> None:
    tell_owner(order, "签收督办单")
    heads = [support.unit.head for support in order.supports.select_related("unit__head") if support.unit.head]
    notify(heads, f"协办：{order.subject}", body=f"牵头部门：{order.lead}", url=order_address(order))
    follow(order, by=by, at=at)


def _sign(order: Order, *, by: User, at: datetime) -> None:
    order.signed_by, order.signed_at = by, at


def _retell(order: Order, *, by: User, at: datetime) -> None:
    finish_todo(order_subject(order), at=at)
    tell_owner(order)


def _answer(order: Order, *, by: User, at: datetime) -> None:
    order.answered_by, order.answered_at, order.reviewer = by, at, None


def _tell_reviewer(order: Order, *, by: User, at: datetime) -> None:
    finish_todo(order_subject(order), at=at)
    if order.issued_by and order.issued_by_id not in (order.owner_id, by.pk):
        url = order_address(order)
        set_todo(order.issued_by, order_subject(order), f"审核反馈：{order.subject}", body=str(order.lead), url=url)


def _settle(order: Order, *, by: User, at: datetime, mark: str, note: str = "") -> None:
    if mark not in Mark.values:
        raise StepRefused("请选择评定：优秀、良好、合格或不合格。")
    if not note.strip() and not evidence_of(order).exists():
        raise StepRefused("这张督办单没有佐证材料。请退回补充；确属无须佐证的，请在审核意见中说明。")
    order.mark, order.reviewer, order.settled_at = mark, by, at
    judge_feedback(order, verdict=Verdict.ACCEPTED, opinion=note, by=by, at=at)


def _close_books(order: Order, *, by: User, at: datetime) -> None:
    finish_todo(order_subject(order), at=at)
    if order.owner:
        word = f"评定：{order.get_mark_display()}" if order.mark else "已撤项"
        notify(
            [order.owner], f"督办单{order.get_state_display()}：{order.subject}", body=word, url=order_address(order)
        )
    follow(order, by=by, at=at)


def _send_back(order: Order, *, by: User, at: datetime, note: str = "") -> None:
    order.reviewer, order.returned_count = by, order.returned_count + 1
    judge_feedback(order, verdict=Verdict.REFUSED, opinion=note, by=by, at=at)


def _archive(order: Order, *, by: User, at: datetime, archive_class: str = "") -> None:
    order.archive_class = (archive_class.strip() or SourceKind(order.source_kind).label)[:20]
    order.archived_at = at


def _withdraw(order: Order, *, by: User, at: datetime) -> None:
    asked = waiting_extension(order)
    if asked is not None:
        raise StepRefused("还有待审批的延期申请，请先审批再撤项。")
    order.card = Card.NONE
    finish_todo(extension_subject(order), at=at)


class OrderCourse(Procedure):
    """The database, too, keeps the doer and the reviewer apart."""

    model = Order
    title = "督办"
    stage_field = "state"
    steps = (
        Step(
            name="issue", label="交办", source=(OrderState.DRAFTED,), target=OrderState.ISSUED,
            apply=_issue, then=_tell_all,
        ),
        Step(
            name="sign", label="签收", source=(OrderState.ISSUED,), target=OrderState.SIGNED,
            guard=not_the_lead, apply=_sign, then=_retell,
        ),
        Step(
            name="start", label="开始办理", source=(OrderState.SIGNED, OrderState.RETURNED),
            target=OrderState.IN_PROGRESS, guard=not_the_lead,
        ),
        Step(
            name="answer", label="反馈并申请办结", source=DOING, target=OrderState.ANSWERED,
            guard=not_the_lead, apply=_answer, then=_tell_reviewer,
        ),
        Step(
            name="settle", label="审核办结", source=(OrderState.ANSWERED,), target=OrderState.SETTLED,
            guard=_not_its_reviewer, apply=_settle, then=_close_books,
        ),
        Step(
            name="send_back", label="审核退回", source=(OrderState.ANSWERED,), target=OrderState.RETURNED,
            needs_opinion=True, guard=_not_its_reviewer, apply=_send_back, then=_retell,
        ),
        Step(
            name="archive", label="归档", source=(OrderState.SETTLED,), target=OrderState.ARCHIVED, apply=_archive,
        ),
        Step(
            name="withdraw", label="撤项", source=(OrderState.DRAFTED, *IN_HAND), target=OrderState.WITHDRAWN,
            needs_opinion=True, apply=_withdraw, then=_close_books,
        ),
    )  # fmt: skip


def take(name: str, order: Order, *, by: Any, at: datetime, opinion: str = "", **values: Any) -> Order:
    """Take one step of the course of an order; raises StepRefused."""
    moved = OrderCourse.take(name, order, by=by, at=at, opinion=opinion, **values)
    assert isinstance(moved, Order)
    return moved
