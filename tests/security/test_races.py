"""Two people at once, on both engines: one step, one row, no lost word."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from zhixing.kernel.base.records import EditConflict
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.people.models import Tenant
from zhixing.kernel.people.roles import furnish_roles

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
ROUNDS = 12
HANDS = 8


@pytest.fixture
def room(transactional_db: None, tmp_path: Path) -> Iterator[Any]:
    """A school in a database that several connections really share: PostgreSQL, or a SQLite file with its own locks.

    The tests' SQLite lies in memory, where threads share one lock and nothing is proved; it is copied to a file.
    """
    with database_on_disk(tmp_path / "races.sqlite3") if connection.vendor == "sqlite" else nullcontext():
        tenant = Tenant.objects.create(code="race", name="并发学校")
        furnish_roles(tenant)
        with tenant_scope(tenant.pk):
            yield tenant


@contextmanager
def database_on_disk(path: Path) -> Iterator[None]:
    """Every connection made inside leads to a copy of the tests' database in a file."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    in_memory, place = connections["default"], connections.settings["default"]
    name = place["NAME"]
    del connections["default"]
    place["NAME"] = str(path)
    try:
        yield
    finally:
        connections["default"].close()
        place["NAME"] = name
        connections["default"] = in_memory


def at_once(tenant: Any, *acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same moment, each with a connection of its own; results or exceptions in order."""
    found: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place: int) -> None:
        try:
            with tenant_scope(tenant.pk):
                gate.wait(30)
                found[place] = acts[place]()
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_one_of_eight_verifiers_closes_a_finding(room: Any) -> None:
    """F-11: eight people close or send back the same finding at the same moment."""
    from zhixing.domains.rectification.procedures import take
    from zhixing.kernel.checks.models import Finding
    from zhixing.kernel.people.models import Assignment, Role, User
    from zhixing.kernel.procedures import StepRefused
    from zhixing.kernel.procedures.models import Passage

    owner = User.objects.create(tenant=room, account="owner", name="责任人", password="!")
    judges = [User.objects.create(tenant=room, account=f"j{n}", name=f"复查{n}", password="!") for n in range(HANDS)]
    for judge in judges:
        Assignment.objects.create(user=judge, role=Role.objects.get(code="office_director"))
    now = timezone.now()
    for number in range(ROUNDS):
        finding = Finding.objects.create(
            rule="x.y", severity="error", title="x", message="x", object_type="people.unit", object_uid=owner.uid,
            object_label="x", fingerprint=f"f{number}", found_at=now, seen_at=now, stage="closure_requested",
            owner=owner, due_date=now.date() + timedelta(days=3),
        )  # fmt: skip

        def act(judge: Any, step: str, finding: Any = finding) -> Callable[[], Any]:
            note = {"note": "属实"} if step == "close" else {}
            return lambda: take(step, finding, by=User.objects.get(pk=judge.pk), at=now, opinion="意见", **note)

        steps = [act(judge, "close" if place % 2 else "send_back") for place, judge in enumerate(judges)]
        found = at_once(room, *steps)
        done = [one for one in found if not isinstance(one, Exception)]
        assert len(done) == 1, found
        assert {type(one) for one in found if isinstance(one, Exception)} == {StepRefused}, found
        assert Passage.objects.filter(object_type="checks.finding", object_uid=finding.uid).count() == 1


def test_of_two_editors_one_wins_and_the_other_is_told(room: Any) -> None:
    """F-09: both saw the same version."""
    from tests.factories import a_department
    from zhixing.domains.school.actions import correct_department
    from zhixing.domains.school.models import Department

    row = a_department("机电部")
    for number in range(ROUNDS):
        seen = Department.objects.get(pk=row.pk).version

        def act(name: str, seen: int = seen) -> Callable[[], Any]:
            return lambda: correct_department(
                Department.objects.get(pk=row.pk), {"name": name}, by=None, at=timezone.now(), seen_version=seen
            )

        found = at_once(room, act(f"甲{number}"), act(f"乙{number}"))
        outcome = Counter(type(one) for one in found)
        assert outcome[EditConflict] == 1, found
        kept = Department.objects.get(pk=row.pk)
        assert kept.version == seen + 1
        assert kept.name in {f"甲{number}", f"乙{number}"}


def test_of_many_equal_forms_one_counts(room: Any) -> None:
    """F-10: the same form sent by several hands at the same moment makes one row; the others learn where it is."""
    from zhixing.domains.school.actions import add_department
    from zhixing.domains.school.models import Department
    from zhixing.kernel.pages.once import SentBefore, once
    from zhixing.kernel.people.models import User

    user = User.objects.create(tenant=room, account="clerk", name="干事", password="!")
    for number in range(ROUNDS // 2):

        def make(number: int = number) -> tuple[Any, str]:
            row = add_department({"name": f"部门{number}-{threading.get_ident()}"}, by=None, at=timezone.now())
            return row, f"/school/department/{row.uid}/"

        found = at_once(room, *[lambda mark=f"m{number}", make=make: once(mark, user, make)] * HANDS)
        done = [one for one in found if isinstance(one, tuple)]
        twins = [one for one in found if isinstance(one, SentBefore)]
        assert (len(done), len(twins)) == (1, HANDS - 1), found
        assert {twin.address for twin in twins} == {done[0][1]}
        assert Department.objects.filter(name__startswith=f"部门{number}-").count() == 1


def test_one_worker_takes_a_job(room: Any) -> None:
    """F-13: several workers at one queue, one key asked for by several people."""
    from zhixing.kernel.jobs.lease import take_next
    from zhixing.kernel.jobs.models import Job
    from zhixing.kernel.jobs.queue import enqueue

    for number in range(ROUNDS // 2):
        asked = at_once(room, *[lambda number=number: enqueue("x", "x", by=None, key=f"k{number}")] * HANDS)
        assert len({job.pk for job in asked}) == 1, asked
        taken = at_once(room, *[lambda: take_next("w")] * HANDS)
        assert not [one for one in taken if isinstance(one, OperationalError)], taken
        assert sum(one is not None and not isinstance(one, Exception) for one in taken) == 1, taken
        assert Job.objects.get(key=f"k{number}").attempt == 1


def test_of_two_approvers_one_decides_an_export(room: Any) -> None:
    from django.core.exceptions import ValidationError

    from zhixing.kernel.pages.exporting import decide
    from zhixing.kernel.pages.models import ExportRequest
    from zhixing.kernel.people.models import User

    asker = User.objects.create(tenant=room, account="asker", name="申请", password="!")
    judges = [User.objects.create(tenant=room, account=f"a{n}", name=f"批{n}", password="!") for n in range(4)]
    for _ in range(ROUNDS // 2):
        wanted = ExportRequest.objects.create(user=asker, page="x", is_plain=True)

        def act(judge: Any, approve: bool, wanted: Any = wanted) -> Callable[[], Any]:
            return lambda: decide(ExportRequest.objects.get(pk=wanted.pk), approve=approve, by=judge, at=timezone.now())

        found = at_once(room, *[act(judge, place % 2 == 0) for place, judge in enumerate(judges)])
        assert sum(one is None for one in found) == 1, found
        assert {type(one) for one in found if one is not None} <= {EditConflict, ValidationError}, found
        wanted.refresh_from_db()
        assert (wanted.approved_by_id is None) != (wanted.refused_at is None)
