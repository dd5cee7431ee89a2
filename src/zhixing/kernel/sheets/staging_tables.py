"""Tables between staging and the rules: what a file was recognised as, staged rows and kept records as tables again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple

import pyarrow as pa

from ..rosters.declarations import Column, Layout, Roster, Rule
from ..rosters.recognition import Recognition, recognise
from ..rosters.tables import RawTable
from .declare import Sheet, Values
from .models import MappingProfile

OWN = "本校在册"
"""The file name under which a school's kept records take part in a verification."""
PIECE = 2000
"""Rows that are held as Python values at a time."""
OWN_HEADING = "\x1e"
"""Begins the headings of that table, which no file's heading can be mistaken for."""
_WORD = re.compile(r"[a-z_][a-z0-9_]*")
ACROSS = ("unique", "group", "similar", "elsewhere")


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """One table with what it was taken for; ``roster`` is None while its columns have not been mapped."""

    table: RawTable
    roster: Roster | None
    layout: Layout | None
    mapping: Mapping[str, int]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """What a batch remembers of it."""
        return {
            "sheet": self.table.sheet,
            "header_row": self.table.header_row,
            "headings": list(self.table.headings),
            "layout": self.layout.title if self.layout else "",
            "mapping": dict(self.mapping),
            "unknown": list(self.unknown),
            "missing": list(self.missing),
            "rows": self.table.data.num_rows,
        }


def remembered(sheet: type[Sheet]) -> dict[str, str]:
    """Headings that someone of this tenant mapped by hand before: heading → canonical name, "" to ignore."""
    return dict(MappingProfile.objects.filter(sheet=sheet.code()).values_list("heading", "column"))


def recognise_table(table: RawTable, sheet: type[Sheet], own: Mapping[str, str]) -> Recognised:
    """Take a table for a layout of the sheet's roster, or, once its key is mapped by hand, for a layout of its own."""
    roster = sheet.plan()
    seen = recognise(table.headings, [roster], own)
    if seen.roster is not None:
        return _recognised(table, seen, seen.roster)
    columns = roster.columns()
    by_hand = {name for heading, name in own.items() if name and heading in table.headings}
    known = {name for name in by_hand if name in columns}
    if not known & {*sheet.key, *roster.identifying}:
        return Recognised(table=table, roster=None, layout=None, mapping={}, unknown=table.headings, missing=())
    return _by_hand(table, sheet, roster, own)


def _recognised(table: RawTable, seen: Recognition, roster: Roster) -> Recognised:
    unknown = (*seen.unknown, *seen.repeated)
    return Recognised(
        table=table, roster=roster, layout=seen.layout, mapping=seen.mapping, unknown=unknown, missing=seen.missing
    )


def _by_hand(table: RawTable, sheet: type[Sheet], roster: Roster, own: Mapping[str, str]) -> Recognised:
    """A layout of exactly the columns that can be told, none of them required beyond those that identify."""
    wanted = {*roster.identifying, sheet.label}
    loose = tuple(replace(column, required=column.name in wanted) for column in roster.columns().values())
    every = Layout(code=f"{roster.code}.by_hand", title="自定列对应", columns=loose)
    mapping: dict[str, int] = {}
    seen = recognise(table.headings, [replace(roster, layouts=(every,), identifying=())], own)
    mapping.update(seen.mapping)
    kept = tuple(column for column in loose if column.name in mapping)
    layout = Layout(code=every.code, title=every.title, columns=kept)
    return Recognised(
        table=table, roster=replace(roster, layouts=(layout,), identifying=()), layout=layout, mapping=mapping,
        unknown=(*seen.unknown, *seen.repeated), missing=seen.missing,
    )  # fmt: skip


class RawRow(NamedTuple):
    """One row of a table: its number, its cells by position, and positions that have lost digits."""

    number: int
    cells: list[str | None]
    lossy: list[int]

    def readable(self) -> list[str | None]:
        """The cells without those that have lost digits."""
        return [None if at in self.lossy else cell for at, cell in enumerate(self.cells)] if self.lossy else self.cells


def pieces(table: RawTable) -> Iterator[list[RawRow]]:
    """The rows in their order, so many at a time that memory stays bounded however long the file is."""
    lossy: dict[int, list[int]] = {}
    for number, position in sorted(table.lossy):
        lossy.setdefault(number, []).append(position)
    for start in range(0, table.data.num_rows, PIECE):
        some = table.data.slice(start, PIECE)
        columns = [some[f"c{position}"].to_pylist() for position in range(len(table.headings))]
        numbers = some["_row"].to_pylist()
        if not columns:
            yield [RawRow(number, [], []) for number in numbers]
            continue
        yield [
            RawRow(number, list(cells), lossy.get(number, []))
            for number, cells in zip(numbers, zip(*columns, strict=True), strict=True)
        ]


def table_of(
    file: str, headings: Sequence[str], rows: Iterable[tuple[int, Sequence[str | None]]], *, sheet: str = "",
    header_row: int = 1, lossy: Iterable[tuple[int, int]] = (),
) -> RawTable:  # fmt: skip
    """Rows of cells, each with its row number, as a table; ``rows`` may come one by one, ``lossy`` is asked last."""
    width = len(headings)
    fields = [pa.field("_row", pa.int32()), *(pa.field(f"c{position}", pa.string()) for position in range(width))]
    schema = pa.schema(fields)
    batches = []
    coming = iter(rows)
    while some := list(islice(coming, PIECE)):
        numbers = pa.array([number for number, _ in some], pa.int32())
        columns = [
            pa.array([(cells[position] or None) if position < len(cells) else None for _, cells in some], pa.string())
            for position in range(width)
        ]
        batches.append(pa.record_batch([numbers, *columns], schema=schema))
    return RawTable(
        file=file, sheet=sheet, header_row=header_row, headings=tuple(headings),
        data=pa.Table.from_batches(batches, schema=schema), lossy=frozenset(lossy),
    )  # fmt: skip


def kept_table(layout: Layout, rows: Iterable[Values]) -> tuple[RawTable, dict[str, str]]:
    """Kept records as a table of ``layout`` whose row numbers count from 1, and the mapping of its headings."""
    names = [column.name for column in layout.columns]
    headings = [f"{OWN_HEADING}{name}" for name in names]
    lines = ((number, [row.get(name) for name in names]) for number, row in enumerate(rows, start=1))
    return table_of(OWN, headings, lines, header_row=0), dict(zip(headings, names, strict=True))


def columns_across(rules: Iterable[Rule], columns: Mapping[str, Column]) -> set[str]:
    """The columns that rules over several rows read: all that must be known of records outside the file."""
    words: set[str] = set()
    for rule in rules:
        if rule.kind in ACROSS:
            texts = (rule.flag, rule.when, rule.column, rule.apart, *rule.key, *(" ".join(b) for b in rule.blocks))
            words |= {word for text in texts for word in _WORD.findall(text)}
    return words & set(columns)


def named_rows(message: str, file: str, label: Mapping[int, str]) -> str:
    """Kept records called by name where a message calls them by row number."""

    def told(found: re.Match[str]) -> str:
        rows = [int(number) for number in found.group(1).split("、")]
        return "、".join(label.get(row, f"第 {row} 条") for row in rows)

    return re.sub(rf"{re.escape(file)}第 ([\d、]+) 行", told, message)
