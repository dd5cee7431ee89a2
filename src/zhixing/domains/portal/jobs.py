"""What the column does by itself every day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from zhixing.kernel.jobs.declare import Progress, job
from zhixing.kernel.standards.in_force import school_standards

from .actions import ask_learners, remind_learners
from .models import MicroLesson


@job("portal.study", "微学习派发与提醒", daily_at=6)
def call_for_study(progress: Progress) -> dict[str, Any]:
    """Ask newcomers to study what is still running, and remind of what is due soon."""
    at = timezone.now()
    today = timezone.localdate(at)
    ahead = int(school_standards().number("lesson_remind_days", today))
    asked = reminded = 0
    for lesson in MicroLesson.objects.published().filter(due_date__gte=today):
        asked += ask_learners(lesson, at=at)
        if lesson.due_date == today + timedelta(days=ahead):
            remind_learners(lesson, by=None, at=at)
            reminded += 1
    return {"count": asked, "reminded": reminded}
