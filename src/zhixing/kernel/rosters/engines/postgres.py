# ruff: noqa: S608 (SQL is printed from parsed trees and quoted literals alone; see subset.py)
"""PostgreSQL: rules run beside the data, in temporary tables that vanish with the connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import psycopg

from ..primitives import BackEnd
from ..tables import RawTable
from .base import BLANKS, LOST, Engine, Source

MEMORY = "64MB"


class PostgresEngine(Engine):
    """One session on the server of ``url`` (a DATABASE_URL); it writes temporary tables only."""

    name: ClassVar[BackEnd] = "postgres"
    text_type: ClassVar[str] = "TEXT"
    fence: ClassVar[str] = " OFFSET 0"

    def __init__(self, *, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute("SET client_min_messages = warning")
        self.connection.execute("SET standard_conforming_strings = on")
        self.connection.execute(f"SET work_mem = '{MEMORY}'")
        self.connection.execute("SET jit = off")

    def hashed(self, values: Sequence[str]) -> str:
        texts = [f"CAST({value} AS TEXT)" for value in values]
        return f"hashtextextended(concat_ws(chr(31), {', '.join(texts)}), 0)"

    def trimmed(self, value: str) -> str:
        return f"btrim({value}, {self.quote(BLANKS)})"

    def matches(self, value: str, pattern: str) -> str:
        return f"({value} ~ {self.quote(pattern)})"

    def headings(self, table: Source) -> tuple[str, ...]:
        if isinstance(table, RawTable):
            return table.headings
        from .duck import DuckEngine  # slow import

        duck = DuckEngine(threads=1)
        try:
            return duck.headings(table)
        finally:
            duck.close()

    def source(self, table: Source, place: int, lossy: frozenset[tuple[int, int]]) -> tuple[str, tuple[str, ...]]:
        name = f"source_{place}"
        columns = tuple(f"c{position}" for position in range(len(self.headings(table))))
        cells = ", ".join(f"{column} TEXT" for column in columns)
        self.connection.execute(f"CREATE TEMP TABLE {name} (_row BIGINT, {cells})".encode())
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"COPY {name} (_row, {', '.join(columns)}) FROM STDIN".encode()) as copy,
        ):
            for row in _rows_of(table, columns, lossy):
                copy.write_row(row)
        return name, columns

    def load(self, name: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
        self.connection.execute(f"DROP TABLE IF EXISTS {name}".encode())
        cells = ", ".join(f"{column} TEXT" for column in columns)
        self.connection.execute(f"CREATE TEMP TABLE {name} ({cells})".encode())
        with self.connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)
        self.connection.execute(f"ANALYZE {name}".encode())

    def make(self, name: str, sql: str) -> None:
        self.connection.execute(f"DROP TABLE IF EXISTS {name}".encode())
        self.connection.execute(f"CREATE TEMP TABLE {name} AS {sql}".encode())
        self.connection.execute(f"ANALYZE {name}".encode())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql.encode()).fetchall()

    def close(self) -> None:
        self.connection.close()


def _rows_of(table: Source, columns: Sequence[str], lossy: frozenset[tuple[int, int]]) -> Iterable[tuple[Any, ...]]:
    """Row number and cells, in lots, so that a large table isn't held twice. PostgreSQL can't keep NUL characters."""
    if isinstance(table, Path):
        yield from _parquet_rows(table)
        return
    for batch in table.data.select(["_row", *columns]).to_batches(max_chunksize=10_000):
        for row, *cells in zip(*(batch.column(place).to_pylist() for place in range(batch.num_columns)), strict=True):
            for place, cell in enumerate(cells):
                if cell is not None and (row, place) in lossy:
                    cells[place] = LOST + cell
            yield (row, *(cell.replace("\x00", "") if cell else cell for cell in cells))


def _parquet_rows(path: Path) -> Iterable[tuple[Any, ...]]:
    from .duck import DuckEngine  # slow import

    duck = DuckEngine(threads=1)
    try:
        relation, columns = duck.source(path, 0, frozenset())
        found = duck.connection.execute(f"SELECT _row, {', '.join(columns)} FROM {relation}")
        while lot := found.fetchmany(10_000):
            for row in lot:
                yield tuple(cell.replace("\x00", "") if isinstance(cell, str) else cell for cell in row)
    finally:
        duck.close()
