"""Issued once, numbered without gaps, never changed: by the verb and by the database."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests.security.test_races import at_once
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.files.models import StoredFile
from zhixing.kernel.files.store import may_read, path_of
from zhixing.kernel.papers import cancel, draw, issue
from zhixing.kernel.papers.frozen import letter_of
from zhixing.kernel.papers.models import IssuedPaper, NumberSequence
from zhixing.kernel.people.models import Assignment, Role, Unit, User
from zhixing.kernel.trail.models import AuditEvent

AT = datetime(2018, 1, 6, 2, tzinfo=UTC)
RIGHTS = ("papers.issuedpaper.*", "people.unit.view")


@pytest.fixture
def clerk(person: Any) -> Any:
    return person(*RIGHTS)


def test_an_issued_paper_keeps_content_and_files(trial_papers: Any, clerk: Any, units: list[Any]) -> None:
    issued = issue(trial_papers.UnitNotice, units[1], by=clerk, at=AT)
    assert (issued.number, issued.sequence, issued.year) == ("试字〔2018〕1号", 1, 2018)
    assert (issued.title, issued.object_label, issued.object_uid) == ("致教务科的通知", "教务科", units[1].uid)
    for file, digest in ((issued.docx, issued.docx_digest), (issued.pdf, issued.pdf_digest)):
        assert hashlib.sha256(path_of(file).read_bytes()).hexdigest() == digest
    letter = letter_of(issued.content)
    assert letter.number == issued.number
    assert not letter.draft
    assert AuditEvent.objects.filter(action="papers.issue", object_uid=units[1].uid).exists()
    assert list(IssuedPaper.objects.about(units[1])) == [issued]


def test_later_changes_of_the_record_do_not_reach_the_paper(trial_papers: Any, clerk: Any, units: list[Any]) -> None:
    issued = issue(trial_papers.UnitNotice, units[1], by=clerk, at=AT)
    before = path_of(issued.pdf).read_bytes()
    Unit.objects.filter(pk=units[1].pk).update(name="改名科")
    issued.refresh_from_db()
    assert "教务科" in str(issued.content)
    assert path_of(issued.pdf).read_bytes() == before


def test_numbers_run_by_kind_and_year(trial_papers: Any, clerk: Any, units: list[Any]) -> None:
    numbers = [issue(trial_papers.UnitNotice, unit, by=clerk, at=AT).number for unit in units[:3]]
    assert numbers == ["试字〔2018〕1号", "试字〔2018〕2号", "试字〔2018〕3号"]
    assert issue(trial_papers.UnitLedger, units, by=clerk, at=AT).number == "账字〔2018〕1号"
    assert issue(trial_papers.UnitNotice, units[0], by=clerk, at=AT + timedelta(days=365)).number == "试字〔2019〕1号"
    # The year is the school's, not Greenwich's.
    late = datetime(2018, 12, 31, 17, tzinfo=UTC)
    assert issue(trial_papers.UnitNotice, units[0], by=clerk, at=late).number == "试字〔2019〕2号"


def test_a_failure_gives_the_number_back(
    trial_papers: Any, clerk: Any, units: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(trial_papers.UnitNotice, units[0], by=clerk, at=AT)
    with monkeypatch.context() as broken:
        broken.setattr("zhixing.kernel.papers.issuing.record", lambda **kw: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            issue(trial_papers.UnitNotice, units[1], by=clerk, at=AT)
    assert issue(trial_papers.UnitNotice, units[1], by=clerk, at=AT).sequence == 2
    assert IssuedPaper.objects.count() == 2


def test_papers_without_a_kind_have_no_number(trial_papers: Any, clerk: Any, units: list[Any]) -> None:
    several = [issue(trial_papers.MonthlyCircular, by=clerk, at=AT, asked={"month": 3}) for _ in range(2)]
    assert [(one.number, one.sequence) for one in several] == [("", None)] * 2
    assert not NumberSequence.objects.exists()


def test_a_draft_has_no_number_and_says_so(trial_papers: Any, school: Any, units: list[Any]) -> None:
    letter = draw(trial_papers.UnitNotice, units[1], on=AT.date())
    assert (letter.number, letter.draft) == ("", True)
    assert not draw(trial_papers.MonthlyCircular, on=AT.date(), asked={"month": 1}).draft
    assert draw(trial_papers.UnitLedger, units, on=AT.date()).landscape


def test_who_may_not_issue_or_see_is_refused(trial_papers: Any, person: Any, units: list[Any]) -> None:
    looker = person("people.unit.view")
    with pytest.raises(PermissionError, match="没有印发公文"):
        issue(trial_papers.UnitNotice, units[1], by=looker, at=AT)
    narrow = person(*RIGHTS, extent="unit", unit=units[2])
    assert issue(trial_papers.UnitNotice, units[2], by=narrow, at=AT).sequence == 1
    with pytest.raises(PermissionError, match="全部内容"):
        issue(trial_papers.UnitNotice, units[3], by=narrow, at=AT)
    with pytest.raises(PermissionError, match="全部内容"):
        issue(trial_papers.UnitLedger, units[2:4], by=narrow, at=AT)
    with pytest.raises(PermissionError, match="全部内容"):
        issue(trial_papers.MonthlyCircular, by=narrow, at=AT, asked={"month": 1})
    assert IssuedPaper.objects.count() == 1


def test_a_record_that_is_not_fit_says_why(trial_papers: Any, clerk: Any, school: Any) -> None:
    with pytest.raises(ValidationError, match="没有负责人"):
        issue(trial_papers.UnitNotice, Unit.objects.create(name="不能印", kind="department"), by=clerk, at=AT)
    assert not IssuedPaper.objects.exists()


def test_cancelling_keeps_the_number_and_needs_a_reason(trial_papers: Any, clerk: Any, units: list[Any]) -> None:
    issued = issue(trial_papers.UnitNotice, units[1], by=clerk, at=AT)
    with pytest.raises(ValidationError, match="作废原因"):
        cancel(issued, reason=" ", by=clerk, at=AT)
    cancel(issued, reason="内容有误，另行印发", by=clerk, at=AT)
    issued.refresh_from_db()
    assert issued.cancelled_by == clerk
    with pytest.raises(ValidationError, match="已经作废"):
        cancel(issued, reason="再来一次", by=clerk, at=AT)
    assert issue(trial_papers.UnitNotice, units[1], by=clerk, at=AT).sequence == 2
    assert IssuedPaper.objects.standing().count() == 1


CHANGES: list[dict[str, Any]] = [
    {"title": "改"}, {"number": "改"}, {"sequence": 9}, {"content": {}}, {"docx_digest": "0" * 64}, {"year": 2020},
    {"issued_at": AT + timedelta(days=1)}, {"object_label": "改"}, {"about": ["x"]}, {"page_count": 9},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_the_database_refuses_every_change(trial_papers: Any, clerk: Any, units: list[Any], change: Any) -> None:
    issued = issue(trial_papers.UnitNotice, units[1], by=clerk, at=AT)
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        IssuedPaper.objects.filter(pk=issued.pk).update(**change)


def test_the_database_refuses_deletion_and_a_second_cancelling(trial_papers: Any, clerk: Any, units: list[Any]) -> None:
    issued = issue(trial_papers.UnitNotice, units[1], by=clerk, at=AT)
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        IssuedPaper.objects.filter(pk=issued.pk).delete()
    cancel(issued, reason="内容有误", by=clerk, at=AT)
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        IssuedPaper.objects.filter(pk=issued.pk).update(cancelled_at=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        StoredFile.objects.filter(pk=issued.docx_id).delete()


def test_a_number_is_unique_in_the_database(trial_papers: Any, clerk: Any, units: list[Any]) -> None:
    issued = issue(trial_papers.UnitNotice, units[1], by=clerk, at=AT)
    twin = IssuedPaper.objects.get(pk=issued.pk)
    twin.pk, twin.uid = None, units[0].uid
    with pytest.raises(DatabaseError), transaction.atomic():
        twin.save(force_insert=True)


def test_files_are_reached_through_the_register_only(trial_papers: Any, clerk: Any, units: list[Any]) -> None:
    issued = issue(trial_papers.UnitNotice, units[1], by=clerk, at=AT)
    assert not may_read(clerk, issued.docx)
    assert not may_read(clerk, issued.pdf)


def test_two_schools_count_for_themselves(
    trial_papers: Any, clerk: Any, units: list[Any], other_school: Any, make_user: Any
) -> None:
    issue(trial_papers.UnitNotice, units[1], by=clerk, at=AT)
    with tenant_scope(other_school.pk):
        other = make_user("office_director", tenant=other_school)
        unit = Unit.objects.create(name="外校科", kind="department")
        assert issue(trial_papers.UnitNotice, unit, by=other, at=AT).sequence == 1
        assert IssuedPaper.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_many_at_once_leave_no_gap_and_no_double(room: Any, trial_papers: Any) -> None:
    role = Role.objects.create(code="trial", title="试验", permissions={"tenant": list(RIGHTS)})
    user = User.objects.create(tenant=room, account="a1", name="王一", password="!")
    Assignment.objects.create(user=user, role=role)
    unit = Unit.objects.create(name="教务科", kind="department")

    def act() -> str:
        return issue(trial_papers.UnitNotice, unit, by=User.objects.get(pk=user.pk), at=timezone.now()).number

    found = [one for _ in range(3) for one in at_once(room, *[act] * 6)]
    assert not [one for one in found if isinstance(one, Exception)]
    taken = sorted(IssuedPaper.objects.values_list("sequence", flat=True))
    assert taken == list(range(1, 19))
    assert len(set(found)) == 18


def test_a_paper_may_ask_for_more_than_the_right_to_issue(
    trial_papers: Any, person: Any, units: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial_papers.UnitNotice, "issuing", "people.unit.change")
    with pytest.raises(PermissionError):
        issue(trial_papers.UnitNotice, units[1], by=person(*RIGHTS), at=AT)
    assert not IssuedPaper.objects.exists()
    assert issue(trial_papers.UnitNotice, units[1], by=person(*RIGHTS, "people.unit.change"), at=AT).sequence == 1
