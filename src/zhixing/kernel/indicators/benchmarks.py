"""What others reach: dated values with source and certainty, shipped by apps in ``data/benchmarks.toml``.

One table per value::

    [[benchmark]]
    title = "毕业生就业率"
    indicators = ["employment.employment_rate"]   # codes beside which it is shown; may name what is still to come
    value = 96.38
    unit = "%"
    year = 2017
    scope = "全国样本"
    jurisdiction = "CN"
    source = "…"
    certainty = "C2"
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps

from ..base.certainty import Certainty

DATA = Path("data") / "benchmarks.toml"


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """A value that others reached in a year; ``certainty`` says how sure we are that it was so reported."""

    title: str
    indicators: tuple[str, ...]
    value: Decimal
    unit: str
    year: int
    scope: str
    source: str
    certainty: Certainty
    jurisdiction: str = "CN"
    note: str = ""


@cache
def benchmarks() -> tuple[Benchmark, ...]:
    """Every shipped value, in the order of the files. Raises ValueError for an incomplete one."""
    files = (Path(app.path) / DATA for app in apps.get_app_configs() if app.name.startswith("zhixing."))
    return tuple(one for file in files if file.exists() for one in read_benchmarks(file))


def read_benchmarks(file: Path) -> list[Benchmark]:
    """The values of one file; ValueError names file and table where one is incomplete."""
    tables = tomllib.loads(file.read_text("utf-8")).get("benchmark", [])
    return [_benchmark(table, f"{file.name} {number}") for number, table in enumerate(tables, 1)]


def benchmarks_for(code: str, on: date | None = None) -> tuple[Benchmark, ...]:
    """The values to show beside an indicator, newest first; with ``on`` none of a later year."""
    found = [one for one in benchmarks() if code in one.indicators and (on is None or one.year <= on.year)]
    return tuple(sorted(found, key=lambda one: -one.year))


def _benchmark(table: dict[str, Any], where: str) -> Benchmark:
    facts = dict(table)
    try:
        return Benchmark(
            value=Decimal(str(facts.pop("value"))),
            certainty=Certainty(facts.pop("certainty")),
            indicators=tuple(facts.pop("indicators", ())),
            **facts,
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as problem:
        raise ValueError(f"{where}: {problem}") from problem
