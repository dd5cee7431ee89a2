"""What a person does to a staged batch before it is applied: mend cells, map columns, choose what shall happen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from ..people.models import User
from ..trail.record import record
from .declare import sheets
from .models import ImportBatch, ImportState, Mode, OnErrors, StagedRow
from .staging import ask, locked, remember
from .staging_cells import Contents
from .writing import LONGEST_CELL

NOT_STAGED = "这次导入已经不在待确认状态，不能再修改。"


def _held(batch: ImportBatch) -> ImportBatch:
    held = locked(batch.uid)
    if held.state != ImportState.STAGED:
        raise ValidationError(NOT_STAGED)
    return held


def _check_again(held: ImportBatch, by: User, **arguments: Any) -> None:
    held.edit_count += 1
    held.save()
    ask(held, "sheets.check", f"重新核验“{held.file_name}”", by=by, **arguments)


@transaction.atomic
def edit_cell(batch: ImportBatch, *, row_uid: Any, position: int, text: str, by: User, at: datetime) -> None:
    """Put another value into one cell and have the batch checked again."""
    held = _held(batch)
    row = StagedRow.objects.select_for_update().filter(batch=held, uid=row_uid).first()
    if row is None:
        raise ValidationError("这一行已经不在了，请刷新页面。")
    contents = Contents.of(row)
    if not 0 <= position < len(contents.cells) or len(text) > LONGEST_CELL:
        raise ValidationError("这个单元格不能这样修改。")
    contents.cells[position] = text.strip() or None
    contents.lossy = [at_ for at_ in contents.lossy if at_ != position]
    row.cells, row.is_edited = contents.text(), True
    row.save(update_fields=["cells", "is_edited"])
    heading = _heading(held, row.sheet_name, position)
    record(action="import.edit", by=by, at=at, on=held, changes={"row": row.row, "column": heading})
    _check_again(held, by)


def _heading(batch: ImportBatch, sheet_name: str, position: int) -> str:
    facts = next((facts for facts in batch.tables if facts["sheet"][:60] == sheet_name), None)
    return str(facts["headings"][position]) if facts else ""


@transaction.atomic
def take_suggestions(batch: ImportBatch, *, rule: str, by: User, at: datetime) -> None:
    """Take the suggested values of one rule, or of all ("*"); done by the worker, which may open cells."""
    held = _held(batch)
    record(action="import.mend", by=by, at=at, on=held, changes={"rule": rule})
    _check_again(held, by, mend=rule)


@transaction.atomic
def take_suggestion(batch: ImportBatch, *, row_uid: Any, position: int, rule: str, by: User, at: datetime) -> None:
    """Take the suggested value of one cell."""
    held = _held(batch)
    row = StagedRow.objects.filter(batch=held, uid=row_uid).first()
    suggested = Contents.of(row).suggestions.get(f"{position}:{rule}") if row is not None else None
    if row is None or suggested is None:
        raise ValidationError("这个单元格没有建议值，请刷新页面。")
    edit_cell(held, row_uid=row_uid, position=position, text=suggested, by=by, at=at)


@transaction.atomic
def map_columns(batch: ImportBatch, *, mapping: dict[str, str], by: User, at: datetime) -> None:
    """Say what headings mean (canonical name, "" to ignore), remember it, and have the batch checked again."""
    held = _held(batch)
    kind = sheets[held.sheet]
    columns = kind.plan().columns()
    headings = {heading for facts in held.tables for heading in facts["headings"]}
    taken: dict[str, str] = {}
    for heading, name in mapping.items():
        if heading not in headings or (name and name not in columns):
            raise ValidationError("列对应里有不认识的列，请刷新页面后重选。")
        if name and name in taken:
            told = f"“{heading}”和“{taken[name]}”都对应到了“{columns[name].title}”，一列只能对应一次。"
            raise ValidationError(told)
        if name:
            taken[name] = heading
    held.mapping = {**held.mapping, **mapping}
    remember(kind, mapping, by=by)
    record(action="import.map", by=by, at=at, on=held, changes={"columns": len(mapping)})
    _check_again(held, by)


@transaction.atomic
def choose(
    batch: ImportBatch, *, mode: str, on_errors: str, accepted: Sequence[str], by: User, at: datetime
) -> ImportBatch:
    """Choose create/update, what becomes of faulty rows, and what may be made along with the rows."""
    held = _held(batch)
    if mode not in Mode.values or on_errors not in OnErrors.values:
        raise ValidationError("请选择导入方式。")
    offered = {offer["code"] for offer in held.offers}
    agreed = sorted(set(accepted) & offered)
    held.mode, held.on_errors = mode, on_errors
    changed = agreed != sorted(held.accepted)
    held.accepted = agreed
    held.save(update_fields=["mode", "on_errors", "accepted"])
    if changed:
        _check_again(held, by)
    return held
