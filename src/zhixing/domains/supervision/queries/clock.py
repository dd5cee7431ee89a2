"""What the dates of an order mean today, in work days of this school and by its own thresholds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from zhixing.domains.school.models import CalendarDay
from zhixing.domains.school.queries import national_work_day
from zhixing.kernel.standards.in_force import school_standards
from zhixing.kernel.standards.standards import Standards

from ..choices import Level, OrderState

DAY = timedelta(days=1)
LONGEST = 400
"""Days looked back at most; what is later than a year is simply late."""


class WorkDays:
    """The school's work days, its own calendar read once for as many dates as one likes."""

    def __init__(self) -> None:
        self._own: dict[date, bool] = dict(CalendarDay.objects.values_list("date", "is_work_day"))

    def is_work_day(self, day: date) -> bool:
        known = self._own.get(day)
        if known is None:
            known = self._own[day] = national_work_day(day)
        return known

    def shifted(self, start: date, count: int) -> date:
        """The ``count``-th work day after ``start``, before it where negative."""
        day, left, step = start, abs(count), DAY if count > 0 else -DAY
        while left:
            day += step
            left -= self.is_work_day(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Work days after ``first`` up to and including ``last``; 0 where ``last`` isn't later."""
        days = min((last - first).days, LONGEST)
        return sum(self.is_work_day(first + DAY * ahead) for ahead in range(1, days + 1))


@dataclass(frozen=True)
class Clock:
    """Days that divide orders by their due dates on one day; made once, asked for every order."""

    on: date
    soon_until: date
    urge_before: date
    yellow_before: date
    red_before: date
    sign_before: date
    work_days: WorkDays
    standards: Standards

    @classmethod
    def of(cls, on: date) -> Clock:
        """Two queries: the school's standards and its calendar."""
        standards, days = school_standards(), WorkDays()

        def limit(name: str) -> int:
            return int(standards.number(name, on))

        return cls(
            on=on,
            soon_until=days.shifted(on, limit("order_soon")),
            urge_before=days.shifted(on, -limit("order_urge")),
            yellow_before=days.shifted(on, -limit("order_yellow")),
            red_before=days.shifted(on, -limit("order_red")),
            sign_before=days.shifted(on, -limit("order_sign_limit")),
            work_days=days,
            standards=standards,
        )

    def number(self, name: str) -> int:
        """The value in force today of a standard that is a number."""
        return int(self.standards.number(name, self.on))

    def level(self, due: date) -> Level | None:
        """The loudest reminder that a due date has earned; None while there is time."""
        if due <= self.red_before:
            return Level.RED
        if due <= self.yellow_before:
            return Level.YELLOW
        if due <= self.urge_before:
            return Level.URGE
        return Level.SOON if self.on <= due <= self.soon_until else None

    def lamp(self, state: str, due: date | None) -> str:
        """green on schedule, amber due soon, red overdue, grey not begun, done; an answer that waits isn't late."""
        if state in (OrderState.SETTLED, OrderState.ARCHIVED):
            return "done"
        if due is None or state in (OrderState.DRAFTED, OrderState.WITHDRAWN):
            return "grey"
        if due < self.on and state != OrderState.ANSWERED:
            return "red"
        return "amber" if due <= self.soon_until else "green"

    def late(self, due: date | None) -> int:
        """How many work days ago the due date was; 0 where it has not passed."""
        return 0 if due is None or due >= self.on else self.work_days.between(due, self.on)


def late_by(orders: Iterable[Any], on: date) -> dict[Any, int]:
    """order key -> work days past its due date today, for orders in hand."""
    days = WorkDays()
    return {order.pk: days.between(order.due_date, on) for order in orders if order.due_date < on}
