"""How a school sets a standard of its own: a value, from when, on whose word, and why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ..people.models import User
from ..trail.record import record
from ..trail.writing import add_row, amend_row
from .in_force import shipped_standards
from .models import StandardOverride
from .standards import Range, Standard, StandardDataError, Value

KINDS = {"number": "数值", "range": "范围", "list": "列表", "text": "文字"}


def kind_of(value: Value) -> str:
    """number, range, list or text."""
    if isinstance(value, Range):
        return "range"
    if isinstance(value, tuple):
        return "list"
    return "text" if isinstance(value, str) else "number"


def plain_of(value: Value) -> Any:
    """The value as JSON keeps it."""
    if isinstance(value, Range):
        return {"low": value.low, "high": value.high}
    return list(value) if isinstance(value, tuple) else value


def shown(standard: Standard) -> str:
    """The value with its unit, as a page prints it."""
    value = standard.value
    if value == ():
        return "未设定"
    text = "、".join(str(item) for item in value) if isinstance(value, tuple) else str(value)
    return f"{text} {standard.unit}".strip()


@transaction.atomic
def set_standard(
    name: str, plain: Any, *, valid_from: date, valid_to: date | None, source: str, reason: str, by: User, at: datetime
) -> StandardOverride:
    """Put the school's own value in force from a day on; a second word about the same day replaces the first."""
    faults: dict[str, str] = {}
    if name not in shipped_standards().names:
        raise ValidationError("没有这一条标准。")
    if len(source.strip()) < 2:
        faults["source"] = "请写明依据，如文件名称和文号。"
    if len(reason.strip()) < 4:
        faults["reason"] = "请写明修改原因（不少于 4 个字）。"
    if valid_to is not None and valid_to < valid_from:
        faults["valid_to"] = "失效日期不能早于生效日期。"
    try:
        shipped_standards().edit(name, plain, source=source, valid_from=valid_from, valid_to=valid_to)
    except (StandardDataError, ValueError) as problem:
        faults["value"] = f"这个值不合这条标准的形式：{problem}" if not faults else "这个值不合这条标准的形式。"
    if faults:
        raise ValidationError(faults)
    values = {"value": plain, "valid_to": valid_to, "source": source.strip(), "reason": reason.strip()}
    row: StandardOverride | None = StandardOverride.objects.filter(name=name, valid_from=valid_from).first()
    if row is None:
        fresh = StandardOverride(name=name, valid_from=valid_from, changed_by=by, **values)
        added: StandardOverride = add_row(fresh, by=by, at=at, reason=reason)
        return added
    changed = {**values, "changed_by": by}
    amended: StandardOverride = amend_row(row, changed, by=by, at=at, reason=reason, inner=("changed_by",))
    return amended


@transaction.atomic
def end_standard(row: StandardOverride, *, by: User, at: datetime, reason: str) -> None:
    """Let the shipped value return from today on; an edit that never was in force goes altogether."""
    if len(reason.strip()) < 4:
        raise ValidationError({"reason": "请写明原因（不少于 4 个字）。"})
    yesterday = timezone.localdate(at) - timedelta(days=1)
    if row.valid_from > yesterday:
        record(action="remove", by=by, at=at, on=row, reason=reason, changes={"value": [str(row.value), None]})
        row.delete()
        return
    amend_row(row, {"valid_to": yesterday}, by=by, at=at, action="end", reason=reason)
