# ruff: noqa: S608 (SQL is printed from parsed trees and quoted literals alone; see subset.py)
"""DuckDB inside this process: the default, without server or configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import duckdb

from ..primitives import BackEnd
from ..tables import RawTable
from .base import BLANKS, LOST, Engine, Source

FEW_ROWS = 20_000
"""Up to so many rows one thread is used."""
SAMPLE = 3000
"""So many rows tell whether a column has few distinct values."""


class DuckEngine(Engine):
    """An in-memory database that may read nothing but the tables it is given."""

    name: ClassVar[BackEnd] = "duckdb"

    def __init__(self, *, threads: int | None = None, memory: str = "") -> None:
        self._choose_threads = threads is None
        self._rows = 0
        self.connection = duckdb.connect(config={"threads": threads or 1, "preserve_insertion_order": False})
        if memory:
            self.connection.execute(f"SET memory_limit = {self.quote(memory)}")

    def hashed(self, values: Sequence[str]) -> str:
        return f"hash({', '.join(values)})"

    def trimmed(self, value: str) -> str:
        return f"trim({value}, {self.quote(BLANKS)})"

    def cleaned(self, value: str, kind: str) -> str:
        # trim() of a set takes 0.3 µs a cell and translate() 3 µs; most cells need neither.
        return f"CASE WHEN {self.untidy(value, kind)} THEN {super().cleaned(value, kind)} ELSE {value} END"

    def matches(self, value: str, pattern: str) -> str:
        return f"regexp_matches({value}, {self.quote(pattern)})"

    def untidy(self, value: str, kind: str) -> str:
        if kind != "digits":
            return super().untidy(value, kind)
        # Comparisons and suffixes cost a third of the regular expression.
        ends = " OR ".join(f"suffix({value}, {self.quote(blank)})" for blank in BLANKS if blank.isascii())
        return f"({value} < '!' OR strlen({value}) <> length({value}) OR {ends})"

    def few(self, relation: str, columns: Sequence[str]) -> set[str]:
        if self._rows <= SAMPLE * 4:
            return set(columns)
        counts = ", ".join(f"approx_count_distinct({column})" for column in columns)
        row = self.rows(f"SELECT {counts} FROM (SELECT {', '.join(columns)} FROM {relation} LIMIT {SAMPLE}) s")[0]
        return {column for column, count in zip(columns, row, strict=True) if count <= SAMPLE // 3}

    def profile(
        self, relation: str, sums: Sequence[str], gathered: Sequence[str]
    ) -> tuple[int, tuple[int, ...], list[list[str | None]]]:
        if self._rows <= SAMPLE and gathered and not sums:
            # Planning so many aggregates takes longer than bringing the rows.
            rows = self.rows(f"SELECT {', '.join(gathered)} FROM {relation}")
            return len(rows), (), [list({row[place] for row in rows}) for place in range(len(gathered))]
        lists = [f"list(DISTINCT {column})" for column in gathered]
        row = self.rows(f"SELECT {', '.join(['count(*)', *sums, *lists])} FROM {relation}")[0]
        plain, values = row[1 : 1 + len(sums)], row[1 + len(sums) :]
        return int(row[0]), tuple(int(each or 0) for each in plain), [each or [] for each in values]

    def source(self, table: Source, place: int, lossy: frozenset[tuple[int, int]]) -> tuple[str, tuple[str, ...]]:
        name = f"source_{place}"
        self._more_rows(table)
        if isinstance(table, Path):
            return self._parquet(name, table)
        self.connection.register(name, table.data)
        columns = tuple(f"c{position}" for position in range(len(table.headings)))
        if not lossy:
            return name, columns
        self.load_lossy(name, lossy)
        marks = ", ".join(
            f"CASE WHEN x.p_{position} THEN {self.quote(LOST)} || t.c{position} ELSE t.c{position} END AS c{position}"
            for position in sorted({position for _, position in lossy})
        )
        self.view(f"{name}_marked", f"SELECT t.* REPLACE ({marks}) FROM {name} t LEFT JOIN {name}_lossy x USING (_row)")
        return f"{name}_marked", columns

    def _more_rows(self, table: Source) -> None:
        """A small table is done sooner, and for less, by one thread than by several that wait for one another."""
        if isinstance(table, Path):
            self._rows += self.rows(f"SELECT count(*) FROM read_parquet({self.quote(str(table))})")[0][0]
        else:
            self._rows += table.data.num_rows
        if self._choose_threads and self._rows > FEW_ROWS:
            self.connection.execute("RESET threads")
            self._choose_threads = False

    def load_lossy(self, name: str, lossy: frozenset[tuple[int, int]]) -> None:
        """A table of the rows with lossy cells: _row, and a truth p_N for each column that has any."""
        positions = sorted({position for _, position in lossy})
        truths = ", ".join(f"bool_or(position = {position}) AS p_{position}" for position in positions)
        self.connection.execute(
            f"CREATE TEMP TABLE {name}_lossy AS SELECT _row, {truths} FROM "
            "(SELECT unnest($rows) AS _row, unnest($positions) AS position) GROUP BY _row",
            {"rows": [row for row, _ in sorted(lossy)], "positions": [position for _, position in sorted(lossy)]},
        )

    def _parquet(self, name: str, path: Path) -> tuple[str, tuple[str, ...]]:
        headings = parquet_headings(self.connection, path)
        columns = tuple(f"c{position}" for position in range(len(headings)))
        cells = ", ".join(
            f'CAST("{heading.replace(chr(34), chr(34) * 2)}" AS VARCHAR) AS {column}'
            for heading, column in zip(headings, columns, strict=True)
        )
        self.view(
            name,
            f"SELECT CAST(file_row_number + 1 AS INTEGER) AS _row, {cells} "
            f"FROM read_parquet({self.quote(str(path))}, file_row_number = true)",
        )
        return name, columns

    def headings(self, table: Source) -> tuple[str, ...]:
        return table.headings if isinstance(table, RawTable) else parquet_headings(self.connection, table)

    def load(self, name: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
        names = ", ".join(f"unnest(${column}) AS {column}" for column in columns)
        lists = {column: [row[place] for row in rows] for place, column in enumerate(columns)}
        if rows:
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {names}", lists)
        else:
            empty = ", ".join(f"CAST(NULL AS VARCHAR) AS {column}" for column in columns)
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {empty} LIMIT 0")

    def make(self, name: str, sql: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def view(self, name: str, sql: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def close(self) -> None:
        self.connection.close()


def parquet_headings(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, ...]:
    """The column names of a Parquet file."""
    described = connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(path)]).description or []
    return tuple(str(column[0]) for column in described)
