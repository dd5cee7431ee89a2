"""What applying would do to each row of a batch, as far as the records kept, the verbs and the rights say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..base.records import Record
from ..people.models import User
from .declare import Problem, Sheet, Values
from .models import StagedDeed
from .staging_tables import RawRow, Recognised

WORST = ("error", "warning", "notice")
KEY_TWICE = "sheets.key_twice"
NO_RIGHT = "sheets.no_right"
_OWN_WORDS = {
    KEY_TWICE: "文件里有几行是同一条记录",
    NO_RIGHT: "没有权限写入这一行",
    "sheets.cannot_be_written": "按现在的内容不能写入",
}


@dataclass(slots=True)
class Line:
    """What is said of one row on its way in; its cells stay in the table.

    ``faults`` are plain JSON (see ``fault``); ``barring`` are those that keep the row from being written, told last.
    ``suggestions`` are plain texts by "position:rule". ``target_uid`` and ``target_version`` are those of the record
    that the row is about.
    """

    place: int
    row: int
    label: str
    target_uid: Any = None
    target_version: int = 1
    deed: str = StagedDeed.CREATE
    faults: list[dict[str, Any]] = field(default_factory=list)
    barring: list[dict[str, Any]] = field(default_factory=list)
    suggestions: dict[str, str] = field(default_factory=dict)

    @property
    def worst(self) -> str:
        found = {fault["severity"] for fault in self.faults}
        return next((severity for severity in WORST if severity in found), "")


def fault(rule: str, severity: str, position: int, column: str, message: str, suggestion: str) -> dict[str, Any]:
    """A fault as a staged row keeps it; ``suggestion`` as it may be shown."""
    return {
        "rule": rule, "severity": severity, "pos": position, "column": column, "message": message[:300],
        "suggestion": suggestion,
    }  # fmt: skip


class Facts:
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


class Settling:
    """Says for each row what applying does: create, update, leave alone or refuse."""

    def __init__(self, sheet: Sheet, tables: Sequence[Recognised], facts: Facts, by: User) -> None:
        self.lines: list[Line] = []
        self.matched: set[Any] = set()
        """Keys of the records that rows are about."""
        self._sheet, self._tables, self._facts, self._by = sheet, tables, facts, by
        self._may_add = _adder(sheet, by)
        self._row_of: dict[tuple[str, Any], int] = {}

    @cached_property
    def _changeable(self) -> set[Any]:
        """Keys of the records that the person may change."""
        rows = self._sheet.model._default_manager.all().visible_to(self._by, "change")
        return set(rows.values_list("pk", flat=True))

    def settle(self, place: int, rows: Sequence[RawRow], values: Sequence[Values]) -> None:
        """Take in a piece of one table."""
        found = self._sheet.find(values)
        for row, each, record in zip(rows, values, found, strict=True):
            line = Line(place=place, row=row.number, label=each.get(self._sheet.label, "")[:120])
            if record is not None:
                self.matched.add(record.pk)
                line.target_uid, line.target_version = record.uid, record.version
            problems = self._problems(line.row, each, record)
            line.deed = self._deed(each, record, problems)
            for problem in problems:
                _bar(line, self._tables[place], problem, self._facts)
            self.lines.append(line)

    def _deed(self, values: Values, record: Record | None, problems: Sequence[Problem]) -> str:
        if problems:
            return StagedDeed.REFUSED
        if record is None:
            return StagedDeed.CREATE
        return StagedDeed.UPDATE if self._sheet.differs(record, values) else StagedDeed.SAME

    def _problems(self, number: int, values: Values, record: Record | None) -> list[Problem]:
        problems = self._sheet.problems(values, record)
        if (twin := self._twin(number, values, record)) is not None:
            told = f"与第 {twin[1]} 行重复，只能保留一行"
            problems.append(Problem(column=twin[0], code=KEY_TWICE, message=told))
        if record is not None and record.pk not in self._changeable:
            problems.append(Problem(column="", code=NO_RIGHT, message="您没有权限修改这条记录（不在您的管辖范围内）"))
        if record is None and not self._may_add(values):
            problems.append(Problem(column="", code=NO_RIGHT, message="您没有权限在这个部门或班级新增记录"))
        return problems

    def _twin(self, number: int, values: Values, record: Record | None) -> tuple[str, int] | None:
        """An earlier row about the same record or with the same key, if any, and the column that shows it."""
        marks: list[tuple[str, Any]] = [(name, values[name]) for name in self._sheet.key if values.get(name)]
        if record is not None:
            marks.append(((*self._sheet.key, self._sheet.label)[0], record.pk))
        twin = next(((mark[0], self._row_of[mark]) for mark in marks if mark in self._row_of), None)
        for mark in marks:
            self._row_of.setdefault(mark, number)
        return twin


def _adder(sheet: Sheet, by: User) -> Callable[[Values], bool]:
    """Whether a newcomer may be added: everywhere, or in units that the person's roles cover."""
    permission = sheet.permission("add")
    if by.grants.holds_everywhere(permission):
        return lambda values: True
    paths = [path for _, path in by.grants.extents(permission) if path]
    return lambda values: any((at := sheet.unit_path(values)) and at.startswith(path) for path in paths)


def _bar(line: Line, table: Recognised, problem: Problem, facts: Facts) -> None:
    position = table.mapping.get(problem.column, -1)
    if problem.suggestion and position >= 0:
        line.suggestions.setdefault(f"{position}:{problem.code}", problem.suggestion)
        facts.suggested[problem.code] += 1
    heading = table.table.headings[position] if position >= 0 else ""
    line.barring.append(fault(problem.code, "error", position, heading, problem.message, problem.suggestion))
    title = problem.title or _OWN_WORDS.get(problem.code) or _OWN_WORDS["sheets.cannot_be_written"]
    facts.tell(problem.code, "error", title, "", problem.remedy)
