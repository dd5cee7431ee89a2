"""Background work: enqueued with the business change, leased to one worker, fenced against a late one."""

from typing import TYPE_CHECKING

from ..base.lazy import offered_by

if TYPE_CHECKING:
    from .declare import Progress, job, jobs
    from .queue import enqueue

__all__ = ["Progress", "enqueue", "job", "jobs"]
__getattr__ = offered_by(__name__, Progress="declare", job="declare", jobs="declare", enqueue="queue")
