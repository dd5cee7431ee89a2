"""The database refuses to change or delete an audit row; sealing fills two empty columns, once."""

from __future__ import annotations

from typing import Any

from django.db import connections

TABLE = "trail_auditevent"
KEPT = (
    "tenant_id", "at", "actor_id", "actor_name", "roles", "session", "request_id", "action", "object_type",
    "object_uid", "object_label", "data_class", "result", "reason", "changes",
)  # fmt: skip

GUARDED = ("id", *KEPT)
TWIN = "SELECT 1 FROM trail_auditevent WHERE id = NEW.id OR (seq = NEW.seq AND tenant_id IS NEW.tenant_id)"

SQLITE = [
    "DROP TRIGGER IF EXISTS trail_no_delete",
    f"CREATE TRIGGER trail_no_delete BEFORE DELETE ON {TABLE} "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    # INSERT OR REPLACE removes the old row without asking the trigger above.
    "DROP TRIGGER IF EXISTS trail_no_replace",
    f"CREATE TRIGGER trail_no_replace BEFORE INSERT ON {TABLE} WHEN EXISTS ({TWIN}) "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    "DROP TRIGGER IF EXISTS trail_no_update",
    f"CREATE TRIGGER trail_no_update BEFORE UPDATE ON {TABLE} WHEN OLD.seq IS NOT NULL OR "
    + " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in GUARDED)
    + " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
]
POSTGRES = [
    """CREATE OR REPLACE FUNCTION trail_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN
    IF TG_OP = 'DELETE' OR OLD.seq IS NOT NULL OR """
    + " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in GUARDED)
    + """ THEN RAISE EXCEPTION 'the audit trail is append-only'
    USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $guard$""",
    f"DROP TRIGGER IF EXISTS trail_append_only ON {TABLE}",
    f"CREATE TRIGGER trail_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION trail_append_only()",
]


def install_guards(using: str = "default", **kwargs: Any) -> None:
    """(Re)make the triggers once the table exists."""
    connection = connections[using]
    if TABLE in connection.introspection.table_names():
        with connection.cursor() as cursor:
            for statement in POSTGRES if connection.vendor == "postgresql" else SQLITE:
                cursor.execute(statement)
