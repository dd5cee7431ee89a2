"""Indicators and the two shapes their values take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from ..base.registry import Registry


@dataclass(frozen=True)
class Ratio:
    """``part`` of ``of``, in per cent with one decimal; None where there is nothing to divide by.

    Without ``per`` the part is a condition on the same rows; with ``per`` it is so many rows of another queryset,
    and the value is a plain quotient (students per class).
    """

    of: Any
    part: Q | None = None
    per: Any = None

    def parts(self) -> tuple[int, int]:
        """(numerator, denominator)."""
        if self.per is not None:
            return self.of.count(), self.per.count()
        found = self.of.aggregate(whole=models.Count("pk"), some=models.Count("pk", filter=self.part))
        return found["some"], found["whole"]

    def value(self) -> Decimal | None:
        some, whole = self.parts()
        if not whole:
            return None
        factor = 1 if self.per is not None else 100
        return (Decimal(some) * factor / whole).quantize(Decimal("0.1"))

    def by(self, path: str) -> dict[Any, Decimal]:
        """The value per group of the rows divided."""
        rows = self.of.order_by().values(path)
        rows = rows.annotate(whole=models.Count("pk"), some=models.Count("pk", filter=self.part))
        return {r[path]: (Decimal(r["some"]) * 100 / r["whole"]).quantize(Decimal("0.1")) for r in rows}

    def rows(self) -> Any:
        """The rows of the numerator."""
        return self.of if self.part is None else self.of.filter(self.part)


@dataclass(frozen=True)
class Count:
    """How many rows there are."""

    of: Any

    def parts(self) -> tuple[int, None]:
        return self.of.count(), None

    def value(self) -> Decimal:
        return Decimal(self.of.count())

    def by(self, path: str) -> dict[Any, Decimal]:
        rows = self.of.order_by().values(path).annotate(some=models.Count("pk"))
        return {row[path]: Decimal(row["some"]) for row in rows}

    def rows(self) -> Any:
        return self.of


Measure = Callable[[date], Ratio | Count]


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A named quantity. ``target`` and ``better`` say when a value is good; ``opens`` is the list page of its rows."""

    code: str
    title: str
    unit: str
    by: tuple[str, ...]
    target: Decimal | None
    better: str
    basis: str
    opens: str
    measure: Measure

    @property
    def home(self) -> str:
        """The module it was written in."""
        return self.measure.__module__

    def lamp(self, value: Decimal | None) -> str:
        """green, amber (within a tenth of the target) or red; empty without target or value."""
        if self.target is None or value is None:
            return ""
        gap = value - self.target if self.better == "more" else self.target - value
        if gap >= 0:
            return "green"
        return "amber" if abs(gap) <= abs(self.target) / 10 else "red"


indicators: Registry[Indicator] = Registry("indicator")


def indicator(
    title: str, *, unit: str, by: tuple[str, ...] = (), target: float | None = None, better: str = "more",
    basis: str = "", opens: str = "",
) -> Callable[[Measure], Indicator]:  # fmt: skip
    """Mark a function as an indicator; its app and name are its code.

    ``opens`` is the address name (with query, as in ``students.student.list?status=active``) that shows the rows.
    """

    def declare(function: Measure) -> Indicator:
        app_label = function.__module__.split(".")[2]
        return Indicator(
            code=f"{app_label}.{function.__name__}",
            title=title,
            unit=unit,
            by=by,
            target=None if target is None else Decimal(str(target)),
            better=better,
            basis=basis,
            opens=opens,
            measure=function,
        )

    return declare
