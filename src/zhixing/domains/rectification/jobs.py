"""What time itself does: the new year's book is opened, and people are told that a look back is due."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from zhixing.kernel.jobs.declare import Progress, job
from zhixing.kernel.notices.send import set_todo

from .actions import carry_forward
from .models import LookBack


@job("rectification.carry_forward", "未销号问题转入本年度台账", daily_at=1)
def carry_books_forward(progress: Progress) -> dict[str, Any]:
    """Carry open findings of earlier years into this year's book; does nothing on all but the first day."""
    return {"count": carry_forward(by=None, at=timezone.now())}


@job("rectification.remind_of_look_backs", "提醒到期的回头看", daily_at=6)
def remind_of_look_backs(progress: Progress) -> dict[str, Any]:
    """A to-do for whoever closed the finding, once its look back is due."""
    due = LookBack.objects.filter(looked_at=None, due_date__lte=timezone.localdate(), finding__verifier__isnull=False)
    count = 0
    for row in due.select_related("finding__verifier"):
        finding = row.finding
        assert finding.verifier is not None
        set_todo(
            finding.verifier, f"lookback:{row.uid}", f"回头看：{finding.title}", body=finding.object_label,
            url=f"/rectification/lookback/{row.uid}/", due_date=row.due_date,
        )  # fmt: skip
        count += 1
    return {"count": count}
