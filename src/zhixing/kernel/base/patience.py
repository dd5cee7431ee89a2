"""Waiting for a database in which somebody else is writing: not at all where that's wanted, and how to tell it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED")
_GIVEN_WAY = ("55P03", "40001", "40P01")
"""PostgreSQL: lock not available in time, serialisation failure, deadlock."""


@contextmanager
def not_waiting() -> Iterator[None]:
    """A write in here fails at once where another holds SQLite's one pen. PostgreSQL writes beside it."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual:d}")


def is_busy(problem: BaseException | None) -> bool:
    """Whether the database refused because others were writing, so that the same may succeed a little later."""
    if not isinstance(problem, DatabaseError):
        return False
    cause = problem.__cause__
    name, state = getattr(cause, "sqlite_errorname", ""), getattr(cause, "sqlstate", "")
    return name.startswith(_LOCKED) or state in _GIVEN_WAY
