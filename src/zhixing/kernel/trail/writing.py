"""Add and amend records the one lawful way: judged, saved against lost races, and written to the trail together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from ..base.masking import STAR
from ..base.records import Record
from ..people.models import User
from ..people.sealing import BlindIndexField, SealedField, blind_index
from .record import difference, record, snapshot

R = TypeVar("R", bound=Record)

GENERAL = "保存时与已有记录冲突，请刷新页面核对后再试。"


def add_row(row: R, *, by: User | None, at: datetime, action: str = "add", reason: str = "") -> R:
    """Save a new record and record its first values. Raises ValidationError by field."""
    with transaction.atomic():
        judge_fields(row)
        _guarded(row.save, row)
        record(action=action, by=by, at=at, on=row, reason=reason, changes=difference(row, snapshot(type(row)())))
    return row


def amend_row(
    row: R, values: Mapping[str, Any], *, by: User | None, at: datetime, seen_version: int | None = None,
    action: str = "change", reason: str = "", inner: Collection[str] = (),
) -> R:  # fmt: skip
    """Write ``values`` into ``row`` if nobody else was faster, and record what changed; nothing happens if nothing did.

    ``seen_version`` is the version the editor was shown, by default the one ``row`` was read with. Fields that
    aren't editable are written only where the calling verb names them in ``inner``. A blank for a sealed field means
    "as it was". Raises ValidationError by field, and EditConflict.
    """
    before = snapshot(row, values)
    assign(row, values, inner)
    with transaction.atomic():
        changes = difference(row, before)
        if changes:
            judge_fields(row, changes)
            seen = row.version if seen_version is None else seen_version
            _guarded(lambda: row.save_if_unchanged(seen, changes), row, changes)
            record(action=action, by=by, at=at, on=row, reason=reason, changes=changes)
    return row


def assign(row: Record, values: Mapping[str, Any], inner: Collection[str] = ()) -> None:
    """Set fields by name; a masked value that came back from a page or a printed list is refused."""
    refused: dict[str, str] = {}
    for name, value in values.items():
        field = row._meta.get_field(name)
        if not getattr(field, "editable", True) and name not in inner:
            raise ValueError(f"{row._meta.label}.{name} is written by its own verb only")
        if isinstance(field, SealedField):
            if value in (None, "") or _is_same(row, field, value):
                continue
            if isinstance(value, str) and STAR in value:
                refused[name] = "请填写完整内容，不要填带 * 号的掩码。"
                continue
        setattr(row, name, value)
    if refused:
        raise ValidationError(refused)


def judge(row: Record, changed: Collection[str] | None = None) -> None:
    """What the record's own fields and constraints say; ValidationError by field where there is a field.

    With ``changed`` only these fields are judged: an old fault elsewhere must not bar a correction.
    """
    judge_fields(row, changed)
    if faults := _broken_constraints(row, changed):
        raise ValidationError(faults)


def judge_fields(row: Record, changed: Collection[str] | None = None) -> None:
    """The part of judging that asks no database: constraints are left to the saving itself."""
    row._settle_tenant()
    for field in row._meta.concrete_fields:
        if isinstance(field, BlindIndexField):
            field.pre_save(row, row.pk is None)
    faults: dict[str, list[Any]] = {}
    untouched = set() if changed is None else {f.name for f in row._meta.concrete_fields} - set(changed)
    try:
        row.full_clean(exclude=untouched, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        faults = error.update_error_dict({})
    for name in _foreign(row, untouched):
        faults.setdefault(name, []).append(ValidationError("选择的记录不存在。"))
    if faults:
        raise ValidationError(faults)


def _broken_constraints(row: Record, changed: Collection[str] | None) -> dict[str, list[Any]]:
    """The model's constraints and unique fields that the row breaks, by the field a page shows them under."""
    faults: dict[str, list[Any]] = {}
    untouched = set() if changed is None else {f.name for f in row._meta.concrete_fields} - set(changed)
    try:
        row.validate_unique(exclude=untouched)
    except ValidationError as error:
        faults = error.update_error_dict({})
    for constraint in row._meta.constraints:
        if changed is not None and not _concerns(row, constraint, changed):
            continue
        try:
            constraint.validate(type(row), row)
        except ValidationError as error:
            faults.setdefault(_blamed(row, constraint), []).extend(error.error_list)
    return faults


def _is_same(row: Record, field: Any, value: Any) -> bool:
    """Whether the text just typed is what is kept already, as far as a blind index can tell."""
    if not isinstance(value, str) or row.tenant_id is None:
        return False
    index = next((f for f in row._meta.concrete_fields if getattr(f, "source", None) == field.name), None)
    if index is None or not getattr(row, index.attname):
        return False
    return bool(getattr(row, index.attname) == blind_index(row.tenant_id, field.kind, value))


def _concerns(row: Record, constraint: Any, changed: Collection[str]) -> bool:
    """Whether a change of these fields can break the constraint; always, where that can't be told."""
    names = getattr(constraint, "fields", ())
    if not names or getattr(constraint, "condition", None) is not None:
        return True
    sources = {getattr(row._meta.get_field(name), "source", "") for name in names}
    return bool(({*names} | sources) & set(changed))


def _foreign(row: Record, untouched: Collection[str]) -> list[str]:
    """Foreign keys that lead into another tenant; to the user such a record doesn't exist."""
    return [
        field.name
        for field in row._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.name not in untouched
        and getattr(row, field.attname) is not None
        and getattr(getattr(row, field.name), "tenant_id", row.tenant_id) != row.tenant_id
    ]


def _blamed(row: Record, constraint: Any) -> str:
    """The field under which a page shows a broken constraint."""
    names = [name for name in getattr(constraint, "fields", ()) if name != "tenant"]
    if not names or not isinstance(constraint, models.UniqueConstraint):
        return NON_FIELD_ERRORS
    field = row._meta.get_field(names[-1])
    return str(getattr(field, "source", "") or field.name)


def _guarded(write: Any, row: Record, changed: Collection[str] | None = None) -> None:
    """Save; what the database refuses is told in the words of the constraint that was broken.

    Asking the constraints beforehand would cost a query each for every record that is all right.
    """
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        raise ValidationError(_broken_constraints(row, changed) or GENERAL) from error
