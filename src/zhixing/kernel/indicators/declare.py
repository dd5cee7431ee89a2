"""Indicators: a named quantity, declared once with its formula, target, basis and the way to its rows."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..base.registry import Registry
from ..base.text import HAN
from .measures import Count, Group, Measured, Ratio, Total

__all__ = ["Count", "Group", "Indicator", "Measured", "Ratio", "Total", "indicator", "indicators"]

Measure = Callable[[date], Measured]


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A named quantity. ``target`` and ``better`` say when a value is good; ``opens`` is the list page of its rows.

    ``by`` are the paths of its breakdowns; ``units`` is the path from a row to the people.Unit by which readings of
    units are kept; ``historic`` says that the measure honours a day that is over, so that it can be read again.
    """

    code: str
    title: str
    unit: str
    by: tuple[str, ...]
    target: Decimal | None
    better: str
    basis: str
    opens: str
    measure: Measure
    formula: str = ""
    theme: str = ""
    units: str = ""
    historic: bool = False

    @property
    def home(self) -> str:
        """The module it was written in."""
        return self.measure.__module__

    def lamp(self, value: Decimal | None, target: Decimal | None = None) -> str:
        """green, amber (within a tenth of the target) or red; empty without target or value.

        ``target`` is what the school has set; by default the declared one.
        """
        wanted = self.target if target is None else target
        if wanted is None or value is None:
            return ""
        gap = value - wanted if self.better == "more" else wanted - value
        if gap >= 0:
            return "green"
        return "amber" if abs(gap) <= abs(wanted) / 10 else "red"


indicators: Registry[Indicator] = Registry("indicator")


def indicator(
    title: str, *, unit: str, by: tuple[str, ...] = (), target: float | None = None, better: str = "more",
    basis: str = "", opens: str = "", formula: str = "", theme: str = "", units: str = "", historic: bool = False,
) -> Callable[[Measure], Indicator]:  # fmt: skip
    """Mark a function as an indicator; its app and name are its code.

    ``opens`` is the address name (with query, as in ``students.student.list?status=active``) that shows the rows.
    ``formula`` is told to users word for word: what is divided by what, and who counts; without it a docstring in
    Chinese is told.
    ``theme`` is the heading under which the list shows it, by default the name of the app.
    """
    if better not in ("more", "less"):
        raise ValueError(f"{title}: better is 'more' or 'less', not {better!r}")

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
            formula=formula or _told(function),
            theme=theme,
            units=units,
            historic=historic,
        )

    return declare


def _told(function: Measure) -> str:
    """The function's docstring where it is meant for users: in their language."""
    words = inspect.getdoc(function) or ""
    return words if HAN.search(words) else ""
