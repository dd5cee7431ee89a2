"""What charts are drawn from: options for the chart module, points of a small line, numbers as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

WIDTH, HEIGHT, MARGIN = 120, 28, 3
LAMPS = {"green": "#2a9d5c", "amber": "#d98200", "red": "#d13226", "": "#1661ab"}
MOST_BARS, NAMED_BARS = 30, 10
INSIDE = {"position": "insideEndTop"}

Course = Sequence[tuple[date, Decimal | float | None]]


def written(value: Decimal | None) -> str:
    """A value without idle zeros, thousands apart; a dash for none."""
    if value is None:
        return "—"
    found = f"{value:,.4f}".rstrip("0").rstrip(".")
    return "0" if found in ("-0", "") else found


def spark(course: Course) -> str:
    """The points of a polyline in a box of WIDTH x HEIGHT; blank with fewer than two values."""
    known = [(day.toordinal(), float(value)) for day, value in course if value is not None]
    if len(known) < 2:
        return ""
    first, last = known[0][0], known[-1][0]
    low, high = min(value for _, value in known), max(value for _, value in known)
    wide, tall = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    span = high - low
    return " ".join(
        f"{MARGIN + wide * (day - first) / (last - first):.1f},"
        f"{MARGIN + (tall * (high - value) / span if span else tall / 2):.1f}"
        for day, value in known
    )


def trend_option(course: Course, title: str, unit: str, lines: Sequence[tuple[str, Decimal]]) -> dict[str, Any]:
    """A line over time, with level dashed lines for target and benchmarks: (name, value). ``course`` isn't empty."""
    days = [str(course[0][0]), str(course[-1][0])]
    levels = [
        {
            "name": f"{name} {written(value)}{unit}", "type": "line", "showSymbol": False, "silent": True,
            "lineStyle": {"type": "dashed", "width": 1.5}, "data": [[day, float(value)] for day in days],
        }
        for name, value in lines
    ]  # fmt: skip
    values = [float(value) for _, value in [*course, *lines] if value is not None]
    own = {
        "name": title, "type": "line", "showSymbol": len(course) < 15, "symbolSize": 5, "connectNulls": False,
        "data": [[str(day), None if value is None else float(value)] for day, value in course],
    }  # fmt: skip
    return {
        "xAxis": {"type": "time"},
        "yAxis": {"type": "value", "scale": True, **_ceiling(values, unit)},
        "legend": {"right": 0, "top": 0} if levels else {"show": False},
        "series": [own, *levels],
    }


def bars_option(
    bars: Sequence[tuple[str, Decimal | None, str, str]], unit: str, target: Decimal | None
) -> dict[str, Any]:
    """Groups side by side: (name, value, lamp, address); at most MOST_BARS of them."""
    shown = bars[:MOST_BARS]
    data = [
        {"value": None if value is None else float(value), "href": href, "itemStyle": {"color": LAMPS[lamp]}}
        for _, value, lamp, href in shown
    ]
    series: dict[str, Any] = {"type": "bar", "barMaxWidth": 28, "data": data}
    if target is not None:
        series["markLine"] = {
            "symbol": "none", "silent": True, "lineStyle": {"type": "dashed"},
            "data": [{"yAxis": float(target), "label": {"formatter": f"目标 {written(target)}{unit}", **INSIDE}}],
        }  # fmt: skip
    few = len(shown) <= NAMED_BARS
    labels = {"interval": 0 if few else "auto", "hideOverlap": True, "rotate": 0 if few else 40, "width": 90}
    return {
        "xAxis": {"type": "category", "data": [name for name, *_ in shown], "axisLabel": labels},
        "yAxis": {"type": "value", **({"max": 100} if unit == "%" else {})},
        "series": [series],
    }  # fmt: skip


def _ceiling(values: Sequence[float], unit: str) -> dict[str, Any]:
    """Per cent never runs past a hundred."""
    return {"max": 100} if unit == "%" and values and max(values) > 90 else {}
