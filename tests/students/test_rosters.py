# ruff: noqa: E501 (Chinese cells count twice; the lines are within 120 characters or nearly so)
"""Every student rule finds its planted fault under its code and nothing else, and leaves lawful oddities alone."""

from __future__ import annotations

import pytest

from tests.support.student_rosters import ALL_HEADINGS, PLANTED, faults, id_number, judged, rows, table
from zhixing.domains.students.rosters import NATIONAL_TEMPLATE, RULES, STUDENT_INFORMATION, STUDENTS
from zhixing.kernel.rosters import recognise

CODES = {
    "id_number_malformed", "id_check_digit_wrong", "id_birth_date_impossible", "id_region_unknown",
    "birth_date_differs_from_id", "sex_differs_from_id", "id_number_repeated", "enrolled_in_two_schools",
    "same_person_suspected", "required_value_missing", "code_value_unknown", "phone_malformed", "guardian_phone_shared",
    "name_malformed", "age_unusual", "region_hierarchy_broken", "major_not_in_directory", "study_length_unusual",
    "enrolment_date_inconsistent", "class_major_mixed", "class_too_large", "aid_without_basis",
    "aid_amount_off_standard", "political_status_age", "student_kind_form_mismatch", "national_number_malformed",
    "certificate_type_mismatch",
}  # fmt: skip


def test_every_rule_is_there_with_basis_and_remedy() -> None:
    assert {rule.code.removeprefix("students.") for rule in RULES} == CODES
    assert all(rule.basis and rule.remedy and rule.title for rule in RULES)


def test_every_rule_has_a_planted_fault() -> None:
    assert {code for code, _ in PLANTED.values()} | {"enrolled_in_two_schools"} == CODES


def test_clean_rows_are_clean() -> None:
    verdict = judged(table(rows(600)))
    assert verdict.findings == []
    assert verdict.rows == 600
    assert verdict.notes == []


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_fault_is_found_and_nothing_else(case: str) -> None:
    code, plant = PLANTED[case]
    given = rows()
    expected = plant(given)
    assert faults(judged(table(given))) == {(code, row) for row in expected}


LAWFUL = {
    "a small x": {"身份证号": id_number("420602", "20070104", 507).lower(), "出生日期": "20070104", "性别": "男"},
    "full width": {"家长(监护人)电话": "１３９７７７７７７７７", "年级": "２０２３", "性别": "男 "},
    "a temporary number": {"身份证号": "999420606200900001", "出生日期": "20070104"},
    "a long minority name": {"姓名": "古丽努尔·阿卜杜热合曼"},
    "other words for the same": {"学制": "三年", "户籍性质": "农业", "联招合作类型": "非联合办学", "生源类别": "省内"},
    "another way to write dates": {"入学年月": "2023年9月"},
    "a development zone": {"户籍所在区县": "高新区"},
    "spring intake": {"入学年月": "202403"},
    "a document of another kind": {"身份证号": "H12345678", "港澳台侨胞": "港澳"},
}  # fmt: skip


@pytest.mark.parametrize("case", LAWFUL)
def test_lawful_oddities_pass(case: str) -> None:
    given = rows(60)
    given[3].update(LAWFUL[case])
    if "身份证号" in LAWFUL[case] and case != "a small x":
        given[3]["出生日期"] = None
    assert judged(table(given)).findings == []


BROKEN = ("", " ", "?", "１", "0", "-1", "'", "''", '"', "\\", "%", "{}", "{name}", "NULL", "王芳", "9" * 40, "é", "\x1a",
          "2009-99-99", "😀", "a\nb", "\u200b", "1e308", "X", "𬭎" * 50)  # fmt: skip


@pytest.mark.parametrize("cell", BROKEN)
def test_broken_cells_never_crash_a_rule(cell: str) -> None:
    given = rows(len(ALL_HEADINGS))
    for place, heading in enumerate(ALL_HEADINGS):
        given[place][heading] = cell
    found = judged(table(given)).findings
    assert {one.row for one in found} <= set(range(2, len(ALL_HEADINGS) + 2))


def test_a_number_that_lost_digits_is_said_so_and_nothing_else() -> None:
    given = rows(30)
    given[3]["身份证号"] = "420602200701040000"
    verdict = judged(table(given, lossy=frozenset({(5, 0)})))
    assert faults(verdict) == {("id_number_malformed", 5)}
    assert "按数字录入" in verdict.findings[0].message
    assert verdict.findings[0].value == "420602200701040000"
    assert verdict.findings[0].column == "身份证号"


def test_a_missing_column_is_told_once_at_the_header() -> None:
    headings = [heading for heading in ALL_HEADINGS if heading != "民族"]
    verdict = judged(table(rows(30), headings=headings))
    assert faults(verdict) == {("required_value_missing", 1)}
    assert verdict.findings[0].column == "民族"


def test_the_same_number_in_another_school() -> None:
    given, others = rows(60), rows(120)[60:]
    others[7]["身份证号"] = given[3]["身份证号"]
    verdict = judged(table(given), against=[table(others, file="乙校.xlsx")])
    assert faults(verdict) == {("enrolled_in_two_schools", 5)}
    assert "乙校.xlsx" in verdict.findings[0].message


def test_two_schools_in_one_table() -> None:
    given = rows(60)
    for place, row in enumerate(given):
        row["学校名称"] = "甲校" if place < 30 else "乙校"
    for heading in ("身份证号", "出生日期", "性别"):
        given[40][heading] = given[3][heading]
    assert faults(judged(table(given))) == {("enrolled_in_two_schools", 5), ("enrolled_in_two_schools", 42)}


def test_a_number_repeated_across_two_sheets_names_the_other_sheet() -> None:
    given = rows(80)
    for heading in ("身份证号", "出生日期", "性别"):
        given[50][heading] = given[3][heading]
    verdict = judged(table(given[:40]), table(given[40:], sheet="学生2"))
    found = {(one.sheet, one.row): one.message for one in verdict.findings}
    assert found == {("学生1", 5): "与学生2第 12 行的证件号码相同", ("学生2", 12): "与学生1第 5 行的证件号码相同"}


def test_suggestions() -> None:
    given = rows(60)
    given[3]["民族"], given[4]["性别"], given[5]["出生日期"] = "汉", "女", "20070203"
    suggested = {one.row: (one.column, one.suggestion) for one in judged(table(given)).findings}
    assert suggested == {5: ("民族", "汉族"), 6: ("性别", "男"), 7: ("出生日期", str(rows(60)[5]["身份证号"])[6:14])}


def test_an_unknown_value_is_an_error_only_where_the_set_is_authoritative() -> None:
    given = rows(60)
    given[3]["民族"], given[4]["健康情况"] = "火星族", "棒极了"
    assert {one.row: one.severity for one in judged(table(given)).findings} == {5: "error", 6: "warning"}


@pytest.mark.parametrize(
    ("heading", "spelling"),
    [("家长(监护人)姓名", "家长（监护人）姓名"), ("学生本人联系电话", "联系电话"), ("学生类型", "学校类型"),
     ("身份证号", "*身份证号码（必填）"), ("月发放标准(元)", "月发放标准（元）"), ("现家庭详细地址", "现家庭详细 地址")],
)  # fmt: skip
def test_headings_of_other_years_are_recognised(heading: str, spelling: str) -> None:
    headings = [spelling if each == heading else each for each in ALL_HEADINGS]
    seen = recognise(headings, [STUDENTS])
    assert seen.layout is STUDENT_INFORMATION
    assert seen.missing == seen.unknown == seen.repeated == ()


@pytest.mark.parametrize("layout", [STUDENT_INFORMATION, NATIONAL_TEMPLATE])
def test_each_layout_is_recognised_by_its_own_headings(layout: object) -> None:
    headings = [column.title for column in layout.columns]  # type: ignore[attr-defined]
    seen = recognise(headings, [STUDENTS])
    assert seen.layout is layout
    assert seen.missing == seen.unknown == seen.repeated == ()


def test_required_columns_come_first() -> None:
    required = [column.required for column in STUDENT_INFORMATION.columns]
    assert required == sorted(required, reverse=True)


def test_some_other_table_is_no_roster() -> None:
    verdict = judged(table(rows(3), headings=("备注", "毕业学校")))
    assert verdict.rosters == []
    assert "没有认出" in verdict.notes[0]


def test_a_school_s_own_mapping_goes_first() -> None:
    headings = ["证照编号" if each == "身份证号" else each for each in ALL_HEADINGS]
    given = [{**row, "证照编号": row["身份证号"]} for row in rows(30)]
    given[3]["证照编号"] = "12"
    assert judged(table(given, headings=headings)).rosters == []
    verdict = judged(table(given, headings=headings), mapping={"证照编号": "id_number"})
    assert faults(verdict) == {("id_number_malformed", 5)}
    assert verdict.findings[0].column == "证照编号"


def test_every_rule_can_run_alone() -> None:
    from dataclasses import replace

    given = table(rows(30))
    for rule in RULES:
        assert judged(given, rosters=[replace(STUDENTS, rules=(rule,))]).findings == []
    assert judged(given, rosters=[replace(STUDENTS, rules=())]).rows == 30
