"""The scan finds what it is there to find, and lets the two doors be."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.canary import Listener
from tests.factories import a_student
from zhixing.kernel.trail.record import record

NUMBER = "990101200901150012"


@pytest.fixture
def student(school: Any) -> Any:
    from datetime import date

    return a_student("甲金雀", id_number=NUMBER, birth_date=date(2009, 1, 15), phone="15409901011")


def test_a_leak_in_a_log_a_job_or_the_trail_is_noticed(canary_scan: Listener, student: Any) -> None:
    from django.utils import timezone

    from zhixing.kernel.jobs.queue import enqueue

    assert NUMBER in canary_scan.plain
    assert canary_scan.seen == []
    logging.getLogger("x").warning("number %s", NUMBER)
    enqueue("x", "x", by=None, number=NUMBER)
    record(action="x", by=None, at=timezone.now(), reason=NUMBER)
    canary_scan.kept()
    places = {line.split(":")[0] for line in canary_scan.seen}
    assert places >= {"log x", "table jobs_job", "table trail_auditevent"}
    canary_scan.seen.clear()
    canary_scan.plain.clear()


def test_a_leak_in_a_page_is_noticed(canary_scan: Listener, student: Any, make_user: Any, client_of: Any) -> None:
    """A name is no sealed value and may be shown: here it holds one, as after a slip of an import."""
    type(student).objects.filter(pk=student.pk).update(name=f"甲{NUMBER}")
    client = client_of(make_user("registrar"))
    assert client.get("/students/student/").status_code == 200
    assert any(line.startswith("GET /students/student/") for line in canary_scan.seen)
    canary_scan.seen.clear()
    canary_scan.plain.clear()


def test_the_door_of_revealing_is_lawful(canary_scan: Listener, student: Any, make_user: Any, client_of: Any) -> None:
    client = client_of(make_user("registrar"))
    answer = client.post(f"/students/student/{student.uid}/reveal/id_number/", {"reason": "核对证件"})
    assert NUMBER in answer.content.decode()
    assert NUMBER not in client.get(f"/students/student/{student.uid}/").content.decode()
    assert canary_scan.seen == []
