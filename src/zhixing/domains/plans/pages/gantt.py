"""The Gantt picture as SVG, made line by line: a thousand bars cost a template engine more than the database."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from markupsafe import Markup, escape

from ..queries import WORDS, PointLine, Standing

ROW, HEAD, LABEL, MONTH = 24, 40, 290, 34
"""Sizes in SVG units: height of a line and of the head, width of the labels and of a month."""
LETTERS = 20
DAYS = 30.4375


def picture(now: Standing) -> Markup:
    """Every task with the bars of its points, months along the top, today as a line; blank without a dated point."""
    dated = [point for point in now.points if point.due]
    if not dated:
        return Markup()
    first, last = span(now, dated)
    width = LABEL + MONTH * months_between(first, last)
    body: list[str] = []
    y = HEAD
    for action in now.actions:
        shown = [(line.task, [p for p in line.points if p.due]) for line in action.tasks]
        if not any(points for _, points in shown):
            continue
        body.append(_group(y, width, action.action.title))
        y += ROW
        for task, points in shown:
            if points:
                body.append(
                    f'<text class="g-task" x="8" y="{y + 16}">{_short(f"{task.no}. {task.title}", LETTERS)}</text>'
                )
                y += ROW
            for point in points:
                body.append(_bar(point, y, first, last))
                y += ROW
    head = _head(first, last, y)
    line = _today(now.day.today, first, last, y)
    text = (
        f'<svg class="gantt" width="{width}" height="{y + 8}" viewBox="0 0 {width} {y + 8}" role="group" '
        f'aria-label="工作要点进度图，共 {len(dated)} 条">{head}{"".join(body)}{line}</svg>'
    )
    return Markup(text)  # noqa: S704 - every text in it was escaped above


def span(now: Standing, dated: list[PointLine]) -> tuple[date, date]:
    """The first day of the first month and the last day of the last one that the picture shows, at most six years."""
    starts = [point.start or point.due for point in dated] + [line.group.from_date for line in now.stages]
    ends = [point.due for point in dated] + [line.group.to_date for line in now.stages]
    first = min(day for day in starts if day).replace(day=1)
    last = max(day for day in ends if day)
    return first, min(last, first + timedelta(days=6 * 366))


def months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _x(day: date, first: date) -> float:
    return LABEL + (day - first).days / DAYS * MONTH


def _group(y: int, width: int, title: str) -> str:
    return (
        f'<rect class="g-band" x="0" y="{y}" width="{width}" height="{ROW}"/>'
        f'<text class="g-action" x="8" y="{y + 16}">{escape(title)}</text>'
    )


def _bar(point: PointLine, y: int, first: date, last: date) -> str:
    assert point.due is not None
    begin = max(point.start or point.due, first)
    x = _x(begin, first)
    wide = max(_x(min(point.due, last), first) - x, 5)
    told = escape(f"{point.text} · {point.owner or '未明确责任人'} · {point.due} · {WORDS[point.lamp]}")
    return (
        f'<a href="/plans/workpoint/{point.uid}/"><title>{told}</title>'
        f'<text class="g-point" x="20" y="{y + 16}">{_short(point.text, LETTERS)}</text>'
        f'<rect class="g-bar g-{point.lamp}" x="{x:.1f}" y="{y + 6}" width="{wide:.1f}" height="12" rx="3"/></a>'
    )


def _head(first: date, last: date, height: int) -> str:
    found, day, x = [], first, LABEL
    while day <= last:
        if day.month == 1 or (day == first and day.month < 12):  # two years' names need more than a month's room
            found.append(f'<text class="g-year" x="{x + 4}" y="15">{day.year} 年</text>')
        found.append(f'<text class="g-month" x="{x + 4}" y="32">{day.month}月</text>')
        found.append(f'<line class="g-grid" x1="{x}" y1="20" x2="{x}" y2="{height}"/>')
        day = (day.replace(day=28) + timedelta(days=5)).replace(day=1)
        x += MONTH
    return "".join(found)


def _today(today: date, first: date, last: date, height: int) -> str:
    if not first <= today <= last:
        return ""
    x = f"{_x(today, first):.1f}"
    return (
        f'<line class="g-today" x1="{x}" y1="20" x2="{x}" y2="{height}"/>'
        f'<text class="g-now" x="{x}" y="15" text-anchor="middle">今天</text>'
    )


@lru_cache(maxsize=4096)
def _short(text: str, letters: int) -> Markup:
    return escape(text if len(text) <= letters else text[: letters - 1] + "…")
