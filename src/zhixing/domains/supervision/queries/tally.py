"""督办通报 of a month: counted from the orders, by department and by action, with praise and blame by rule.

Every figure can be counted again later: an order's dates say how it stood at the end of any month.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from zhixing.kernel.procedures.models import Passage
from zhixing.kernel.standards.in_force import school_standards

from ..choices import Card, Mark, OrderState
from ..models import Order
from .months import DAY, month_end, shifted, titled

OTHER = "方案以外事项"
SHOWN_FOCUS = 20


@dataclass
class Line:
    """The orders of one department or one action in a month."""

    title: str
    due: int = 0
    fallen: int = 0
    settled: int = 0
    on_time: int = 0
    in_hand: int = 0
    overdue: int = 0
    returned: int = 0
    red: int = 0
    weak: int = 0

    @property
    def rate(self) -> float | None:
        """按期办结率 in per cent of what has fallen due or was settled before: a running month isn't blamed early."""
        return round(100 * self.on_time / self.fallen, 1) if self.fallen else None


@dataclass
class MonthTally:
    """The whole circular as counted."""

    month: date
    whole: Line
    departments: list[Line] = field(default_factory=list)
    actions: list[Line] = field(default_factory=list)
    overdue: list[dict[str, Any]] = field(default_factory=list)
    praised: list[tuple[str, str]] = field(default_factory=list)
    blamed: list[tuple[str, str]] = field(default_factory=list)
    focus: list[str] = field(default_factory=list)

    def payload(self) -> dict[str, Any]:
        """As plain data, to be frozen."""
        return {
            "month": self.month.isoformat(),
            "whole": asdict(self.whole) | {"rate": self.whole.rate},
            "departments": [asdict(line) | {"rate": line.rate} for line in self.departments],
            "actions": [asdict(line) | {"rate": line.rate} for line in self.actions],
            "overdue": self.overdue,
            "praised": [list(pair) for pair in self.praised],
            "blamed": [list(pair) for pair in self.blamed],
            "focus": self.focus,
        }


@dataclass(frozen=True)
class Span:
    """A month with the day as of which it is counted: its end, or today while it runs."""

    first: date
    last: date
    cutoff: date

    @classmethod
    def of(cls, month: date, today: date) -> Span:
        last = month_end(month)
        return cls(month, last, min(last + DAY, today))

    def holds(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


FIELDS = (
    "uid", "no", "subject", "due_date", "state", "card", "mark", "answered_at", "settled_at", "lead__name",
    "lead__position", "owner__name", "work_point__task__action__title", "work_point__task__action__no",
)  # fmt: skip


def tally_month(month: date, today: date) -> MonthTally:
    """Count a month; four queries however many orders."""
    span = Span.of(month, today)
    rows = list(
        Order.objects.exclude(state__in=(OrderState.DRAFTED, OrderState.WITHDRAWN))
        .filter(issued_date__lte=span.last)
        .exclude(settled_at__date__lt=span.first)
        .order_by("lead__position", "due_date", "pk")
        .values(*FIELDS)
    )
    returns = _returns(span, [row["uid"] for row in rows])
    found = MonthTally(month, Line("合计"))
    departments: dict[str, Line] = {}
    actions: dict[tuple[int, str], Line] = {}
    for row in rows:
        title = row["work_point__task__action__title"] or OTHER
        place = (row["work_point__task__action__no"] or 999, title)
        lines = (
            found.whole,
            departments.setdefault(row["lead__name"], Line(row["lead__name"])),
            actions.setdefault(place, Line(title)),
        )
        late = _count(row, lines, span, returns[row["uid"]])
        if late:
            found.overdue.append(_told(row))
    found.departments = list(departments.values())
    found.actions = [actions[place] for place in sorted(actions)]
    _judge(found, today)
    found.focus = _focus(month, today)
    return found


def _returns(span: Span, uids: list[Any]) -> Counter[Any]:
    found = Passage.objects.filter(
        procedure="supervision.OrderCourse", step="send_back", at__date__gte=span.first, at__date__lte=span.last,
        object_uid__in=uids,
    )  # fmt: skip
    return Counter(found.values_list("object_uid", flat=True))


def _count(row: dict[str, Any], lines: tuple[Line, ...], span: Span, returns: int) -> bool:
    """Add an order to its lines; whether it was overdue when the month was counted."""
    settled = timezone.localdate(row["settled_at"]) if row["settled_at"] else None
    done = settled is not None and settled <= span.last
    due = row["due_date"] <= span.last
    late = not done and row["due_date"] < span.cutoff and not _answered_in_time(row, span)
    for line in lines:
        line.due += due
        line.fallen += due and (done or row["due_date"] < span.cutoff)
        line.settled += done
        line.on_time += done and due and _in_time(row, settled)
        line.in_hand += not done
        line.overdue += late
        line.returned += returns
        line.red += row["card"] == Card.RED and not done
        line.weak += done and row["mark"] == Mark.FAIL
    return late


def _in_time(row: dict[str, Any], settled: date | None) -> bool:
    """Answered by the due date and found good: how long the office took to look doesn't count against the lead."""
    answered = timezone.localdate(row["answered_at"]) if row["answered_at"] else settled
    return answered is not None and answered <= row["due_date"]


def _answered_in_time(row: dict[str, Any], span: Span) -> bool:
    """The answer lay with the office when the month was counted."""
    if row["answered_at"] is None or row["state"] == OrderState.RETURNED:
        return False
    answered = timezone.localdate(row["answered_at"])
    return bool(answered <= row["due_date"] and answered < span.cutoff)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "uid": str(row["uid"]), "no": row["no"], "subject": row["subject"], "lead": row["lead__name"],
        "owner": row["owner__name"] or "", "due": row["due_date"].isoformat(), "card": row["card"],
    }  # fmt: skip


def _judge(found: MonthTally, today: date) -> None:
    """Praise: all that was due was done in time. Blame: something overdue, a red card, a 不合格, or many returns."""
    standards = school_standards()
    least = int(standards.number("circular_praised_orders", today))
    many = int(standards.number("circular_blamed_returns", today))
    for line in found.departments:
        faults = []
        if line.overdue:
            faults.append(f"逾期未办结 {line.overdue} 件")
        if line.red:
            faults.append(f"红牌 {line.red} 件")
        if line.weak:
            faults.append(f"评定不合格 {line.weak} 件")
        if line.returned >= many:
            faults.append(f"反馈被退回 {line.returned} 次")
        if faults:
            found.blamed.append((line.title, "，".join(faults)))
        elif line.fallen and line.on_time == line.fallen and line.settled >= least:
            found.praised.append((line.title, f"到期 {line.fallen} 件，全部按期办结"))


def _focus(month: date, today: date) -> list[str]:
    """What the next month brings: orders due by its end, the earliest first."""
    coming = shifted(month, 1)
    rows = Order.objects.in_hand().filter(due_date__lte=month_end(coming)).order_by("due_date", "pk")
    return [
        f"{lead}：{subject}（{'已逾期，原定' if due < today else ''}{due.month}月{due.day}日前完成）"
        for lead, subject, due in rows.values_list("lead__name", "subject", "due_date")[:SHOWN_FOCUS]
    ]


def circular_title(month: date) -> str:
    return f"{titled(month)}督办通报"
