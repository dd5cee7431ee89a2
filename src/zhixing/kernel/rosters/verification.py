"""Verifies tables: recognises each, plans the rules of its roster, runs them, and words what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from .declarations import Codes, Roster, Rule, StandardsLike
from .engines import engine_named
from .engines.base import Engine, Source
from .planning import Check, Part, Planner, slots_of
from .primitives import LOST
from .reading_ahead import read_ahead
from .recognition import Recognition, recognise
from .running import Offender, Run
from .subset import MAX_STANDARD, TODAY
from .tables import RawTable, RosterSeen, RowFinding, Verdict

SHOWN = 8
"""Rows of a group that a message names one by one."""


@dataclass(frozen=True, kw_only=True)
class _Table:
    """A table that is a roster, with its place among all tables of the verification."""

    place: int
    table: Source
    seen: Recognition
    relation: str
    cells: tuple[str, ...]

    @property
    def file(self) -> str:
        return self.table.file if isinstance(self.table, RawTable) else self.table.name

    @property
    def sheet(self) -> str:
        return self.table.sheet if isinstance(self.table, RawTable) else ""

    def heading(self, name: str, headings: Sequence[str]) -> str:
        return headings[self.seen.mapping[name]] if name in self.seen.mapping else ""

    def part(self) -> Part:
        cells = {name: self.cells[position] for name, position in self.seen.mapping.items()}
        assert self.seen.layout is not None
        return Part(place=self.place, relation=self.relation, cells=cells, layout=self.seen.layout.code)


def verify(
    tables: Sequence[Source],
    *,
    rosters: Sequence[Roster],
    against: Sequence[Source] = (),
    on: date,
    engine: str | Engine = "duckdb",
    standards: StandardsLike | None = None,
    codes: Codes | None = None,
    extra_rules: Sequence[Rule] = (),
    mapping: Mapping[str, str] | None = None,
    suppress: Collection[str] = (),
    options: Mapping[str, Any] | None = None,
) -> Verdict:
    """Judge tables by the rules of the rosters they turn out to be.

    ``tables`` and ``against`` (other schools' rosters) are RawTable values or paths of Parquet files. ``on`` is the
    day of the event, for dated standards and ages. ``mapping`` is a user's own (heading to canonical column, "" to
    ignore). ``suppress`` are codes of rules to leave out, ``options`` go to the engine (see engine_named).
    Tables that are no roster are named in the verdict's notes. Raises RuleRefused for an extra rule that is
    outside the subset.
    """
    verdict = Verdict()
    running = engine if isinstance(engine, Engine) else engine_named(engine, **(options or {}))
    try:
        session = _Session(running, rosters, on, standards, codes or Codes(), mapping, verdict)
        own = session.reach(tables)
        others = session.reach(against, first=len(tables))
        for roster in rosters:
            rules = [rule for rule in (*roster.rules, *extra_rules) if rule.roster in ("", roster.code)]
            kept = [rule for rule in rules if rule.code not in suppress]
            session.judge(roster, [t for t in own if t.seen.roster is roster],
                          [t for t in others if t.seen.roster is roster], kept)  # fmt: skip
    finally:
        if running is not engine:
            running.close()
    verdict.rows = sum(roster.rows for roster in verdict.rosters)
    verdict.findings.sort(key=lambda found: (found.file, found.sheet, found.row, found.rule, found.column))
    return verdict


class _Session:
    """One verification: what all its rosters share."""

    def __init__(
        self, engine: Engine, rosters: Sequence[Roster], on: date, standards: StandardsLike | None, codes: Codes,
        mapping: Mapping[str, str] | None, verdict: Verdict,
    ) -> None:  # fmt: skip
        self.engine = engine
        self.rosters = rosters
        self.on = on
        self.standards = standards
        self.codes = codes
        self.mapping = mapping
        self.verdict = verdict
        self.headings: dict[int, tuple[str, ...]] = {}

    def reach(self, tables: Sequence[Source], first: int = 0) -> list[_Table]:
        """Bring the tables within the engine's reach and recognise each; what is no roster is noted."""
        found = []
        for place, table in enumerate(tables, first):
            lossy = table.lossy if isinstance(table, RawTable) else frozenset()
            relation, cells = self.engine.source(table, place, lossy)
            self.headings[place] = self.engine.headings(table)
            seen = recognise(self.headings[place], self.rosters, self.mapping)
            one = _Table(place=place, table=table, seen=seen, relation=relation, cells=cells)
            self._note(one)
            if seen.roster is not None:
                found.append(one)
        return found

    def _note(self, table: _Table) -> None:
        where = f"{table.file} {table.sheet}".strip()
        seen = table.seen
        if seen.roster is None:
            self.verdict.notes.append(f"{where}：没有认出是哪一种花名册，未核验。请核对表头，或手工指定各列的含义。")
            return
        if seen.unknown:
            self.verdict.notes.append(f"{where}：这些列没有认出，未核验：{'、'.join(seen.unknown)}。")
        if seen.repeated:
            self.verdict.notes.append(f"{where}：这些列重复，只核验第一列：{'、'.join(seen.repeated)}。")
        if isinstance(table.table, RawTable):
            names = {position: name for name, position in seen.mapping.items()}
            for row, position in sorted(table.table.lossy)[:SHOWN]:
                column = seen.roster.columns().get(names.get(position, ""))
                if column is not None and column.kind != "id":
                    heading = self.headings[table.place][position]
                    self.verdict.notes.append(
                        f"{where} 第 {row} 行「{heading}」是按数字录入的长号码，后几位已丢失，请按文本重新录入。"
                    )

    def judge(self, roster: Roster, own: list[_Table], others: list[_Table], rules: Sequence[Rule]) -> None:
        """Judge all tables of one roster together, as one school's."""
        if not own:
            return
        if roster.ahead:
            read_ahead(roster.ahead)
        parts = [table.part() for table in own]
        against = "wide_against" if others else ""
        planner = Planner(self.engine, roster, parts, self.codes, self._standard, self._choices, against)
        self.engine.view("wide", planner.wide(parts))
        if others:
            self.engine.view(against, planner.wide([table.part() for table in others]))
        planner.build(rules)
        run = Run(self.engine, planner)
        offenders = run.offenders()
        for table in own:
            layout = table.seen.layout
            assert layout is not None
            rows = run.counts.get(table.place, 0)
            self.verdict.rosters.append(RosterSeen(file=table.file, sheet=table.sheet, layout=layout.code, rows=rows))
            self._missing_columns(table, rules)
        self.verdict.notes += [*planner.plan.skipped, *run.oversized]
        words = _Words({table.place: table for table in (*own, *others)}, self.headings, roster, self.codes)
        self.verdict.findings += words.findings(offenders)

    def _missing_columns(self, table: _Table, rules: Sequence[Rule]) -> None:
        rule = next((rule for rule in rules if rule.kind == "required"), None)
        if rule is None:
            return
        row = table.table.header_row if isinstance(table.table, RawTable) else 0
        for title in table.seen.missing:
            self.verdict.findings.append(
                RowFinding(
                    rule=rule.code, severity=rule.severity, title=rule.title, file=table.file, sheet=table.sheet,
                    row=row, column=title, value="", message=f"表头里没有必备列「{title}」",
                    basis=rule.basis, remedy="在表中补上这一列；若只是列名写法不同，请改用标准列名或手工对应",
                )
            )  # fmt: skip

    def _standard(self, name: str) -> int:
        """A dated value as a whole number; ``name.low`` and ``name.high`` are the ends of a range."""
        if name == TODAY:
            return self.on.year * 10000 + self.on.month * 100 + self.on.day
        if self.standards is None:
            raise LookupError(f"没有给出标准 {name}")
        plain, _, end = name.partition(".")
        value = self.standards.value(plain, self.on)
        number = getattr(value, end) if end else value
        if not isinstance(number, int | float) or number != int(number):
            raise LookupError(f"标准 {name} 不是整数")
        if abs(number) > MAX_STANDARD:
            raise LookupError(f"标准 {name} 的值太大")
        return int(number)

    def _choices(self, name: str) -> tuple[int | str, ...]:
        """A dated list of whole numbers or texts."""
        if self.standards is None:
            raise LookupError(f"没有给出标准 {name}")
        value = self.standards.value(name, self.on)
        if not isinstance(value, tuple):
            raise LookupError(f"标准 {name} 不是一列值")
        return tuple(item if isinstance(item, str) else int(item) for item in value)


class _Words:
    """Words findings in Chinese, the same for every back end."""

    def __init__(
        self, tables: Mapping[int, _Table], headings: Mapping[int, tuple[str, ...]], roster: Roster, codes: Codes
    ) -> None:
        self.tables = tables
        self.headings = headings
        self.columns = roster.columns()
        self.codes = codes
        self._near: dict[tuple[str, str], str] = {}

    def findings(self, offenders: Sequence[Offender]) -> list[RowFinding]:
        """One finding for each row, rule and column; parts of one rule that meet in a cell are told once."""
        told: dict[tuple[int, str, str], Offender] = {}
        for one in offenders:
            key = (one.rid, one.check.rule.code, one.column)
            if key in told:
                first = told[key]
                first.others = sorted({*first.others, *one.others})
                first.strangers = sorted({*first.strangers, *one.strangers})
            else:
                told[key] = replace(one, others=sorted(set(one.others)), strangers=sorted(set(one.strangers)))
        return [self._finding(one) for one in told.values()]

    def _finding(self, one: Offender) -> RowFinding:
        rule = one.check.rule
        table = self.tables[one.rid >> 32]
        declared = self.columns.get(one.column)
        heading = table.heading(one.column, self.headings[table.place]) or (declared.title if declared else "")
        value = one.value.replace(LOST, "")
        near = self._nearest(declared.code_set, value) if declared and declared.code_set else ""
        given = {**one.slots, "heading": heading, "value": value, "near": near, "count": str(len(one.others) + 1),
                 "others": self._rows(one, table)}  # fmt: skip
        message = _filled(rule.message, given) or rule.title
        if isinstance(one.check, Check) and rule.kind == "codes" and near:
            message += f"，是否应为「{near}」"
        suggestion = given.get(rule.suggest, "") if rule.suggest else (near if rule.kind == "codes" else "")
        return RowFinding(
            rule=rule.code, severity=rule.severity, title=rule.title, file=table.file, sheet=table.sheet,
            row=one.rid & 0xFFFFFFFF, column=heading, value=value, message=message, basis=rule.basis,
            remedy=rule.remedy, suggestion=suggestion, sensitive=declared.sensitive if declared else "",
        )  # fmt: skip

    def _nearest(self, code_set: str, value: str) -> str:
        if (code_set, value) not in self._near:
            known = self.codes.sets.get(code_set)
            self._near[code_set, value] = (known.nearest(value) if known and value else None) or ""
        return self._near[code_set, value]

    def _rows(self, one: Offender, table: _Table) -> str:
        """第 12、95 行 / 学生2 第 7 行: the other rows of the group, the nearest sheet first."""
        by_table: dict[int, list[int]] = {}
        for rid in (one.others or one.strangers)[:SHOWN]:
            by_table.setdefault(rid >> 32, []).append(rid & 0xFFFFFFFF)
        texts = []
        for place, rows in sorted(by_table.items(), key=lambda item: item[0] != table.place):
            other = self.tables[place]
            where = (
                "" if place == table.place else other.sheet if other.file == table.file else other.file + other.sheet
            )
            texts.append(f"{where}第 {'、'.join(map(str, rows))} 行")
        more = len(one.others or one.strangers) - SHOWN
        return "，".join(texts) + (f"等（另有 {more} 行）" if more > 0 else "")


def _filled(message: str, given: Mapping[str, str]) -> str:
    for slot in slots_of(message, ""):
        message = message.replace("{" + slot + "}", given.get(slot, ""))
    return message
