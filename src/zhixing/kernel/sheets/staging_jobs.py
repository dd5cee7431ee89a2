"""Reading a batch and checking it again, behind the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from ..jobs.declare import Progress, job
from ..people.models import User
from ..rosters.tables import RawTable
from ..standards.in_force import school_standards
from .declare import sheets
from .limits import WEB
from .models import ImportBatch, ImportState, StagedRow
from .own_rules import active_rules
from .reading import read_tables
from .refusal import SheetRefused
from .staging import KEPT_DAYS, locked, named_file, refuse, sheet_of, stored
from .staging_cells import Contents
from .staging_examine import JUDGED, Examined, examine
from .staging_rows import At, keep, renew
from .staging_tables import PIECE, Recognised, recognise_table, remembered, table_of

MOST_ROUNDS = 5
"""How often a check starts again because someone edited rows meanwhile."""


@job("sheets.read", "读取表格")
def read_job(progress: Progress) -> dict[str, Any]:
    """Read a stored upload in the child process, examine it and stage its rows. Done twice, it does nothing more."""
    batch = ImportBatch.objects.get(uid=progress.arguments["batch"])
    if batch.state != ImportState.READING:
        return {"rows": batch.row_count}
    progress.say(0, 0, "读取文件")
    kind = sheets[batch.sheet]
    roster = kind.plan()
    known = [heading for column in roster.columns().values() for heading in (column.title, *column.synonyms)]
    _, path = stored(batch)
    try:
        with named_file(path, batch.file_name) as named:
            tables = read_tables(named, limits=WEB, known_headings=known, name=batch.file_name)
    except SheetRefused as problem:
        refuse(batch, problem)
        return {"refused": True}
    headings = {heading for table in tables for heading in table.headings}
    batch.mapping = {heading: name for heading, name in remembered(kind).items() if heading in headings}
    found = _examined(progress, batch, tables)
    _say_keeping(progress, found)
    with transaction.atomic():
        _hold(progress, found)
        held = locked(batch.uid)
        if held.state == ImportState.READING:
            held.mapping = batch.mapping
            keep(held, found)
            held.state = ImportState.STAGED
            held.save()
    return {"rows": found_rows(found)}


@job("sheets.check", "重新核验表格")
def check_job(progress: Progress) -> dict[str, Any]:
    """Examine staged rows again after edits, until nobody edits meanwhile. ``mend``: first take suggested values."""
    for _ in range(MOST_ROUNDS):
        batch = ImportBatch.objects.get(uid=progress.arguments["batch"])
        if batch.state != ImportState.STAGED:
            return {}
        again = again_as_tables(batch, mend=progress.arguments.get("mend"))
        found = _examined(progress, batch, again.tables)
        _say_keeping(progress, found)
        with transaction.atomic():
            _hold(progress, found)
            held = locked(batch.uid)
            if held.state != ImportState.STAGED:
                return {}
            if held.edit_count == batch.edit_count:
                renew(held, found, mended=again.mended, suggested=again.suggested)
                held.checked_count = held.edit_count
                held.save()
                return {"rows": found_rows(found)}
    return {}


def _say_keeping(progress: Progress, found: Examined) -> None:
    """Outside the transaction that keeps the rows: what is said inside it shows when it is over."""
    progress.say(int(found_rows(found) * JUDGED), found_rows(found), "保存核验结果")


def _hold(progress: Progress, found: Examined) -> None:
    """First of all inside a transaction: the job's row is held until the commit, so no other attempt can begin."""
    progress.say(found_rows(found), found_rows(found), "保存核验结果")


def found_rows(found: Examined) -> int:
    return len(found.lines)


def _asker(batch: ImportBatch) -> User:
    assert batch.uploaded_by is not None
    return batch.uploaded_by


def _examined(progress: Progress, batch: ImportBatch, tables: Sequence[RawTable]) -> Examined:
    kind = sheets[batch.sheet]
    recognised: list[Recognised] = [recognise_table(table, kind, batch.mapping) for table in tables]
    now = timezone.now()
    return examine(
        sheet_of(batch, now),
        recognised,
        by=_asker(batch),
        on=timezone.localdate(now),
        standards=school_standards(),
        codes=kind.codes(),
        rules=active_rules(kind.plan()),
        accepted=batch.accepted,
        say=progress.say,
    )


@dataclass
class Again:
    """Staged rows as the tables they came from, with what must be known to write back only what changes."""

    tables: list[RawTable]
    mended: set[At]
    """Rows into which a suggested value was put just now."""
    suggested: dict[At, dict[str, str]]
    """The suggestions kept so far, of the rows that have any."""


def again_as_tables(batch: ImportBatch, *, mend: str | None = None) -> Again:
    """Open the cells of a batch. ``mend`` takes suggested values: "*" all of them, else those of one rule.

    Someone may edit a cell meanwhile; then ``edit_count`` tells, and the check starts again.
    """
    again = Again([], set(), {})
    for place, facts in enumerate(batch.tables):
        lossy: list[tuple[int, int]] = []
        rows = _opened(batch, place, again, lossy, mend)
        table = table_of(
            batch.file_name, facts["headings"], rows, sheet=facts["sheet"], header_row=facts["header_row"], lossy=lossy
        )
        again.tables.append(table)
    return again


def _opened(
    batch: ImportBatch, place: int, again: Again, lossy: list[tuple[int, int]], mend: str | None
) -> Iterator[tuple[int, list[str | None]]]:
    """The rows of one table by number; ``again`` and ``lossy`` are filled on the way."""
    staged = StagedRow.objects.filter(batch=batch, sheet_name=batch.tables[place]["sheet"][:60]).order_by("row")
    wanted = ("uid", "tenant", "row", "cells", *(("faults",) if mend else ()))
    for row in staged.only(*wanted).iterator(PIECE):
        contents = Contents.of(row)
        if contents.suggestions:
            again.suggested[place, row.row] = contents.suggestions
        if mend and _mended(contents, row, mend):
            again.mended.add((place, row.row))
        lossy += [(row.row, position) for position in contents.lossy]
        yield row.row, contents.cells


def _mended(contents: Contents, row: StagedRow, mend: str) -> bool:
    """Put suggested values into the cells; whether any cell changed."""
    changed = False
    for fault in row.faults:
        position = fault["pos"]
        suggested = contents.suggestions.get(f"{position}:{fault['rule']}")
        if suggested and mend in ("*", fault["rule"]):
            contents.cells[position] = suggested
            contents.lossy = [at for at in contents.lossy if at != position]
            changed = True
    return changed


@job("sheets.tidy", "清理过期的导入内容", daily_at=3)
def tidy_job(progress: Progress) -> dict[str, Any]:
    """Give up batches nobody confirmed, and drop the staged rows of all whose time is over; receipts stay."""
    limit = timezone.now() - timedelta(days=KEPT_DAYS)
    old = ImportBatch.objects.filter(updated_at__lt=limit)
    given_up = old.filter(state=ImportState.STAGED).update(state=ImportState.ABANDONED)
    dropped, _ = StagedRow.objects.filter(batch__in=old.exclude(state=ImportState.APPLYING).values("pk")).delete()
    return {"abandoned": given_up, "rows": dropped, "url": "/import/"}
