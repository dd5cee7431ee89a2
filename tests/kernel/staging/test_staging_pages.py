"""The import pages as a browser sees them: hostile cells, double submits, masks, rights."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kernel.staging.rolls import person, upload, workbook

pytestmark = pytest.mark.django_db
PAYLOADS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'", "{{7*7}}", "{% raise %}",
    "javascript:alert(1)", "<svg/onload=alert(1)>", "=cmd|'/c calc'!A1", "+1+1", "-1-1", "@SUM(A1)", "＝1+1",
    "\u202egnp.exe", "</textarea><b>x</b>", "&lt;b&gt;",
)  # fmt: skip


@pytest.fixture
def browser(registrar: Any, client_of: Any) -> Any:
    return client_of(registrar)


def _batch_of(response: Any) -> str:
    return str(response.headers["Location"]).split("?")[0]


def test_hostile_cells_are_shown_as_text_and_go_out_as_text(browser: Any, places: Any) -> None:
    from zhixing.kernel.jobs.worker import run_pending

    rows = []
    for number, payload in enumerate(PAYLOADS, start=1):
        rows.append(person(number, name=payload, household_city=payload, teaching_point=payload, guardian_name=payload))
    data = workbook(rows)
    response = browser.post("/import/", {"sheet": "students.StudentSheet", "file": upload(data, "<b>名单.xlsx")})
    address = _batch_of(response)
    run_pending()
    for query in ("", "?all=1", "?severity=error"):
        html = browser.get(address + query).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "<svg/onload" not in html
        assert "<b>名单" not in html
        assert "</textarea><b>" not in html
        assert "49" not in html.split("preview-grid")[-1].split("{{7*7}}")[0][-3:]
        assert html.count("&lt;script&gt;alert(1)") >= 1
    browser.post(address + "do/annotate/")
    run_pending()
    _assert_only_text()


def _assert_only_text() -> None:
    import openpyxl

    from zhixing.kernel.files.models import StoredFile
    from zhixing.kernel.files.store import path_of

    file = StoredFile.objects.get(purpose="导出")
    with path_of(file).open("rb") as stream:
        book = openpyxl.load_workbook(stream)
        cells = [
            cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None
        ]
    assert len(cells) > 100
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []


def test_what_is_sensitive_is_masked_on_the_page_and_in_the_tables(browser: Any, bring: Any) -> None:
    from zhixing.kernel.sheets.models import StagedRow

    batch = bring([person(1), person(2)])
    html = browser.get(f"/import/{batch.uid}/?all=1").content.decode()
    for column in ("id_number", "guardian_phone", "phone"):
        assert person(1)[column] not in html
        kept = " ".join(str(row) for row in StagedRow.objects.values_list("shown", "faults", "label"))
        assert person(1)[column] not in kept
    assert person(1)["name"] in html


def test_a_refused_file_says_what_why_and_how_to_mend_it(browser: Any, places: Any) -> None:
    from zhixing.kernel.sheets.models import ImportBatch

    for data, name, why in (
        (b"", "空.xlsx", "空"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧.xls", "旧版"),
        (b"not a workbook", "假.xlsx", "内容却不是"),
    ):
        response = browser.post("/import/", {"sheet": "students.StudentSheet", "file": upload(data, name)})
        html = response.content.decode()
        assert response.status_code == 200 and "没有收下" in html or "没有收到文件" in html or "空" in html
        assert why in html
    assert ImportBatch.objects.count() == 0


def test_a_second_click_changes_nothing(browser: Any, bring: Any, roll: Any) -> None:
    from zhixing.domains.students.models import Student
    from zhixing.kernel.jobs.models import Job
    from zhixing.kernel.jobs.worker import run_pending

    batch = bring(roll(3))
    for _ in range(3):
        assert browser.post(f"/import/{batch.uid}/do/apply/").status_code == 302
    run_pending()
    browser.post(f"/import/{batch.uid}/do/apply/")
    run_pending()
    assert Student.objects.count() == 3
    assert Job.objects.filter(kind="sheets.apply").count() == 1


def test_a_cell_is_mended_in_place_and_checked_again(browser: Any, bring: Any, roll: Any) -> None:
    from zhixing.kernel.jobs.worker import run_pending

    rows = roll(2)
    rows[0]["sex"] = "女" if rows[0]["sex"] == "男" else "男"
    rows[1]["ethnic_group"] = "汉"
    batch = bring(rows)
    first, second = batch.rows.order_by("row")
    assert first.faults[0]["suggestion"] == person(1)["sex"]
    position = first.faults[0]["pos"]
    dialog = browser.get(f"/import/{batch.uid}/cell/{first.uid}/{position}/")
    assert "采用建议值" in dialog.content.decode()
    browser.post(f"/import/{batch.uid}/cell/{first.uid}/{position}/", {"rule": first.faults[0]["rule"]})
    batch.refresh_from_db()
    html = browser.get(f"/import/{batch.uid}/").content.decode()
    assert "有修改还没有核验完" in html
    run_pending()
    batch.refresh_from_db()
    assert batch.rows.get(row=2).faults == []
    assert batch.rows.get(row=2).is_edited
    if second.faults:
        browser.post(f"/import/{batch.uid}/do/mend/", {"rule": "*"})
        run_pending()
        assert batch.rows.get(row=3).faults == []


def test_unknown_columns_are_mapped_once_and_remembered(browser: Any, bring: Any, roll: Any) -> None:
    from tests.kernel.staging.rolls import COLUMNS
    from zhixing.kernel.jobs.worker import run_pending

    headings = {("娃儿的电话" if heading == "学生本人联系电话" else heading): name for heading, name in COLUMNS.items()}
    batch = bring([], data=workbook(roll(2), headings))
    assert batch.tables[0]["unknown"] == ["娃儿的电话"]
    assert person(1)["phone"] not in str(batch.rows.first().shown)
    browser.post(f"/import/{batch.uid}/do/map/", {"heading": "娃儿的电话", "column": "phone"})
    run_pending()
    batch.refresh_from_db()
    assert batch.tables[0]["unknown"] == []
    assert "phone" in batch.tables[0]["mapping"]
    again = bring([], data=workbook(roll(3), headings), name="b.xlsx")
    assert again.tables[0]["unknown"] == []


def test_only_those_with_the_right_come_in(client_of: Any, make_user: Any, bring: Any, roll: Any, places: Any) -> None:
    batch = bring(roll(1))
    tutor = client_of(make_user("class_tutor", unit=places["class"].unit))
    for address in ("/import/", f"/import/{batch.uid}/", "/import/template/students.StudentSheet/"):
        assert tutor.get(address).status_code in (403, 404)
    assert tutor.post(f"/import/{batch.uid}/do/apply/").status_code in (403, 404)
    director = client_of(make_user("office_director"))
    assert director.get(f"/import/{batch.uid}/").status_code == 404, "may import staff, not students"


def test_templates_and_every_state_have_a_page(browser: Any, applied: Any, bring: Any, roll: Any) -> None:
    done = applied(roll(2))
    assert "导入回执" in browser.get(f"/import/{done.uid}/").content.decode()
    staged = bring(roll(3), name="b.xlsx")
    for deed in ("apply", "abandon"):
        assert browser.get(f"/import/{staged.uid}/confirm/{deed}/").status_code == 200
    browser.post(f"/import/{staged.uid}/do/abandon/")
    assert "已放弃" in browser.get(f"/import/{staged.uid}/").content.decode()
    for layout in ("student_information", "national_template"):
        response = browser.get(f"/import/template/students.StudentSheet/?layout={layout}")
        assert response.content.startswith(b"PK")
    for code in ("staff.StaffSheet", "school.MajorSheet"):
        assert browser.get(f"/import/template/{code}/").status_code in (200, 404)


def test_the_centre_the_own_rules_and_the_standards_have_pages(
    browser: Any, applied: Any, roll: Any, places: Any
) -> None:
    from zhixing.kernel.checks.models import OwnRule
    from zhixing.kernel.jobs.worker import run_pending

    applied(roll(3))
    browser.post("/verification/run/")
    run_pending()
    assert browser.get("/verification/").status_code == 200
    assert browser.get("/verification/own/").status_code == 200
    words = {"roster": "students", "title": "名字超过两个字", "severity": "notice", "condition": "length(name) > 2"}
    refused = browser.post("/verification/own/add/", words | {"condition": "1=1; drop table x"})
    assert refused.status_code == 200
    assert OwnRule.objects.count() == 0
    assert browser.post("/verification/own/add/", words).status_code == 302
    rule = OwnRule.objects.get()
    address = f"/verification/own/{rule.uid}/"
    assert "请先在本校的数据上试运行" in browser.post(address, {"deed": "on"}).content.decode()
    browser.post(address, {"deed": "try"})
    run_pending()
    html = browser.get(address).content.decode()
    assert "试运行结果" in html
    assert person(1)["name"] in html
    browser.post(address, {"deed": "on"})
    rule.refresh_from_db()
    assert rule.is_active
    browser.post("/verification/run/")
    run_pending()
    assert "名字超过两个字" in browser.get("/verification/").content.decode()
    assert browser.get("/standards/").status_code == 200
    assert browser.get("/standards/class_size/").status_code == 200
    assert browser.get("/standards/nothing/").status_code == 404


def test_a_school_s_own_standard_holds_from_its_day_and_ends_with_a_reason(
    client_of: Any, make_user: Any, school: Any
) -> None:
    from django.utils import timezone

    from zhixing.kernel.standards.in_force import school_standards
    from zhixing.kernel.standards.models import StandardOverride

    today = timezone.localdate()
    principal = client_of(make_user("principal"))
    shipped = school_standards().value("class_size", today)
    words = {"number": "55", "valid_from": today.isoformat(), "source": "某文件", "reason": "按本市规定"}
    assert principal.post("/standards/class_size/", words | {"reason": ""}).status_code == 200
    assert StandardOverride.objects.count() == 0
    assert principal.post("/standards/class_size/", words).status_code == 302
    assert (school_standards().value("class_size", today), shipped) == (55, 50)
    row = StandardOverride.objects.get()
    html = principal.get("/standards/class_size/").content.decode()
    assert "某文件" in html
    assert "按本市规定" in html
    principal.post("/standards/class_size/", {"end": str(row.uid), "reason": "写错了文件"})
    assert school_standards().value("class_size", today) == shipped
    clerk = client_of(make_user("registrar"))
    assert clerk.post("/standards/class_size/", words).status_code == 404


def test_the_register_goes_out_in_the_national_layout_with_a_reason_and_comes_back_unchanged(
    browser: Any, applied: Any, bring: Any, roll: Any
) -> None:
    from zhixing.kernel.files.models import StoredFile
    from zhixing.kernel.files.store import path_of
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.trail.models import AuditEvent

    applied(roll(4))
    address = "/import/export/students.StudentSheet/"
    assert browser.get(address).status_code == 200
    assert "用途" in browser.post(address, {"reason": ""}).content.decode()
    browser.post(address, {"reason": "上报全国系统", "layout": "student_information"})
    run_pending()
    assert AuditEvent.objects.filter(action="export", reason="上报全国系统").count() == 1
    file = StoredFile.objects.get(purpose="导出")
    batch = bring([], data=path_of(file).read_bytes(), name="导出.xlsx")
    assert (batch.same_count, batch.row_count, batch.error_count) == (4, 4, 0)
