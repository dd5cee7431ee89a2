"""Every rule finds exactly the faults planted for it in the demonstration school's roster, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pyarrow as pa
import pytest

from zhixing.domains.students.demo import DemoRoster, canaries, demo_roster
from zhixing.domains.students.rosters import RULES, STUDENT_INFORMATION, STUDENTS, student_codes, student_standards
from zhixing.kernel.rosters.tables import RawTable, Verdict
from zhixing.kernel.rosters.verification import verify

ON = date(2026, 11, 23)
Row = dict[str, str]


def as_table(rows: list[Row], file: str) -> RawTable:
    columns = [column for column in STUDENT_INFORMATION.columns if any(row.get(column.name) for row in rows)]
    wanted = [column for column in STUDENT_INFORMATION.columns if column.required or column in columns]
    data = {f"c{place}": [row.get(column.name) or None for row in rows] for place, column in enumerate(wanted)}
    arrays = {name: pa.array(values, pa.string()) for name, values in data.items()}
    table = pa.table({**arrays, "_row": pa.array(range(2, len(rows) + 2), pa.int32())})
    return RawTable(file=file, sheet="", header_row=1, headings=tuple(column.title for column in wanted), data=table)


def judged(roster: DemoRoster) -> Verdict:
    return verify(
        [as_table(roster.rows, "本校")], rosters=[STUDENTS], on=roster.on, standards=student_standards(),
        codes=student_codes(), against=[as_table(roster.neighbour, "外校")] if roster.neighbour else (),
    )  # fmt: skip


def found(roster: DemoRoster, verdict: Verdict) -> dict[str, dict[str, set[str]]]:
    """Rule → student number → canonical columns blamed."""
    titles = {column.title: column.name for column in STUDENT_INFORMATION.columns}
    seen: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in verdict.findings:
        seen[one.rule][roster.rows[one.row - 2]["student_no"]].add(titles.get(one.column, one.column))
    return {rule: dict(students) for rule, students in seen.items()}


@pytest.fixture(scope="module")
def roster() -> DemoRoster:
    return demo_roster(on=ON)


@pytest.fixture(scope="module")
def seen(roster: DemoRoster) -> dict[str, dict[str, set[str]]]:
    return found(roster, judged(roster))


def test_something_is_planted_for_every_rule(roster: DemoRoster) -> None:
    assert {rule.code for rule in RULES} == {one.rule for one in roster.planted}


@pytest.mark.parametrize("rule", sorted({rule.code for rule in RULES}))
def test_a_rule_finds_its_faults_and_no_others(
    rule: str, roster: DemoRoster, seen: dict[str, dict[str, set[str]]]
) -> None:  # fmt: skip
    planted = [one for one in roster.planted if one.rule == rule]
    lone: dict[str, set[str]] = defaultdict(set)
    for one in planted:
        if not one.together:
            for student in one.students:
                lone[student].add(one.column)
    groups = [set(one.students) for one in planted if one.together]
    here = seen.get(rule, {})
    assert {
        student: columns for student, columns in here.items() if not any(student in group for group in groups)
    } == lone
    for group in groups:
        assert group & set(here), f"{rule}: nothing found in a planted group"


def test_a_clean_roster_has_no_fault() -> None:
    clean = demo_roster(on=ON, faulty=False)
    verdict = judged(clean)
    assert [(one.rule, one.message) for one in verdict.findings][:5] == []
    assert (verdict.rows, verdict.notes) == (1800, [])


@pytest.mark.parametrize("seed", [1, 7])
@pytest.mark.parametrize("on", [date(2026, 9, 1), date(2027, 3, 5), date(2028, 8, 31)])
def test_other_schools_on_other_days_hold_too(seed: int, on: date) -> None:
    roster = demo_roster(on=on, seed=seed, students=900)
    here = found(roster, judged(roster))
    wanted: dict[str, set[str]] = defaultdict(set)
    for one in roster.planted:
        wanted[one.rule] |= set(one.students)
    assert {rule: set(students) - wanted[rule] for rule, students in here.items() if set(students) - wanted[rule]} == {}
    assert set(here) == set(wanted)


def test_the_same_seed_makes_the_same_school() -> None:
    assert demo_roster(on=ON, students=300).rows == demo_roster(on=ON, students=300).rows
    assert demo_roster(on=ON, students=300).rows != demo_roster(on=ON, students=300, seed=5).rows


def test_nobody_has_a_number_that_a_real_person_could_have(roster: DemoRoster) -> None:
    from zhixing.kernel.codes.regions import regions

    table = regions()
    for row in roster.rows:
        code = row["id_number"][:6]
        last_year = max((named.last for named in table._names.get(code, [])), default=0)
        assert last_year < int(row["birth_date"][:4])
        assert all(
            not phone or phone.startswith("154") or not phone.isdigit()
            for phone in (row["phone"], row["guardian_phone"])
        )


def test_canaries_are_in_the_roster_and_nowhere_twice(roster: DemoRoster) -> None:
    values = [value for row in roster.rows for value in set(row.values())]
    wanted = [canary for canary in canaries() if not canary.endswith("G990101201002290024")]
    for canary in wanted:
        assert values.count(canary) == 1, canary
