"""Background work: enqueued with the business change, leased to one worker, fenced against a late one."""

from .declare import Progress, job, jobs
from .queue import enqueue

__all__ = ["Progress", "enqueue", "job", "jobs"]
