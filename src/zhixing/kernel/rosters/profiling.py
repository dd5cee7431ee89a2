# ruff: noqa: S608 (SQL is printed from parsed trees and quoted literals alone; see subset.py)
"""What the tables hold, asked once before the rules run, so that the scan does only the work that is left.

One pass learns of every column that a rule reads whether any cell is blank or untidy, and the distinct values of
those that code tables are asked about. Cells of tidy columns need no cleaning; a required column without blanks and
a code column without unknown values need no bit; answers of code tables are printed as short CASE expressions, and
only a table with many odd answers is joined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .declarations import Codes, Column
from .engines.base import Engine, untidy_pattern
from .printing import BETWEEN_PARTS, Layers, LookupJoin, is_plain

MOST_ODD = 24
"""So many answers unlike the usual one are written into the query; a table with more of them is joined."""
Relation = Callable[[Iterable[str]], str]
"""Gives the sub-select that has the wanted columns of the layers."""


@dataclass(kw_only=True)
class Profile:
    """What is known of the tables. Until ``take`` has run, every column may be blank and untidy."""

    engine: Engine
    layers: Layers
    columns: Mapping[str, Column]
    codes: Codes
    tidy: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    """Aliases of lookups that had no answer to some question."""
    _asked: dict[str, list[str]] = field(default_factory=dict)
    """The distinct questions of lookups by the question's SQL."""

    def take(self, names: Sequence[str], wide: str, relation: Relation) -> None:
        """Read the columns once, ask the code tables, and give each lookup its answers."""
        if not names:
            return
        few = self.engine.few(wide, [f"w_{name}" for name in names])
        asked = [
            name
            for name in names
            if f"w_{name}" in few or any(join.question.sql == f"c_{name}" for join in self._joins())
        ]
        self._read(asked, [name for name in names if name not in asked], wide)
        for level in sorted({join.question.level for join in self._joins()}):
            here = [join for join in self._joins() if join.question.level == level]
            self._ask([join for join in here if join.question.sql not in self._asked], relation)
            for join in here:
                self._answer(join)

    def _joins(self) -> Iterable[LookupJoin]:
        return self.layers.lookups.values()

    def _read(self, asked: list[str], others: list[str], wide: str) -> None:
        """The one pass: distinct values of ``asked``; for ``others`` how many cells there are, and an untidy one."""
        counts = [f"count(w_{name})" for name in others]
        marks = [f"CAST(bool_or({self.engine.untidy(f'w_{name}', self.columns[name].kind)}) AS INT)" for name in others]
        total, found, values = self.engine.profile(wide, [*counts, *marks], [f"w_{name}" for name in asked])
        for name, count, mark in zip(others, found[: len(others)], found[len(others) :], strict=True):
            if not mark:
                self.tidy.add(name)
                if count == total:
                    self.filled.add(name)
        for name, distinct in zip(asked, values, strict=True):
            texts = [value for value in distinct if value is not None]
            pattern = re.compile(untidy_pattern(self.columns[name].kind))
            if not any(pattern.search(text) for text in texts):
                self.tidy.add(name)
                self._asked[f"c_{name}"] = texts
                if len(texts) == len(distinct):
                    self.filled.add(name)

    def _ask(self, joins: list[LookupJoin], relation: Relation) -> None:
        """Bring the distinct questions that weren't among the values of one tidy column."""
        answered = {join.alias: join.answers for join in self._joins() if join.answers is not None}
        queries: list[str] = []
        sqls: list[str] = []
        for join in {join.question.sql: join for join in joins}.values():
            question = join.question
            if question.sql in answered:
                self._asked[question.sql] = list(dict.fromkeys(filter(None, answered[question.sql].values())))
                continue
            names = [arg.sql for arg in join.asked]
            needs = {alias for arg in join.asked for alias in arg.needs}
            columns = ", ".join(f"{sql} AS a{place}" for place, sql in enumerate(names))
            places = ", ".join(str(place + 1) for place in range(len(names)))
            together = self.engine.joined([f"a{place}" for place in range(len(names))], BETWEEN_PARTS)
            queries.append(
                f"SELECT {len(sqls)} AS place, {together if len(names) > 1 else 'a0'} AS question FROM "
                f"(SELECT {columns} FROM ({relation(needs)}) q GROUP BY {places}) d"
            )
            sqls.append(question.sql)
        self._asked |= {sql: [] for sql in sqls}
        if queries:
            for place, text in self.engine.rows(" UNION ALL ".join(queries)):
                if text is not None:
                    self._asked[sqls[int(place)]].append(str(text))

    def _answer(self, join: LookupJoin) -> None:
        """Ask the table, and print its answers in the shortest way."""
        kind, _, table = join.name.partition(":")
        ask = self.codes.sets[table].canonical if kind == "codes" else self.codes.lookups[table]
        split = join.parts > 1
        answers = {
            question: ask(*question.split(BETWEEN_PARTS)) if split else ask(question)
            for question in self._asked[join.question.sql]
        }
        join.answers = answers
        if None in answers.values():
            self.unknown.add(join.alias)
        join.printed = printed_answers(self.engine, join, answers)
        if join.printed is None:
            rows = [(question, answer) for question, answer in answers.items() if answer is not None]
            self.engine.load(join.alias, ("question", "answer"), rows)


def printed_answers(engine: Engine, join: LookupJoin, answers: Mapping[str, str | None]) -> str | None:
    """The answers as an expression over the arguments: mostly itself, mostly one answer, or mostly none, and the odd
    ones; None where too many are odd, or an argument is no plain column."""
    names = [arg.sql for arg in join.args]
    nothing = f"CAST(NULL AS {engine.text_type})"
    if not all(is_plain(name) or name == nothing for name in names):
        return None
    first = {question: question.split(BETWEEN_PARTS)[0] or None for question in answers}
    usual: list[tuple[str, dict[str, str | None]]] = [(nothing, dict.fromkeys(answers)), (names[0], first)]
    if join.parts == 1:
        for constant in dict.fromkeys(answer for answer in list(answers.values())[:MOST_ODD] if answer is not None):
            given = f"CASE WHEN {names[0]} IS NOT NULL THEN {engine.quote(constant)} END"
            usual.append((given, dict.fromkeys(answers, constant)))
    odd = [
        (otherwise, {question: answer for question, answer in answers.items() if answer != expected[question]})
        for otherwise, expected in usual
    ]
    otherwise, exceptions = min(odd, key=lambda choice: len(choice[1]))
    if len(exceptions) > MOST_ODD:
        return None
    return _with_exceptions(engine, names, otherwise, exceptions) if exceptions else otherwise


def _with_exceptions(
    engine: Engine, names: Sequence[str], otherwise: str, exceptions: Mapping[str, str | None]
) -> str:  # fmt: skip
    nothing = f"CAST(NULL AS {engine.text_type})"
    whens = "".join(
        f" WHEN {engine.quote(question)} THEN {nothing if answer is None else engine.quote(answer)}"
        for question, answer in exceptions.items()
    )
    if len(names) == 1:
        return f"CASE {names[0]}{whens} ELSE {otherwise} END"
    # Narrowed part by part, so that the parts are put together for the few rows that may be odd.
    sql = f"CASE {engine.joined(names, BETWEEN_PARTS)}{whens} ELSE {otherwise} END"
    for place, name in reversed(list(enumerate(names))):
        values = dict.fromkeys(question.split(BETWEEN_PARTS)[place] for question in exceptions)
        listed = ", ".join(engine.quote(value) for value in values)
        subject = f"coalesce({name}, '')" if "" in values else name
        sql = f"CASE WHEN {subject} IN ({listed}) THEN {sql} ELSE {otherwise} END"
    return sql
