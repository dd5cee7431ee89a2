"""延期: asked in time, with a reason and a day; decided by somebody else."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.kernel.notices.send import finish_todo, notify, set_todo
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import DOING, IN_HAND, Card, OrderState, Verdict
from ..models import Order, OrderExtension
from .orders import not_the_lead, order_address, order_subject, tell_owner

LEAST_REASON, SHORTEST = 4, 2


def extension_subject(order: Order) -> str:
    """The key of the to-do for whoever decides."""
    return f"extension:{order.uid}"


@transaction.atomic
def ask_extension(
    order: Order, *, asked_due_date: date, reason: str, progress: str, by: User, at: datetime
) -> OrderExtension:
    """Ask for a later day. Raises ValidationError once the due date has passed: then one reports progress and why."""
    today = timezone.localdate(at)
    if why := not_the_lead(order, by):
        raise PermissionError(why)
    if order.state not in (*DOING, OrderState.ISSUED):
        raise ValidationError("只有在办的督办单可以申请延期。")
    if today > order.due_date:
        raise ValidationError("已过办结时限，不能再申请延期。请在反馈中写明进展和未完成的原因。")
    faults: dict[str, str] = {}
    if asked_due_date <= order.due_date:
        faults["asked_due_date"] = f"申请的时限须晚于原时限 {order.due_date:%Y-%m-%d}。"
    if len(reason.strip()) < LEAST_REASON:
        faults["reason"] = f"请写明延期原因（不少于 {LEAST_REASON} 个字）。"
    if len(progress.strip()) < LEAST_REASON:
        faults["progress"] = f"请写明已有进展（不少于 {LEAST_REASON} 个字）。"
    if faults:
        raise ValidationError(faults)
    asked = OrderExtension(
        order=order, old_due_date=order.due_date, asked_due_date=asked_due_date, reason=reason.strip(),
        progress=progress.strip(), asked_by=by, asked_at=at, asked_date=today,
    )  # fmt: skip
    add_row(asked, by=by, at=at, action="ask_extension")
    if order.issued_by is not None and order.issued_by != by:
        set_todo(
            order.issued_by, extension_subject(order), f"延期审批：{order.subject}", body=reason,
            url=order_address(order), due_date=order.due_date,
        )  # fmt: skip
    return asked


def waiting_extension(order: Order) -> OrderExtension | None:
    """The request that nobody has decided yet."""
    found: OrderExtension | None = OrderExtension.objects.filter(order=order, verdict=Verdict.WAITING).first()
    return found


@transaction.atomic
def decide_extension(
    asked: OrderExtension, *, granted: bool, by: User, at: datetime, opinion: str = ""
) -> OrderExtension:
    """Grant or refuse; neither the asker nor the owner decides. A refusal says why.

    An order that is done or withdrawn keeps its day: granting one afterwards would make a late answer timely.
    """
    if asked.verdict != Verdict.WAITING:
        raise ValidationError("这份延期申请已经审批过。")
    order = Order.objects.select_for_update().get(pk=asked.order_id)
    if by.pk in (asked.asked_by_id, order.owner_id):
        raise ValidationError("延期申请不能由申请人或责任人自己审批。")
    if granted and order.state not in IN_HAND:
        raise ValidationError(f"督办单{order.get_state_display()}，不能再延期。请选“不同意”并说明。")
    if not granted and len(opinion.strip()) < SHORTEST:
        raise ValidationError({"opinion": "不同意延期的，请写明理由。"})
    values = {
        "verdict": Verdict.ACCEPTED if granted else Verdict.REFUSED, "decided_by": by, "decided_at": at,
        "opinion": opinion.strip(),
    }  # fmt: skip
    amend_row(asked, values, by=by, at=at, action="decide_extension", reason=opinion, inner=tuple(values))
    finish_todo(extension_subject(order), at=at)
    if granted:
        changed = {"due_date": asked.asked_due_date, "card": Card.NONE}
        amend_row(order, changed, by=by, at=at, action="extend", reason=asked.reason, inner=("card",))
        finish_todo(order_subject(order), at=at)
        tell_owner(order)
    word = f"同意延至 {asked.asked_due_date:%Y-%m-%d}" if granted else f"不同意延期：{opinion}"
    notify([asked.asked_by], f"延期申请：{order.subject}", body=word, url=order_address(order))
    return asked
