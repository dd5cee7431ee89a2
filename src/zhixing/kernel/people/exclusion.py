"""The database itself keeps the three administrators apart (GB/T 22239 8.1.4.2 d), whatever wrote the row."""

from __future__ import annotations

from typing import Any

from django.db import connections

TABLE = "people_assignment"
MESSAGE = "one of the three administrators"
RIVAL = """EXISTS (
    SELECT 1 FROM people_role mine
    JOIN people_role theirs ON theirs.exclusive_group = mine.exclusive_group AND theirs.id <> mine.id
    JOIN people_assignment other ON other.role_id = theirs.id
    WHERE mine.id = NEW.role_id AND mine.exclusive_group <> '' AND other.user_id = NEW.user_id AND other.id <> NEW.id
      AND COALESCE(other.ends_on, '9999-12-31') >= COALESCE(NEW.starts_on, '0001-01-01')
      AND COALESCE(other.starts_on, '0001-01-01') <= COALESCE(NEW.ends_on, '9999-12-31'))"""


def install_exclusion(using: str = "default", **kwargs: Any) -> None:
    """(Re)make the triggers once the table exists."""
    connection = connections[using]
    if TABLE in connection.introspection.table_names():
        with connection.cursor() as cursor:
            for statement in _postgres() if connection.vendor == "postgresql" else _sqlite():
                cursor.execute(statement)


def _sqlite() -> list[str]:
    statements: list[str] = []
    # A new row has no id before it is inserted, and a comparison with NULL is never true: hence AFTER.
    for when in ("INSERT", "UPDATE"):
        name = f"people_exclusion_{when.lower()}"
        statements += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} AFTER {when} ON {TABLE} WHEN {RIVAL} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        ]
    return statements


def _postgres() -> list[str]:
    return [
        f"""CREATE OR REPLACE FUNCTION people_exclusion() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN
        PERFORM 1 FROM people_user WHERE id = NEW.user_id FOR UPDATE;
        IF {RIVAL} THEN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
        RETURN NEW; END $guard$""",
        f"DROP TRIGGER IF EXISTS people_exclusion ON {TABLE}",
        f"CREATE TRIGGER people_exclusion BEFORE INSERT OR UPDATE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION people_exclusion()",
    ]
