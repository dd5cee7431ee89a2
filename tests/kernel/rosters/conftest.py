"""A PostgreSQL for the tests of the rosters: one server a session, one connection a test."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from tests.support.postgres import NoServer, postgres_server


@pytest.fixture(scope="session")
def roster_postgres_url() -> Iterator[str]:
    try:
        with postgres_server() as url:
            yield url
    except NoServer as problem:
        warnings.warn(f"NO POSTGRESQL, its tests are skipped: {problem}", stacklevel=1)
        pytest.skip(str(problem))


@pytest.fixture
def postgres_engine(roster_postgres_url: str) -> Iterator[object]:
    from zhixing.kernel.rosters.engines.postgres import PostgresEngine

    engine = PostgresEngine(url=roster_postgres_url)
    yield engine
    engine.close()
