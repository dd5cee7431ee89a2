"""Missing, late, outdated, damaged: truths over any records that are served by evidence."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.kernel.files.conftest import upload
from zhixing.kernel.checks.models import Finding
from zhixing.kernel.files import truths
from zhixing.kernel.files.evidence import accept_use, add_evidence, evidence_of, new_edition, refuse_use
from zhixing.kernel.files.models import Evidence
from zhixing.kernel.files.store import path_of
from zhixing.kernel.people.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def units(office, teaching):
    return Unit.objects.all()


def test_missing_until_somebody_else_accepts(units, office, teaching, piece, boss, now):
    assert list(truths.missing(units)) == [teaching]
    assert set(truths.missing(units, accepted=True)) == {office, teaching}
    assert list(truths.waiting(units)) == [office]
    accept_use(evidence_of(office).get(), by=boss, at=now)
    assert list(truths.missing(units, accepted=True)) == [teaching]
    assert not truths.waiting(units).exists()


def test_what_was_sent_back_is_missing(units, office, piece, boss, now):
    refuse_use(evidence_of(office).get(), reason="看不清", by=boss, at=now)
    assert office in truths.missing(units)


def test_late_when_nothing_was_formed_in_time(units, office, clerk, now):
    Unit.objects.filter(pk=office.pk).update(closed_on=date(2019, 6, 30))
    add_evidence(title="晚", upload=upload(), on=office, by=clerk, at=now, formed_on=date(2019, 7, 5))
    assert list(truths.late(units, due="closed_on")) == [office]
    add_evidence(title="早", upload=upload("b"), on=office, by=clerk, at=now, formed_on=date(2019, 6, 30))
    assert not truths.late(units, due="closed_on").exists()


def test_outdated_when_the_newest_is_old(units, office, clerk, now):
    today = timezone.localdate()
    add_evidence(title="旧", upload=upload(), on=office, by=clerk, at=now, formed_on=today - timedelta(days=800))
    assert list(truths.outdated(units, months=12, on=today)) == [office]
    assert not truths.outdated(units, months=36, on=today).exists()


def test_superseded_until_the_new_edition_is_accepted(units, office, piece, boss, clerk, now):
    accept_use(evidence_of(office).get(), by=boss, at=now)
    assert not truths.superseded(units).exists()
    new_edition(piece, upload=upload("2"), by=clerk, at=now)
    assert list(truths.superseded(units)) == [office]


@pytest.mark.parametrize(
    ("on", "months", "expected"),
    [
        (date(2019, 3, 31), 1, date(2019, 2, 28)),
        (date(2020, 3, 31), 1, date(2020, 2, 29)),
        (date(2019, 1, 15), 13, date(2017, 12, 15)),
        (date(2019, 12, 31), 6, date(2019, 6, 30)),
    ],
)
def test_months_before(on, months, expected):
    assert truths.months_before(on, months) == expected


def test_the_nightly_look_puts_damage_on_the_book(units, office, piece, now):
    from zhixing.kernel.jobs.queue import enqueue
    from zhixing.kernel.jobs.worker import run_pending

    path_of(piece.file).write_bytes(b"other")
    enqueue("files.verify_evidence", "校验", by=None)
    run_pending()
    assert list(Evidence.objects.damaged()) == [piece]
    assert list(truths.damaged(units)) == [office]
    finding = Finding.objects.get(rule="files.evidence_damaged")
    assert (finding.severity, finding.object_uid, finding.unit) == ("error", piece.uid, office)
