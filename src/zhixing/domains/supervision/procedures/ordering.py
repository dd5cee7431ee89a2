"""From what a meeting decided, or what is overdue, to orders: all or chosen ones in one act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.domains.plans.models import WorkPoint
from zhixing.kernel.people.models import User

from ..actions.orders import begin_order
from ..choices import IN_HAND, DecisionState, OrderState, SourceKind
from ..models import Decision, Order
from ..queries.clock import WorkDays
from .orders import take

ISSUE = "supervision.order.issue"
NEW_TERM = 5
"""Work days given where the source's own day has gone by."""


@dataclass
class Ordered:
    """What became of several sources."""

    made: list[Order] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    issued: bool = False

    def told(self) -> str:
        """In words for the user."""
        done = f"已{'交办' if self.issued else '立项'} {len(self.made)} 件"
        return done + (f"；未立项 {len(self.left)} 件：" + "；".join(self.left[:5]) if self.left else "。")


@transaction.atomic
def order_decisions(decisions: Iterable[Decision], *, by: User, at: datetime) -> Ordered:
    """决议转督办: an order for each decision that needs one; handed out at once where ``by`` may do so."""
    _may_begin(by)
    done = Ordered(issued=by.holds(ISSUE))
    for decision in decisions:
        why = _no_order_for(decision)
        if why:
            done.left.append(f"第{decision.no}号（{why}）")
            continue
        values = {
            "subject": decision.text.rstrip("。")[:120], "demand": decision.text, "source_kind": SourceKind.DECISION,
            "source_label": f"{decision.meeting} 第{decision.no}号决议", "lead": decision.lead,
            "owner": decision.owner, "due_date": decision.due_date, "sponsor": decision.meeting.chair,
        }  # fmt: skip
        done.made.append(_begun(values, decision, done.issued, by=by, at=at))
    return done


def _no_order_for(decision: Decision) -> str:
    if decision.order_id and decision.order is not None and decision.order.state != OrderState.WITHDRAWN:
        return "已有督办单"
    if decision.state in (DecisionState.FULFILLED, DecisionState.VOID):
        return str(decision.get_state_display())
    if decision.lead_id is None:
        return "没有承办部门"
    return "没有时限" if decision.due_date is None else ""


@transaction.atomic
def order_points(points: Iterable[WorkPoint], *, by: User, at: datetime, due_date: date | None = None) -> Ordered:
    """Orders for work points, overdue ones above all; a point that has one in hand gets no second."""
    _may_begin(by)
    rows, done = list(points), Ordered(issued=by.holds(ISSUE))
    chased = set(Order.objects.filter(work_point__in=rows, state__in=(OrderState.DRAFTED, *IN_HAND))
                 .values_list("work_point_id", flat=True))  # fmt: skip
    today = timezone.localdate(at)
    for point in rows:
        if point.pk in chased or point.lead_id is None:
            done.left.append(f"{point}（{'已有在办督办单' if point.pk in chased else '没有牵头部门'}）")
            continue
        late = point.due_date is None or point.due_date < today
        due = due_date or (WorkDays().shifted(today, NEW_TERM) if late else point.due_date)
        values = {
            "subject": str(point)[:120], "demand": _demand_of(point), "lead": point.lead, "owner": point.owner,
            "sponsor": point.sponsor, "work_point": point, "due_date": due,
        }  # fmt: skip
        done.made.append(_begun(values, point, done.issued, by=by, at=at))
    return done


def _demand_of(point: WorkPoint) -> str:
    late = f"原定 {point.due_date:%Y-%m-%d} 完成。" if point.due_date else ""
    proof = f"佐证：{point.expected_evidence}。" if point.expected_evidence else ""
    return f"{point.text}\n{late}{proof}".strip()[:1000]


def _begun(values: dict[str, Any], source: Any, issue: bool, *, by: User, at: datetime) -> Order:
    """One order, handed out at once where that is allowed; a decision whose day has gone by gets a new one."""
    today = timezone.localdate(at)
    if values["due_date"] < today:
        values["due_date"] = WorkDays().shifted(today, NEW_TERM)
    order = begin_order(values, by=by, at=at, source=source)
    return take("issue", order, by=by, at=at) if issue else order


def _may_begin(by: User) -> None:
    if not by.holds("supervision.order.add"):
        raise ValidationError("您没有立项督办的权限。")
