"""Which kinds of work there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..base.registry import Registry
from .lease import Lease


class Cancelled(Exception):
    """Someone asked for the job to stop, or its lease went to another worker."""


@dataclass
class Progress:
    """What a job tells while it runs. ``say`` raises Cancelled when it should stop."""

    lease: Lease
    arguments: dict[str, Any]

    def say(self, done: int, total: int, message: str = "") -> None:
        """Report progress and renew the lease."""
        if not self.lease.renew(done, total, message):
            raise Cancelled("任务已取消")


Work = Callable[[Progress], dict[str, Any] | None]


@dataclass(frozen=True)
class JobKind:
    """One kind of work; idempotent, because a job whose worker died is run again."""

    code: str
    title: str
    work: Work
    daily_at: int | None


jobs: Registry[JobKind] = Registry("job")


def job(code: str, title: str, *, daily_at: int | None = None) -> Callable[[Work], JobKind]:
    """Shelve a function as a kind of job. ``daily_at`` is the hour of the day at which each tenant gets one."""

    def declare(function: Work) -> JobKind:
        kind = JobKind(code, title, function, daily_at)
        jobs.add(code, kind)
        return kind

    return declare
