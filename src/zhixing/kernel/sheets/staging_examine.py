"""What is wrong with the rows of a batch and what applying would do to each: rules, own records, verbs and rights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from ..base.masking import mask
from ..people.models import User
from ..rosters.declarations import Codes, Roster, Rule, StandardsLike
from ..rosters.tables import RawTable, RowFinding
from ..rosters.verification import verify
from .declare import Offer, Sheet, Values
from .staging_cells import Reader
from .staging_settle import Facts, Line, Settling, fault
from .staging_tables import OWN, PIECE, Recognised, columns_across, kept_table, named_rows, pieces

Say = Callable[[int, int, str], None]
OFFERED, SETTLED, GATHERED, JUDGED = 0.15, 0.55, 0.75, 0.9
"""How far the bar has come, as a share, at the end of each stretch; the rest is for keeping what was found."""


@dataclass(frozen=True)
class Way:
    """How far an examination is, told in rows of the file although every row is walked past several times."""

    say: Say
    total: int

    def tell(self, done: int, begin: float, end: float, message: str) -> None:
        """``done`` rows of the stretch between two shares are behind us."""
        share = begin + (end - begin) * (done / self.total if self.total else 1)
        self.say(int(self.total * share), self.total, message)

    def along(self, rows: Iterable[Values], begin: float, end: float, message: str) -> Iterator[Values]:
        """The rows as they come, told piece by piece."""
        for number, row in enumerate(rows):
            if number % PIECE == 0:
                self.tell(number, begin, end, message)
            yield row


@dataclass
class Examined:
    """The whole batch, examined. ``lines`` are in the order of the tables and of their rows."""

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
    """Judge every row of the recognised tables. ``rules`` are the tenant's own; ``accepted`` are codes of offers.

    The rows are walked through piece by piece, and only what is said of them is kept.
    """
    readers = [Reader(table.mapping, table.roster.columns() if table.roster else {}, codes) for table in tables]
    way = Way(say, sum(table.table.data.num_rows for table in tables))
    sheet.accept(accepted)
    offers = sheet.offers(way.along(_all_values(tables, readers), 0, OFFERED, "核对班级、专业等名称"))
    facts = Facts()
    settling = Settling(sheet, tables, facts, by)
    for place, (table, reader) in enumerate(zip(tables, readers, strict=True)):
        for piece in pieces(table.table):
            settling.settle(place, piece, [reader.values(row.readable()) for row in piece])
            way.tell(len(settling.lines), OFFERED, SETTLED, "比对已有记录，核对能否写入")
    _judge(sheet, tables, settling, facts, on=on, standards=standards, codes=codes, rules=rules, way=way)
    way.tell(way.total, GATHERED, JUDGED, "整理核验结果")
    for line in settling.lines:
        line.faults += line.barring
    return Examined(
        lines=settling.lines, tables=list(tables), offers=offers, summary=facts.summary(), notes=facts.notes
    )


def _all_values(tables: Sequence[Recognised], readers: Sequence[Reader]) -> Iterator[Values]:
    for table, reader in zip(tables, readers, strict=True):
        for piece in pieces(table.table):
            yield from (reader.values(row.readable()) for row in piece)


def _judge(
    sheet: Sheet, tables: Sequence[Recognised], settled: Settling, facts: Facts, *, on: date,
    standards: StandardsLike, codes: Codes, rules: Sequence[Rule], way: Way,
) -> None:  # fmt: skip
    """Run the rules over the file and, beside it, the school's other records, so that doubles show."""
    by_place = {(table.table.file, table.table.sheet): place for place, table in enumerate(tables)}
    by_row = {(line.place, line.row): line for line in settled.lines}
    for roster in {id(table.roster): table.roster for table in tables if table.roster}.values():
        ours = [table for table in tables if table.roster is roster]
        own, own_mapping, label = _others(sheet, roster, rules, settled.matched, way)
        mapping = {table.table.headings[at]: name for table in ours for name, at in table.mapping.items()}
        mapping |= {heading: "" for table in ours for heading in table.unknown} | own_mapping
        way.tell(way.total, SETTLED, GATHERED, "按规则核验")
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
    sheet: Sheet, roster: Roster, rules: Sequence[Rule], matched: set[Any], way: Way
) -> tuple[list[RawTable], dict[str, str], dict[int, str]]:
    """The records that the file doesn't speak of, as a table: only the columns that rules over several rows read."""
    wanted = columns_across([*roster.rules, *rules], roster.columns())
    if not wanted:
        return [], {}, {}
    label: dict[int, str] = {}

    def rows() -> Iterator[Values]:
        records = (record for record in sheet.records().iterator(PIECE) if record.pk not in matched)
        while some := list(islice(records, PIECE)):
            label.update(enumerate(map(str, some), start=len(label) + 1))
            yield from sheet.export_rows(some, wanted)
            way.tell(min(len(label), way.total), SETTLED, GATHERED, f"读取在册记录，查找重复（已读 {len(label)} 条）")

    table, mapping = kept_table(roster.layouts[0], rows())
    return ([table], mapping, label) if label else ([], {}, {})


def _blame(line: Line, table: Recognised, found: RowFinding, label: dict[int, str]) -> None:
    headings = table.table.headings
    position = headings.index(found.column) if found.column in headings else -1
    message = named_rows(found.message, OWN, label)
    if found.sensitive and found.value:
        message = message.replace(found.value, mask(found.sensitive, found.value))
    if found.suggestion and position >= 0:
        line.suggestions.setdefault(f"{position}:{found.rule}", found.suggestion)
    shown = mask(found.sensitive, found.suggestion) if found.suggestion else ""
    line.faults.append(fault(found.rule, found.severity, position, found.column, message, shown))
