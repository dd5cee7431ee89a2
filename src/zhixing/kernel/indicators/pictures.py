"""What charts are drawn from: options for the chart module, points of a small line, numbers as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

WIDTH, HEIGHT, MARGIN = 120, 28, 3
LAMPS = {"green": "#2a9d5c", "amber": "#d98200", "red": "#d13226", "": "#1661ab"}
MOST_BARS = 40

Course = Sequence[tuple[date, Decimal | None]]


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
    """A line over time, with level lines for target and benchmarks: (name, value)."""
    marks = [{"yAxis": float(value), "name": name, "label": {"formatter": f"{name} {written(value)}{unit}",
              "position": "insideStartTop"}} for name, value in lines]  # fmt: skip
    values = [value for _, value in course if value is not None] + [value for _, value in lines]
    return {
        "xAxis": {"type": "time"},
        "yAxis": {"type": "value", "scale": True, "name": unit, **_edges(values, unit)},
        "series": [
            {
                "name": title, "type": "line", "showSymbol": len(course) < 15, "symbolSize": 5, "connectNulls": False,
                "data": [[str(day), None if value is None else float(value)] for day, value in course],
                "markLine": {"symbol": "none", "silent": True, "lineStyle": {"type": "dashed"}, "data": marks},
            }
        ],
    }  # fmt: skip


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
            "data": [{"yAxis": float(target), "label": {"formatter": f"目标 {written(target)}{unit}"}}],
        }  # fmt: skip
    labels = {"interval": 0, "rotate": 30 if len(shown) > 6 else 0, "width": 90, "overflow": "truncate"}
    return {
        "xAxis": {"type": "category", "data": [name for name, *_ in shown], "axisLabel": labels},
        "yAxis": {"type": "value", "name": unit, **({"max": 100} if unit == "%" else {})},
        "series": [series],
    }  # fmt: skip


def _edges(values: Sequence[Decimal], unit: str) -> dict[str, Any]:
    """Room around the line so that target and benchmark are in sight; per cent never past 0 and 100."""
    if not values:
        return {}
    low, high = float(min(values)), float(max(values))
    room = (high - low) * 0.15 or max(abs(high) * 0.05, 1)
    low, high = low - room, high + room
    if unit == "%":
        low, high = max(low, 0), min(high, 100)
    return {"min": int(low) if low > 0 else 0, "max": int(high) + (0 if high == int(high) else 1)}
