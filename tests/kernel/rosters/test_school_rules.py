# ruff: noqa: E501 (Chinese cells count twice; the lines are within 120 characters or nearly so)
"""A school's own rule can say what the subset says and nothing more."""

from __future__ import annotations

import pytest

from tests.support.student_rosters import faults, judged, rows, table
from zhixing.domains.students.rosters import STUDENTS
from zhixing.kernel.rosters import RuleRefused, compile_rule

LAWFUL = (
    "blank(phone) and attendance_kind = '走读'", "sex in ('男', '女') and not blank(name)", "length(name) > 4",
    "in_codes(sex, 'sex')", "ymd(birth_date) % 100 between 1 and 7", "year_of(cohort) + 1 < ym(entry_date) // 100",
    "cents(grant_month_amount) > 35000 or null", "case when blank(phone) then true else phone_ok(phone) end",
    "coalesce(note, '') = '借读'", "number(student_no) >= standard('class_size') * 2", "-number(student_no) < 0",
)  # fmt: skip

INJECTIONS = (
    "1 = 1; drop table wide", "true -- and", "true /* x */", "name = 'x' # y", "name = (select name from wide)",
    "exists (select 1)", "name in (select name from wide)", "read_csv('/etc/passwd') = 'x'", "getenv('HOME') = 'x'",
    "read_text('/etc/passwd') = 'x'", "pragma version", "attach 'x' as y", "copy wide to 'x'", "pg_sleep(9) is null",
    "cast(name as int) = 1", "name::int = 1", "try_cast(name as int) = 1", "name || name = 'x'", "name ~ '(a+)+$'",
    "name like '%x%'", "regexp_matches(name, 'x')", "count(*) > 1", "count(*) over () > 1", "row_number() over () = 1",
    "sum(1) > 0", "name = $1", "name = ?", "name = :x", "name = @@version", "name[1] = 'x'", "{'a': 1}.a = 1",
    "[x for x in [1]] = [1]", "list_transform([1], lambda x: x) = [1]", "x -> x", "wide.name = 'x'", "a.name = 'x'",
    "information_schema.tables.table_name = 'x'", "current_user = 'x'", "now() is null", "random() < 1", "uuid() = 'x'",
    "name collate nocase = 'x'", "name = e'\\x41'", "name = 'a\\'", "name = '\x00'", "name = 'a\nb'", "name < 'x'",
    "name = 1", "length(name) = '1'", "number(name) / 2 = 1", "number(name) % 0 = 1", "1.5 < 2", "99999999999 > 1",
    "ymd(birth_date) * ymd(birth_date) * ymd(birth_date) > 1", "nosuch = 'x'", "nosuch(name) = 'x'", "name",
    "length(name)", "", "   ", "and", "(", "name = 'x", "struct_pack(a := 1) is null", "name is distinct from 'x'",
    "all (select 1) = 1", "interval 1 day is null", "date '2020-01-01' is null", "substr(name, 1) = 'x'",
    "standard(name) = 1", "lookup(name, name) = 'x'", "in_codes(name, name)", "not " * 2000 + "true", "(" * 500 + "true",
    "name = 'x' union select 1", "select 1", "delete from wide", "1 as x", "distinct name = 'x'", "name = any(['x'])",
    "columns('.*') is null", "* = 1", "count(distinct name) > 1", "chr(65) = name", "if(true, true, false)",
)  # fmt: skip


@pytest.mark.parametrize("flag", LAWFUL)
def test_the_subset_is_accepted_and_runs(flag: str) -> None:
    rule = compile_rule(STUDENTS, flag, code="own_rule", title="试")
    assert judged(table(rows(30)), extra_rules=[rule]).rows == 30


@pytest.mark.parametrize("flag", INJECTIONS)
def test_everything_else_is_refused_with_a_chinese_word(flag: str) -> None:
    with pytest.raises(RuleRefused, match="[\u4e00-\u9fff]"):
        compile_rule(STUDENTS, flag, code="own_rule", title="试")


@pytest.mark.parametrize("place", ["when", "message"])
@pytest.mark.parametrize("bad", ["1 = 1; drop table wide", "(select 1) = 1", "read_csv('x') = 'x'"])
def test_conditions_and_messages_are_held_to_the_same(place: str, bad: str) -> None:
    with pytest.raises(RuleRefused):
        compile_rule(
            STUDENTS, "blank(name)", code="own_rule", title="试", **{place: bad if place == "when" else "{" + bad + "}"}
        )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "more", [{"code": "x'; drop"}, {"title": " "}, {"column": "nosuch"}, {"severity": "fatal"}, {"code": "A"}]
)
def test_the_frame_of_a_rule_is_checked(more: dict[str, str]) -> None:
    with pytest.raises(RuleRefused):
        compile_rule(STUDENTS, "blank(name)", **{"code": "own_rule", "title": "试", **more})  # type: ignore[arg-type]


def test_an_own_rule_finds_its_rows_and_words_them() -> None:
    rule = compile_rule(
        STUDENTS, "blank(phone) and household_kind = '农业户口'", code="no_phone", title="农村学生没有电话",
        column="phone", message="家长是{guardian_name}，共{text(length(guardian_name))}个字",
    )  # fmt: skip
    given = rows(40)
    expected = {("own.no_phone", place + 2) for place, row in enumerate(given) if row["户籍性质"] == "农业户口"}
    verdict = judged(table(given), extra_rules=[rule])
    assert faults(verdict) == expected
    assert verdict.findings[0].message.startswith("家长是")


def test_a_literal_with_quotes_stays_a_literal() -> None:
    rule = compile_rule(STUDENTS, "name = 'x'') or true or ('' = '''", code="quotes", title="试")
    assert judged(table(rows(10)), extra_rules=[rule]).findings == []


def test_a_rule_over_a_standard_that_is_not_in_force_is_skipped_and_said_so() -> None:
    rule = compile_rule(STUDENTS, "length(name) > standard('no_such_standard')", code="gone", title="过期的规则")
    verdict = judged(table(rows(10)), extra_rules=[rule])
    assert verdict.findings == []
    assert any("过期的规则" in note for note in verdict.notes)
