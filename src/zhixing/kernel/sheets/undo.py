"""Taking an applied batch back, as long as nobody has touched what it wrote."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from ..base.records import Record
from ..jobs.declare import Progress, job
from ..jobs.queue import enqueue
from ..people.models import User
from ..people.sealing import open_sealed
from ..trail.record import record
from .declare import Sheet, sheets
from .models import ImportBatch, ImportState, StagedDeed, StagedRow
from .staging import KEPT_DAYS, ask, locked, sheet_of

SHOWN = 20
PIECE = 500


def touched(batch: ImportBatch) -> list[str]:
    """The written records that have changed or gone since, by name; with any of them there is no undo."""
    written = StagedRow.objects.filter(batch=batch, is_written=True)
    rows = list(written.values_list("target_uid", "target_version", "label"))
    uids = [uid for uid, _, _ in rows]
    now, later = _versions(sheets[batch.sheet], uids), _touched_later(batch, uids)
    return [label or str(uid) for uid, version, label in rows if now.get(uid) != version or uid in later]


def _touched_later(batch: ImportBatch, uids: Sequence[Any]) -> set[Any]:
    moment = batch.applied_at or batch.updated_at
    sheet, found = sheet_of(batch, moment), set[Any]()
    for start in range(0, len(uids), PIECE):
        found |= sheet.touched_since(uids[start : start + PIECE], moment)
    return found


def _versions(kind: type[Sheet], uids: Sequence[Any]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for start in range(0, len(uids), PIECE):
        piece = kind.model._default_manager.filter(uid__in=uids[start : start + PIECE])
        found |= dict(piece.values_list("uid", "version"))
    return found


def undo_obstacle(batch: ImportBatch, at: datetime) -> str:
    """Why the batch can't be undone, short of looking at its records; "" where it may be tried."""
    if batch.state != ImportState.APPLIED or batch.applied_at is None:
        return "只有已写入的导入可以撤销。"
    if at - batch.applied_at > timedelta(days=KEPT_DAYS):
        return f"写入已超过 {KEPT_DAYS} 天，不能再撤销。"
    return ""


@transaction.atomic
def ask_to_undo(batch: ImportBatch, *, by: User, at: datetime) -> None:
    """Have the batch undone; ValidationError with the list of touched records where there are any."""
    held = locked(batch.uid)
    if told := undo_obstacle(held, at):
        raise ValidationError(told)
    if changed := touched(held):
        raise ValidationError(_list_of(changed))
    record(action="import.ask_undo", by=by, at=at, on=held)
    ask(held, "sheets.undo", f"撤销导入“{held.file_name}”", by=by, by_uid=str(by.uid))


def _list_of(changed: list[str]) -> str:
    more = f"等 {len(changed)} 条" if len(changed) > SHOWN else ""
    names = "、".join(changed[:SHOWN])
    return f"写入之后这些记录又被改动过，不能整批撤销：{names}{more}。请在各条记录上更正。"


@job("sheets.undo", "撤销导入")
def undo_job(progress: Progress) -> dict[str, Any]:
    """Undo an applied batch in one transaction; run again, it finds all or nothing done."""
    by = User.objects.get(uid=progress.arguments["by_uid"])
    with transaction.atomic():
        progress.say(0, 0, "撤销写入")
        batch = locked(progress.arguments["batch"])
        if batch.state == ImportState.APPLIED:
            _take_back(batch, by=by, at=timezone.now())
    enqueue("checks.verify_all", "核查撤销后的记录", by=by, key=f"verify:{batch.sheet}", sheet=batch.sheet)
    return {}


def _take_back(batch: ImportBatch, *, by: User, at: datetime) -> None:
    if changed := touched(batch):
        raise ValidationError(_list_of(changed))
    sheet = sheet_of(batch, at, by)
    if not by.holds(sheet.permission()):
        raise PermissionError("您已没有导入这张表的权限。")
    rows = list(StagedRow.objects.filter(batch=batch, is_written=True).order_by("-pk"))
    kept = _records(sheet, rows)
    try:
        for row in rows:
            target = kept[row.target_uid]
            if row.deed == StagedDeed.UPDATE:
                sheet.restore(target, json.loads(open_sealed(row, "undo")), by=by, at=at)
        sheet.remove_many([kept[row.target_uid] for row in rows if row.deed == StagedDeed.CREATE], by=by, at=at)
    except ProtectedError as problem:
        told = "写入的记录已被其他业务引用，不能撤销。请在各条记录上更正。"
        raise ValidationError(told) from problem
    batch.state, batch.undone_at = ImportState.UNDONE, at
    batch.save(update_fields=["state", "undone_at"])
    record(action="import.undo", by=by, at=at, on=batch, changes={"rows": len(rows)})


def _records(sheet: Sheet, rows: Sequence[StagedRow]) -> dict[Any, Record]:
    uids = [row.target_uid for row in rows]
    found: dict[Any, Record] = {}
    for start in range(0, len(uids), PIECE):
        found |= {each.uid: each for each in sheet.model._default_manager.filter(uid__in=uids[start : start + PIECE])}
    return found
