"""Evidence is what it was when it came in; somebody else accepts it; nobody sees it who may not see what it serves."""

import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from zhixing.kernel.files.evidence import (
    accept_use,
    add_evidence,
    correct_evidence,
    evidence_of,
    freeze_snapshot,
    new_edition,
    refuse_use,
    retire_evidence,
    use_evidence,
    withdraw_use,
)
from zhixing.kernel.files.guards import GUARDS
from zhixing.kernel.files.models import Evidence, EvidenceUse, StoredFile
from zhixing.kernel.files.snapshots import digest_of, fault_of, plain, verify_evidence
from zhixing.kernel.files.store import may_read, path_of
from zhixing.kernel.people.models import Unit
from zhixing.kernel.trail.models import AuditEvent

pytestmark = pytest.mark.django_db


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
def clerk(make_user, office):
    return make_user("office_clerk", unit=office)


@pytest.fixture
def boss(make_user, office):
    return make_user("office_director", unit=office)


def taken(clerk, now, on=None, **facts):
    return add_evidence(title="办公会纪要", upload=upload(), on=on, by=clerk, at=now, **facts)


def test_a_piece_keeps_what_it_is_and_serves_a_record(clerk, now, office):
    made = taken(clerk, now, on=office, document_no="校办〔2019〕3号", formed_on=date(2019, 3, 1), page_count=4)
    assert made.digest == made.file.digest == digest_of(made)
    assert (made.maker, made.unit, made.edition) == ("办公室", office, 1)
    use = evidence_of(office).get()
    assert (use.object_type, use.object_uid, use.uploaded_by) == ("people.unit", office.uid, clerk)
    assert AuditEvent.objects.filter(action="add", object_uid=made.uid).exists()
    assert AuditEvent.objects.filter(action="use", object_uid=use.uid).exists()
