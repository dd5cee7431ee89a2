"""A page only notes that its session is in use; a database that is being written to doesn't stop it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from zhixing.kernel.people.models import Session
from zhixing.kernel.people.sessions import SessionStore

BEFORE = timedelta(minutes=5)


@pytest.fixture
def used_before(make_user: Callable[..., Any], client_of: Callable[[Any], Any]) -> tuple[Any, str]:
    """A signed-in client whose session was last used five minutes ago, and its key."""
    client = client_of(make_user("registrar"))
    key = client.session.session_key
    Session.objects.filter(pk=key).update(seen_at=timezone.now() - BEFORE)
    return client, key


def waits() -> int | None:
    """How long a write waits for another, in milliseconds."""
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        waited: int = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        return waited


def test_use_is_noted_and_writes_wait_as_before(used_before: tuple[Any, str]) -> None:
    client, key = used_before
    usual = waits()
    assert client.get("/account/").status_code == 200
    assert timezone.now() - Session.objects.get(pk=key).seen_at < BEFORE
    assert waits() == usual


def test_a_locked_database_keeps_nobody_from_reading(
    used_before: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, key = used_before
    waited: list[int | None] = []

    class Locked:
        def update(self, **values: Any) -> int:
            waited.append(waits())
            raise OperationalError("database is locked")

    monkeypatch.setattr(SessionStore, "_row", lambda self: Locked())
    usual = waits()
    assert SessionStore(key).load()["_auth_user_id"]
    assert waited in ([0], [None])
    assert waits() == usual
