"""Who should study a lesson: everyone in the school's service with an account, in the departments named."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from zhixing.domains.staff.models import StaffMember
from zhixing.kernel.people.models import Unit

from ..models import MicroLesson


def learners_of(lesson: MicroLesson) -> list[tuple[int, int]]:
    """(user, unit) keys of those the lesson is meant for today; people without an account can't be asked."""
    today = timezone.localdate()
    rows = (
        StaffMember.objects.serving()
        .filter(user__is_active=True)
        .filter(Q(user__leaves_on=None) | Q(user__leaves_on__gt=today))
    )
    wanted = _within(lesson)
    if wanted is not None:
        rows = rows.filter(wanted)
    return [(user, unit) for user, unit in rows.order_by("pk").values_list("user", "department__unit")]


def _within(lesson: MicroLesson) -> Any:
    """The condition that a member of staff belongs to a target or below it; None for a lesson for everybody."""
    paths = list(Unit.objects.filter(pk__in=lesson.targets.values("unit")).values_list("path", flat=True))
    if not paths:
        return None
    found = Q()
    for path in paths:
        found |= Q(department__unit__path__startswith=path)
    return found
