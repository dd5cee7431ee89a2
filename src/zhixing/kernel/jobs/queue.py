"""Put work in the queue, in the transaction of the change that asks for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from ..people.models import User
from .models import Job, State


def enqueue(
    kind: str, title: str, *, by: User | None, key: str = "", run_after: datetime | None = None, **arguments: Any
) -> Job:
    """Ask for a job; a live job of the same key is returned instead of a second one.

    ``arguments`` are ids and codes only: they are kept in clear, so no personal data goes there.
    """
    live = Job.objects.filter(key=key, state__in=[State.WAITING, State.RUNNING]) if key else Job.objects.none()
    found: Job | None = live.first()
    if found is not None:
        return found
    wanted = Job(kind=kind, title=title, arguments=arguments, key=key or None, requested_by=by, run_after=run_after)
    try:
        with transaction.atomic():
            wanted.save()
    except IntegrityError:
        winner: Job = live.get()
        return winner
    return wanted
