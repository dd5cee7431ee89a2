"""The staged rows of a batch: written once when the file is read, and afterwards only where something differs."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ..base.bulk import insert_rows, update_rows
from .models import ImportBatch, StagedDeed, StagedRow
from .staging_cells import Contents, Shower
from .staging_examine import Examined
from .staging_settle import Line
from .staging_tables import RawRow, pieces

SAID = ("label", "faults", "rules", "worst", "deed", "is_edited", "target_uid", "target_version")
"""Fields that a new examination may change."""
CELLS = ("cells", "shown")
At = tuple[int, int]
"""Which row: the place of its table, and its number in it."""


def keep(batch: ImportBatch, found: Examined) -> None:
    """Write what was examined: rows, and counts and words on the batch. Call inside a transaction."""
    showers = _showers(found)
    for piece in _together(found):
        insert_rows([_staged(batch, found, line, row, showers[line.place]) for line, row in piece])
    tell(batch, found)


def renew(
    batch: ImportBatch, found: Examined, *, mended: Collection[At], suggested: Mapping[At, dict[str, str]]
) -> None:
    """Bring staged rows in step with a new examination; what hasn't changed is neither sealed nor written again.

    ``mended`` are the rows whose cells were changed for this examination, ``suggested`` the suggestions kept so far.
    Call inside a transaction that holds the batch.
    """
    showers = _showers(found)
    remapped = {
        place for place, (old, new) in enumerate(zip(batch.tables, found.tables, strict=True))
        if old["mapping"] != dict(new.mapping)
    }  # fmt: skip
    for piece in _together(found):
        kept = _kept(batch, found, piece)
        said, contents = [], []
        for line, row in piece:
            staged = kept[row.number]
            at = (line.place, line.row)
            is_changed = _say(staged, line, is_mended=at in mended)
            if at in mended or line.suggestions != suggested.get(at, {}) or line.place in remapped or staged.is_edited:
                staged.cells = Contents(row.cells, row.lossy, line.suggestions).text()
                staged.shown = showers[line.place].shown(row.cells)
                contents.append(staged)
            elif is_changed:
                said.append(staged)
        update_rows(said, SAID)
        update_rows(contents, (*SAID, *CELLS))
    tell(batch, found)


def _together(found: Examined) -> Iterator[list[tuple[Line, RawRow]]]:
    """Lines with the cells that they are about, piece by piece; a piece is of one table."""
    lines = iter(found.lines)
    for table in found.tables:
        for piece in pieces(table.table):
            yield [(next(lines), row) for row in piece]


def _kept(batch: ImportBatch, found: Examined, piece: Sequence[tuple[Line, RawRow]]) -> dict[int, StagedRow]:
    name = found.tables[piece[0][0].place].table.sheet[:60]
    numbers = [row.number for _, row in piece]
    rows = StagedRow.objects.filter(batch=batch, sheet_name=name, row__range=(min(numbers), max(numbers)))
    return {row.row: row for row in rows.defer("cells", "shown", "undo")}


def _showers(found: Examined) -> list[Shower]:
    return [
        Shower(table.table.headings, table.mapping, table.roster.columns() if table.roster else {})
        for table in found.tables
    ]


def _staged(batch: ImportBatch, found: Examined, line: Line, row: RawRow, shower: Shower) -> StagedRow:
    staged = StagedRow(
        batch=batch,
        sheet_name=found.tables[line.place].table.sheet[:60],
        row=line.row,
        cells=Contents(row.cells, row.lossy, line.suggestions).text(),
        shown=shower.shown(row.cells),
    )
    _say(staged, line)
    return staged


def _say(staged: StagedRow, line: Line, *, is_mended: bool = False) -> bool:
    """Put into the row what was said of it; whether that is anything new."""
    before = [getattr(staged, name) for name in SAID]
    if line.target_uid is not None:
        staged.target_uid, staged.target_version = line.target_uid, line.target_version
    elif staged.deed not in (StagedDeed.CREATE, line.deed):
        # Planned for the newcomer, who keeps it from one examination to the next.
        staged.target_uid, staged.target_version = uuid.uuid4(), 1
    staged.label, staged.faults, staged.rules = line.label, line.faults, rules_text(line.faults)
    staged.worst, staged.deed = line.worst, line.deed
    staged.is_edited = staged.is_edited or is_mended
    return before != [getattr(staged, name) for name in SAID]


def rules_text(faults: Sequence[dict[str, Any]]) -> str:
    """The codes of the rules that a row breaks, each between blanks, so that one can be sought."""
    return "".join(f" {code} " for code in dict.fromkeys(fault["rule"] for fault in faults))[:600]


def tell(batch: ImportBatch, found: Examined) -> None:
    """Bring the batch's own figures in step with its rows."""
    batch.tables = [table.facts() for table in found.tables]
    batch.layout = "、".join(dict.fromkeys(table.layout.title for table in found.tables if table.layout))[:60]
    batch.row_count = len(found.lines)
    batch.create_count = found.count(StagedDeed.CREATE)
    batch.update_count = found.count(StagedDeed.UPDATE)
    batch.same_count = found.count(StagedDeed.SAME)
    batch.refused_count = found.count(StagedDeed.REFUSED)
    batch.error_count = sum(line.worst == "error" for line in found.lines)
    batch.summary = found.summary
    batch.offers = [{"code": o.code, "label": o.label, "detail": o.detail, "rows": o.row_count} for o in found.offers]
    batch.notes = list(dict.fromkeys([*(note for t in found.tables for note in t.table.notes), *found.notes]))[:60]
