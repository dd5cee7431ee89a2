# ruff: noqa: S608 (SQL is printed from parsed trees and quoted literals alone; see subset.py)
"""Spark: for those who have a cluster. Needs the ``spark`` extra and Java 17."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pyspark.sql import SparkSession

from ..primitives import BackEnd
from .base import BLANKS, Engine, Source
from .duck import DuckEngine

LOCAL = "local[2]"


class SparkEngine(Engine):
    """A Spark session: the one given, or a local one of two threads that ends with the engine.

    Tables reach Spark as Parquet files in a private temporary folder. With a cluster, give ``folder``: a place that
    all workers can read.
    """

    name: ClassVar[BackEnd] = "spark"
    text_type: ClassVar[str] = "STRING"

    def __init__(self, *, session: SparkSession | None = None, folder: Path | None = None) -> None:
        self._own = session is None
        self.session = session or local_session()
        self._folder = tempfile.TemporaryDirectory(prefix="zhixing-spark-", dir=folder)
        self._made: list[str] = []

    def quote(self, text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def hashed(self, values: Sequence[str]) -> str:
        return f"xxhash64({', '.join(values)})"

    def trimmed(self, value: str) -> str:
        return f"TRIM(BOTH {self.quote(BLANKS)} FROM {value})"

    def cleaned(self, value: str, kind: str) -> str:
        return super().cleaned(value, kind).replace("''''", "'\\''")

    def matches(self, value: str, pattern: str) -> str:
        return f"({value} RLIKE {self.quote(pattern)})"

    def profile(
        self, relation: str, sums: Sequence[str], gathered: Sequence[str]
    ) -> tuple[int, tuple[int, ...], list[list[str | None]]]:
        # One job instead of one for each column; collect_set passes over NULL, so blanks are counted.
        sets = [each for column in gathered for each in (f"collect_set({column})", f"count({column})")]
        row = self.rows(f"SELECT {', '.join(['count(*)', *sums, *sets])} FROM {relation}")[0]
        total, plain, pairs = int(row[0]), row[1 : 1 + len(sums)], row[1 + len(sums) :]
        values = [
            [*found, *([None] if count < total else [])] for found, count in zip(pairs[::2], pairs[1::2], strict=True)
        ]
        return total, tuple(int(each or 0) for each in plain), values

    def headings(self, table: Source) -> tuple[str, ...]:
        duck = DuckEngine(threads=1)
        try:
            return duck.headings(table)
        finally:
            duck.close()

    def source(self, table: Source, place: int, lossy: frozenset[tuple[int, int]]) -> tuple[str, tuple[str, ...]]:
        name = f"source_{place}"
        path = Path(self._folder.name) / f"{name}.parquet"
        duck = DuckEngine()
        try:
            relation, columns = duck.source(table, place, lossy)
            cells = ", ".join(columns)
            duck.connection.execute(
                f"COPY (SELECT CAST(_row AS BIGINT) AS _row, {cells} FROM {relation}) "
                f"TO {duck.quote(str(path))} (FORMAT parquet)"
            )
        finally:
            duck.close()
        self.session.read.parquet(str(path)).createOrReplaceTempView(name)
        self._made.append(name)
        return name, columns

    def load(self, name: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
        schema = ", ".join(f"{column} STRING" for column in columns)
        self.session.createDataFrame([tuple(row) for row in rows], schema).createOrReplaceTempView(name)
        self._made.append(name)

    def make(self, name: str, sql: str) -> None:
        # A checkpoint ends the plan here: without it Spark plans everything before anew for every query that follows.
        self.session.sql(sql).localCheckpoint(eager=True).createOrReplaceTempView(name)
        self._made.append(name)

    def view(self, name: str, sql: str) -> None:
        self.session.sql(sql).createOrReplaceTempView(name)
        self._made.append(name)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.session.sql(sql).collect()]

    def close(self) -> None:
        for name in self._made:
            self.session.catalog.dropTempView(name)
        self.session.catalog.clearCache()
        self._folder.cleanup()
        if self._own:
            self.session.stop()


def local_session(settings: Mapping[str, str] | None = None) -> SparkSession:
    """A Spark inside this process on the loopback interface, without web pages; ``settings`` go on top."""
    return (
        SparkSession.builder.master(LOCAL)
        .appName("zhixing-verify")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.maxPlanStringLength", "2000")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
        .config(map=dict(settings or {}))
        .getOrCreate()
    )
