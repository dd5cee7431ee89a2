"""What is wrong with the rows of a batch and what applying would do to each: rules, own records, verbs and rights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..base.masking import mask
from ..base.records import Record
from ..people.models import User
from ..rosters.declarations import Codes, Roster, Rule, StandardsLike
from ..rosters.tables import RawTable, RowFinding
from ..rosters.verification import verify
from .declare import Offer, Problem, Sheet, Values
from .models import StagedDeed
from .staging_cells import Reader
from .staging_tables import OWN, Recognised, columns_across, kept_table, named_rows

Say = Callable[[int, int, str], None]
WORST = ("error", "warning", "notice")
KEY_TWICE = "sheets.key_twice"
NO_RIGHT = "sheets.no_right"
_OWN_WORDS = {
    KEY_TWICE: "文件里有几行是同一条记录",
    NO_RIGHT: "没有权限写入这一行",
    "sheets.cannot_be_written": "按现在的内容不能写入",
}


@dataclass
class Line:
    """One row on its way in. ``faults`` are plain JSON: rule, severity, pos, column, message, value, suggestion."""

    place: int
    row: int
    cells: list[str | None]
    lossy: list[int]
    values: Values = field(default_factory=dict)
    record: Record | None = None
    deed: str = StagedDeed.CREATE
    faults: list[dict[str, Any]] = field(default_factory=list)
    suggestions: dict[str, str] = field(default_factory=dict)

    @property
    def worst(self) -> str:
        found = {fault["severity"] for fault in self.faults}
        return next((severity for severity in WORST if severity in found), "")


@dataclass
class Examined:
    """The whole batch, examined."""

    lines: list[Line]
    tables: list[Recognised]
    offers: list[Offer]
    summary: list[dict[str, Any]]
    notes: list[str]

    def count(self, deed: str) -> int:
        return sum(line.deed == deed for line in self.lines)


def examine(
    sheet: Sheet, tables: Sequence[Recognised], *, by: User, on: date, standards: StandardsLike, codes: Codes,
    rules: Sequence[Rule], accepted: Sequence[str], say: Say,
) -> Examined:  # fmt: skip
    """Judge every row of the recognised tables. ``rules`` are the tenant's own; ``accepted`` are codes of offers."""
    lines = [line for place, table in enumerate(tables) for line in _lines(place, table, codes)]
    say(0, len(lines), "比对已有记录")
    for line, record in zip(lines, sheet.find([line.values for line in lines]), strict=True):
        line.record = record
    say(0, len(lines), "按规则核验")
    facts = _Facts()
    _judge(sheet, tables, lines, facts, on=on, standards=standards, codes=codes, rules=rules)
    say(len(lines) // 2, len(lines), "核对能否写入")
    sheet.accept(accepted)
    offers = sheet.offers([line.values for line in lines])
    _settle(sheet, tables, lines, facts, by)
    return Examined(lines=lines, tables=list(tables), offers=offers, summary=facts.summary(), notes=facts.notes)


def _lines(place: int, table: Recognised, codes: Codes) -> list[Line]:
    data = table.table.data
    numbers = data["_row"].to_pylist()
    columns = [data[f"c{position}"].to_pylist() for position in range(len(table.table.headings))]
    lossy: dict[int, list[int]] = {}
    for row, position in table.table.lossy:
        lossy.setdefault(row, []).append(position)
    reader = Reader(table.mapping, table.roster.columns() if table.roster else {}, codes)
    lines = []
    for number, *cells in zip(numbers, *columns, strict=True):
        line = Line(place=place, row=number, cells=cells, lossy=sorted(lossy.get(number, ())))
        line.values = reader.values([None if at in line.lossy else cell for at, cell in enumerate(cells)])
        lines.append(line)
    return lines


class _Facts:
    """Counts by rule with the rule's words, for the tabs of the preview."""

    def __init__(self) -> None:
        self.words: dict[str, dict[str, Any]] = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        self.suggested: Counter[str] = Counter()
        self.notes: list[str] = []

    def tell(self, rule: str, severity: str, title: str, basis: str = "", remedy: str = "") -> None:
        self.words.setdefault(rule, {"rule": rule, "title": title, "basis": basis, "remedy": remedy})
        self.counts[rule, severity] += 1

    def summary(self) -> list[dict[str, Any]]:
        """One entry per rule: words, total, worst severity; errors first, then the most frequent."""
        found = []
        for rule, words in self.words.items():
            counts = {severity: self.counts[rule, severity] for severity in WORST}
            worst = next(severity for severity in WORST if counts[severity])
            total = sum(counts.values())
            found.append({**words, "severity": worst, "count": total, "suggested": self.suggested[rule]})
        return sorted(found, key=lambda each: (WORST.index(each["severity"]), -each["count"], each["rule"]))


def _judge(
    sheet: Sheet, tables: Sequence[Recognised], lines: list[Line], facts: _Facts, *, on: date,
    standards: StandardsLike, codes: Codes, rules: Sequence[Rule],
) -> None:  # fmt: skip
    """Run the rules over the file and, beside it, the school's other records, so that doubles show."""
    by_place = {(table.table.file, table.table.sheet): place for place, table in enumerate(tables)}
    by_row = {(line.place, line.row): line for line in lines}
    matched = {line.record.pk for line in lines if line.record is not None}
    for roster in {id(table.roster): table.roster for table in tables if table.roster}.values():
        ours = [table for table in tables if table.roster is roster]
        own, own_mapping, label = _others(sheet, roster, rules, matched)
        mapping = {table.table.headings[at]: name for table in ours for name, at in table.mapping.items()}
        mapping |= {heading: "" for table in ours for heading in table.unknown} | own_mapping
        verdict = verify(
            [*(table.table for table in ours), *own], rosters=[roster], on=on, standards=standards, codes=codes,
            extra_rules=[rule for rule in rules if rule.roster in ("", roster.code)], mapping=mapping,
        )  # fmt: skip
        facts.notes += [note for note in verdict.notes if OWN not in note and "没有认出" not in note]
        for found in verdict.findings:
            place = by_place.get((found.file, found.sheet))
            if place is None or found.file == OWN:
                continue
            line = by_row.get((place, found.row))
            if line is None:
                facts.notes.append(found.message)
                continue
            _blame(line, tables[place], found, label)
            facts.suggested[found.rule] += bool(found.suggestion)
            facts.tell(found.rule, found.severity, found.title, found.basis, found.remedy)


def _others(
    sheet: Sheet, roster: Roster, rules: Sequence[Rule], matched: set[Any]
) -> tuple[list[RawTable], dict[str, str], dict[int, str]]:
    """The records that the file doesn't speak of, as a table: only the columns that rules over several rows read."""
    wanted = columns_across([*roster.rules, *rules], roster.columns())
    if not wanted:
        return [], {}, {}
    records = [record for record in sheet.records() if record.pk not in matched]
    if not records:
        return [], {}, {}
    label = {number: str(record) for number, record in enumerate(records, start=1)}
    table, mapping = kept_table(roster.layouts[0], list(sheet.export_rows(records, wanted)))
    return [table], mapping, label


def _blame(line: Line, table: Recognised, found: RowFinding, label: dict[int, str]) -> None:
    headings = table.table.headings
    position = headings.index(found.column) if found.column in headings else -1
    message = named_rows(found.message, OWN, label)
    if found.sensitive and found.value:
        message = message.replace(found.value, mask(found.sensitive, found.value))
    if found.suggestion and position >= 0:
        line.suggestions.setdefault(f"{position}:{found.rule}", found.suggestion)
    line.faults.append(
        {
            "rule": found.rule,
            "severity": found.severity,
            "pos": position,
            "column": found.column,
            "message": message[:300],
            "suggestion": mask(found.sensitive, found.suggestion) if found.suggestion else "",
        }
    )


def _settle(sheet: Sheet, tables: Sequence[Recognised], lines: list[Line], facts: _Facts, by: User) -> None:
    """Say for each row what applying does: create, update, leave alone or refuse."""
    changeable = _changeable(sheet, lines, by)
    may_add = _adder(sheet, by)
    seen: dict[tuple[str, Any], Line] = {}
    for line in lines:
        record = line.record
        line.deed = StagedDeed.CREATE if record is None else StagedDeed.UPDATE
        problems = sheet.problems(line.values, record)
        if (twin := _twin(sheet, line, seen)) is not None:
            told = f"与第 {twin[1].row} 行重复，只能保留一行"
            problems.append(Problem(column=twin[0], code=KEY_TWICE, message=told))
        if record is not None and record.pk not in changeable:
            problems.append(Problem(column="", code=NO_RIGHT, message="您没有权限修改这条记录（不在您的管辖范围内）"))
        if record is None and not may_add(line.values):
            problems.append(Problem(column="", code=NO_RIGHT, message="您没有权限在这个部门或班级新增记录"))
        if problems:
            line.deed = StagedDeed.REFUSED
            for problem in problems:
                _refuse(line, tables[line.place], problem, facts)
        elif record is not None and not sheet.differs(record, line.values):
            line.deed = StagedDeed.SAME


def _twin(sheet: Sheet, line: Line, seen: dict[tuple[str, Any], Line]) -> tuple[str, Line] | None:
    """An earlier row of the file about the same record or with the same key, if any, and the column that shows it."""
    marks: list[tuple[str, Any]] = [(name, line.values[name]) for name in sheet.key if line.values.get(name)]
    if line.record is not None:
        marks.append((sheet.key[0], line.record.pk))
    twin = next(((mark[0], seen[mark]) for mark in marks if mark in seen), None)
    for mark in marks:
        seen.setdefault(mark, line)
    return twin


def _changeable(sheet: Sheet, lines: list[Line], by: User) -> set[Any]:
    if not any(line.record is not None for line in lines):
        return set()
    return set(sheet.model._default_manager.all().visible_to(by, "change").values_list("pk", flat=True))


def _adder(sheet: Sheet, by: User) -> Callable[[Values], bool]:
    """Whether a newcomer may be added: everywhere, or in units that the person's roles cover."""
    permission = sheet.permission("add")
    if by.grants.holds_everywhere(permission):
        return lambda values: True
    paths = [path for _, path in by.grants.extents(permission) if path]
    return lambda values: any((at := sheet.unit_path(values)) and at.startswith(path) for path in paths)


def _refuse(line: Line, table: Recognised, problem: Problem, facts: _Facts) -> None:
    position = table.mapping.get(problem.column, -1)
    if problem.suggestion and position >= 0:
        line.suggestions.setdefault(f"{position}:{problem.code}", problem.suggestion)
        facts.suggested[problem.code] += 1
    heading = table.table.headings[position] if position >= 0 else ""
    line.faults.append(
        {"rule": problem.code, "severity": "error", "pos": position, "column": heading,
         "message": problem.message[:300], "suggestion": problem.suggestion}
    )  # fmt: skip
    title = problem.title or _OWN_WORDS.get(problem.code) or _OWN_WORDS["sheets.cannot_be_written"]
    facts.tell(problem.code, "error", title, "", problem.remedy)
