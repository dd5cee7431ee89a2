"""What an indicator should reach: the school's own word over the declared default, unit before whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from ..people.models import Unit, User
from ..trail.writing import add_row, amend_row
from .declare import Indicator, indicators
from .models import Target


@dataclass(frozen=True)
class Targets:
    """The targets in force on one day; ``rows`` by (indicator code, unit id or None for all)."""

    rows: dict[tuple[str, int | None], Target] = field(default_factory=dict)

    def row(self, code: str, unit: Unit | None = None) -> Target | None:
        """The school's own word: for the unit, else for all; None where only the declared default stands."""
        for key in dict.fromkeys(((code, unit.pk if unit else None), (code, None))):
            if key in self.rows:
                return self.rows[key]
        return None

    def get(self, indicator: Indicator, unit: Unit | None = None) -> Decimal | None:
        found = self.row(indicator.code, unit)
        return found.value if found is not None else indicator.target


def targets_on(codes: Iterable[str], on: date) -> Targets:
    """The targets that hold on a day; one query. Of several the one set last wins."""
    rows: dict[tuple[str, int | None], Target] = {}
    for target in Target.objects.standing(on).filter(indicator__in=list(codes)):
        rows.setdefault((target.indicator, target.unit_id), target)
    return Targets(rows)


def set_target(
    *, indicator: str, value: Decimal, from_date: date, reason: str, to_date: date | None = None,
    unit: Unit | None = None, label: str = "", by: User, at: datetime,
) -> Target:  # fmt: skip
    """Set what an indicator should reach from a day on; an earlier word stays on the books under it.

    Raises ValidationError by field: a value that its unit can't have, a period that runs backwards, no reason.
    """
    declared = indicators.get(indicator)
    if declared is None:
        raise ValidationError(f"没有代码为“{indicator}”的指标。")
    faults: dict[str, Any] = {}
    if declared.unit == "%" and not 0 <= value <= 100:
        faults["value"] = "百分比目标应在 0 到 100 之间。"
    elif value < 0:
        faults["value"] = "目标值不能是负数。"
    if unit is not None and not declared.units:
        faults["unit"] = f"“{declared.title}”不分部门统计，不能给部门单设目标。"
    if len(reason.strip()) < 2:
        faults["reason"] = "请填写设定依据（不少于 2 个字），如“校长办公会 2019 年第 3 次会议”。"
    if to_date is not None and to_date < from_date:
        faults["to_date"] = "终止日期不能早于起始日期。"
    if faults:
        raise ValidationError(faults)
    row = Target(
        indicator=indicator, unit=unit, label=label.strip(), value=value, from_date=from_date, to_date=to_date,
        reason=reason.strip(), set_by=by, set_at=at,
    )  # fmt: skip
    return add_row(row, by=by, at=at, action="set_target", reason=reason.strip())


def withdraw_target(target: Target, *, reason: str, by: User, at: datetime) -> Target:
    """Take a target back; what stood before it holds again."""
    if target.withdrawn_at is not None:
        raise ValidationError("这个目标已经撤销。")
    if len(reason.strip()) < 2:
        raise ValidationError({"reason": "请填写撤销原因（不少于 2 个字）。"})
    return amend_row(
        target, {"withdrawn_at": at}, by=by, at=at, action="withdraw_target", reason=reason.strip(),
        inner=("withdrawn_at",),
    )  # fmt: skip
