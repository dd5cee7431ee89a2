"""Declare a check once; it serves the nightly run, bars a step of a procedure and marks a row on a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..base.records import Record
from ..base.registry import Registry
from .severity import Severity

Offenders = Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Check:
    """A named truth about records of one model. ``offenders`` takes rows and gives back those that break it."""

    code: str
    model: type[Record]
    severity: Severity
    title: str
    basis: str
    remedy: str
    column: str
    unit: str
    offenders: Offenders

    @property
    def home(self) -> str:
        """The module it was written in."""
        return self.offenders.__module__

    def run(self, rows: Any = None) -> Any:
        """The offenders among ``rows``, or among all rows in scope."""
        return self.offenders(self.model._default_manager.all() if rows is None else rows)

    def breaks(self, row: Record) -> bool:
        """Whether this one record breaks the check."""
        return bool(self.run(type(row)._default_manager.filter(pk=row.pk)).exists())


checks: Registry[Check] = Registry("check")


def check(
    model: type[Record], severity: Severity, title: str, *, basis: str = "", remedy: str = "", column: str = "",
    unit: str = "",
) -> Callable[[Offenders], Check]:  # fmt: skip
    """Mark a function as a check; its app and name are its code.

    ``unit`` is the path from a record to the people.Unit whose people must mend it; by default the model's reach.
    """

    def declare(function: Offenders) -> Check:
        return Check(
            code=f"{model._meta.app_label}.{function.__name__}",
            model=model,
            severity=severity,
            title=title,
            basis=basis,
            remedy=remedy,
            column=column,
            unit=unit or model.reach.unit,
            offenders=function,
        )

    return declare
