"""Spark answers every primitive as DuckDB does, and finds the same faults. Run by ``make test-spark``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("pyspark", reason="Spark 的测试另行运行：make test-spark")
pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.timeout(900)]
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.memory": "1g",
}
"""For a few hundred rows compiling a plan takes far longer than interpreting it; the answers are the same."""


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from zhixing.kernel.rosters.engines.spark import local_session

    spark = local_session(SMALL)
    yield spark
    spark.stop()


@pytest.fixture
def engine(session: Any) -> Iterator[Any]:
    from zhixing.kernel.rosters.engines.spark import SparkEngine

    running = SparkEngine(session=session)
    yield running
    running.close()


def test_answers_on_spark(engine: Any) -> None:
    from tests.kernel.rosters.test_primitives import wrong

    assert wrong(engine) == []


def test_spark_finds_what_duckdb_finds(engine: Any) -> None:
    from tests.support.student_rosters import all_planted, judged, rows, table

    given, against = table(all_planted()), [table(rows(120)[100:], file="乙校.xlsx")]
    assert judged(given, against=against, engine=engine) == judged(given, against=against)
