"""What is read while another writes to the database is in the trail afterwards: every event, once, as it was."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from zhixing.kernel.base.patience import is_busy
from zhixing.kernel.base.tenancy import across_tenants
from zhixing.kernel.people.models import Unit
from zhixing.kernel.trail import pace, spool
from zhixing.kernel.trail.models import AuditEvent, Result
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.sealer import seal_pending, verify_chain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "AUDIT_ANCHOR_FILE", str(tmp_path / "audit" / "anchors.tsv"))


def locked() -> OperationalError:
    """What Django raises where another holds SQLite's pen."""
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorname = "SQLITE_BUSY"
    problem = OperationalError("database is locked")
    problem.__cause__ = cause
    return problem


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """``writing(True)``: somebody writes to the database from now on; ``writing(False)``: no longer."""
    really = AuditEvent.save
    state = {"on": False}

    def save(self: AuditEvent, *args: Any, **kwargs: Any) -> None:
        if state["on"]:
            raise locked()
        really(self, *args, **kwargs)

    monkeypatch.setattr(AuditEvent, "save", save)
    monkeypatch.setattr(spool, "connection", SimpleNamespace(vendor="sqlite", in_atomic_block=False))
    return lambda on: state.update(on=on)


def look(user: Any, row: Any, **more: Any) -> AuditEvent:
    return record(action="view", by=user, at=timezone.now(), on=row, waits=False, **more)


def told_of_spoilt() -> list[str]:
    """What the platform's own chain says of spoilt files."""
    with across_tenants("test"):
        return list(AuditEvent.objects.filter(action=spool.BROKEN, tenant=None).values_list("result", flat=True))


def test_what_waits_is_sealed_with_the_rest(school: Any, make_user: Any, writing: Any) -> None:
    user, unit = make_user("registrar"), Unit.objects.create(name="机电部\u2028一", kind="department")
    seal_pending()
    writing(True)
    looked = [look(user, unit, reason=f"第 {number} 次") for number in range(3)]
    assert not AuditEvent.objects.filter(action="view").exists()
    assert spool.place().stat().st_mode & 0o077 == 0
    writing(False)
    assert seal_pending() == 3
    kept = list(AuditEvent.objects.filter(action="view").order_by("seq"))
    assert [(e.at, e.reason, e.object_label, e.object_uid, e.actor_id) for e in kept] == [
        (e.at, e.reason, "机电部\u2028一", unit.uid, user.pk) for e in looked
    ]
    assert all(event.seq for event in kept)
    assert verify_chain() == []
    assert spool.place().stat().st_size == 0
    assert seal_pending() == 0


def test_a_crash_between_database_and_file_doubles_nothing(school: Any, make_user: Any, writing: Any) -> None:
    user, unit = make_user("registrar"), Unit.objects.create(name="机电部", kind="department")
    writing(True)
    look(user, unit)
    content = spool.place().read_bytes()
    writing(False)
    seal_pending()
    spool.place().write_bytes(content)
    seal_pending()
    assert AuditEvent.objects.filter(action="view").count() == 1


def test_a_changed_line_shows_and_the_others_are_kept(school: Any, make_user: Any, writing: Any) -> None:
    user, unit = make_user("registrar"), Unit.objects.create(name="机电部", kind="department")
    writing(True)
    for number in range(3):
        look(user, unit, reason=f"no {number}")
    writing(False)
    content = spool.place().read_bytes()
    spool.place().write_bytes(content.replace(b"no 1", b"no 7"))
    seal_pending()
    assert set(AuditEvent.objects.filter(action="view").values_list("reason", flat=True)) == {"no 0", "no 2"}
    assert told_of_spoilt() == [Result.FAILED]
    (aside,) = spool.place().parent.glob("waiting.broken-*")
    assert b"no 7" in aside.read_bytes()


def test_a_line_taken_out_shows(school: Any, make_user: Any, writing: Any) -> None:
    user, unit = make_user("registrar"), Unit.objects.create(name="机电部", kind="department")
    writing(True)
    for _ in range(3):
        look(user, unit)
    writing(False)
    first, _, third = spool.place().read_bytes().splitlines(keepends=True)
    spool.place().write_bytes(first + third)
    seal_pending()
    assert told_of_spoilt() == [Result.FAILED]


def test_half_a_line_of_a_killed_process_is_passed_over(school: Any, make_user: Any, writing: Any) -> None:
    user, unit = make_user("registrar"), Unit.objects.create(name="机电部", kind="department")
    writing(True)
    look(user, unit, reason="first")
    with spool.place().open("ab") as file:
        file.write(b"0123abcd{half")
    look(user, unit, reason="second")
    writing(False)
    seal_pending()
    assert set(AuditEvent.objects.filter(action="view").values_list("reason", flat=True)) == {"first", "second"}
    assert not told_of_spoilt()


def test_the_pace_counts_what_waits(school: Any, make_user: Any, writing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PERSONS_AN_HOUR", 3, raising=False)
    user = make_user("registrar")
    units = [Unit.objects.create(name=f"{number}部", kind="department") for number in range(4)]
    look(user, units[0])
    writing(True)
    for unit in units[:3]:
        assert not pace.outpaced(user, unit, timezone.now())
        look(user, unit)
    assert not pace.outpaced(user, units[2], timezone.now()), "somebody already opened may be opened again"
    assert pace.outpaced(user, units[3], timezone.now())
    assert not pace.outpaced(user, units[3], timezone.now() + timedelta(hours=2))


def test_an_event_that_can_be_kept_nowhere_is_an_error(
    school: Any, make_user: Any, writing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any) -> None:
        raise OSError("no space left on device")

    user, unit = make_user("registrar"), Unit.objects.create(name="机电部", kind="department")
    writing(True)
    monkeypatch.setattr(spool.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        look(user, unit)


def test_only_a_busy_database_is_called_busy() -> None:
    assert is_busy(locked())
    assert not is_busy(OperationalError("no such table: x"))
    assert not is_busy(ValueError(uuid.uuid4()))
    assert not is_busy(None)
