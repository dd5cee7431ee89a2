"""How many people's records somebody opens within an hour: walking through a whole register is noticed and stopped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Count, Q, Value

from ..base.prepared import Prepared
from ..people.models import User
from .models import AuditEvent, Result
from .record import record
from .spool import looked_at

HOUR = timedelta(hours=1)
USUAL = 300
LOOKS = ("view", "reveal")
STOPPED = "pace"


def limit() -> int:
    """Different people an hour; the site may set PERSONS_AN_HOUR."""
    return int(getattr(settings, "PERSONS_AN_HOUR", USUAL))


def outpaced(user: User, row: Any, at: datetime) -> bool:
    """Whether opening ``row`` would be one person too many within the hour; the first time is written to the trail.

    Somebody already opened in that hour may be opened again.
    """
    kind = row._meta.label_lower
    ((others, this),) = _SEEN.rows(user=user.pk, since=at - HOUR, kind=kind, uid=row.uid)
    if waiting := looked_at(user.pk, kind, at - HOUR, LOOKS):
        this += row.uid in waiting
        others += len(waiting - {row.uid} - _kept_of(user, kind, at - HOUR, waiting))
    if others < limit() or this:
        return False
    recent = AuditEvent.objects.filter(actor=user, at__gt=at - HOUR)
    if not recent.filter(action=STOPPED).exists():
        words = f"一小时内打开了 {limit()} 人以上的{row._meta.verbose_name}信息"
        record(action=STOPPED, by=user, at=at, label=words, result=Result.REFUSED, waits=False)
    return True


def _kept_of(user: User, kind: str, since: datetime, uids: set[UUID]) -> set[UUID]:
    """Those of these records that the trail itself says were opened."""
    looked = AuditEvent.objects.filter(
        actor=user, at__gt=since, action__in=LOOKS, result=Result.DONE, object_type=kind, object_uid__in=uids
    )
    return set(looked.values_list("object_uid", flat=True))


def _seen(user: Any, since: Any, kind: Any, uid: Any) -> Any:
    """(different others opened, times this one was opened)."""
    looked = AuditEvent.objects.filter(
        actor_id=user, at__gt=since, action__in=LOOKS, result=Result.DONE, object_type=kind
    ).order_by()
    others = Count("object_uid", filter=~Q(object_uid=uid), distinct=True)
    this = Count("pk", filter=Q(object_uid=uid))
    return looked.values(whole=Value(1)).annotate(others=others, this=this).values_list("others", "this")


_SEEN = Prepared(
    _seen,
    {
        "user": models.BigIntegerField(), "since": models.DateTimeField(), "kind": models.CharField(),
        "uid": models.UUIDField(),
    },
)  # fmt: skip
