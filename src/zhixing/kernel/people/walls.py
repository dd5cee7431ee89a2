"""Wall 2 of three: the database itself refuses a row that points into another tenant, or that changes its tenant.

Built from the model registry after every migration, on both engines. A SQLite table rebuild drops triggers, so they
are always made anew.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections, models


def tenant_models() -> list[type[models.Model]]:
    """Every concrete table with a tenant column."""
    return [
        model
        for model in apps.get_models()
        if not model._meta.proxy and any(field.name == "tenant" for field in model._meta.concrete_fields)
    ]


def guarded_references(model: type[models.Model]) -> list[tuple[str, str]]:
    """(column, parent table) of each foreign key from a tenant table to another tenant table."""
    kept = tenant_models()
    return [
        (field.column, field.related_model._meta.db_table)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model in kept and field.name != "tenant"
    ]


def install_walls(using: str = "default", **kwargs: Any) -> None:
    """(Re)make every guard whose tables exist by now."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    make = _postgres_guard if connection.vendor == "postgresql" else _sqlite_guard
    with connection.cursor() as cursor:
        for model in tenant_models():
            table = model._meta.db_table
            if table in present:
                references = [(column, parent) for column, parent in guarded_references(model) if parent in present]
                for statement in make(table, references):
                    cursor.execute(statement)


def lift_triggers(using: str = "default", plan: Any = (), **kwargs: Any) -> None:
    """Take every trigger of a SQLite database away before its tables change; ``post_migrate`` makes them all anew.

    SQLite changes a table by making another and dropping the first; a trigger elsewhere that names it would bar that.
    """
    connection = connections[using]
    if connection.vendor != "sqlite" or not plan:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


def guard_names(connection: Any) -> set[str]:
    """The guards that stand in the database now, by name."""
    sql = (
        "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'wall_%'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'wall_%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {row[0] for row in cursor.fetchall()}


def expected_guards() -> set[str]:
    """The guards that every migrated database must have."""
    names = {f"wall_still_{model._meta.db_table}" for model in tenant_models()}
    return names | {
        f"wall_{when}_{model._meta.db_table}"
        for model in tenant_models()
        if guarded_references(model)
        for when in ("ins", "upd")
    }


def _sqlite_guard(table: str, references: list[tuple[str, str]]) -> list[str]:
    q = '"{}"'.format
    statements = [
        f"DROP TRIGGER IF EXISTS {q('wall_still_' + table)}",
        f"CREATE TRIGGER {q('wall_still_' + table)} BEFORE UPDATE OF tenant_id ON {q(table)} "
        f"WHEN OLD.tenant_id IS NOT NEW.tenant_id BEGIN SELECT RAISE(ABORT, 'tenant is immutable'); END",
    ]
    if not references:
        return statements
    strange = " OR ".join(
        f"(NEW.{q(column)} IS NOT NULL AND (SELECT tenant_id FROM {q(parent)} WHERE id = NEW.{q(column)}) "
        f"IS NOT NEW.tenant_id)"
        for column, parent in references
    )
    columns = ", ".join(q(column) for column, _ in references)
    for when, event in (("ins", "INSERT"), ("upd", f"UPDATE OF tenant_id, {columns}")):
        name = q(f"wall_{when}_{table}")
        statements += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} BEFORE {event} ON {q(table)} WHEN {strange} "
            f"BEGIN SELECT RAISE(ABORT, 'reference into another tenant'); END",
        ]
    return statements


def _postgres_guard(table: str, references: list[tuple[str, str]]) -> list[str]:
    """Constraint triggers rather than composite keys: one generator, one name scheme, and nullable tenants work."""
    function = f'"wall_{table}"'
    tests = "".join(
        f'IF NEW."{column}" IS NOT NULL AND (SELECT tenant_id FROM "{parent}" WHERE id = NEW."{column}") '
        f"IS DISTINCT FROM NEW.tenant_id THEN RAISE EXCEPTION 'reference into another tenant' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        for column, parent in references
    )
    columns = ", ".join(f'"{column}"' for column in ["tenant_id", *(column for column, _ in references)])
    statements = [
        f"""CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN
        IF TG_OP = 'UPDATE' AND OLD.tenant_id IS DISTINCT FROM NEW.tenant_id THEN
          RAISE EXCEPTION 'tenant is immutable' USING ERRCODE = 'integrity_constraint_violation'; END IF;
        {tests} RETURN NEW; END $guard$""",
    ]
    events = [("still", "UPDATE OF tenant_id")]
    if references:
        events += [("ins", "INSERT"), ("upd", f"UPDATE OF {columns}")]
    for when, event in events:
        name = f'"wall_{when}_{table}"'
        statements += [
            f'DROP TRIGGER IF EXISTS {name} ON "{table}"',
            f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {function}()',
        ]
    return statements
