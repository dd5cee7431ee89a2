"""Begin an order, put it right before it goes out, give it helpers, hand it to another person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zhixing.domains.plans.models import WorkPoint
from zhixing.kernel.base.records import Record
from zhixing.kernel.base.tenancy import current_tenant
from zhixing.kernel.checks.models import Finding
from zhixing.kernel.notices.send import finish_todo, set_todo
from zhixing.kernel.people.grants import Extent
from zhixing.kernel.people.models import Tenant, Unit, User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import IN_HAND, OrderState, SourceKind
from ..models import Decision, Order, OrderSupport

FIELDS = (
    "subject", "demand", "source_kind", "source_label", "instruction", "instructed_by", "lead", "owner", "sponsor",
    "work_point", "feedback_asked", "due_date",
)  # fmt: skip
"""What the drafter writes; everything else is written by its own verb."""


ANSWER = "supervision.order.answer"


def not_the_lead(order: Order, by: User) -> str:
    """A reason to refuse what only the lead may do: the owner himself, or who leads the lead unit."""
    if order.owner_id == by.pk:
        return ""
    paths = [path for extent, path in by.grants.extents(ANSWER) if extent is Extent.UNIT and path]
    if any(order.lead.path.startswith(path) for path in paths):
        return ""
    return "这一步由牵头部门的责任人办理；协办部门请把情况报给牵头部门，由牵头部门统一反馈。"


def order_subject(order: Order) -> str:
    """The key of the to-do that belongs to an order."""
    return f"order:{order.uid}"


def order_address(order: Order) -> str:
    return f"/supervision/order/{order.uid}/"


@transaction.atomic
def begin_order(
    values: Mapping[str, Any], *, by: User | None, at: datetime, source: Record | None = None,
    supports: Iterable[Unit] = (),
) -> Order:  # fmt: skip
    """立项: a draft without number. ``source`` is the decision, work point, finding or other record it comes from.

    Raises ValidationError by field: an unknown source of the kind, a day gone by, a lead that also helps.
    """
    known = {name: values[name] for name in FIELDS if name in values}
    order = Order(**known, drafted_by=by, **_traced(source))
    order.source_kind = _kind_of(source, order)
    if source is not None and not order.source_label:
        order.source_label = str(source)[:200]
    if isinstance(source, WorkPoint):
        order.work_point = order.work_point or source
    _fits(order, at)
    add_row(order, by=by, at=at)
    _keep_supports(order, supports)
    if isinstance(source, Decision):
        amend_row(source, {"order": order}, by=by, at=at, action="link", inner=("order",))
    return order


def _traced(source: Record | None) -> dict[str, Any]:
    if source is None:
        return {}
    return {"source_type": source._meta.label_lower, "source_uid": source.uid}


def _kind_of(source: Record | None, order: Order) -> str:
    if order.source_kind == SourceKind.NOTE or order.instruction:
        return SourceKind.NOTE
    if isinstance(source, Decision):
        return SourceKind.DECISION
    if isinstance(source, WorkPoint):
        return SourceKind.POINT
    return SourceKind.FINDING if isinstance(source, Finding) else order.source_kind


def _fits(order: Order, at: datetime) -> None:
    faults: dict[str, str] = {}
    if order.due_date is not None and order.due_date < timezone.localdate(at):
        faults["due_date"] = "办结时限不能早于今天。"
    if order.source_kind == SourceKind.NOTE and len(order.instruction.strip()) < 2:
        faults["instruction"] = "来源是领导批示的，请写明批示内容。"
    if faults:
        raise ValidationError(faults)


def correct_order(
    order: Order, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int | None = None
) -> Order:
    """Put a draft right. An order that went out is changed by its own verbs: reassign, extend, withdraw."""
    if order.state != OrderState.DRAFTED:
        raise ValidationError("已交办的督办单不能修改内容；需要换人请“改派”，需要延期由承办人申请，不再办理请“撤项”。")
    wanted = {name: values[name] for name in FIELDS if name in values}
    if wanted.get("due_date") and wanted["due_date"] < timezone.localdate(at):
        raise ValidationError({"due_date": "办结时限不能早于今天。"})
    return amend_row(order, wanted, by=by, at=at, seen_version=seen_version)


@transaction.atomic
def set_supports(order: Order, *, units: Iterable[Unit], by: User, at: datetime) -> None:
    """Say anew which units help; they see the order, the lead answers."""
    if order.state in (OrderState.SETTLED, OrderState.ARCHIVED, OrderState.WITHDRAWN):
        raise ValidationError("已了结的督办单不能再改协办部门。")
    before = [str(support.unit) for support in order.supports.select_related("unit")]
    order.supports.all().delete()
    kept = _keep_supports(order, units)
    record(
        action="supports", by=by, at=at, on=order, changes={"supports": ["、".join(before), "、".join(map(str, kept))]}
    )


def _keep_supports(order: Order, units: Iterable[Unit]) -> list[Unit]:
    wanted = list(dict.fromkeys(units))
    if any(unit.pk == order.lead_id for unit in wanted):
        raise ValidationError({"supports": "牵头部门不能同时是协办部门。"})
    OrderSupport.objects.bulk_create(OrderSupport(order=order, unit=unit) for unit in wanted)
    return wanted


@transaction.atomic
def reassign(order: Order, *, owner: User, by: User, at: datetime, reason: str) -> Order:
    """改派: another person of the lead does it; the due date stays."""
    if order.state not in IN_HAND:
        raise ValidationError("只有交办后、办结前的督办单可以改派。")
    if len(reason.strip()) < 2:
        raise ValidationError({"reason": "请写明改派原因。"})
    if owner.pk == order.owner_id:
        raise ValidationError({"owner": "责任人没有变化。"})
    if order.state == OrderState.ANSWERED and by.pk == order.owner_id:
        raise ValidationError("已反馈、等待审核的督办单，责任人不能自己改派。")  # else he could settle his own work
    amend_row(order, {"owner": owner}, by=by, at=at, action="assign", reason=reason)
    finish_todo(order_subject(order), at=at)
    if order.state != OrderState.ANSWERED:
        tell_owner(order)
    return order


def tell_owner(order: Order, title: str = "督办") -> None:
    """The order stands among its owner's to-dos, with its day."""
    assert order.owner is not None
    set_todo(
        order.owner, order_subject(order), f"{title}：{order.subject}", body=order.demand[:200],
        url=order_address(order), due_date=order.due_date,
    )  # fmt: skip


def next_number(model: Any, year: int, **more: Any) -> int:
    """The next number of the year; whoever asks at the same time waits for this transaction."""
    Tenant.objects.select_for_update(no_key=True).get(pk=_tenant_key())
    last = model.objects.filter(year=year, **more).aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


def _tenant_key() -> int:
    tenant = current_tenant()
    if tenant is None:
        raise ValidationError("没有所在学校。")
    return int(tenant)


def order_no(year: int, number: int) -> str:
    """督办〔2026〕3号: no leading zeros, no “第” (GB/T 9704)."""
    return f"督办〔{year}〕{number}号"


def person_of(unit: Unit | None, on: date) -> User | None:
    """Who answers for a unit: its head, if he is still here."""
    head: User | None = unit.head if unit is not None else None
    return head if head is not None and head.is_active else None
