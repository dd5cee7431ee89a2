"""Sealed values print masked, open only in their own place, and are found by equality alone."""

import copy
import json
import pickle

import pytest
from django.db import connection

from zhixing.kernel.people.ciphers import Undecryptable
from zhixing.kernel.people.models import User
from zhixing.kernel.people.sealing import Sealed, blind_index, open_sealed
from zhixing.kernel.trail.models import AuditEvent
from zhixing.kernel.trail.record import ReasonMissing, reveal

pytestmark = pytest.mark.django_db
PHONE = "13900001234"


@pytest.fixture
def person(make_user):
    return User.objects.get(pk=make_user("teacher", phone=PHONE).pk)


def test_every_ordinary_way_to_print_gives_the_mask(person):
    value = person.phone
    assert isinstance(value, Sealed)
    for shown in (str(value), f"{value}", repr(value), "|".join([str(value)]), f"{[value]}"):
        assert PHONE not in shown
        assert "139****1234" in shown
    with pytest.raises(TypeError):
        json.dumps({"phone": value})
    with pytest.raises(TypeError):
        pickle.dumps(value)
    fresh = User(phone=PHONE)
    assert PHONE not in repr(fresh.phone)


def test_the_database_never_holds_the_plain_text(person):
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_user WHERE id = %s", [person.pk])
        kept = cursor.fetchone()[0]
    assert PHONE not in kept
    assert kept.startswith("139****1234")


def test_it_opens_in_its_own_place_only(person, make_user):
    assert open_sealed(person, "phone") == PHONE
    other = User.objects.get(pk=make_user("teacher", phone="13800005678").pk)
    moved = copy.copy(other)
    moved.__dict__["phone"] = Sealed(person.phone.mask, person.phone._token)
    with pytest.raises(Undecryptable):
        open_sealed(moved, "phone")


def test_an_altered_ciphertext_does_not_open(person):
    head, _, body = person.phone._token.rpartition(".")
    flipped = ("B" if body[20] != "B" else "C").join((body[:20], body[21:]))
    person.__dict__["phone"] = Sealed(person.phone.mask, f"{head}.{flipped}")
    with pytest.raises(Undecryptable):
        open_sealed(person, "phone")


def test_equal_values_index_alike_within_a_school_only(school, other_school):
    assert blind_index(school.pk, "phone", "139 0000 1234") == blind_index(school.pk, "phone", PHONE)
    assert blind_index(school.pk, "phone", PHONE) != blind_index(other_school.pk, "phone", PHONE)
    assert blind_index(school.pk, "phone", "  ") is None


def test_revealing_needs_right_and_reason_and_is_logged(person, make_user):
    from django.utils import timezone

    from zhixing.kernel.people.models import Assignment, Role

    role = Role.objects.create(code="opener", title="查看人", permissions={"tenant": ["people.user.reveal"]})
    opener, stranger = make_user(), make_user("teacher")
    Assignment.objects.create(user=opener, role=role)
    opener = User.objects.get(pk=opener.pk)
    now = timezone.now()
    with pytest.raises(ReasonMissing):
        reveal(person, "phone", by=opener, at=now, reason=" ")
    with pytest.raises(PermissionError):
        reveal(person, "phone", by=stranger, at=now, reason="想看看")
    assert reveal(person, "phone", by=opener, at=now, reason="联系家长") == PHONE
    events = AuditEvent.objects.about(person).filter(action="reveal")
    assert [event.result for event in events] == ["done", "refused"]
    assert all(PHONE not in json.dumps(event.changes) for event in events)
