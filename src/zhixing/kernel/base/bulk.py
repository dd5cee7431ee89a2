"""Many rows at once: what bulk_create and bulk_update do, for a fraction of their price per row.

Django compiles every row of a bulk statement anew, column by column, which costs several times what the database needs
to write it. Here the statement is made once for a model and only values travel. Guards and triggers of the database
see the same INSERT and UPDATE as ever; a Record is settled in the tenant in scope first, as by ``save``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from types import NoneType
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.utils import timezone

from .records import Record

PIECE = 500
"""Rows handed over in one go; also bounds what waits in memory."""
_MOST_PARAMETERS = 20_000
_MOST_REMEMBERED = 5_000
_SIMPLE = {NoneType, bool, int, Decimal, date, datetime}

Prepare = Callable[[Any], Any]


def insert_rows(rows: Sequence[models.Model], *, with_keys: bool = False) -> None:
    """Add new rows of one model, all or none. ``with_keys``: read back their primary keys (Records only).

    Whoever goes on after an error inside a transaction of his own must open a savepoint, as with bulk_create.

    Like bulk_create it calls no ``save``: what a model's own ``save`` derives must be set before, and related rows
    must have been saved. Raises IntegrityError as the database does, WrongTenant and ScopeMissing as ``save`` does.
    """
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    for row in rows:
        _settle(row)
        row._prepare_related_fields_for_save(operation_name="insert_rows")  # type: ignore[attr-defined]
    connection = connections[DEFAULT_DB_ALIAS]
    quote = connection.ops.quote_name
    head = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(str(field.column)) for field in fields)}) VALUES "
    )
    prepared = _prepared(fields, connection, adding=True)
    with transaction.atomic(savepoint=False):
        for piece in _pieces(rows):
            _insert(connection, head, [[prepare(row) for prepare in prepared] for row in piece])
            if with_keys:
                _read_keys(model, piece)
            for row in piece:
                row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update_rows(rows: Sequence[models.Model], fields: Collection[str]) -> int:
    """Write these fields of rows that have been saved before, each its own values; how many were still there.

    No version is asked for or raised: for rows that only their own room writes, under a lock.
    """
    if not rows:
        return 0
    model = type(rows[0])
    auto = {field.name for field in model._meta.concrete_fields if getattr(field, "auto_now", False)}
    chosen = [field for field in model._meta.concrete_fields if field.name in {*fields, *auto}]
    where = [model._meta.pk, *(field for field in model._meta.concrete_fields if _is_wall(model, field))]
    for row in rows:
        _settle(row)
    connection = connections[DEFAULT_DB_ALIAS]
    quote = connection.ops.quote_name
    changes = ", ".join(f"{quote(str(field.column))} = %s" for field in chosen)
    found = " AND ".join(f"{quote(str(field.column))} = %s" for field in where)
    statement = f"UPDATE {quote(model._meta.db_table)} SET {changes} WHERE {found}"
    prepared = _prepared(chosen, connection, adding=False) + _prepared(where, connection, adding=False)
    written = 0
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for piece in _pieces(rows):
            cursor.executemany(statement, [[prepare(row) for prepare in prepared] for row in piece])
            written += cursor.rowcount
    return written


def _settle(row: models.Model) -> None:
    if isinstance(row, Record):
        row._settle_tenant()


def _is_wall(model: type[models.Model], field: Any) -> bool:
    """Whether a row is also found by this column, so that no other tenant's row can be hit."""
    return issubclass(model, Record) and field.name == "tenant"


def _pieces(rows: Sequence[models.Model]) -> Iterator[Sequence[models.Model]]:
    for start in range(0, len(rows), PIECE):
        yield rows[start : start + PIECE]


def _insert(connection: Any, head: str, lines: list[list[Any]]) -> None:
    """As many rows a statement as the engine takes parameters.

    Not one by one: inside a savepoint SQLite walks, at the end of every statement, through all pages kept for it.
    """
    one = f"({', '.join(['%s'] * len(lines[0]))})"
    most = max(1, _most_parameters(connection) // len(lines[0]))
    with connection.cursor() as cursor:
        for start in range(0, len(lines), most):
            some = lines[start : start + most]
            cursor.execute(head + ", ".join([one] * len(some)), [value for line in some for value in line])


def _most_parameters(connection: Any) -> int:
    if connection.vendor != "sqlite":
        return _MOST_PARAMETERS
    connection.ensure_connection()
    allowed: int = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    return min(_MOST_PARAMETERS, allowed)


def _read_keys(model: type[models.Model], rows: Sequence[Any]) -> None:
    """By the name no one can guess: neither engine promises to return new keys in the order of the rows."""
    known = dict(model._default_manager.filter(uid__in=[row.uid for row in rows]).values_list("uid", "pk"))
    for row in rows:
        row.pk = known[row.uid]


def _prepared(fields: Sequence[Any], connection: Any, *, adding: bool) -> list[Prepare]:
    """For each field, what gives a row's value as the database takes it."""
    now = timezone.now()
    return [_preparer(field, connection, now, adding=adding) for field in fields]


def _preparer(field: Any, connection: Any, now: datetime, *, adding: bool) -> Prepare:
    def ready(value: Any) -> Any:
        return field.get_db_prep_save(value, connection)

    if getattr(field, "auto_now", False) or (adding and getattr(field, "auto_now_add", False)):
        stamp = ready(now)

        def stamped(row: Any) -> Any:
            setattr(row, field.attname, now)
            return stamp

        return stamped
    if type(field).pre_save not in (models.Field.pre_save, models.DateField.pre_save, models.DateTimeField.pre_save):
        return lambda row: ready(field.pre_save(row, adding))
    read = attrgetter(field.attname)
    if type(field) in (models.CharField, models.TextField):

        def text(row: Any) -> Any:
            value = read(row)
            return value if type(value) is str else ready(value)

        return text
    return _remembering(read, ready)


def _remembering(read: Prepare, ready: Prepare) -> Prepare:
    """Most columns of many rows hold a handful of values: each is made ready once."""
    known: dict[Any, Any] = {}

    def prepare(row: Any) -> Any:
        value = read(row)
        kind = type(value)
        if kind not in _SIMPLE:
            return ready(value)
        found = known.get((kind, value), known)
        if found is known:
            found = ready(value)
            if len(known) < _MOST_REMEMBERED:
                known[kind, value] = found
        return found

    return prepare
