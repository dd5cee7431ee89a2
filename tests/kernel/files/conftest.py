"""People and records that evidence is about."""

import io

import pytest
from django.utils import timezone

from zhixing.kernel.files.evidence import add_evidence
from zhixing.kernel.people.models import Unit


def upload(text="会议纪要", name="纪要.txt"):
    file = io.BytesIO(text.encode())
    file.name = name
    return file


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def office(school):
    return Unit.objects.create(name="办公室", kind="department")


@pytest.fixture
def teaching(school):
    return Unit.objects.create(name="教务科", kind="department")


@pytest.fixture
def clerk(make_user, office):
    return make_user("office_clerk", unit=office)


@pytest.fixture
def boss(make_user, office):
    return make_user("office_director", unit=office)


@pytest.fixture
def piece(clerk, office, now):
    """A piece that serves the office, brought by the clerk."""
    return add_evidence(title="办公会纪要", upload=upload(), on=office, by=clerk, at=now)
