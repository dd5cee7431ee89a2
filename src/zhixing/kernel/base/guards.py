"""Rows that stay as they were written: statements for triggers that both engines understand in their own tongue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True, kw_only=True)
class Still:
    """In ``table`` no row is deleted and ``columns`` never change, once ``when`` holds of the row as it stands.

    ``when`` is a condition in SQL over the alias ``OLD``, blank for every row. ``twins`` are the unique keys besides
    id and uid over which SQLite's INSERT OR REPLACE would take a row away without asking. ``name`` begins the names of
    the triggers; ``words`` is what the database says when it refuses.
    """

    table: str
    columns: tuple[str, ...]
    words: str
    name: str
    when: str = ""
    twins: tuple[tuple[str, ...], ...] = ()


def install(guards: Iterable[Still], using: str = "default") -> None:
    """(Re)make the triggers of every guard whose table exists by now; for ``post_migrate``."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    make = _postgres if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for guard in guards:
            if guard.table in present:
                for statement in make(guard):
                    cursor.execute(statement)


def trigger_names(guard: Still, connection: Any) -> set[str]:
    """The triggers that stand when the guard does."""
    if connection.vendor == "postgresql":
        return {f"{guard.name}_still"}
    return {f"{guard.name}_{act}" for act in ("no_delete", "no_replace", "no_change")}


def _sqlite(guard: Still) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{guard.words}'); END"
    held = f"({guard.when}) AND " if guard.when else ""
    keys = [("id",), ("uid",), *guard.twins]
    # NULLs are not equal in a unique key of SQLite, hence "=" and not IS.
    twin = " OR ".join("(" + " AND ".join(f'OLD."{c}" = NEW."{c}"' for c in key) + ")" for key in keys)
    # In an INSERT trigger there is no OLD row: the rows that stand are read under that name.
    kept = f"{held}({twin})".replace("OLD.", "kept.")
    standing = f"SELECT 1 FROM {guard.table} AS kept WHERE {kept}"
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in guard.columns)
    name, table = guard.name, guard.table
    when = f"WHEN {guard.when} " if guard.when else ""
    return [
        f"DROP TRIGGER IF EXISTS {name}_no_delete",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {table} {when}{refuse}",
        f"DROP TRIGGER IF EXISTS {name}_no_replace",
        f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({standing}) {refuse}",
        f"DROP TRIGGER IF EXISTS {name}_no_change",
        f"CREATE TRIGGER {name}_no_change BEFORE UPDATE ON {table} WHEN {held}({changed}) {refuse}",
    ]


def _postgres(guard: Still) -> list[str]:
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in guard.columns)
    held = f"({guard.when}) AND " if guard.when else ""
    return [
        f"""CREATE OR REPLACE FUNCTION {guard.name}_still() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN
    IF {held}(TG_OP = 'DELETE' OR {changed}) THEN RAISE EXCEPTION '{guard.words}'
    USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $guard$""",
        f"DROP TRIGGER IF EXISTS {guard.name}_still ON {guard.table}",
        f"CREATE TRIGGER {guard.name}_still BEFORE UPDATE OR DELETE ON {guard.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {guard.name}_still()",
    ]
