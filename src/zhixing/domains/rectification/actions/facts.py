"""Say how a finding is to be mended: cause, measure, standard, funds, leader, level and kind of work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from zhixing.kernel.checks.models import Finding
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.writing import add_row, amend_row

from ..models import Rectification


@transaction.atomic
def plan_rectification(finding: Finding, *, by: User, at: datetime, **facts: Any) -> Rectification:
    """Write the facts of one finding's rectification; ValidationError by field."""
    row = Rectification.objects.filter(finding=finding).first()
    if row is None:
        return add_row(Rectification(finding=finding, **facts), by=by, at=at)
    return amend_row(row, facts, by=by, at=at)
