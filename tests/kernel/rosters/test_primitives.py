"""Every primitive answers the same on every back end; and the table of cases is sharp enough to notice a mutation."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from tests.kernel.rosters.primitive_cases import CASES
from zhixing.kernel.rosters import primitives as room
from zhixing.kernel.rosters.engines.base import Engine
from zhixing.kernel.rosters.engines.duck import DuckEngine
from zhixing.kernel.rosters.expressions import NULL, Node, number, text
from zhixing.kernel.rosters.primitives import PRIMITIVES
from zhixing.kernel.rosters.printing import Layers


def literal(value: str | int | None) -> Node:
    if value is None:
        return NULL
    if isinstance(value, int):
        return number(value) if value >= 0 else Node("neg", "number", args=(number(-value),), bound=-value)
    return text(value)


def answers(engine: Engine, cases: list[tuple[str, tuple[str | int | None, ...], object]]) -> list[object]:
    """What the back end answers, all cases in one go; a NULL argument has its declared type."""
    layers = Layers(engine, {}, frozenset(), lambda name: 0, lambda name: ())
    cells, calls = [], []
    for place, (name, arguments, _) in enumerate(cases):
        parts = []
        for nth, (argument, kind) in enumerate(zip(arguments, PRIMITIVES[name].takes, strict=True)):
            type_name = engine.text_type if kind == "text" else "BIGINT"
            cells.append(f"CAST({layers.place(literal(argument)).sql} AS {type_name}) AS c_a{place}_{nth}")
            parts.append(Node("column", kind, f"a{place}_{nth}"))
        calls.append(Node("call", PRIMITIVES[name].gives, name, tuple(parts)))
    layers.present = frozenset(cell.rsplit("c_", 1)[1] for cell in cells)
    layers.columns = {name: Undeclared() for name in layers.present}  # type: ignore[misc]
    placed = [layers.place(call) for call in calls]
    relation = layers.relation(f"SELECT {', '.join(cells)}", {alias for one in placed for alias in one.needs})
    row = engine.rows(f"SELECT {', '.join(f'{one.sql} AS r{n}' for n, one in enumerate(placed))} FROM ({relation}) q")[
        0
    ]
    return list(row)


class Undeclared:
    code_set = ""


def wrong(engine: Engine) -> list[tuple[str, tuple[str | int | None, ...], object, object]]:
    found = answers(engine, CASES)
    return [
        (name, given, expected, answer)
        for (name, given, expected), answer in zip(CASES, found, strict=True)
        if answer != expected or (isinstance(answer, bool) != isinstance(expected, bool))
    ]


@pytest.fixture
def duck() -> Iterator[DuckEngine]:
    engine = DuckEngine(threads=1)
    yield engine
    engine.close()


def test_every_primitive_has_cases() -> None:
    assert {name for name, _, _ in CASES} == set(PRIMITIVES)


def test_answers_on_duckdb(duck: DuckEngine) -> None:
    assert wrong(duck) == []


@pytest.mark.postgres
def test_answers_on_postgres(postgres_engine: Engine) -> None:
    assert wrong(postgres_engine) == []


MUTATIONS = {
    "another weight": ("id_sum_ok", ") * 9 ", ") * 7 "),
    "another remainder": ("id_sum_ok", "% 11 = 1", "% 11 = 2"),
    "sexes swapped": ("id_sex_digit", "WHEN 1 THEN '男' WHEN 0 THEN '女'", "WHEN 1 THEN '女' WHEN 0 THEN '男'"),
    "no leap day": ("real_ymd", "THEN 29 ELSE 28", "THEN 28 ELSE 28"),
    "a leap day each century": ("real_ymd", "% 100 <> 0", "% 100 <> 1"),
    "June with 31 days": ("real_ymd", "WHEN 6 THEN 30", "WHEN 6 THEN 31"),
    "a birthday too early": ("full_years", ">= {0} THEN", "> {0} THEN"),
    "years as decades": ("full_years", "10000", "100000"),
    "two characters off": ("one_char_off", ") = 1)", ") = 2)"),
    "lengths ignored": ("one_char_off", "length({0}) = length({1})", "length({0}) >= 1"),
    "any first digit": ("phone_ok", "1[3-9]", "[12][3-9]"),
    "names with digits": ("name_shaped", "〇", "〇0-9"),
    "no month 12": ("real_ym", "AND 12", "AND 11"),
    "temporary numbers shaped": ("id_lawful", "99899999999999999", "99999999999999999"),
    "numbers of 16 digits": ("id_lawful", "10000000000000000", "1000000000000000"),
    "exponents are digits": ("id_digits", " AND NOT contains({0}, 'e')", ""),
    "0x is a digit": ("id_digits", " AND {0} >= '1'", ""),
    "fraction rounded": ("cents", "floor", "round"),
    "any letter": ("national_no_shaped", "[GJL]", "[A-Z]"),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_cases_notice_a_mutation(mutation: str, duck: DuckEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    name, old, new = MUTATIONS[mutation]
    sql = PRIMITIVES[name].text("duckdb")
    assert old in sql, "the mutation itself is out of date"
    mutant = dataclasses.replace(PRIMITIVES[name], sql=sql.replace(old, new))
    monkeypatch.setitem(room.PRIMITIVES, name, mutant)
    assert wrong(duck) != []
