"""Findings follow what verification sees: found once, marked when gone, reopened with history when they return."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhixing.kernel.checks.models import Finding, Stage
from zhixing.kernel.checks.observe import CHUNK, Fault, observe, open_marks

pytestmark = pytest.mark.django_db
UID = uuid.uuid4()
RULE = "students.sex_differs_from_id"


def fault(uid=UID, rule=RULE, column="性别", message="不符"):
    return Fault(
        rule=rule, severity="error", title="性别与证件号不符", message=message, object_type="people.unit",
        object_uid=uid, object_label="张三", column=column,
    )  # fmt: skip


def run(faults, rules=(RULE,), at=None):
    return observe(
        faults, subject="people.unit", title="核查", rules=list(rules), row_count=9, by=None, at=at or timezone.now()
    )


def test_the_same_fault_is_one_finding(school):
    assert run([fault()]).appeared_count == 1
    assert run([fault(message="仍不符")]).appeared_count == 0
    assert Finding.objects.get().message == "仍不符"
    assert open_marks("people.unit", [UID])[UID] == [("error", "性别与证件号不符")]


def test_a_fault_put_right_is_marked_gone_but_stays_open(school):
    run([fault()])
    assert run([]).gone_count == 1
    finding = Finding.objects.get()
    assert (finding.is_present, finding.stage) == (False, Stage.FOUND)
    assert open_marks("people.unit", [UID]) == {}


def test_faults_are_kept_as_they_come_and_a_double_counts_once(school):
    uids = [uuid.uuid4() for _ in range(2 * CHUNK + 7)]
    kept = []

    def coming():
        for uid in uids:
            kept.append(Finding.objects.count())
            yield fault(uid, message="先")
        yield fault(uids[0], message="后")

    first = run(coming())
    assert max(kept) == 2 * CHUNK, "all faults were held before any was kept"
    assert (first.appeared_count, first.counts, Finding.objects.count()) == (len(uids), {RULE: len(uids)}, len(uids))
    assert Finding.objects.get(object_uid=uids[0]).message == "先"
    second = run(fault(uid) for uid in uids[: CHUNK // 2])
    assert (second.appeared_count, second.gone_count) == (0, len(uids) - CHUNK // 2)
    assert Finding.objects.filter(is_present=True, message="不符").count() == CHUNK // 2
    assert run([]).gone_count == CHUNK // 2


def test_a_rule_that_did_not_run_clears_nothing(school):
    run([fault()])
    run([], rules=["students.phone_malformed"])
    assert Finding.objects.get().is_present


def test_a_returned_fault_reopens_the_same_finding_and_says_who_closed_it(school, make_user):
    run([fault()])
    verifier = make_user("registrar")
    run([])
    Finding.objects.update(stage=Stage.CLOSED, verifier=verifier, settled_at=timezone.now())
    result = run([fault()])
    finding = Finding.objects.get()
    assert result.returned_count == 1
    assert (finding.stage, finding.relapse_count, finding.closed_before_by) == (Stage.FOUND, 1, verifier)
    assert finding.verifier is None


def test_a_closed_finding_still_seen_by_the_same_data_stays_closed(school, make_user):
    """Closing while the fault still shows is a person's word; only its going and coming back is a relapse."""
    run([fault()])
    Finding.objects.update(stage=Stage.CLOSED, verifier=make_user("registrar"), settled_at=timezone.now())
    run([fault()])
    assert Finding.objects.get().stage == Stage.CLOSED


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": Stage.CLOSED},
        {"stage": Stage.ASSIGNED},
        {"owner": "same", "verifier": "same"},
    ],
)
def test_the_database_refuses_a_book_that_lies(school, make_user, wrong):
    run([fault()])
    person = make_user("registrar")
    values = {key: person if value == "same" else value for key, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.update(**values)
    Finding.objects.update(owner=person, due_date=date.today() + timedelta(days=3), stage=Stage.ASSIGNED)
    assert Finding.objects.get().owner == person
