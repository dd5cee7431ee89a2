"""Run the declared checks over a tenant's records and write what they see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from ..people.models import User
from .declare import Check, checks
from .models import VerificationRun
from .observe import Fault, observe

PIECE = 1000
"""Offenders read at a time."""


def faults_of(check: Check, rows: Any = None) -> Iterator[Fault]:
    """The faults one check sees, each with the unit whose people must mend it."""
    offenders = check.run(rows)
    if check.unit and check.unit != ".":
        offenders = offenders.select_related(check.unit)
    column = column_title(check)
    for row in offenders.iterator(PIECE):
        yield Fault(
            rule=check.code,
            severity=check.severity,
            title=check.title,
            message=check.title,
            column=column,
            place=check.column,
            basis=check.basis,
            remedy=check.remedy,
            object_type=row._meta.label_lower,
            object_uid=row.uid,
            object_label=str(row),
            unit_id=_unit_of(row, check.unit),
        )


def column_title(check: Check) -> str:
    """The heading of the field a check blames, as people know it; a name that is no field stays as declared."""
    if not check.column:
        return ""
    try:
        field: Any = check.model._meta.get_field(check.column)
    except FieldDoesNotExist:
        return check.column
    return str(field.verbose_name)


def _unit_of(row: Any, path: str) -> int | None:
    if path == ".":
        return int(row.pk)
    for name in path.split("__") if path else ():
        row = getattr(row, name, None)
        if row is None:
            return None
    return int(row.pk) if path else None


def verify_records(*, by: User | None, at: datetime, only: str = "") -> list[VerificationRun]:
    """Run every check (of one model label if ``only`` is given), one VerificationRun per model."""
    groups: dict[Any, list[Check]] = {}
    for declared in checks:
        if not only or declared.model._meta.label_lower == only:
            groups.setdefault(declared.model, []).append(declared)
    return [
        observe(
            (fault for declared in group for fault in faults_of(declared)),
            subject=model._meta.label_lower,
            title=f"{model._meta.verbose_name}记录核查",
            rules=[declared.code for declared in group],
            row_count=model._default_manager.count(),
            by=by,
            at=at,
        )
        for model, group in groups.items()
    ]
