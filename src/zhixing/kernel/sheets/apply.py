"""Writing a staged batch into the register: in one transaction, by one worker, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..base.bulk import update_rows
from ..base.records import Record
from ..jobs.declare import Cancelled, Progress, job
from ..jobs.queue import enqueue
from ..people.models import User
from ..trail.record import record
from .declare import Sheet, Values, sheets
from .models import ImportBatch, ImportState, Mode, OnErrors, StagedDeed, StagedRow
from .staging import ask, locked, sheet_of
from .staging_cells import Contents, Reader
from .staging_tables import RawRow, Recognised, recognise_table, table_of

SHOWN = 5
WRITING = "全部行一次写入，要么全部成功、要么全不写入；请勿重复提交"
CHUNK = 1000
"""Rows written at a time; they all stand or fall together."""
_DEEDS = {
    Mode.BOTH: (StagedDeed.CREATE, StagedDeed.UPDATE),
    Mode.CREATE: (StagedDeed.CREATE,),
    Mode.UPDATE: (StagedDeed.UPDATE,),
}


def to_be_written(batch: ImportBatch) -> QuerySet[StagedRow]:
    """The rows that applying would write, as the batch stands now."""
    rows = StagedRow.objects.filter(batch=batch, deed__in=_DEEDS[Mode(batch.mode)])
    if batch.on_errors != OnErrors.AS_IS:
        rows = rows.exclude(worst="error")
    found: QuerySet[StagedRow] = rows.order_by("pk")
    return found


def obstacle(batch: ImportBatch) -> str:
    """Why the batch can't be applied now, in words; "" where it can."""
    if batch.state != ImportState.STAGED:
        return "这次导入不在待确认状态。"
    if batch.edit_count != batch.checked_count:
        return "有修改还没有核验完，请稍候。"
    if not any(facts["layout"] for facts in batch.tables):
        return "还没有认出这张表的列，请先手工对应。"
    if batch.on_errors == OnErrors.BLOCK and batch.error_count:
        return f"还有 {batch.error_count} 行有错误；您选择了有错误就全部不写入。"
    if not to_be_written(batch).exists():
        return "没有可以写入的行。"
    return ""


@transaction.atomic
def ask_to_apply(batch: ImportBatch, *, by: User, at: datetime) -> ImportBatch:
    """Confirm the batch; it is applied by the worker. A second click changes nothing."""
    held = locked(batch.uid)
    if held.state in (ImportState.APPLYING, ImportState.APPLIED):
        return held
    if told := obstacle(held):
        raise ValidationError(told)
    held.state, held.applied_by = ImportState.APPLYING, by
    held.save(update_fields=["state", "applied_by"])
    record(action="import.confirm", by=by, at=at, on=held, changes={"mode": held.mode, "on_errors": held.on_errors})
    ask(held, "sheets.apply", f"写入“{held.file_name}”", by=by)
    return held


@job("sheets.apply", "写入表格")
def apply_job(progress: Progress) -> dict[str, Any]:
    """Apply a confirmed batch; run again after a killed worker, it finds all or nothing done."""
    uid = progress.arguments["batch"]
    progress.say(0, 0, WRITING)  # before the transaction: what is said inside it shows when it is over
    try:
        return _applied(uid, progress)
    except (ValidationError, IntegrityError, PermissionError, Cancelled) as problem:
        reason = _told(problem)
        ImportBatch.objects.filter(uid=uid, state=ImportState.APPLYING).update(
            state=ImportState.STAGED, refusal=reason[:400]
        )
        raise ValidationError(reason) from problem


def _applied(uid: Any, progress: Progress) -> dict[str, Any]:
    with transaction.atomic():
        # First of all: holds the job's row until the commit, so no other attempt can begin meanwhile.
        progress.say(0, 0, WRITING)
        batch = locked(uid)
        if batch.state == ImportState.APPLYING:
            _write(batch, at=timezone.now())
    result = {"created": batch.created_records, "changed": batch.changed_records}
    enqueue(
        "checks.verify_all", "核查导入后的记录", by=batch.applied_by, key=f"verify:{batch.sheet}", sheet=batch.sheet
    )
    return result


def _told(problem: Exception) -> str:
    if isinstance(problem, ValidationError):
        return "；".join(problem.messages)
    if isinstance(problem, IntegrityError):
        return "有记录与刚刚写入的数据重复，没有写入任何一行。请重新核验后再试。"
    return str(problem)


def _write(batch: ImportBatch, *, at: datetime) -> None:
    by = batch.applied_by
    if by is None or not by.holds(sheets[batch.sheet].permission()):
        raise PermissionError("您已没有导入这张表的权限，没有写入任何一行。")
    sheet = sheet_of(batch, at, by)
    writing = _Writing(batch, sheet, by, at)
    if batch.accepted:
        sheet.accept(batch.accepted)
        sheet.make_offered(writing.newcomers(), by=by, at=at)
    for deed, write in ((StagedDeed.CREATE, writing.create), (StagedDeed.UPDATE, writing.change)):
        for piece in writing.pieces(deed):
            write(piece)
    writing.end()
    # Taken after the last write: what changes later than this was changed by somebody else.
    batch.state, batch.applied_at, batch.refusal = ImportState.APPLIED, timezone.now(), ""
    batch.created_records, batch.changed_records = writing.created, writing.changed
    batch.save()
    told = {"created": writing.created, "changed": writing.changed}
    record(action="import.apply", by=by, at=at, on=batch, changes=told)


class _Writing:
    """One batch on its way into the register, piece by piece, so that memory stays bounded.

    A record that moved since the preview ends the writing; the rest is still looked at, so that all are named.
    """

    def __init__(self, batch: ImportBatch, sheet: Sheet, by: User, at: datetime) -> None:
        self._batch, self._sheet, self._by, self._at = batch, sheet, by, at
        self._readers = _Readers.of(batch)
        self._moved: list[str] = []
        self._moved_count = 0
        self.created = self.changed = 0

    def newcomers(self) -> Iterator[Values]:
        """The values of all rows that make a record."""
        return (self._readers.values(row) for piece in self.pieces(StagedDeed.CREATE) for row in piece)

    def pieces(self, deed: StagedDeed) -> Iterator[list[StagedRow]]:
        """The rows to be written that do this, in their order."""
        rows = to_be_written(self._batch).filter(deed=deed).defer("shown", "faults", "undo")
        last = 0
        while piece := list(rows.filter(pk__gt=last)[:CHUNK]):
            yield piece
            last = piece[-1].pk

    def create(self, rows: Sequence[StagedRow]) -> None:
        values = [self._readers.values(row) for row in rows]
        found = self._sheet.find(values)
        if self._are_moved([row for row, target in zip(rows, found, strict=True) if target is not None]):
            return
        planned = [row.target_uid for row in rows]
        made = self._sheet.create_many(values, by=self._by, at=self._at, uids=planned)
        _must_be_allowed(self._sheet, self._by, "add", made)
        self.created += len(made)
        _note_written(rows, made)

    def change(self, rows: Sequence[StagedRow]) -> None:
        values = [self._readers.values(row) for row in rows]
        found = self._sheet.find(values)
        if self._are_moved([row for row, target in zip(rows, found, strict=True) if not _as_seen(row, target)]):
            return
        targets = [target for target in found if target is not None]
        before = [self._sheet.before(target) for target in targets]
        changed = self._sheet.change_many(list(zip(targets, values, strict=True)), by=self._by, at=self._at)
        _must_be_allowed(self._sheet, self._by, "change", changed)
        self.changed += len(changed)
        _note_written(rows, changed, before)

    def _are_moved(self, rows: Sequence[StagedRow]) -> bool:
        """Note rows whose record is not as it was; whether there has been any so far."""
        self._moved_count += len(rows)
        self._moved += [f"第 {row.row} 行 {row.label}".strip() for row in rows[: SHOWN - len(self._moved)]]
        return bool(self._moved)

    def end(self) -> None:
        """Mark the rows as written; ValidationError where a record moved meanwhile: everything is undone then."""
        if self._moved:
            more = f"等 {self._moved_count} 行" if self._moved_count > SHOWN else ""
            told = "、".join(self._moved) + more
            raise ValidationError(f"预览之后这些记录又被改动过，没有写入任何一行：{told}。请重新核验后再确认。")
        to_be_written(self._batch).update(is_written=True)


@dataclass(frozen=True)
class _Readers:
    """How the cells of each sheet of the batch are read."""

    by_sheet: dict[str, Reader]

    @classmethod
    def of(cls, batch: ImportBatch) -> _Readers:
        kind = sheets[batch.sheet]
        codes = kind.codes()
        readers = {}
        for facts in batch.tables:
            empty = table_of(batch.file_name, facts["headings"], [], sheet=facts["sheet"])
            seen: Recognised = recognise_table(empty, kind, batch.mapping)
            columns = seen.roster.columns() if seen.roster else {}
            readers[facts["sheet"][:60]] = Reader(facts["mapping"], columns, codes)
        return cls(readers)

    def values(self, row: StagedRow) -> Values:
        contents = Contents.of(row)
        readable = RawRow(row.row, contents.cells, contents.lossy).readable()
        return self.by_sheet[row.sheet_name].values(readable)


def _as_seen(row: StagedRow, target: Record | None) -> bool:
    return target is not None and (target.uid, target.version) == (row.target_uid, row.target_version)


def _must_be_allowed(sheet: Sheet, by: User, action: str, rows: Sequence[Record]) -> None:
    """Each written record lies within the writer's reach; PermissionError undoes everything otherwise."""
    if not rows or by.grants.holds_everywhere(sheet.permission(action)):
        return
    keys = [row.pk for row in rows]
    reached = sheet.model._default_manager.filter(pk__in=keys).visible_to(by, action)
    allowed = set(reached.values_list("pk", flat=True))
    strange = [str(row) for row in rows if row.pk not in allowed]
    if strange:
        raise PermissionError(f"这些记录不在您的管辖范围内，没有写入任何一行：{'、'.join(strange[:SHOWN])}。")


def _note_written(
    staged: Sequence[StagedRow], records: Sequence[Record], before: Sequence[dict[str, Any]] = ()
) -> None:
    """Keep for each row what it became, where that isn't as planned, and for a change what is needed to undo it."""
    for row, state in zip(staged, before, strict=False):
        row.undo = json.dumps(state, ensure_ascii=False, default=str)
    differing = []
    for row, kept in zip(staged, records, strict=True):
        if before or not _as_seen(row, kept):
            row.target_uid, row.target_version = kept.uid, kept.version
            differing.append(row)
    update_rows(differing, ("target_uid", "target_version", *(("undo",) if before else ())))
