"""Writing a staged batch into the register: in one transaction, by one worker, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..base.records import Record
from ..jobs.declare import Cancelled, Progress, job
from ..jobs.queue import enqueue
from ..people.models import User
from ..trail.record import record
from .declare import Sheet, Values, sheets
from .models import ImportBatch, ImportState, Mode, OnErrors, StagedDeed, StagedRow
from .staging import CHUNK, ask, locked, sheet_of
from .staging_cells import Contents, Reader
from .staging_tables import Recognised, recognise_table, table_of

SHOWN = 5
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
        progress.say(0, 0, "一次写入，请勿重复提交")
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
    sheet.accept(batch.accepted)
    pending = list(to_be_written(batch))
    creates, updates = _sorted_rows(batch, sheet, pending)
    sheet.make_offered([values for _, values in creates], by=by, at=at)
    planned = [row.target_uid for row, _ in creates]
    made = sheet.create_many([values for _, values in creates], by=by, at=at, uids=planned)
    _must_be_allowed(sheet, by, "add", made)
    before = [sheet.before(target) for _, target, _ in updates]
    changed = sheet.change_many([(target, values) for _, target, values in updates], by=by, at=at)
    _must_be_allowed(sheet, by, "change", changed)
    _note_written([row for row, _ in creates], made, None)
    _note_written([row for row, _, _ in updates], changed, before)
    StagedRow.objects.filter(pk__in=to_be_written(batch).values("pk")).update(is_written=True)
    # Taken after the last write: what changes later than this was changed by somebody else.
    batch.state, batch.applied_at, batch.refusal = ImportState.APPLIED, timezone.now(), ""
    batch.created_records, batch.changed_records = len(made), len(changed)
    batch.save()
    record(action="import.apply", by=by, at=at, on=batch, changes={"created": len(made), "changed": len(changed)})


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
        cells = [None if at in contents.lossy else text for at, text in enumerate(contents.cells)]
        return self.by_sheet[row.sheet_name].values(cells)


def _sorted_rows(
    batch: ImportBatch, sheet: Sheet, pending: Sequence[StagedRow]
) -> tuple[list[tuple[StagedRow, Values]], list[tuple[StagedRow, Record, Values]]]:
    """Newcomers, and changes with their records as they are now; ValidationError where one moved meanwhile."""
    readers = _Readers.of(batch)
    values = [readers.values(row) for row in pending]
    found = sheet.find(values)
    creates: list[tuple[StagedRow, Values]] = []
    updates: list[tuple[StagedRow, Record, Values]] = []
    moved: list[str] = []
    for row, target, each in zip(pending, found, values, strict=True):
        if row.deed == StagedDeed.CREATE and target is None:
            creates.append((row, each))
        elif row.deed == StagedDeed.UPDATE and target is not None and _as_seen(row, target):
            updates.append((row, target, each))
        else:
            moved.append(f"第 {row.row} 行 {row.label}".strip())
    if moved:
        more = f"等 {len(moved)} 行" if len(moved) > SHOWN else ""
        told = "、".join(moved[:SHOWN]) + more
        raise ValidationError(f"预览之后这些记录又被改动过，没有写入任何一行：{told}。请重新核验后再确认。")
    return creates, updates


def _as_seen(row: StagedRow, target: Record) -> bool:
    return (target.uid, target.version) == (row.target_uid, row.target_version)


def _must_be_allowed(sheet: Sheet, by: User, action: str, rows: Sequence[Record]) -> None:
    """Each written record lies within the writer's reach; PermissionError undoes everything otherwise."""
    if not rows or by.grants.holds_everywhere(sheet.permission(action)):
        return
    allowed = set(sheet.model._default_manager.all().visible_to(by, action).values_list("pk", flat=True))
    strange = [str(row) for row in rows if row.pk not in allowed]
    if strange:
        raise PermissionError(f"这些记录不在您的管辖范围内，没有写入任何一行：{'、'.join(strange[:SHOWN])}。")


def _note_written(
    staged: Iterable[StagedRow], records: Iterable[Record], before: Sequence[dict[str, Any]] | None
) -> None:
    """Keep for each row what it became, and what is needed to undo a change."""
    differing = []
    for at, (row, kept) in enumerate(zip(staged, records, strict=True)):
        if before is not None:
            row.undo = json.dumps(before[at], ensure_ascii=False, default=str)
        elif (row.target_uid, row.target_version) == (kept.uid, kept.version):
            continue
        row.target_uid, row.target_version = kept.uid, kept.version
        row.undo = row._meta.get_field("undo").pre_save(row, False)
        differing.append(row)
    StagedRow.objects.bulk_update(differing, ["target_uid", "target_version", "undo"], batch_size=CHUNK // 4)
