"""The canary scan: what was sealed in a test must not be seen plain in any answer, log, job, session or audit row.

A plug-in for pytest (``-p tests.canary``, or imported by a conftest). It needs no list of values: it listens where
values are sealed and takes ID numbers, phone numbers and card numbers as they pass, and anything that carries the
words of a canary. Plain text may leave through two doors of the product only, revealing one value and fetching an
approved plain export; a test that opens another door says so with ``@pytest.mark.shows_plain``.
"""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

import pytest

KINDS = {"id_number", "phone", "bank_card"}
WORDS = ("金丝雀",)
SHORTEST = 8
EXPORT_DOOR = "pages.fetch_export"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "shows_plain: hands out sealed values on purpose, outside the product's two doors"
    )


class Listener(logging.Handler):
    """Everything one test sealed and everything it let out."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.plain: set[str] = set()
        self.seen: list[str] = []

    def sealed(self, kind: str, text: str) -> None:
        if len(text) >= SHORTEST and (kind in KINDS or any(word in text for word in WORDS)):
            self.plain.add(text)

    def look(self, where: str, text: str, excused: str = "") -> None:
        """Note each value that stands plain in ``text`` and not in what the asker himself had sent."""
        self.seen += [f"{where}: {value}" for value in self.plain if value in text and value not in excused]

    def emit(self, record: logging.LogRecord) -> None:
        if self.plain:
            text = record.getMessage() + (
                logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
            )
            self.look(f"log {record.name}", text)

    def answered(self, request: dict[str, Any], response: Any) -> None:
        match = found_by(response)
        name = str(getattr(match, "view_name", "") or "")
        if name.endswith(".reveal") and request.get("REQUEST_METHOD") == "POST":
            return
        if name == EXPORT_DOOR and is_plain_export(match.kwargs["uid"]):  # type: ignore[union-attr]
            return
        where, excused = f"{request.get('REQUEST_METHOD')} {request.get('PATH_INFO')}", sent(request)
        headers = "\n".join(f"{key}: {value}" for key, value in response.headers.items())
        self.look(f"{where} header", headers, excused)
        if getattr(response, "streaming", False):
            response._iterator = self.passing(where, iter(response._iterator), excused)
        else:
            self.look(where, unpacked(response.content), excused)

    def passing(self, where: str, parts: Iterator[Any], excused: str) -> Iterator[Any]:
        kept = []
        for part in parts:
            kept.append(part if isinstance(part, bytes) else str(part).encode())
            yield part
        self.look(where, unpacked(b"".join(kept)), excused)

    def kept(self) -> None:
        """What lies in the database at the end: jobs, sessions, the trail, messages, findings."""
        from zhixing.kernel.checks.models import Finding
        from zhixing.kernel.jobs.models import Job
        from zhixing.kernel.notices.models import Notice
        from zhixing.kernel.people.models import Session
        from zhixing.kernel.trail.models import AuditEvent

        for model, names in (
            (Job, ("title", "arguments", "key", "message", "result", "error")),
            (AuditEvent, ("object_label", "reason", "changes", "actor_name")),
            (Notice, ("title", "body", "url")),
            (Finding, ("title", "message", "object_label", "note")),
        ):
            for values in model._base_manager.values_list(*names):
                self.look(f"table {model._meta.db_table}", json.dumps(values, ensure_ascii=False, default=str))
        for session in Session.objects.all():
            self.look("session", json.dumps(session.get_decoded(), ensure_ascii=False, default=str))


def found_by(response: Any) -> Any:
    """The address that answered; None where there was none."""
    from django.urls import Resolver404

    try:
        return response.resolver_match if response.resolver_match.view_name else None
    except (AttributeError, Resolver404):
        return None


def is_plain_export(uid: Any) -> bool:
    from zhixing.kernel.pages.models import ExportRequest

    return ExportRequest._base_manager.filter(uid=uid, is_plain=True).exists()


def sent(request: dict[str, Any]) -> str:
    """What the asker typed himself: a form that comes back with a fault shows it again."""
    body = request.get("wsgi.input")
    text = ""
    if body is not None and hasattr(body, "_FakePayload__content"):
        text = body._FakePayload__content.getvalue().decode("utf-8", "replace")
    return (
        f"{text}\n{unquote_plus(text)}\n{unquote_plus(request.get('QUERY_STRING', ''))}\n{request.get('PATH_INFO', '')}"
    )


def unpacked(data: bytes) -> str:
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"\n".join(archive.read(name) for name in archive.namelist())
    return data.decode("utf-8", "replace")


@pytest.fixture(autouse=True)
def canary_scan(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """Listens during every test, and fails it if a sealed value got out."""
    from django.test import Client

    from zhixing.kernel.people import sealing

    listener = Listener()
    seal, ask = sealing.seal, Client.request

    def sealing_heard(row: Any, field: str, kind: str, text: str) -> Any:
        listener.sealed(kind, text)
        return seal(row, field, kind, text)

    def asking_heard(client: Any, **call: Any) -> Any:
        response = ask(client, **call)
        listener.answered(call, response)
        return response

    monkeypatch.setattr(sealing, "seal", sealing_heard)
    monkeypatch.setattr(Client, "request", asking_heard)
    touches_database = uses_database(request)
    root = logging.getLogger()
    root.addHandler(listener)
    try:
        yield listener
        if listener.plain and touches_database:
            listener.kept()
    finally:
        root.removeHandler(listener)
    if request.node.get_closest_marker("shows_plain") is None:
        assert not listener.seen, "sealed values were seen plain:\n" + "\n".join(sorted(set(listener.seen))[:20])


def uses_database(request: pytest.FixtureRequest) -> bool:
    """Whether this test has the database, asked for so that ours is put away before the database is."""
    if "transactional_db" in request.fixturenames or "live_server" in request.fixturenames:
        return False
    if "db" in request.fixturenames:
        request.getfixturevalue("db")
        return True
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and not marker.kwargs.get("transaction"):
        request.getfixturevalue("_django_db_helper")
        return True
    return False
