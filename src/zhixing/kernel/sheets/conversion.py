"""Cells to the values of model fields and back: the one place that knows how a date, a truth or a choice is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models

from ..people.sealing import SealedField, open_sealed

Convert = Callable[[str], Any]
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})(?:[-/.月]?(\d{1,2}))?[日号]?(?:[ T]0?0:00(?::00)?)?|(\d{4})(\d{2})(\d{2})")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_YEAR = re.compile(r"((?:19|20)\d{2})[年级届]{0,2}|(\d{2})[级届]")
TRUE, FALSE = (
    frozenset("是有1真享YyＹ") | {"TRUE", "true", "是的"},
    frozenset("否无0假NnＮ") | {"FALSE", "false", "不是"},
)


def to_date(text: str) -> date:
    """20090101, 2009-01-01, 2009.1.1, 2009年1月1日; a month alone (202609) is its first day. ValueError otherwise."""
    found = _PACKED.fullmatch(text) or _DAY.fullmatch(text)
    if found is None:
        raise ValueError("日期请写成 20090101 或 2009-01-01 的样子")
    year, month, day = (int(part) if part else 1 for part in found.groups()[:3])
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError("没有这一天") from error


def to_truth(text: str) -> bool:
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise ValueError("请填“是”或“否”")


def to_number(text: str) -> int:
    """A whole number; a year may carry 级 or 年."""
    year = _YEAR.fullmatch(text)
    if year is not None:
        return int(year.group(1)) if year.group(1) else 2000 + int(year.group(2))
    if not re.fullmatch(r"\d{1,9}(\.0+)?", text):
        raise ValueError("请填整数")
    return int(text.partition(".")[0])


def to_amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("请填金额，如 200 或 200.00") from error
    if not amount.is_finite() or abs(amount) >= 10**6:
        raise ValueError("金额超出范围")
    return amount.quantize(Decimal("0.01"))


def _to_choice(choices: Mapping[str, str]) -> Convert:
    by_label = {label: value for value, label in choices.items()}

    def convert(text: str) -> str:
        if text in choices:
            return text
        if text in by_label:
            return by_label[text]
        raise ValueError(f"只能填：{'、'.join(list(by_label)[:12])}")

    return convert


def _to_text(longest: int | None) -> Convert:
    def convert(text: str) -> str:
        if longest is not None and len(text) > longest:
            raise ValueError(f"不能超过 {longest} 个字")
        return text

    return convert


def converter(field: Any) -> Convert:
    """How a cell becomes a value of this field; the function raises ValueError with a plain reason."""
    if isinstance(field, models.DateField):
        return to_date
    if isinstance(field, models.BooleanField):
        return to_truth
    if isinstance(field, models.DecimalField):
        return to_amount
    if isinstance(field, models.IntegerField):
        return to_number
    if field.choices:
        return _to_choice({str(value): str(label) for value, label in field.flatchoices})
    return _to_text(None if isinstance(field, SealedField) else field.max_length)


def printer(field: Any, day_format: str = "%Y%m%d") -> Callable[[Any], str]:
    """How a value of this field is written into a cell; the inverse of ``converter``."""
    if isinstance(field, models.DateField):
        return lambda value: value.strftime(day_format) if value else ""
    if isinstance(field, models.BooleanField):
        return lambda value: "" if value is None else "是" if value else "否"
    if isinstance(field, models.DecimalField):
        return lambda value: "" if value is None else f"{value.normalize():f}"
    if isinstance(field, models.ForeignKey):
        return lambda value: "" if value is None else str(value)
    if field.choices:
        labels = {value: str(label) for value, label in field.flatchoices}
        return lambda value: labels.get(value, str(value or ""))
    return lambda value: "" if value is None else str(value)


def reader(field: Any, day_format: str = "%Y%m%d") -> Callable[[Any], str]:
    """How the cell of a record is written: sealed values opened, the rest printed."""
    name = field.name
    if isinstance(field, SealedField):
        return lambda row: open_sealed(row, name)
    write = printer(field, day_format)
    return lambda row: write(getattr(row, name))
