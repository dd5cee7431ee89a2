"""How wide the columns of tables and forms are, and which cells are one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .looks import SMALL, Sheet, table_points
from .titles import width_of

MM_PER_POINT = 25.4 / 72
PADDING = 3.4
"""Left and right of the text in a cell, together, mm, with a hair to spare."""
SAMPLE = 200
"""Rows that are measured for the widths of columns."""
SHORT = 8
"""Cells of at most so many characters are centred."""
UNBROKEN = re.compile(r"[!-~]+")
WIDEST_TOKEN = 12
"""A longer word without a break (an address of the web) does not decide the width of its column."""
WHOLE, MOST_FOR_SHORT = 6, 0.6
"""Columns of at most so many characters stay on one line, if all together leave this share of the width."""
MOST_MERGED = 8
"""Merged cells begin anew after so many rows: else pages would lack the words that stand pages before."""
LEAST_LABEL, MOST_LABEL = 22.0, 34.0
TALLEST = 0.45
"""A row that may need more than this share of the page is allowed to break."""


def table_grid(table: dict[str, Any], sheet: Sheet) -> dict[str, Any]:
    """Widths (mm), alignment, letter size, cells as (text, rows it covers; 0: covered), rows that may break."""
    headers, rows = table["headers"], table["rows"]
    points = table_points(len(headers), sheet.inner)
    found = [_measured(headers, rows, column) for column in range(len(headers))]
    widths = _scaled(table["widths_mm"], sheet.inner) if table["widths_mm"] else _shared(found, points, sheet.inner)
    given = dict(enumerate(table["align"]))
    align = [given.get(c) or ("center" if found[c].longest <= SHORT else "left") for c in range(len(headers))]
    letters = [max(1.0, (width - PADDING) / (points * MM_PER_POINT)) for width in widths]
    high = sheet.tall * TALLEST / (points * 1.5 * MM_PER_POINT)
    return {
        "points": points, "widths": widths, "align": align, "spans": _spans(rows, table["merge"]),
        "breaks": [any(_lines(text, room) > high for text, room in zip(row, letters, strict=True)) for row in rows],
    }  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """A column's text in characters: what it can't do without, a usual and the greatest width."""

    least: float
    usual: float
    longest: float


def _measured(headers: list[str], rows: list[list[str]], column: int) -> Measured:
    step = max(1, len(rows) // SAMPLE)
    texts = [row[column] for row in rows[::step]]
    found = sorted(max(map(_set_width, text.split("\n")), default=0) for text in texts) or [0.0]
    head = width_of(headers[column])
    whole = max((_set_width(token) for text in texts for token in UNBROKEN.findall(text)), default=0.0)
    least = max(min(whole, WIDEST_TOKEN), 2.0, head if head <= 3 else -(-head // 2))
    return Measured(least, max(found[int(len(found) * 0.8)], least), found[-1])


def _set_width(text: str) -> float:
    """Characters wide as set: Latin letters and figures take a little more than half."""
    wide = width_of(text)
    return wide + sum(1 for c in text if c.isascii()) * 0.09


def _shared(found: list[Measured], points: float, inner: float) -> list[float]:
    """Each column gets what it can't do without; the rest goes to those that ask for more, the long ones damped."""
    letter = points * MM_PER_POINT
    least = [one.least * letter + PADDING for one in found]
    whole = [max(one.least, one.longest if one.longest <= WHOLE else 0) * letter + PADDING for one in found]
    if sum(whole) <= inner * MOST_FOR_SHORT:
        least = whole
    asked = [
        (one.usual if one.usual <= SHORT else SHORT + (min(one.usual, 120) - SHORT) ** 0.75) * letter + PADDING
        for one in found
    ]
    more = [max(0.0, want - need) for want, need in zip(asked, least, strict=True)]
    rest = inner - sum(least)
    if rest <= 0 or not sum(more):
        return _scaled(least, inner)
    return _scaled([need + rest * extra / sum(more) for need, extra in zip(least, more, strict=True)], inner)


def _scaled(widths: Sequence[float], inner: float) -> list[float]:
    return [round(width * inner / sum(widths), 3) for width in widths]


def _lines(text: str, room: float) -> int:
    return sum(max(1, int(-(-width_of(line) // room))) for line in text.split("\n"))


def _spans(rows: list[list[str]], merge: list[int]) -> list[list[int]]:
    """For each cell of the merged columns how many rows it covers: 1 alone, 0 under another. Blank: nothing merged."""
    if not merge:
        return []
    width = len(rows[0]) if rows else 0
    spans = [[1] * width for _ in rows]
    for column in merge:
        to_left = [other for other in merge if other < column]
        start = 0
        for at in range(1, len(rows) + 1):
            same = at < len(rows) and all(rows[at][c] == rows[start][c] for c in [*to_left, column])
            if same and rows[at][column] and at - start < MOST_MERGED:
                spans[at][column] = 0
                continue
            spans[start][column] = at - start
            start = at
    return spans


def form_grid(rows: list[list[list[Any]]], inner: float) -> dict[str, Any]:
    """Columns (mm) on which the boxes of every row meet, and for each row its cells with the columns they span."""
    letters = max((width_of(line) for row in rows for box in row for line in box[0].split("\n")), default=4)
    label = min(max(letters * SMALL * MM_PER_POINT + PADDING + 2, LEAST_LABEL), MOST_LABEL)
    edges_of = [_edges(row, label, inner) for row in rows]
    edges = sorted({edge for row in edges_of for edge, _, _ in row} | {0.0})
    cells = []
    for row, marks in zip(rows, edges_of, strict=True):
        done, out = 0.0, []
        for edge, text, is_label in marks:
            span = sum(1 for other in edges if done < other <= edge)
            out.append({"text": text, "label": is_label, "span": span, "width": round(edge - done, 3)})
            done = edge
        cells.append({"cells": out, "height": max([box[2] for box in row] + [10.0])})
    columns = [round(b - a, 3) for a, b in pairwise(edges)]
    return {"columns": columns, "lines": cells}


def _edges(row: list[list[Any]], label: float, inner: float) -> list[tuple[float, str, bool]]:
    """Right edges of the cells of one row: (mm, text, whether it is a label)."""
    found: list[tuple[float, str, bool]] = []
    part = inner / len(row)
    narrow = min(label, part * 0.5)
    for at, (name, value, _) in enumerate(row):
        right = round(part * (at + 1), 3)
        if name:
            found.append((round(part * at + narrow, 3), name, True))
        found.append((right, value, False))
    return found
