# ruff: noqa: S608 (SQL is printed from parsed trees and quoted literals alone; see subset.py)
"""What the planner needs of a back end: a few words of its SQL, and three ways to run it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from ..primitives import LOST, BackEnd
from ..tables import RawTable

__all__ = ["BLANKS", "LOST", "Engine", "Source"]

Source = RawTable | Path
BLANKS = " \t\r\n\u3000\u00a0\u200b\ufeff"
WIDE = "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺｘ（）－．／＋：，"
HALF = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZx()-./+:,"


def untidy_pattern(kind: str) -> str:
    """Matches a cell that cleaning changes; one that it doesn't match is clean as it stands."""
    return {"text": f"^[{BLANKS}]|[{BLANKS}]$|^$", "digits": "[^!-~]|^$", "id": "[^!-&(-`{-~]|^$"}[kind]


class Engine(ABC):
    """One connection to one back end; used by one verification at a time, closed after it."""

    name: ClassVar[BackEnd]
    text_type: ClassVar[str] = "VARCHAR"
    fence: ClassVar[str] = ""
    """Put after a sub-select to keep the optimiser from pasting it into its callers."""

    def quote(self, text: str) -> str:
        """A text literal."""
        return "'" + text.replace("'", "''") + "'"

    def whole(self, number: int) -> str:
        """A 64-bit literal."""
        return f"CAST({number} AS BIGINT)"

    @abstractmethod
    def hashed(self, values: Sequence[str]) -> str:
        """A 64-bit key of several texts, none of them NULL."""

    def joined(self, values: Sequence[str], mark: str) -> str:
        """Several texts as one, blank for NULL."""
        return "concat(" + f", {self.quote(mark)}, ".join(f"coalesce({value}, '')" for value in values) + ")"

    @abstractmethod
    def trimmed(self, value: str) -> str:
        """Blanks of every width gone from both ends."""

    def cleaned(self, value: str, kind: str) -> str:
        """A cell made ready for rules (see Column.kind); NULL for a blank one."""
        value = self.trimmed(value)
        if kind != "text":
            value = f"translate({value}, {self.quote(WIDE)}, {self.quote(HALF)})"
        if kind == "id":
            value = f"upper(replace(replace({value}, ' ', ''), '''', ''))"
        return f"nullif({value}, '')"

    @abstractmethod
    def matches(self, value: str, pattern: str) -> str:
        """Whether a text has a part that fits the regular expression."""

    def untidy(self, value: str, kind: str) -> str:
        """Whether cleaning changes a cell (see untidy_pattern)."""
        return self.matches(value, untidy_pattern(kind))

    def few(self, relation: str, columns: Sequence[str]) -> set[str]:
        """Columns that seem to have few distinct values; listing them is cheaper than testing every cell."""
        return set()

    def profile(
        self, relation: str, sums: Sequence[str], gathered: Sequence[str]
    ) -> tuple[int, tuple[int, ...], list[list[str | None]]]:
        """Rows, aggregates, and the distinct values of columns (None among them where a cell is NULL)."""
        row = self.rows(f"SELECT {', '.join(['count(*)', *sums])} FROM {relation}")[0]
        values: list[list[str | None]] = [[] for _ in gathered]
        if gathered:
            queries = [
                f"SELECT {place} AS place, {column} AS value FROM {relation} GROUP BY 2"
                for place, column in enumerate(gathered)
            ]
            for place, value in self.rows(" UNION ALL ".join(queries)):
                values[int(place)].append(value)
        return int(row[0]), tuple(int(each or 0) for each in row[1:]), values

    @abstractmethod
    def source(self, table: Source, place: int, lossy: frozenset[tuple[int, int]]) -> tuple[str, tuple[str, ...]]:
        """Bring a table in reach: the relation's name, and its columns' names in the order of the headings.

        The relation also has ``_row``. Cells of ``lossy`` get the mark LOST put before them.
        """

    @abstractmethod
    def headings(self, table: Source) -> tuple[str, ...]:
        """The headings of a table."""

    @abstractmethod
    def load(self, name: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
        """Make a small table of texts."""

    @abstractmethod
    def make(self, name: str, sql: str) -> None:
        """Keep the rows of a query under a name until the engine is closed."""

    def view(self, name: str, sql: str) -> None:
        """Name a query without running it."""
        self.make(name, sql)

    @abstractmethod
    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and bring its rows."""

    @abstractmethod
    def close(self) -> None:
        """Give everything back."""
