"""The two nouns that pass between reader, engine and writers: a table as found, and a fault in a row of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pyarrow as pa

SeverityName = Literal["error", "warning", "notice"]


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """One sheet as it was found, every cell as text, before anybody knows which roster it is.

    ``data`` has one string column per heading, named ``c0`` … ``cN`` by position (null for an empty cell), and an
    int32 column ``_row``: the spreadsheet's own row number. ``lossy`` names cells (row number, column position) that
    were stored as numbers too long to be exact, so digits are gone for good. ``notes`` are remarks for the user,
    such as a hidden sheet that was passed over; ``above`` are the cells of the rows over the headings, the sheet's
    own title among them.
    """

    file: str
    sheet: str
    header_row: int
    headings: tuple[str, ...]
    data: pa.Table
    lossy: frozenset[tuple[int, int]] = frozenset()
    notes: tuple[str, ...] = ()
    above: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class RowFinding:
    """One fault in one cell or row. ``value`` is plain; whoever prints it masks it unless told to reveal.

    ``row`` is the spreadsheet's own row number, ``column`` the heading as the user's file spells it (empty where the
    fault concerns the whole row), ``suggestion`` a lawful value to put there, when one is certain enough to offer.
    """

    rule: str
    severity: SeverityName
    title: str
    file: str
    sheet: str
    row: int
    column: str
    value: str
    message: str
    basis: str
    remedy: str
    suggestion: str = ""
    sensitive: str = ""


@dataclass(frozen=True, kw_only=True)
class RosterSeen:
    """One table that was recognised as a roster and verified."""

    file: str
    sheet: str
    layout: str
    rows: int


@dataclass(kw_only=True)
class Verdict:
    """What a verification says: how much was read, what was recognised, what is wrong."""

    rows: int = 0
    rosters: list[RosterSeen] = field(default_factory=list)
    findings: list[RowFinding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def by_rule(self) -> dict[str, int]:
        """How many findings each rule made, most first."""
        counts: dict[str, int] = {}
        for finding in self.findings:
            counts[finding.rule] = counts.get(finding.rule, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
