"""Evidence is what it was when it came in; somebody else accepts it; nobody sees it who may not see what it serves."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.kernel.files.conftest import upload
from zhixing.kernel.base.tenancy import tenant_scope
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
from zhixing.kernel.files.models import Evidence, EvidenceUse, StoredFile
from zhixing.kernel.files.snapshots import digest_of, fault_of, plain, verify_evidence
from zhixing.kernel.files.store import may_read, path_of
from zhixing.kernel.people.models import Unit
from zhixing.kernel.trail.models import AuditEvent

pytestmark = pytest.mark.django_db


def test_a_piece_keeps_what_it_is_and_serves_a_record(clerk, now, office):
    facts = {"document_no": "校办〔2019〕3号", "formed_on": date(2019, 3, 1), "page_count": 4}
    made = add_evidence(title="办公会纪要", upload=upload(), on=office, by=clerk, at=now, **facts)
    assert made.digest == made.file.digest == digest_of(made)
    assert (made.maker, made.unit, made.edition) == ("办公室", office, 1)
    use = evidence_of(office).get()
    assert (use.object_type, use.object_uid, use.uploaded_by) == ("people.unit", office.uid, clerk)
    assert AuditEvent.objects.filter(action="add", object_uid=made.uid).exists()
    assert AuditEvent.objects.filter(action="use", object_uid=use.uid).exists()


def test_a_paper_original_needs_its_place(clerk, now):
    with pytest.raises(ValidationError) as refusal:
        add_evidence(title="原件", by=clerk, at=now)
    assert "upload" in refusal.value.message_dict
    made = add_evidence(title="原件", shelf="档案室 3 柜", by=clerk, at=now)
    assert (made.medium, made.digest, made.file) == ("paper", "", None)
    assert fault_of(made) == ""


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"formed_on": date.today() + timedelta(days=3)}, "formed_on"),
        ({"secrecy": "secret"}, "secrecy"),
        ({"title": ""}, "title"),
        ({"medium": "stone"}, "medium"),
    ],
)
def test_bad_facts_leave_neither_row_nor_file(clerk, now, facts, field):
    before = StoredFile.objects.count()
    with pytest.raises(ValidationError) as refusal:
        add_evidence(**{"title": "材料", "upload": upload(), "by": clerk, "at": now, **facts})
    assert field in refusal.value.message_dict
    assert StoredFile.objects.count() == before
    assert not Evidence.objects.exists()


def test_an_unwelcome_file_is_refused(clerk, now):
    with pytest.raises(ValidationError, match="不支持"):
        add_evidence(title="程序", upload=upload("MZ", "a.exe"), by=clerk, at=now)
    assert not Evidence.objects.exists()


def test_somebody_else_accepts(piece, clerk, boss, office, now):
    use = evidence_of(office).get()
    with pytest.raises(ValidationError, match="由他人审核"):
        accept_use(use, by=clerk, at=now)
    accept_use(use, by=boss, at=now)
    assert EvidenceUse.objects.accepted().get() == use
    for act in (withdraw_use, accept_use):
        with pytest.raises(ValidationError, match="已经采信"):
            act(use, by=boss, at=now)


def test_a_piece_brought_by_one_and_used_by_another_is_accepted_by_neither(
    piece, clerk, boss, teaching, make_user, now
):
    use = use_evidence(piece, on=teaching, by=boss, at=now)
    for person in (clerk, boss):
        with pytest.raises(ValidationError, match="由他人审核"):
            accept_use(use, by=person, at=now)
    assert accept_use(use, by=make_user("principal"), at=now).accepted_at == now


@pytest.mark.parametrize("who", ["added_by", "uploaded_by"])
def test_the_database_keeps_the_adder_from_accepting(piece, clerk, boss, office, now, who):
    use = evidence_of(office).get()
    person = getattr(use, who)
    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceUse.objects.filter(pk=use.pk).update(accepted_by=person, accepted_at=now)


def test_sent_back_with_a_reason_that_stands(piece, boss, office, now):
    use = evidence_of(office).get()
    with pytest.raises(ValidationError) as refusal:
        refuse_use(use, reason=" ", by=boss, at=now)
    assert "reason" in refusal.value.message_dict
    refuse_use(use, reason="缺签到表", by=boss, at=now)
    with pytest.raises(ValidationError, match="已经退回"):
        accept_use(use, by=boss, at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceUse.objects.filter(pk=use.pk).update(refused_reason="")


@pytest.mark.parametrize(
    "change",
    [
        {"digest": "0" * 64}, {"formed_on": date(2001, 1, 1)}, {"maker": "别人"}, {"edition": 7}, {"kind": "snapshot"},
        {"added_at": timezone.now()}, {"file": None},
    ],
)  # fmt: skip
def test_the_database_keeps_what_a_piece_is(piece, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk).delete()


def test_how_it_is_described_may_be_put_right(piece, boss, now):
    correct_evidence(piece, {"title": "校长办公会纪要", "document_no": "校办〔2019〕3号"}, by=boss, at=now)
    assert Evidence.objects.get(pk=piece.pk).title == "校长办公会纪要"
    with pytest.raises(ValueError, match="never change"):
        correct_evidence(piece, {"maker": "别人"}, by=boss, at=now)


def test_one_piece_serves_many_but_each_once(piece, boss, office, teaching, now):
    use_evidence(piece, on=teaching, by=boss, at=now)
    with pytest.raises(ValidationError, match="已经用于"):
        use_evidence(piece, on=teaching, by=boss, at=now)
    assert piece.uses.count() == 2
    with pytest.raises(ValidationError, match="不能用来佐证"):
        use_evidence(piece, on=piece, by=boss, at=now)


def test_withdrawn_it_may_serve_again(piece, clerk, office, now):
    withdraw_use(evidence_of(office).get(), by=clerk, at=now)
    assert not evidence_of(office).exists()
    use_evidence(piece, on=office, by=clerk, at=now)
    assert evidence_of(office).count() == 1


def test_a_new_edition_waits_for_a_new_word(piece, clerk, boss, office, teaching, now):
    accept_use(evidence_of(office).get(), by=boss, at=now)
    pending = use_evidence(piece, on=teaching, by=clerk, at=now)
    later = new_edition(piece, upload=upload("补签", "补签.txt"), by=clerk, at=now)
    assert (later.edition, later.previous, later.document_no) == (2, piece, piece.document_no)
    assert [use.evidence for use in EvidenceUse.objects.accepted().of(office)] == [piece]
    assert [use.evidence for use in EvidenceUse.objects.waiting().of(office)] == [later]
    assert [use.evidence for use in evidence_of(teaching)] == [later]
    pending.refresh_from_db()
    assert pending.withdrawn_at is not None
    assert list(Evidence.objects.current()) == [later]
    for act in (
        lambda: new_edition(piece, upload=upload(), by=clerk, at=now),
        lambda: use_evidence(piece, on=teaching, by=clerk, at=now),
    ):
        with pytest.raises(ValidationError, match="已经有新版本"):
            act()


def test_a_retired_piece_serves_nothing_new(piece, boss, teaching, now):
    retire_evidence(piece, reason="重复", by=boss, at=now)
    with pytest.raises(ValidationError, match="已停用"):
        use_evidence(piece, on=teaching, by=boss, at=now)


def test_a_snapshot_is_frozen_with_its_lineage(boss, office, now):
    payload = {"headings": ["姓名"], "rows": [["王*"]], "rate": 99.5, "whole": 3.0}
    made = freeze_snapshot(
        title="名单", what="list", payload=payload, lineage={"page": "x.Y", "row_count": 1}, on=office, by=boss, at=now
    )
    kept = Evidence.objects.get(pk=made.pk)
    assert kept.frozen["lineage"]["by"] == boss.name
    assert kept.frozen["payload"] == {"headings": ["姓名"], "rows": [["王*"]], "rate": 99.5, "whole": 3}
    assert digest_of(kept) == kept.digest
    assert fault_of(kept) == ""
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=made.pk).update(frozen={"what": "list"})
    with pytest.raises(ValidationError, match="快照不能换文件"):
        new_edition(kept, upload=upload(), by=boss, at=now)


def test_plain_values_come_back_from_any_database_as_they_went():
    told = plain({1: (date(2019, 1, 2), 2.0, 1e-7, None, True, "a\x00b")})
    assert told == {"1": ["2019-01-02", 2, 1e-7, None, True, "ab"]}
    assert isinstance(told["1"][1], int)


def test_a_changed_or_lost_file_is_noticed(piece, boss, now):
    assert verify_evidence(piece, by=boss, at=now) == ""
    path = path_of(piece.file)
    path.chmod(0o600)
    path.write_bytes(b"other")
    assert verify_evidence(piece, by=boss, at=now) == "文件内容与入库时不一致"
    path.unlink()
    assert fault_of(piece) == "文件已丢失"
    assert list(Evidence.objects.damaged()) == [piece]
    assert AuditEvent.objects.filter(action="verify_evidence", object_uid=piece.uid).count() == 2


def test_it_is_seen_by_those_who_see_what_it_serves(piece, office, teaching, make_user):
    """The head of another department may look at any unit, hence at what serves it; a student may look at none."""
    head, student = make_user("department_head", unit=teaching), make_user("student", unit=office)
    assert list(Evidence.objects.visible_to(head, "view")) == [piece]
    assert may_read(head, piece.file)
    assert not Evidence.objects.visible_to(head, "change").exists()
    assert not Evidence.objects.visible_to(student, "view").exists()
    assert not may_read(student, piece.file)


def test_a_withdrawn_use_opens_nothing(piece, clerk, office, teaching, make_user, now):
    head = make_user("department_head", unit=teaching)
    withdraw_use(evidence_of(office).get(), by=clerk, at=now)
    assert not Evidence.objects.visible_to(head, "view").exists()
    assert not may_read(head, piece.file)


def test_another_school_sees_nothing(piece, other_school, make_user):
    with tenant_scope(other_school.pk):
        stranger = make_user("principal", tenant=other_school)
        assert not Evidence.objects.visible_to(stranger, "view").exists()
        assert not EvidenceUse.objects.visible_to(stranger, "view").exists()


def test_evidence_of_another_school_serves_nothing_here(piece, other_school, make_user, now):
    with tenant_scope(other_school.pk):
        stranger = make_user("principal", tenant=other_school)
        there = Unit.objects.create(name="别处", kind="department")
        with pytest.raises(Exception, match="tenant|不存在|scope"):
            use_evidence(piece, on=there, by=stranger, at=now)
