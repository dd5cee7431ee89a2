"""From a dropped file to the register and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tests.kernel.staging.rolls import person, upload, workbook

pytestmark = pytest.mark.django_db


def test_a_clean_file_is_staged_without_faults_and_says_what_it_would_do(bring: Any, roll: Any) -> None:
    batch = bring(roll(20))
    assert (batch.state, batch.refusal) == ("staged", "")
    assert [(row.row, row.faults) for row in batch.rows.all() if row.faults] == []
    assert (batch.row_count, batch.create_count, batch.update_count, batch.error_count) == (20, 20, 0, 0)
    assert batch.layout == "学生信息导入表"


def test_applying_writes_every_row_once_with_its_family(applied: Any, roll: Any) -> None:
    from zhixing.domains.students.models import Student

    batch = applied(roll(20))
    assert (batch.state, batch.created_records) == ("applied", 20)
    student = Student.objects.get(student_no="2026000001")
    first = person(1)
    assert (student.name, student.class_group.name, student.major.name) == (first["name"], "26数控1班", "数控技术应用")
    assert [member.name for member in student.guardians.all()] == [first["guardian_name"]]
    assert student.status_entries.count() == 1
    assert batch.rows.filter(is_written=True).count() == 20


def test_the_bar_moves_through_every_stretch_of_an_examination(
    applied: Any, bring: Any, roll: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhixing.kernel.jobs.lease import Lease

    applied(roll(20))
    told: list[tuple[int, int, str]] = []
    renew = Lease.renew
    monkeypatch.setattr(
        Lease,
        "renew",
        lambda self, *said: told.append(said) or renew(self, *said),  # type: ignore[func-returns-value]
    )
    bring([person(number) for number in range(11, 31)])
    counted = [(done, message) for done, total, message in told if total == 20]
    assert [done for done, _ in counted] == sorted(done for done, _ in counted)
    at = {message: done for done, message in counted}
    assert 0 < at["比对已有记录，核对能否写入"] < at["按规则核验"] < 20
    assert [done for done, message in counted if message == "保存核验结果"] == [18, 20]


def test_the_same_file_twice_is_recognised(applied: Any, roll: Any, registrar: Any, at: Any) -> None:
    from zhixing.domains.students.sheets import StudentSheet
    from zhixing.kernel.sheets.models import ImportBatch
    from zhixing.kernel.sheets.staging import receive

    data = workbook(roll(3))
    batch = applied([], data=data)
    again = receive(upload(data, "改名.xlsx"), name="改名.xlsx", sheet=StudentSheet, by=registrar, at=at)
    assert (again.is_known, again.batch.pk) == (True, batch.pk)
    assert ImportBatch.objects.count() == 1


def test_a_second_file_updates_what_differs_and_leaves_the_rest(applied: Any, bring: Any, roll: Any) -> None:
    from zhixing.domains.students.models import Student

    applied(roll(5))
    rows = roll(5)
    rows[0]["phone"], rows[1]["guardian_phone"] = "13700000001", "13700000002"
    rows[2]["home_address"] = ""
    batch = bring([*rows, person(6)])
    deeds = {row.row: row.deed for row in batch.rows.all()}
    assert deeds == {2: "update", 3: "update", 4: "same", 5: "same", 6: "same", 7: "create"}
    second = applied([*rows, person(6), person(7)], name="第二份.xlsx")
    assert (second.created_records, second.changed_records, second.same_count) == (2, 2, 3)
    assert Student.objects.get(student_no="2026000001").phone.mask == "137****0001"
    assert Student.objects.get(student_no="2026000003").home_address, "a blank cell wiped out what was kept"


def test_rows_with_errors_stay_behind_unless_told_otherwise(
    bring: Any, applied: Any, roll: Any, registrar: Any, at: Any
) -> None:
    from zhixing.domains.students.models import Student
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.sheets.apply import ask_to_apply, obstacle
    from zhixing.kernel.sheets.staging_edit import choose

    rows = roll(4)
    rows[0]["id_number"] = rows[0]["id_number"][:17] + ("0" if rows[0]["id_number"][17] != "0" else "1")
    batch = bring(rows)
    assert batch.error_count == 1
    assert batch.rows.get(row=2).rules.split() == ["students.id_check_digit_wrong"]
    batch = choose(batch, mode="both", on_errors="block", accepted=[], by=registrar, at=at)
    assert "1 行有错误" in obstacle(batch)
    with pytest.raises(ValidationError):
        ask_to_apply(batch, by=registrar, at=at)
    batch = choose(batch, mode="both", on_errors="leave_out", accepted=[], by=registrar, at=at)
    ask_to_apply(batch, by=registrar, at=at)
    ask_to_apply(batch, by=registrar, at=at)
    run_pending()
    batch.refresh_from_db()
    assert (batch.created_records, Student.objects.count()) == (3, 3)
    assert list(batch.rows.filter(is_written=False).values_list("row", flat=True)) == [2]


def test_written_as_is_a_fault_becomes_a_finding_of_the_class(
    bring: Any, roll: Any, registrar: Any, at: Any, places: Any
) -> None:
    from zhixing.kernel.checks.models import Finding, VerificationRun
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.sheets.apply import ask_to_apply
    from zhixing.kernel.sheets.staging_edit import choose

    rows = roll(3)
    rows[1]["birth_date"] = "20100230"
    rows[2]["sex"] = "女" if rows[2]["sex"] == "男" else "男"
    batch = choose(bring(rows), mode="both", on_errors="as_is", accepted=[], by=registrar, at=at)
    ask_to_apply(batch, by=registrar, at=at)
    run_pending()
    found = {(finding.rule, finding.column): finding for finding in Finding.objects.all()}
    assert ("students.birth_date_differs_from_id", "出生日期") in found
    assert ("students.sex_differs_from_id", "性别") in found
    assert "20100230" in found["students.birth_date_differs_from_id", "出生日期"].message
    assert {finding.unit_id for finding in found.values()} == {places["class"].unit_id}
    assert VerificationRun.objects.filter(subject="roster.students").count() == 1


def test_undo_takes_back_what_was_made_and_changed(applied: Any, roll: Any, registrar: Any, at: Any) -> None:
    from zhixing.domains.students.models import Guardian, Student
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.people.sealing import open_sealed
    from zhixing.kernel.sheets.undo import ask_to_undo

    applied(roll(3))
    before = Student.objects.get(student_no="2026000001")
    rows = roll(4)
    rows[0]["phone"], rows[0]["guardian_phone"] = "13700000001", "13700000002"
    second = applied(rows)
    assert (second.created_records, second.changed_records) == (1, 1)
    ask_to_undo(second, by=registrar, at=at)
    run_pending()
    second.refresh_from_db()
    assert second.state == "undone"
    student = Student.objects.get(student_no="2026000001")
    assert open_sealed(student, "phone") == open_sealed(before, "phone") == person(1)["phone"]
    assert open_sealed(student.guardians.get(), "phone") == person(1)["guardian_phone"]
    assert not Student.objects.filter(student_no="2026000004").exists()
    assert Guardian.objects.count() == 3


def test_undo_is_refused_with_the_list_of_touched_records(applied: Any, roll: Any, registrar: Any, at: Any) -> None:
    from zhixing.domains.students.actions import correct_guardian, correct_student
    from zhixing.domains.students.models import Student
    from zhixing.kernel.sheets.undo import ask_to_undo

    batch = applied(roll(3))
    student = Student.objects.get(student_no="2026000002")
    correct_student(student, {"note": "改过"}, by=registrar, at=at, seen_version=student.version)
    family = Student.objects.get(student_no="2026000003").guardians.get()
    correct_guardian(family, {"workplace": "某厂"}, by=registrar, at=at)
    with pytest.raises(ValidationError) as refused:
        ask_to_undo(batch, by=registrar, at=at)
    told = refused.value.messages[0]
    assert person(2)["name"] in told
    assert person(3)["name"] in told
    assert person(1)["name"] not in told
    assert Student.objects.count() == 3


def test_a_missing_class_is_offered_and_opened_with_the_rows(bring: Any, registrar: Any, at: Any) -> None:
    from zhixing.domains.school.models import ClassGroup
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.sheets.apply import ask_to_apply
    from zhixing.kernel.sheets.staging_edit import choose

    rows = [person(number, class_group="26电商1班", major="电子商务") for number in range(1, 4)]
    batch = bring(rows)
    assert (batch.refused_count, [offer["code"] for offer in batch.offers]) == (3, ["class:26电商1班"])
    choose(batch, mode="both", on_errors="leave_out", accepted=["class:26电商1班"], by=registrar, at=at)
    run_pending()
    batch.refresh_from_db()
    assert (batch.refused_count, batch.create_count) == (0, 3)
    ask_to_apply(batch, by=registrar, at=at)
    run_pending()
    group = ClassGroup.objects.get(name="26电商1班")
    assert (group.cohort, group.major.name, group.department.name, group.study_length) == (
        2026,
        "电子商务",
        "机电部",
        "3年",
    )


def test_a_class_opened_by_an_import_is_checked_after_it(bring: Any, registrar: Any, at: Any) -> None:
    from zhixing.domains.school.models import ClassGroup
    from zhixing.kernel.checks.models import Finding
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.sheets.apply import ask_to_apply
    from zhixing.kernel.sheets.staging_edit import choose

    batch = bring([person(1, class_group="26电商1班", major="电子商务")])
    choose(batch, mode="both", on_errors="leave_out", accepted=["class:26电商1班"], by=registrar, at=at)
    run_pending()
    batch.refresh_from_db()
    ask_to_apply(batch, by=registrar, at=at)
    run_pending()
    group = ClassGroup.objects.get(name="26电商1班")
    found = Finding.objects.get(rule="school.class_without_tutor", object_uid=group.uid)
    assert (found.is_present, found.unit_id) == (True, group.unit_id)


def test_unknown_places_and_doubled_keys_refuse_the_row_with_a_remedy(bring: Any) -> None:
    rows = [
        person(1, class_group="不存在班", major="炼金术"),
        person(2),
        person(3, student_no="2026000002"),
        person(4) | {"id_number": "", "student_no": ""},
        person(5, name=""),
    ]
    batch = bring(rows)
    codes = {row.row: {fault["rule"] for fault in row.faults} for row in batch.rows.all()}
    assert {"students.class_unknown", "students.major_unknown"} <= codes[2]
    assert codes[3] == set()
    assert "sheets.key_twice" in codes[4]
    assert "sheets.cannot_be_written" in codes[5]
    assert "sheets.value_malformed" in codes[6]
    assert batch.refused_count == 4
    assert not batch.offers, "a class of an unknown major can't be offered"


def test_students_on_roll_change_class_by_a_status_change_only(
    applied: Any, bring: Any, roll: Any, places: Any, registrar: Any, at: Any
) -> None:
    from zhixing.domains.school.actions import open_class_group

    applied(roll(2))
    values = {
        "name": "26数控2班",
        "cohort": 2026,
        "major": places["majors"]["数控技术应用"],
        "department": places["department"],
    }
    open_class_group(values, by=registrar, at=at)
    rows = roll(2)
    rows[0]["class_group"] = "26数控2班"
    batch = bring(rows)
    row = batch.rows.get(row=2)
    assert (row.deed, row.faults[0]["rule"]) == ("refused", "students.place_differs")
    assert "转班级" in row.faults[0]["message"]


def test_the_school_s_other_students_count_as_doubles(applied: Any, bring: Any, roll: Any) -> None:
    applied(roll(3))
    twin = person(1) | {
        "id_number": person(400)["id_number"],
        "student_no": "2026999999",
        "birth_date": person(400)["birth_date"],
    }
    same = person(9) | {"student_no": "2026000001"}
    batch = bring([twin | {"name": person(1)["name"]}, same])
    # Same name, guardian and phone: only the number differs, and the birth date in it decides whether it is suspected.
    other = batch.rows.get(row=3)
    assert other.deed == "update" or other.faults
    taken = bring([person(9) | {"id_number": person(2)["id_number"], "student_no": "2026000001"}], name="b.xlsx")
    assert "sheets.key_taken" in taken.rows.get().rules
