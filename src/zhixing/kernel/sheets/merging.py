"""Merged cells in the body of a table: what the eye sees in every row is put into every row."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import pyarrow as pa

from .scan import Merge


def fill_merged(body: pa.Table, merges: Sequence[Merge], header_row: int) -> tuple[pa.Table, int]:
    """The table with blank cells under a vertical merge filled from its top left cell, and how many were filled.

    Merges within one row or reaching above the heading row are layout, not data, and stay as they are.
    """
    upright = [each for each in merges if each[2] > each[0] > header_row]
    if not upright or not body.num_rows:
        return body, 0
    numbers: list[int] = body["_row"].to_pylist()
    width = body.num_columns - 1
    filled = 0
    touched: dict[int, list[str | None]] = {}
    for top, left, bottom, right in upright:
        if left >= width:
            continue
        start, end = bisect_left(numbers, top), bisect_right(numbers, bottom)
        if start >= end or numbers[start] != top:
            continue
        value = _cells(body, left, touched)[start]
        for column in range(left, min(right, width - 1) + 1):
            cells = _cells(body, column, touched)
            for at in range(start, end):
                if cells[at] is None and value is not None:
                    cells[at] = value
                    filled += 1
    for column, cells in touched.items():
        body = body.set_column(column + 1, f"c{column}", pa.array(cells, pa.string()))
    return body, filled


def _cells(body: pa.Table, column: int, touched: dict[int, list[str | None]]) -> list[str | None]:
    if column not in touched:
        touched[column] = body[f"c{column}"].to_pylist()
    return touched[column]
