"""Keep the people responsible for a student."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from zhixing.kernel.people.models import User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from ..models import Guardian, Student


def add_guardian(student: Student, *, by: User | None, at: datetime, **values: Any) -> Guardian:
    """Add a member of the family; the first one is the first to be called."""
    values.setdefault("position", student.guardians.count() + 1)
    return add_row(Guardian(student=student, **values), by=by, at=at)


def correct_guardian(
    row: Guardian, values: Mapping[str, Any], *, by: User | None, at: datetime, seen_version: int | None = None
) -> Guardian:
    return amend_row(row, values, by=by, at=at, seen_version=seen_version)


def remove_guardian(guardian: Guardian, *, by: User, at: datetime, reason: str = "") -> None:
    """Take somebody off a student's family; an account that is left without any ward stops opening."""
    user = guardian.user
    with transaction.atomic():
        changes = {"guardian": [guardian.name, None]}
        record(action="remove_guardian", by=by, at=at, on=guardian.student, reason=reason, changes=changes)
        guardian.delete()
        if user is not None and not Guardian.objects.filter(user=user).exists():
            user.is_active = False
            user.save(update_fields=["is_active"])
