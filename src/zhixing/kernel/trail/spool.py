"""Events of mere reading that came while another wrote to the database: kept in a file, then put into the trail.

SQLite has one writer at a time, and a long import writes for minutes. Whoever only reads a record meanwhile must not
wait for it, and must not read unrecorded either. So the event goes to a file beside the anchors, on the disk before
the page is answered; the sealer puts it into the trail before it seals. Every line carries a keyed digest over itself
and the digest before: a line that was changed or taken out shows, and then the file is kept aside and the trail says
so. A line that is in the trail already isn't put there again, so a crash in between neither loses nor doubles it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from ..base.bulk import insert_rows
from ..base.patience import is_busy, not_waiting
from ..people.ciphers import provider
from ..people.keys import purpose_key
from .guards import KEPT
from .models import AuditEvent, Result

NAME = "waiting.jsonl"
BROKEN = "trail.spool_broken"
DIGEST = 64
"""Letters of a line's digest, which stands before its event."""


def place() -> Path:
    """Where the events wait: beside the file of anchors."""
    return Path(settings.AUDIT_ANCHOR_FILE).with_name(NAME)


def write_without_waiting(event: AuditEvent) -> None:
    """Put a new event into the trail, or into the file where another writes to the database just now.

    Inside a transaction it goes into the trail as usual: it stands or falls with the rest. Raises OSError where it
    can't be kept at all; then the reader mustn't read.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        event.save(force_insert=True)
        return
    try:
        with not_waiting():
            event.save(force_insert=True)
    except DatabaseError as problem:
        if not is_busy(problem):
            raise
        _append(event)


def bring_in() -> int:
    """Put the waiting events into the trail; how many there were. A spoilt file is kept aside, and the trail says so.

    For the sealer, which stands across the tenants. The database is asked for its pen before the file is held, so
    that a reader never waits for the database here.
    """
    if not _anything():
        return 0
    with ExitStack() as held:
        with transaction.atomic(durable=True):
            file = held.enter_context(_held())
            events, spoilt = _read(file)
            insert_rows(_not_yet_in(events))
            if spoilt:
                _tell_of(spoilt, _all_of(file))
        # The database has them for good; emptied any earlier, they could be lost.
        _cut(file, 0)
    return len(events)


def _tell_of(spoilt: int, content: bytes) -> None:
    now = timezone.now()
    aside = place().with_suffix(f".broken-{now:%Y%m%d%H%M%S%f}")
    aside.write_bytes(content)
    aside.chmod(0o600)
    words = f"暂存的审计记录有 {spoilt} 条被改动，原文另存为 {aside.name}"
    event = AuditEvent(at=now, actor_name="系统", action=BROKEN, object_label=words, result=Result.FAILED)
    event.save(force_insert=True)


def looked_at(user_id: int, kind: str, since: datetime, actions: tuple[str, ...]) -> set[UUID]:
    """The records of a kind that somebody opened and whose events still wait."""
    if not _anything():
        return set()
    with _held() as file:
        events, _ = _read(file)
    return {
        event.object_uid
        for event in events
        if event.actor_id == user_id and event.object_type == kind and event.at > since
        and event.action in actions and event.result == Result.DONE and event.object_uid is not None
    }  # fmt: skip


def _anything() -> bool:
    try:
        return place().stat().st_size > 0
    except FileNotFoundError:
        return False


@contextmanager
def _held() -> Iterator[BinaryIO]:
    """The file, held against every other process; made where it is missing, for this account's eyes only."""
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _append(event: AuditEvent) -> None:
    kept = {name: getattr(event, name) for name in KEPT} | {"at": event.at.isoformat()}
    text = json.dumps(kept, sort_keys=True, default=str)
    with _held() as file:
        end = _end_of_whole_lines(file)
        _cut(file, end)
        try:
            file.write(f"{_link(_last_digest(file, end), text)}{text}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            _cut(file, end)
            raise


def _end_of_whole_lines(file: BinaryIO) -> int:
    """What stands behind is half a line of a process that was killed; its page was never answered."""
    return _all_of(file).rfind(b"\n") + 1


def _cut(file: BinaryIO, end: int) -> None:
    file.truncate(end)
    os.fsync(file.fileno())


def _link(previous: str, text: str) -> str:
    return provider.digest(purpose_key("audit-spool"), f"{previous}|{text}".encode()).hex()


def _last_digest(file: BinaryIO, end: int) -> str:
    lines = _all_of(file)[:end].splitlines()
    return lines[-1][:DIGEST].decode("ascii", "replace") if lines else ""


def _all_of(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def _read(file: BinaryIO) -> tuple[list[AuditEvent], int]:
    """The events whose lines are as they were written, and how many are not."""
    events: list[AuditEvent] = []
    previous, spoilt = "", 0
    for line in _all_of(file)[: _end_of_whole_lines(file)].decode("ascii", "replace").splitlines():
        digest, text = line[:DIGEST], line[DIGEST:]
        if digest == _link(previous, text):
            events.append(_event(json.loads(text)))
        else:
            spoilt += 1
        previous = digest
    return events, spoilt


def _event(kept: dict[str, Any]) -> AuditEvent:
    uid = kept["object_uid"]
    whole = {**kept, "at": datetime.fromisoformat(kept["at"]), "object_uid": UUID(uid) if uid else None}
    return AuditEvent(**whole)


def _not_yet_in(events: list[AuditEvent]) -> list[AuditEvent]:
    """Those that no earlier, interrupted round has brought in: the same moment, request, act and record."""
    known = {_mark(event) for event in AuditEvent.objects.filter(at__in={event.at for event in events})}
    return [event for event in events if _mark(event) not in known]


def _mark(event: AuditEvent) -> tuple[Any, ...]:
    return event.tenant_id, event.at, event.request_id, event.actor_id, event.action, event.object_uid
