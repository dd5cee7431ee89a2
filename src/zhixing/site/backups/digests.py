"""One digest per table, whatever the order of its rows and whichever engine keeps them.

Each row becomes canonical JSON by the kinds of its columns; the SHA-256 values of all rows are added mod 2**256.
Sealed columns are taken as they are stored: a restore must give back the very ciphertext, and needs no key to show it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from . import BackupFailed

LIMIT = 1 << 256
FETCH = 2000
SAFE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")

Columns = list[tuple[str, str]]
"""(column, kind) pairs; a kind is one of _SPELLERS; ``decimal:N`` carries the number of places."""


class TableDigest(NamedTuple):
    """How many rows a table has and what they add up to (64 hex digits)."""

    rows: int
    digest: str


def columns_of_models() -> dict[str, Columns]:
    """Every table that Django keeps, link tables and its own books included, with the kinds of its columns."""
    from django.apps import apps  # app ready
    from django.db.migrations.recorder import MigrationRecorder

    models: list[Any] = [*apps.get_models(include_auto_created=True), MigrationRecorder.Migration]
    return {
        model._meta.db_table: [(field.column, _kind(field)) for field in model._meta.concrete_fields]
        for model in models
        if model._meta.managed and not model._meta.proxy
    }


def digest_table(cursor: Any, table: str, columns: Columns) -> TableDigest:
    """Read the whole table through ``cursor`` (any DB-API cursor of either engine)."""
    for name in (table, *(column for column, _ in columns)):
        if not SAFE.match(name):
            raise BackupFailed(f"备份清单里的名称“{name}”不合规。")
    names = ", ".join(f'"{column}"' for column, _ in columns)
    cursor.execute(f'SELECT {names} FROM "{table}"')  # noqa: S608 - names were matched against SAFE
    spell = [_speller(kind) for _, kind in columns]
    total = count = 0
    while rows := cursor.fetchmany(FETCH):
        for row in rows:
            values = [None if value is None else say(value) for say, value in zip(spell, row, strict=True)]
            text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
            total += int.from_bytes(hashlib.sha256(text.encode(errors="surrogatepass")).digest(), "big")
            count += 1
    return TableDigest(count, f"{total % LIMIT:064x}")


def digest_tables(cursor: Any, tables: Mapping[str, Columns]) -> dict[str, TableDigest]:
    """The digests of several tables by name."""
    return {table: digest_table(cursor, table, columns) for table, columns in sorted(tables.items())}


def differing(expected: Mapping[str, Sequence[Any]], found: Mapping[str, Sequence[Any]]) -> list[str]:
    """Names of tables whose row count or digest isn't what the backup says."""
    return [name for name in sorted({*expected, *found}) if tuple(expected.get(name, ())) != tuple(found.get(name, ()))]


def _kind(field: Any) -> str:
    while field.remote_field is not None and hasattr(field, "target_field"):
        field = field.target_field
    name = field.get_internal_type()
    if name == "DecimalField":
        return f"decimal:{field.decimal_places}"
    return _KIND_OF.get(name, "text")


_KIND_OF = {
    **dict.fromkeys(("AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField"), "int"),
    **dict.fromkeys(("SmallIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"), "int"),
    "PositiveBigIntegerField": "int",
    "BooleanField": "bool",
    "DateTimeField": "moment",
    "DateField": "date",
    "UUIDField": "uuid",
    "JSONField": "json",
    "FloatField": "float",
    "DurationField": "duration",
    "BinaryField": "bytes",
}


def _moment(value: Any) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return str(moment.strftime("%Y-%m-%dT%H:%M:%S.%f"))


def _date(value: Any) -> str:
    return value[:10] if isinstance(value, str) else str(value.isoformat())


def _json(value: Any) -> str:
    return json.dumps(json.loads(value) if isinstance(value, str) else value, ensure_ascii=False, sort_keys=True)


def _duration(value: Any) -> int:
    return value // timedelta(microseconds=1) if isinstance(value, timedelta) else int(value)


def _decimal(places: int) -> Any:
    unit = Decimal(1).scaleb(-places)
    return lambda value: str(Decimal(str(value)).quantize(unit))


def _speller(kind: str) -> Any:
    if kind.startswith("decimal:"):
        return _decimal(int(kind.partition(":")[2]))
    return _SPELLERS[kind]


_SPELLERS: dict[str, Any] = {
    "int": int,
    "text": str,
    "bool": bool,
    "float": float,
    "moment": _moment,
    "date": _date,
    "uuid": lambda value: str(value).replace("-", "").lower(),
    "json": _json,
    "duration": _duration,
    "bytes": lambda value: bytes(value).hex(),
}
