"""One worker's hold on one job: renewed while it runs, worthless once another attempt has begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, transaction
from django.db.models import Q
from django.utils import timezone

from ..base.tenancy import across_tenants
from .models import Job, State

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 3
GIVEN_UP = "执行进程多次中断，已停止重试。请联系系统管理员。"


@dataclass(frozen=True)
class Lease:
    """``attempt`` is the fencing token: every write names it, and a stale one changes nothing."""

    job_id: int
    attempt: int

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.job_id, attempt=self.attempt, state=State.RUNNING)

    def renew(self, done: int, total: int, message: str) -> bool:
        """False when the job was cancelled or taken over."""
        with across_tenants("jobs"):
            kept = self._mine().update(
                lease_until=timezone.now() + LEASE, done_count=done, total_count=total, message=message[:200]
            )
            return bool(kept) and not self._mine().filter(cancel_asked=True).exists()

    def finish(self, state: str, *, result: dict[str, Any] | None = None, error: str = "") -> bool:
        """Write the end of the job; False when another attempt owns it by now."""
        with across_tenants("jobs"):
            return bool(
                self._mine().update(
                    state=state, result=result or {}, error=error[:4000], finished_at=timezone.now(), lease_until=None
                )
            )

    def hand_back(self) -> bool:
        """Give the job to whoever comes next: at a graceful stop."""
        with across_tenants("jobs"):
            return bool(self._mine().update(state=State.WAITING, lease_until=None))


def take_next(worker: str) -> tuple[Job, Lease] | None:
    """Claim the oldest job that is due, or one whose worker stopped renewing; None when there is nothing to do."""
    with across_tenants("jobs"), transaction.atomic():
        _give_up_on_the_mortal()
        now = timezone.now()
        waiting = Job.objects.filter(_due(now)).order_by("pk")
        if connections["default"].features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        found: Job | None = waiting.first()
        if found is None:
            return None
        found.attempt += 1
        Job.objects.filter(pk=found.pk).update(
            state=State.RUNNING, attempt=found.attempt, worker=worker, lease_until=now + LEASE,
            started_at=found.started_at or now,
        )  # fmt: skip
    return found, Lease(found.pk, found.attempt)


def _due(now: datetime) -> Q:
    """Jobs that wait and may begin, and jobs whose worker fell silent."""
    waiting = Q(state=State.WAITING) & (Q(run_after=None) | Q(run_after__lte=now))
    return waiting | Q(state=State.RUNNING, lease_until__lt=now)


def _give_up_on_the_mortal() -> None:
    """Fail what has killed its worker too often."""
    now = timezone.now()
    Job.objects.filter(_due(now), attempt__gte=MOST_ATTEMPTS).update(
        state=State.FAILED, error=GIVEN_UP, finished_at=now, lease_until=None
    )
