"""Where rules run: DuckDB inside this process, PostgreSQL beside the data, Spark on a cluster."""

from __future__ import annotations

from typing import Any

from .base import Engine


def engine_named(name: str, **options: Any) -> Engine:
    """Start the back end of that name; options: ``url`` for postgres, ``session`` for spark, ``threads`` for duckdb.

    Raises ValueError for a name that isn't one of duckdb, postgres, spark.
    """
    if name == "duckdb":
        from .duck import DuckEngine  # slow import

        return DuckEngine(**options)
    if name == "postgres":
        from .postgres import PostgresEngine  # slow import

        return PostgresEngine(**options)
    if name == "spark":
        from .spark import SparkEngine  # slow import

        return SparkEngine(**options)
    raise ValueError(f"没有名为 {name} 的计算引擎，可用的有 duckdb、postgres、spark。")
