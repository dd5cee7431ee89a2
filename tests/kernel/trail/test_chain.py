"""The trail can't be rewritten: the database refuses, and whoever gets past it is found out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import Error, connection, transaction
from django.utils import timezone

from zhixing.kernel.people.models import Unit
from zhixing.kernel.trail.models import AuditEvent
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.sealer import drop_anchor, read_anchors, seal_pending, verify_chain

TABLE = "trail_auditevent"
EVENTS = 60


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def guards_off() -> Iterator[None]:
    """What someone with the database's own power can do; undone afterwards."""

    class Undo(Exception):
        pass

    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                sql("SET CONSTRAINTS ALL IMMEDIATE")
                sql(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
            else:
                sql("DROP TRIGGER trail_no_update")
                sql("DROP TRIGGER trail_no_delete")
            yield
            raise Undo
    except Undo:
        pass


@pytest.fixture
def chain(make_user: Any, other_school: Any) -> list[int]:
    """A sealed and anchored chain of the school, another of its neighbour; the seqs of the school's own."""
    user = make_user("registrar")
    unit = Unit.objects.create(name="教务科", kind="department")
    for number in range(EVENTS):
        record(action=f"x.y.act{number % 7}", by=user, at=timezone.now(), on=unit, reason=f"第{number}次",
               changes={"name": ["旧", "新"]})  # fmt: skip
    theirs = make_user("registrar", tenant=other_school)
    AuditEvent._base_manager.bulk_create(
        AuditEvent(tenant=other_school, at=timezone.now(), actor=theirs, actor_name="邻", action="x.y.z")
        for _ in range(EVENTS)
    )
    assert seal_pending() == 2 * EVENTS
    Path(settings.AUDIT_ANCHOR_FILE).unlink(missing_ok=True)
    drop_anchor(timezone.now())
    return list(AuditEvent.objects.order_by("seq").values_list("seq", flat=True))


def anchors() -> list[tuple[int, int, str]]:
    return read_anchors(Path(settings.AUDIT_ANCHOR_FILE))


def mine(school: Any, seq: int) -> str:
    return f"WHERE tenant_id = {school.pk} AND seq = {seq}"


def edit(rnd: random.Random, school: Any, other: Any) -> int:
    seq = rnd.randint(1, EVENTS)
    column, value = rnd.choice(
        [("actor_name", "别人"), ("action", "x.y.other"), ("reason", "改"), ("result", "failed"),
         ("changes", '{"a": 1}'),
         ("object_label", "改"), ("roles", "teacher"), ("at", "2020-01-01T00:00:00+00:00"), ("digest", "0" * 64)]
    )  # fmt: skip
    sql(f"UPDATE {TABLE} SET {column} = %s {mine(school, seq)}", value)
    return seq


def delete(rnd: random.Random, school: Any, other: Any) -> int:
    seq = rnd.randint(1, EVENTS - 1)
    sql(f"DELETE FROM {TABLE} {mine(school, seq)}")
    return seq


def delete_and_close_the_gap(rnd: random.Random, school: Any, other: Any) -> int:
    seq = rnd.randint(1, EVENTS - 1)
    sql(f"DELETE FROM {TABLE} {mine(school, seq)}")
    for later in range(seq + 1, EVENTS + 1):
        sql(f"UPDATE {TABLE} SET seq = {later - 1} {mine(school, later)}")
    return seq


def swap(rnd: random.Random, school: Any, other: Any) -> int:
    first, second = sorted(rnd.sample(range(1, EVENTS + 1), 2))
    sql(f"UPDATE {TABLE} SET seq = 999999 {mine(school, first)}")
    sql(f"UPDATE {TABLE} SET seq = {first} {mine(school, second)}")
    sql(f"UPDATE {TABLE} SET seq = {second} {mine(school, 999999)}")
    return first


def insert(rnd: random.Random, school: Any, other: Any) -> int:
    AuditEvent._base_manager.create(
        tenant=school, at=timezone.now(), action="x.y.forged", seq=EVENTS + 1, digest="a" * 64
    )
    return EVENTS + 1


def cut_tail(rnd: random.Random, school: Any, other: Any) -> int:
    seq = rnd.randint(2, EVENTS)
    sql(f"DELETE FROM {TABLE} WHERE tenant_id = {school.pk} AND seq >= {seq}")
    return seq


def swap_between_schools(rnd: random.Random, school: Any, other: Any) -> int:
    seq = rnd.randint(1, EVENTS)
    walls = 'DROP TRIGGER "wall_still_trail_auditevent"'
    sql(walls if connection.vendor == "sqlite" else f"{walls} ON {TABLE}")
    sql(f"UPDATE {TABLE} SET seq = 999999 {mine(other, seq)}")
    sql(f"UPDATE {TABLE} SET tenant_id = {other.pk}, actor_id = NULL {mine(school, seq)}")
    sql(f"UPDATE {TABLE} SET tenant_id = {school.pk}, actor_id = NULL, seq = {seq} {mine(other, 999999)}")
    return seq


TAMPERINGS: list[Callable[..., int]] = [
    edit, delete, delete_and_close_the_gap, swap, insert, cut_tail, swap_between_schools,
]  # fmt: skip


def test_an_untouched_chain_is_whole(chain: list[int]) -> None:
    assert chain == list(range(1, EVENTS + 1))
    assert verify_chain(anchors()) == []


@pytest.mark.slow
def test_two_hundred_random_tamperings_are_found_at_their_first_event(
    chain: list[int], school: Any, other_school: Any
) -> None:
    rnd, kept = random.Random(20261123), anchors()
    for number in range(200):
        tamper = TAMPERINGS[number % len(TAMPERINGS)]
        with guards_off():
            seq = tamper(rnd, school, other_school)
            found = {broken.tenant: broken.seq for broken in verify_chain(kept)}
            assert found.get(school.name) == seq, f"{tamper.__name__} at {seq}: {found}"
    assert verify_chain(kept) == []


def test_a_cut_tail_is_betrayed_by_the_anchor_only(chain: list[int], school: Any, other_school: Any) -> None:
    with guards_off():
        cut_tail(random.Random(1), school, other_school)
        assert verify_chain([]) == []
        assert [broken.tenant for broken in verify_chain(anchors())] == [school.name]


@pytest.mark.parametrize(
    "statement",
    [
        f"DELETE FROM {TABLE}", f"UPDATE {TABLE} SET reason = 'x'", f"UPDATE {TABLE} SET digest = 'x'",
        f"UPDATE {TABLE} SET seq = seq + 1000",
    ],
)  # fmt: skip
def test_the_database_refuses(chain: list[int], statement: str) -> None:
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        sql(statement)
    assert verify_chain(anchors()) == []


def test_a_waiting_event_may_be_sealed_but_not_rewritten(make_user: Any) -> None:
    event = record(action="x.y.z", by=make_user(), at=timezone.now())
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        AuditEvent._base_manager.filter(pk=event.pk).update(reason="改")
    assert seal_pending() >= 1
    event.refresh_from_db()
    assert event.seq is not None
