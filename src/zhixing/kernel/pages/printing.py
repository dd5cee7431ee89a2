"""How values print: in cells, in facts and in exported sheets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.timezone import localtime
from markupsafe import Markup, escape

from .cells import Cell

NOTHING = Markup('<span class="nothing">—</span>')


def day(value: date | None) -> str:
    """2026-09-01: columns of dates line up and sort by eye (GB/T 7408). Of a moment, the day here."""
    if isinstance(value, datetime):
        value = localtime(value).date()
    return value.isoformat() if value else ""


def chinese_day(value: date | None) -> str:
    """2026年9月1日, for running text and facts."""
    if isinstance(value, datetime):
        value = localtime(value).date()
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def moment(value: datetime | None) -> str:
    """2026-09-01 08:30 in the school's time."""
    return f"{localtime(value):%Y-%m-%d %H:%M}" if value else ""


def since(value: datetime | None, now: datetime | None = None) -> str:
    """刚刚、5 分钟前、3 小时前、昨天，然后是日期。"""
    if value is None:
        return ""
    now = now or timezone.now()
    minutes = int((now - value).total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟前"
    days = (localtime(now).date() - localtime(value).date()).days
    if days < 1:
        return f"{minutes // 60} 小时前"
    return "昨天" if days == 1 else day(localtime(value).date())


def number(value: Any) -> str:
    """Thousands apart; decimals as they are."""
    return "" if value is None else f"{value:,}" if isinstance(value, int | float | Decimal) else str(value)


def text_of(cell: Cell, value: Any) -> str:
    """The value as plain text, as a sheet shows it; sealed values print their mask."""
    if value is None or value == "":
        return ""
    if cell.render is not None:
        shown = cell.render(value)
        return str(shown.striptags()) if isinstance(shown, Markup) else str(shown)
    if cell.kind == "choice":
        return str(dict(cell.labels).get(value, value))
    if cell.kind == "truth":
        return "是" if value else "否"
    if cell.kind == "moment":
        return moment(value)
    return day(value) if cell.kind == "date" else str(value)


def markup_of(cell: Cell, value: Any) -> Markup:
    """The value as it stands in a fact: escaped, dates in words, a dash for nothing."""
    if value is None or value == "" or (cell.kind == "sealed" and not value):
        return NOTHING
    if cell.render is not None:
        return escape(cell.render(value))
    return escape(chinese_day(value) if cell.kind == "date" else text_of(cell, value))
