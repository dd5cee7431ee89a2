"""A record as it stands, exactly: to put it back when an import is undone. Sealed values stay sealed."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from ..base.records import EditConflict, Record
from ..people.sealing import Sealed, SealedField

UNTOUCHED = frozenset({"id", "tenant", "uid", "version", "created_at", "updated_at"})


def state_of(row: Record) -> dict[str, Any]:
    """The row's columns by attribute name, as values that JSON (with ``default=str``) keeps."""
    found: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in UNTOUCHED:
            continue
        value = field.value_from_object(row)
        found[field.attname] = field.get_prep_value(value) if isinstance(value, Sealed) else value
    return found


def put_back(row: Record, state: dict[str, Any]) -> None:
    """Write a state into the row's columns if the row still has the version it was read with; raises EditConflict."""
    values: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.attname in state:
            kept = state[field.attname]
            sealed = isinstance(field, SealedField)
            values[field.attname] = Sealed.stored(kept) if sealed else field.to_python(kept)
    found = type(row)._default_manager.filter(pk=row.pk, version=row.version)
    if not found.update(**values, version=F("version") + 1):
        raise EditConflict(f"“{row}”刚被别人修改过，没有恢复。")
    row.refresh_from_db()
