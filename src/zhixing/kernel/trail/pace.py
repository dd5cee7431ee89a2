"""How many people's records somebody opens within an hour: walking through a whole register is noticed and stopped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from ..people.models import User
from .models import AuditEvent, Result
from .record import record

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
    recent = AuditEvent.objects.filter(actor=user, at__gt=at - HOUR)
    looked = recent.filter(action__in=LOOKS, result=Result.DONE, object_type=row._meta.label_lower)
    seen = looked.exclude(object_uid=row.uid).order_by().values("object_uid").distinct()
    if seen.count() < limit() or looked.filter(object_uid=row.uid).exists():
        return False
    if not recent.filter(action=STOPPED).exists():
        words = f"一小时内打开了 {limit()} 人以上的{row._meta.verbose_name}信息"
        record(action=STOPPED, by=user, at=at, label=words, result=Result.REFUSED)
    return True
