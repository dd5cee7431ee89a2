"""Write to the trail: in the same transaction as the act, values of sensitive fields left out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from ..base.bulk import insert_rows
from ..base.records import DataClass
from ..base.tenancy import current_tenant
from ..people.models import User
from ..people.sealing import Sealed, open_sealed
from .context import acting
from .models import AuditEvent, Result
from .spool import write_without_waiting

HIDDEN = {DataClass.SENSITIVE, DataClass.SEALED}


class ReasonMissing(ValueError):
    """Personal data was asked for without saying why; str() is fit for the user's eyes."""


def record(
    *,
    action: str,
    by: User | None,
    at: datetime,
    on: models.Model | None = None,
    reason: str = "",
    changes: dict[str, Any] | None = None,
    result: str = Result.DONE,
    data_class: str = "",
    label: str = "",
    waits: bool = True,
) -> AuditEvent:
    """Add one event. ``changes`` must not hold values of P3 or P4 fields; use ``difference`` to make it.

    ``waits=False`` is for acts that write nothing else (reading, being refused): where the database is being written
    to, the event doesn't wait but goes through the spool.
    """
    event = _event(
        action=action, by=by, at=at, on=on, reason=reason, changes=changes, result=result, data_class=data_class,
        label=label,
    )  # fmt: skip
    if waits:
        event.save(force_insert=True)
    else:
        write_without_waiting(event)
    return event


def record_many(
    about: Iterable[tuple[models.Model, dict[str, Any]]], *, action: str, by: User | None, at: datetime,
    reason: str = "", data_class: str = "",
) -> None:  # fmt: skip
    """Add one event for each (row, changes), as ``record`` would, in their order and in few statements.

    Call it inside the transaction that writes the rows.
    """
    insert_rows(
        [
            _event(action=action, by=by, at=at, on=on, reason=reason, changes=changes, data_class=data_class)
            for on, changes in about
        ]
    )


def _event(
    *, action: str, by: User | None, at: datetime, on: models.Model | None, reason: str,
    changes: dict[str, Any] | None, data_class: str, result: str = Result.DONE, label: str = "",
) -> AuditEvent:  # fmt: skip
    now = acting()
    return AuditEvent(
        tenant_id=getattr(on, "tenant_id", None) or current_tenant() or getattr(by, "tenant_id", None),
        at=at,
        actor=by,
        actor_name=by.name if by else "系统",
        roles=now.roles[:200],
        session=now.session,
        request_id=now.request_id,
        action=action,
        object_type=on._meta.label_lower if on is not None else "",
        object_uid=getattr(on, "uid", None),
        object_label=(label or (str(on) if on is not None else ""))[:120],
        data_class=data_class,
        result=result,
        reason=reason[:300],
        changes=changes or {},
    )


def snapshot(row: models.Model, fields: Iterable[str] = ()) -> dict[str, Any]:
    """The values of a row as an editor saw them; sealed values stay sealed."""
    names = list(fields) or [f.name for f in row._meta.concrete_fields if f.editable]
    return {name: _kept(row, name) for name in names}


def difference(row: models.Model, before: dict[str, Any]) -> dict[str, Any]:
    """Field by field what changed: [before, after] as text, or only the name where values must not be kept."""
    personal = getattr(row, "personal", {})
    changed: dict[str, Any] = {}
    for name, old in before.items():
        new = _kept(row, name)
        if old == new:
            continue
        if personal.get(name) in HIDDEN or isinstance(new, Sealed):
            changed[name] = None
        else:
            changed[name] = [_plain(old), _plain(new)]
    return changed


def reveal(row: Any, field: str, *, by: User, at: datetime, reason: str) -> str:
    """The plain text of a sealed field, logged with its reason before it is handed over.

    Raises ReasonMissing for a blank reason and PermissionError when ``by`` may not reveal this row.
    """
    if len(reason.strip()) < 2:
        raise ReasonMissing("请填写查看原因（不少于 2 个字），原因会记入审计。")
    if not by.can("reveal", row):
        record(action="reveal", by=by, at=at, on=row, reason=reason, changes={field: None}, result=Result.REFUSED)
        raise PermissionError("您没有查看这条信息明文的权限。")
    record(action="reveal", by=by, at=at, on=row, reason=reason, changes={field: None}, data_class=DataClass.SEALED)
    return open_sealed(row, field)


def _kept(row: models.Model, name: str) -> Any:
    """A column's own value: for a relation the key, so that no query is made."""
    column: Any = row._meta.get_field(name)
    return getattr(row, column.attname)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else str(value)
