"""Pages of the student register through the client, in the roles that use them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import a_class, a_guardian, a_student, an_id_number
from tests.factories.clock import NOW
from zhixing.domains.students import actions
from zhixing.domains.students.models import Guardian, StatusEntry, Student
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.trail.models import AuditEvent

LIST = "students.student.list"


def text(answer):
    return answer.content.decode()


@pytest.fixture
def registrar(make_user, client_of):
    return client_of(make_user("registrar"))


def test_the_list_shows_masks_and_finds_by_pinyin_and_exact_number(school, registrar):
    number = an_id_number()
    a_student("张三丰", id_number=number, phone="13912345678")
    a_student("李四光")
    page = text(registrar.get(reverse(LIST)))
    assert "张三丰" in page
    assert "李四光" in page
    assert number not in page
    assert "13912345678" not in page
    assert "139****5678" in page
    for words in ("zsf", "zhangsan", number, "张三"):
        found = text(registrar.get(reverse(LIST), {"q": words}))
        assert "张三丰" in found, words
        assert "李四光" not in found, words


def test_presets_and_filters_answer(school, registrar):
    a_student("张三丰", attendance_kind="走读")
    for query, shown in (
        ("status=enrolled", True), ("status=suspended", False), ("attendance_kind=走读", True), ("sex=女", False),
        ("status=enrolled&national_student_no_index__isnull=1", True), ("class_group__isnull=1", False),
    ):  # fmt: skip
        answer = registrar.get(f"{reverse(LIST)}?{query}")
        assert answer.status_code == 200, query
        assert ("张三丰" in text(answer)) is shown, query


def test_one_page_per_student_with_every_tab(school, registrar):
    row = a_student("张三丰", health_note="先天性心脏病")
    a_guardian(row, "张父")
    page = text(registrar.get(reverse("students.student.detail", args=[row.uid])))
    assert "先天性心脏病" not in page
    for title in ("监护人", "学籍经历", "问题", "材料"):
        assert title in page
    tab = reverse("students.student.tab", args=[row.uid, "students.GuardiansTab"])
    assert "张父" in text(registrar.get(tab))
    history = reverse("students.student.tab", args=[row.uid, "students.HistoryTab"])
    assert "入学" in text(registrar.get(history))
    assert AuditEvent.objects.about(row).filter(action="view").exists()


def test_a_student_is_added_through_the_form(school, registrar):
    group, number = a_class(), an_id_number()
    address = reverse("students.student.add")
    assert "汉族" in text(registrar.get(address))
    values = {
        "name": "王小明", "sex": "男", "id_number": number, "birth_date": "2010-05-12", "document_kind": "居民身份证",
        "ethnic_group": "汉族", "student_no": "S1", "class_group": str(group.uid), "nationality": "中国",
        "is_low_income": "False",
    }  # fmt: skip
    answer = registrar.post(address, values)
    assert answer.status_code == 302, text(answer)
    row = Student.objects.get()
    assert (row.name, row.class_group, row.is_low_income, row.is_migrant_child) == ("王小明", group, False, None)
    assert StatusEntry.objects.filter(student=row).count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("id_number", "420606201005121230", "校验"),
        ("birth_date", "2010-13-40", "日期"),
        ("ethnic_group", "火星族", "火星族"),
        ("class_group", "no-uuid", "不存在"),
        ("name", "", "必填"),
    ],
)
def test_bad_input_comes_back_with_words(school, registrar, field, value, words):
    values = {"name": "王小明", "sex": "男", "student_no": "S1", "class_group": str(a_class().uid), field: value}
    answer = registrar.post(reverse("students.student.add"), values)
    assert answer.status_code == 422
    assert not Student.objects.exists()
    assert words in text(answer) or "必填" in text(answer) or "有效" in text(answer)


def form_of(row, **values):
    kept = {
        "name": row.name, "sex": row.sex, "birth_date": row.birth_date.isoformat(), "student_no": row.student_no,
        "class_group": str(row.class_group.uid), "nationality": "中国", "document_kind": "居民身份证",
        "attendance_kind": row.attendance_kind, "study_form": row.study_form, "study_length": row.study_length,
        "entry_date": row.entry_date.isoformat(), "cohort": row.cohort,
    }  # fmt: skip
    return {**kept, **values}


def test_an_edit_keeps_what_is_sealed_and_a_lost_race_shows_both(school, registrar):
    row = a_student("王小明", phone="13912345678")
    address = reverse("students.student.edit", args=[row.uid])
    index = row.id_number_index
    assert "13912345678" not in text(registrar.get(address))
    answer = registrar.post(address, form_of(row, ethnic_group="回族", seen_version=row.version))
    assert answer.status_code == 302, text(answer)
    row.refresh_from_db()
    assert (row.ethnic_group, row.id_number_index, str(row.phone)) == ("回族", index, "139****5678")
    late = registrar.post(address, form_of(row, ethnic_group="满族", seen_version=row.version - 1))
    assert late.status_code == 409
    assert "回族" in text(late)
    assert "满族" in text(late)


def deed(client, row, verb, /, **values):
    address = reverse(f"students.student.detail.deed.{verb}", args=[row.uid])
    assert client.post(address).status_code == 200
    return client.post(address, {"confirmed": "1", **values})


def test_deeds_on_the_page(school, registrar):
    row = a_student("王小明")
    there = a_class(major=row.major, department=row.class_group.department)
    deed(registrar, row, "add_guardian", name="王父", relation="父亲", is_guardian="on", phone="13800001111")
    deed(registrar, row, "change_class", class_group=str(there.uid), on="2026-11-20", reason="合班")
    deed(registrar, row, "change_status", to="suspended", on="2026-11-21", reason="生病")
    row.refresh_from_db()
    assert Guardian.objects.get().name == "王父"
    assert (row.class_group, row.status) == (there, "suspended")
    refused = deed(registrar, row, "change_status", to="graduated", on="2026-11-22")
    assert "不能变为" in text(refused)


def test_a_tutor_opens_the_own_class_and_nothing_else(school, make_user, client_of):
    mine, other = a_student("张一"), a_student("李二")
    client = client_of(make_user("class_tutor", unit=mine.class_group.unit))
    page = text(client.get(reverse(LIST)))
    assert "张一" in page
    assert "李二" not in page
    assert client.get(reverse("students.student.detail", args=[other.uid])).status_code == 404
    assert client.get(reverse("students.student.edit", args=[other.uid])).status_code == 404
    assert client.get(reverse("students.student.edit", args=[mine.uid])).status_code == 200
    assert client.get(reverse("students.student.add")).status_code == 403
    reveal = reverse("students.student.reveal", args=[mine.uid, "id_number"])
    assert client.post(reveal, {"reason": "核对"}).status_code in (403, 404)
    tab = reverse("school.classgroup.tab", args=[other.class_group.uid, "students.StudentsOfClassTab"])
    assert "李二" not in text(client.get(tab))


def test_a_guardian_opens_the_own_child_only(school, client_of):
    mine, other = a_student("张一"), a_student("李二")
    user = actions.open_guardian_account(a_guardian(mine), by=None, at=NOW)
    user.must_set_password = False
    user.save()
    client = client_of(user)
    assert client.get(reverse("students.student.detail", args=[mine.uid])).status_code == 200
    assert client.get(reverse("students.student.detail", args=[other.uid])).status_code == 404
    assert client.get(reverse("students.student.edit", args=[mine.uid])).status_code == 403


def test_another_schools_student_is_not_there(school, other_school, registrar):
    with tenant_scope(other_school.pk):
        theirs = a_student("别校生")
    assert registrar.get(reverse("students.student.detail", args=[theirs.uid])).status_code == 404


def test_revealing_needs_a_reason_and_is_told(school, registrar):
    number = an_id_number()
    row = a_student("张三", id_number=number)
    address = reverse("students.student.reveal", args=[row.uid, "id_number"])
    assert number not in text(registrar.post(address, {"reason": ""}))
    assert number in text(registrar.post(address, {"reason": "核对学籍"}))
    assert AuditEvent.objects.about(row).filter(action="reveal", reason="核对学籍").exists()


@pytest.mark.parametrize("name", [LIST, "students.guardian.list", "students.statusentry.list"])
def test_lists_cost_the_same_for_one_row_and_five(school, registrar, name):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    a_guardian(a_student("张零"))
    registrar.get(reverse(name))
    for rows in (0, 4):
        for number in range(rows):
            a_guardian(a_student(f"张{number}号生"))
        with CaptureQueriesContext(connection) as queries:
            assert registrar.get(reverse(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
