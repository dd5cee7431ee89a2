"""Which row of a sheet holds its headings, and what each column is called."""

from __future__ import annotations

import re
from collections.abc import Collection

import pyarrow as pa

from zhixing.kernel.rosters.recognition import heading_key

from .addresses import letters_of

_LOOKED_AT = 10
_LONGEST_HEADING = 40
_LIKE_DATA = re.compile(r"[\d.,/:+\-%年月日]+[A-Za-z]?")


def find_header(data: pa.Table, known: Collection[str]) -> int:
    """The index in ``data`` of the heading row among its first ten.

    The row with most known headings wins, if it has two or more (one, where the table has one column); failing
    that, the first row that is nearly as full as the fullest and holds only short, different words.
    """
    head = data.slice(0, _LOOKED_AT).drop_columns(["_row"]).to_pylist()
    rows = [[cell.strip() for cell in row.values() if cell] for row in head]
    wanted = {heading_key(each) for each in known}
    hits = [len(wanted & {heading_key(cell) for cell in row}) for row in rows]
    if hits and max(hits) >= min(2, data.num_columns - 1):
        return hits.index(max(hits))
    fullest = max((len(row) for row in rows), default=0)
    for at, row in enumerate(rows):
        if len(row) >= 0.6 * fullest and _look_like_headings(row):
            return at
    return 0


def _look_like_headings(cells: list[str]) -> bool:
    words = [cell for cell in cells if len(cell) <= _LONGEST_HEADING and not _LIKE_DATA.fullmatch(cell)]
    return len(words) == len(cells) and len(set(words)) >= 0.8 * len(words)


def name_headings(cells: list[str | None], body: pa.Table) -> tuple[tuple[str, ...], list[str]]:
    """The heading of every column as the file spells it, and remarks for the user.

    A column without heading is called by its letter where it holds data and "" where it is empty.
    """
    named: list[str] = []
    remarks: list[str] = []
    for at, cell in enumerate(cells):
        heading = " ".join((cell or "").split())
        if not heading and body.num_rows and body[f"c{at}"].null_count < body.num_rows:
            heading = f"{letters_of(at)} 列（没有标题）"
            remarks.append(f"{letters_of(at)} 列没有标题")
        named.append(heading)
    return tuple(named), remarks
