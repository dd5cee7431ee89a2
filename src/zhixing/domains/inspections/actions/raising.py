"""From something seen or said to a finding on the one book, without typing it twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhixing.kernel.base.records import Record
from zhixing.kernel.checks.models import Finding
from zhixing.kernel.checks.observe import Fault, raise_finding
from zhixing.kernel.files.store import store
from zhixing.kernel.people.models import Unit, User
from zhixing.kernel.trail.writing import amend_row

from ..choices import ComplaintState
from ..models import Complaint


@transaction.atomic
def raise_from(
    row: Record, *, title: str, message: str, severity: str, by: User, at: datetime, unit: Unit | None = None,
    basis: str = "", remedy: str = "", photo: Any = None,
) -> Finding:  # fmt: skip
    """A finding about what ``row`` (an inspection, a drawn item, an appraisal, a complaint, a letter) shows.

    The same title from the same row is the same finding. ValidationError where no unit could mend it.
    """
    unit = unit or getattr(row, "unit", None)
    if unit is None:
        raise ValidationError({"unit": "请选择责任部门或班级，问题要有人整改。"})
    fault = Fault(
        rule="", severity=severity, title=title, message=message, object_type=row._meta.label_lower,
        object_uid=row.uid, object_label=str(row), basis=basis or getattr(row, "basis", ""), remedy=remedy,
        unit_id=unit.pk, place=title.strip(),
    )  # fmt: skip
    finding = raise_finding(fault, source=row.source, by=by, at=at)  # type: ignore[attr-defined]
    if photo:
        store(photo, name=photo.name, purpose="整改前", on=finding, by=by)
    if isinstance(row, Complaint) and row.state == ComplaintState.RECEIVED:
        amend_row(row, {"state": ComplaintState.HANDLING}, by=by, at=at, inner=("state",))
    return finding
