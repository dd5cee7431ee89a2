"""Every rule of the students over planted faults: DuckDB, PostgreSQL and Spark make identical findings."""

from __future__ import annotations

import pytest

from tests.support.student_rosters import PLANTED, all_planted, judged, rows, table
from zhixing.domains.students.rosters import RULES
from zhixing.kernel.rosters import primitives as room
from zhixing.kernel.rosters.engines.base import Engine


def test_the_table_breaks_every_rule() -> None:
    stranger = rows(120)[100:]
    verdict = judged(table(all_planted()), against=[table(stranger, file="乙校.xlsx")])
    assert set(verdict.by_rule()) == {rule.code for rule in RULES}


@pytest.mark.postgres
def test_postgres_finds_what_duckdb_finds(postgres_engine: Engine) -> None:
    given, against = table(all_planted()), [table(rows(120)[100:], file="乙校.xlsx")]
    assert judged(given, against=against, engine=postgres_engine) == judged(given, against=against)


@pytest.mark.parametrize(
    ("primitive", "old", "new"),
    [("id_sum_ok", "% 11 = 1", "% 11 = 2"), ("id_sex_digit", "'男' WHEN 0", "'女' WHEN 0"),
     ("full_years", "10000", "100000"), ("one_char_off", ") = 1)", ") = 2)"), ("phone_ok", "1[3-9]", "[12][3-9]"),
     ("real_ymd", "BETWEEN 1 AND 12", "BETWEEN 1 AND 11")],
)  # fmt: skip
def test_a_mutated_primitive_changes_the_findings(
    primitive: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted faults are sharp: PostgreSQL with a mutated primitive could not pass the conformance test."""
    import dataclasses

    given = table(all_planted())
    before = judged(given)
    sql = room.PRIMITIVES[primitive].text("duckdb")
    assert old in sql
    mutant = dataclasses.replace(room.PRIMITIVES[primitive], sql=sql.replace(old, new))
    monkeypatch.setitem(room.PRIMITIVES, primitive, mutant)
    assert judged(given) != before


def test_planted_cases_are_many() -> None:
    assert len(PLANTED) >= len({rule.code for rule in RULES})
