"""What the preview of a staged batch shows: a page of rows, masked, each fault with its remedy and suggested value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from .declare import sheets
from .models import ImportBatch, StagedDeed, StagedRow

PER_PAGE = 50
SEVERITIES = (("error", "有错误"), ("warning", "有警告"), ("notice", "有提示"), ("clean", "没有问题"))
DEED_COLOURS = {"create": "done", "update": "notice", "same": "", "refused": "error"}
MOST_FAULTS = 12


@dataclass(frozen=True)
class Asked:
    """What the address asks to see."""

    rule: str = ""
    severity: str = ""
    deed: str = ""
    words: str = ""
    unwritten: bool = False
    every_column: bool = False
    page: int = 1

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        """Unknown values count as not asked."""
        number = given.get("page", "1")
        severity, deed = given.get("severity", ""), given.get("deed", "")
        return cls(
            rule=given.get("rule", "")[:100],
            severity=severity if severity in dict(SEVERITIES) else "",
            deed=deed if deed in StagedDeed.values else "",
            words=given.get("q", "").strip()[:60],
            unwritten=given.get("unwritten") == "1",
            every_column=given.get("all") == "1",
            page=max(1, int(number)) if number.isdecimal() and len(number) < 7 else 1,
        )

    def query(self, **changes: Any) -> str:
        """The address line with some values changed; a changed filter starts at page one."""
        told = {
            "rule": self.rule, "severity": self.severity, "deed": self.deed, "q": self.words,
            "unwritten": "1" if self.unwritten else "", "all": "1" if self.every_column else "",
            "page": str(self.page) if set(changes) <= {"page", "all"} and self.page > 1 else "",
        }  # fmt: skip
        told |= {name: str(value) for name, value in changes.items()}
        return "?" + urlencode({name: value for name, value in told.items() if value})

    def narrow(self, rows: QuerySet[StagedRow]) -> QuerySet[StagedRow]:
        if self.rule:
            rows = rows.filter(rules__contains=f" {self.rule} ")
        if self.severity:
            rows = rows.filter(worst="" if self.severity == "clean" else self.severity)
        if self.deed:
            rows = rows.filter(deed=self.deed)
        if self.words:
            rows = rows.filter(Q(row=int(self.words)) if self.words.isdecimal() else Q(label__icontains=self.words))
        return rows.filter(is_written=False) if self.unwritten else rows


@dataclass(frozen=True)
class ShownCell:
    position: int
    heading: str
    text: str
    severity: str


@dataclass(frozen=True)
class ShownFault:
    rule: str
    severity: str
    title: str
    position: int
    column: str
    message: str
    basis: str
    remedy: str
    suggestion: str


@dataclass(frozen=True)
class ShownRow:
    row: StagedRow
    deed_colour: str
    cells: list[ShownCell | None]
    faults: list[ShownFault]
    more: int


@dataclass(frozen=True)
class Preview:
    """One page of rows with its columns."""

    asked: Asked
    headings: list[str]
    rows: list[ShownRow]
    found: int
    last: int
    several_sheets: bool

    @property
    def first_number(self) -> int:
        return (self.asked.page - 1) * PER_PAGE + 1 if self.found else 0

    @property
    def last_number(self) -> int:
        return min(self.asked.page * PER_PAGE, self.found)


def preview(batch: ImportBatch, asked: Asked) -> Preview:
    """The page that is asked for; three queries however many rows."""
    rows = asked.narrow(StagedRow.objects.filter(batch=batch))
    found = rows.count()
    last = max(1, -(-found // PER_PAGE))
    here = min(asked.page, last)
    page = list(rows.order_by("pk")[(here - 1) * PER_PAGE : here * PER_PAGE])
    columns = _columns(batch, page, asked)
    words = {each["rule"]: each for each in batch.summary}
    places = {facts["sheet"][:60]: facts for facts in batch.tables}
    shown = [_shown(row, places.get(row.sheet_name), columns, words) for row in page]
    return Preview(asked, columns, shown, found, last, len(batch.tables) > 1)


def _columns(batch: ImportBatch, page: list[StagedRow], asked: Asked) -> list[str]:
    """Headings to show: what identifies a row, then what is faulty on this page; or every recognised one."""
    if not batch.tables:
        return []
    key = {*sheets[batch.sheet].key, sheets[batch.sheet].label, *sheets[batch.sheet].shown_first}
    faulty = {fault["column"] for row in page for fault in row.faults}
    wanted: dict[str, None] = {}
    for facts in batch.tables:
        named = {position: name for name, position in facts["mapping"].items()}
        for position, heading in enumerate(facts["headings"]):
            if position in named and (asked.every_column or named[position] in key or heading in faulty):
                wanted.setdefault(heading)
    return list(wanted)


def _shown(
    row: StagedRow, facts: dict[str, Any] | None, columns: list[str], words: Mapping[str, dict[str, Any]]
) -> ShownRow:
    headings: list[str] = facts["headings"] if facts else []
    severity: dict[int, str] = {}
    for fault in row.faults:
        kept = severity.get(fault["pos"])
        if kept is None or fault["severity"] == "error":
            severity[fault["pos"]] = fault["severity"]
    cells: list[ShownCell | None] = []
    for heading in columns:
        position = headings.index(heading) if heading in headings else -1
        text = row.shown[position] if 0 <= position < len(row.shown) else ""
        cells.append(ShownCell(position, heading, text, severity.get(position, "")) if position >= 0 else None)
    faults = [_fault(fault, words.get(fault["rule"], {})) for fault in row.faults[:MOST_FAULTS]]
    more = max(0, len(row.faults) - MOST_FAULTS)
    return ShownRow(row, DEED_COLOURS.get(row.deed, ""), cells, faults, more)


def _fault(fault: dict[str, Any], words: Mapping[str, Any]) -> ShownFault:
    return ShownFault(
        fault["rule"], fault["severity"], words.get("title", fault["rule"]), fault["pos"], fault["column"],
        fault["message"], words.get("basis", ""), words.get("remedy", ""), fault["suggestion"],
    )  # fmt: skip


def open_columns(batch: ImportBatch) -> list[dict[str, Any]]:
    """Headings that nothing is known about, and those mapped by hand, with what was chosen (None: nothing yet)."""
    found: dict[str, dict[str, Any]] = {}
    for facts in batch.tables:
        for heading in facts["headings"]:
            if heading and (heading in facts["unknown"] or heading in batch.mapping):
                found.setdefault(heading, {"heading": heading, "chosen": batch.mapping.get(heading), "sheets": []})
                found[heading]["sheets"].append(facts["sheet"])
    return list(found.values())


def free_columns(batch: ImportBatch) -> list[tuple[str, str]]:
    """Columns of the layout that no heading was recognised as: what a heading may be mapped to by hand."""
    by_hand = set(batch.mapping.values())
    taken = {name for facts in batch.tables for name in facts["mapping"] if name not in by_hand}
    columns = sheets[batch.sheet].plan().columns()
    return [(name, column.title) for name, column in columns.items() if name not in taken]
