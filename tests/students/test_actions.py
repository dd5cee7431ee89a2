"""Verbs of the student register."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.factories import a_class, a_department, a_guardian, a_major, a_student, an_id_number
from tests.factories.clock import NOW
from zhixing.domains.students import actions
from zhixing.domains.students.models import Guardian, StatusEntry, Student
from zhixing.domains.students.queries import head_counts, search_students, status_counts
from zhixing.kernel.base.records import EditConflict
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.files.models import StoredFile
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.models import AuditEvent

TODAY = NOW.date()


def test_enrolling_completes_the_record_from_the_class(school):
    group = a_class(cohort=2026)
    row = a_student("单小芳", sex="女", class_group=group, guardians=[{"name": "单父", "phone": "13800001111"}])
    assert (row.cohort, row.major, row.study_length) == (2026, group.major, "三年")
    assert row.name_keys == "shanxiaofang sxf"
    entry = StatusEntry.objects.get(student=row)
    assert (entry.kind, entry.from_status, entry.to_status, entry.to_class) == ("00", "", "enrolled", group)
    assert row.guardians.get().position == 1
    assert AuditEvent.objects.about(row).get().action == "enrol"


def test_the_trail_never_holds_what_is_sealed(school):
    number = an_id_number()
    row = a_student(id_number=number, phone="13912345678", health_note="哮喘")
    told = str(list(AuditEvent.objects.values_list("changes", "object_label", "reason")))
    assert number not in told
    assert "13912345678" not in told
    assert "哮喘" not in told
    assert AuditEvent.objects.about(row).get().changes["id_number"] is None


def test_one_number_one_student_within_a_school_and_no_oracle_about_others(school, other_school):
    """A-27: a number that only the neighbour has is as good as any."""
    number = an_id_number()
    with tenant_scope(other_school.pk):
        a_student("别校生", id_number=number, student_no="1")
    a_student(id_number=number, student_no="1")
    with pytest.raises(ValidationError) as refused:
        a_student("李四", id_number=number.lower())
    assert refused.value.message_dict == {"id_number": ["本校已有这个身份证件号的学生。"]}
    with pytest.raises(ValidationError) as refused:
        a_student("王五", student_no="1")
    assert refused.value.message_dict == {"student_no": ["本校已有这个学号。"]}


def spoilt(number):
    return number[:17] + ("1" if number[17] != "1" else "2")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"id_number": spoilt(an_id_number())}, "id_number"),
        ({"id_number": "990101201002290024", "birth_date": None}, "id_number"),
        ({"id_number": an_id_number(sex="女")}, "sex"),
        ({"id_number": an_id_number(date(2010, 5, 13))}, "birth_date"),
        ({"national_student_no": "G123"}, "national_student_no"),
        ({"national_student_no": "G" + spoilt(an_id_number())}, "national_student_no"),
        ({"name": ""}, "name"),
        ({"name": "名" * 61}, "name"),
        ({"class_group": None}, "class_group"),
    ],
)
def test_bad_input_is_refused_at_its_field(school, values, field):
    with pytest.raises(ValidationError) as refused:
        a_student(**values)
    assert field in refused.value.message_dict
    assert not Student.objects.exists()


@pytest.mark.parametrize("number", ["G" + an_id_number(), "J" + an_id_number(), "L" + "420606201005120001"])
def test_national_numbers_of_all_three_kinds_are_taken(school, number):
    row = a_student(national_student_no=number)
    assert list(search_students(Student.objects.all(), number)) == [row]
    assert number[3:15] not in str(row.national_student_no)


def test_temporary_and_foreign_documents_pass_the_citizen_rules_by(school):
    assert a_student(id_number="999" + "4242000001" + "00001", birth_date=date(2010, 1, 1)).pk
    assert a_student(id_number="H12345678", document_kind="港澳居民来往内地通行证").pk


def test_a_judged_import_may_keep_faulty_numbers(school):
    assert a_student(id_number=spoilt(an_id_number()), judged=True).id_number_index


def test_many_at_once_or_none(school):
    group = a_class()
    rows = [
        {"name": f"生{n}", "sex": "男", "student_no": f"N{n}", "class_group": group, "id_number": an_id_number(),
         "guardians": [{"name": "父", "phone": "13800001111"}]}
        for n in range(30)
    ]  # fmt: skip
    actions.enrol_students(rows, by=None, at=NOW)
    row = Student.objects.get(student_no="N7")
    assert (row.name_keys, row.cohort, row.guardians.count(), row.status_entries.count()) == ("sheng s", 2026, 1, 1)
    assert row.id_number_index
    assert AuditEvent.objects.about(row).count() == 1
    again = [{**rows[0], "student_no": "N100"}, {"name": "新", "student_no": "N101", "class_group": group}]
    with pytest.raises(ValidationError, match="重复"):
        actions.enrol_students(again, by=None, at=NOW)
    assert Student.objects.count() == 30
    assert head_counts([group]) == {group.pk: 30}


def test_corrections_say_what_changed_and_notice_a_rival(school, make_user):
    user, row = make_user("registrar"), a_student(ethnic_group="汉族")
    other = Student.objects.get(pk=row.pk)
    actions.correct_student(row, {"ethnic_group": "回族", "phone": "13900001111"}, by=user, at=NOW, seen_version=1)
    event = AuditEvent.objects.about(row).first()
    assert event.changes == {"ethnic_group": ["汉族", "回族"], "phone": None}
    assert row.version == 2
    with pytest.raises(EditConflict):
        actions.correct_student(other, {"ethnic_group": "满族"}, by=user, at=NOW, seen_version=1)
    same = actions.correct_student(row, {"ethnic_group": "回族"}, by=user, at=NOW, seen_version=2)
    assert (same.version, AuditEvent.objects.about(row).count()) == (2, 2)


def test_an_old_fault_elsewhere_doesnt_bar_a_correction(school, make_user):
    row = a_student(id_number=spoilt(an_id_number()), judged=True, email="x")
    Student.objects.filter(pk=row.pk).update(sex="男性")
    row.refresh_from_db()
    actions.correct_student(row, {"dormitory": "2-301"}, by=make_user("registrar"), at=NOW, seen_version=row.version)
    with pytest.raises(ValidationError):
        actions.correct_student(row, {"id_number": spoilt(an_id_number())}, by=None, at=NOW)


def test_status_and_class_are_not_corrected_but_moved(school, make_user):
    user, row = make_user("registrar"), a_student()
    with pytest.raises(ValueError, match="its own verb"):
        actions.correct_student(row, {"status": "graduated"}, by=user, at=NOW)
    with pytest.raises(ValidationError, match="转班级"):
        actions.correct_student(row, {"class_group": a_class()}, by=user, at=NOW)


def test_the_extra_columns_of_the_newer_layout_are_merged(school):
    row = a_student(extra={"train_interval": "襄阳—武汉"})
    actions.correct_student(row, {"extra": {"english_name": "Zhang San"}}, by=None, at=NOW)
    assert Student.objects.get().extra == {"train_interval": "襄阳—武汉", "english_name": "Zhang San"}


def test_the_way_through_the_states(school, make_user):
    user, row = make_user("registrar"), a_student()
    start = date(2026, 9, 10)
    actions.change_status(row, to="suspended", on=start, reason="生病", by=user, at=NOW)
    actions.change_status(row, to="enrolled", on=TODAY, by=user, at=NOW)
    kinds = list(row.status_entries.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["00", "11", "12"]
    assert (row.status, row.status_date) == ("enrolled", TODAY)
    assert status_counts() == {"在读": 1}


@pytest.mark.parametrize(
    ("move", "why"),
    [
        ({"to": "admitted", "on": TODAY}, "不能变为"),
        ({"to": "suspended", "on": TODAY}, "原因"),
        ({"to": "transferred_out", "on": TODAY, "reason": "搬家"}, "转入学校"),
        ({"to": "expelled", "on": TODAY, "reason": "违纪"}, "核准"),
        ({"to": "deceased", "on": TODAY}, "证明文件"),
        ({"to": "suspended", "on": TODAY + timedelta(days=1), "reason": "生病"}, "晚于今天"),
        ({"to": "suspended", "on": date(2020, 1, 1), "reason": "生病"}, "早于"),
    ],
)
def test_unlawful_moves_are_refused_and_leave_nothing(school, make_user, move, why):
    row = a_student()
    with pytest.raises(actions.MoveRefused, match=why):
        actions.change_status(row, by=make_user("registrar"), at=NOW, **move)
    row.refresh_from_db()
    assert (row.status, row.status_entries.count()) == ("enrolled", 1)


def test_a_leavers_account_closes(school, make_user):
    row = a_student()
    user = actions.open_student_account(row, by=None, at=NOW)
    actions.change_status(
        row, to="withdrawn", on=TODAY - timedelta(days=1), reason="就业", by=make_user("registrar"), at=NOW
    )
    user.refresh_from_db()
    assert (user.is_active, user.leaves_on) == (False, TODAY - timedelta(days=1))
    with pytest.raises(actions.MoveRefused):
        actions.change_status(row, to="enrolled", on=TODAY, by=None, at=NOW)


def test_class_and_major_have_verbs_of_their_own(school, make_user):
    user, major = make_user("registrar"), a_major("数控技术应用")
    department = a_department()
    here, there = a_class(major=major, department=department), a_class(major=major, department=department)
    elsewhere = a_class(department=department)
    row = a_student(class_group=here)
    account = actions.open_student_account(row, by=None, at=NOW)
    actions.change_class(row, class_group=there, on=TODAY, by=user, at=NOW)
    account.refresh_from_db()
    assert (row.class_group, account.unit) == (there, there.unit)
    with pytest.raises(actions.MoveRefused, match="转专业"):
        actions.change_class(row, class_group=elsewhere, on=TODAY, by=user, at=NOW)
    with pytest.raises(actions.MoveRefused, match="原因"):
        actions.change_major(row, class_group=elsewhere, on=TODAY, reason="", by=user, at=NOW)
    actions.change_major(row, class_group=elsewhere, on=TODAY, reason="身体原因", by=user, at=NOW)
    last = row.status_entries.first()
    assert (last.kind, last.from_major, last.to_major) == ("23", major, elsewhere.major)
    assert Student.objects.get().major == elsewhere.major


def test_guardians_come_and_go_and_siblings_share_one_account(school, make_user):
    one, two = a_student("张一"), a_student("张二")
    father, again = a_guardian(one), a_guardian(two)
    with pytest.raises(ValidationError, match="已经登记"):
        a_guardian(one)
    account = actions.open_guardian_account(father, by=None, at=NOW)
    assert actions.open_guardian_account(again, by=None, at=NOW) == account
    assert set(Student.objects.all().visible_to(account, "view")) == {one, two}
    user = make_user("registrar")
    for row in (father, again):
        actions.remove_guardian(row, by=user, at=NOW, reason="登记错误")
    assert not Guardian.objects.exists()
    assert User.objects.get(pk=account.pk).is_active is False


def picture(kind="JPEG"):
    held = io.BytesIO()
    Image.new("RGB", (90, 120), "white").save(held, kind)
    return SimpleUploadedFile("一寸照.jpg", held.getvalue())


def test_a_photo_is_kept_about_the_student_and_nothing_but_a_picture(school, make_user):
    user, row = make_user("registrar"), a_student()
    actions.set_photo(row, photo=picture(), by=user, at=NOW)
    file = StoredFile.objects.get()
    assert (row.photo, file.object_uid) == (file, row.uid)
    with pytest.raises(ValidationError):
        actions.set_photo(row, photo=SimpleUploadedFile("x.jpg", b"<script>"), by=user, at=NOW)


@pytest.mark.parametrize("text", ["张三", "zhangsan", "zs", "ZS", "三", "20260"])
def test_search_by_name_pinyin_initials_and_number(school, text):
    row, _ = a_student("张三"), a_student("李四", student_no="X1")
    assert list(search_students(Student.objects.all(), text)) == [row]


def test_search_by_the_exact_number_only(school):
    number = an_id_number()
    row = a_student(id_number=number)
    assert list(search_students(Student.objects.all(), number.lower())) == [row]
    assert not search_students(Student.objects.all(), number[:17])
