"""Sessions in the database, each with its owner and device; they end by idleness, by age and at their owner's word."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import OperationalError, models
from django.utils import timezone

from ..base.patience import not_waiting
from ..base.prepared import Prepared

ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=60)
SIGNED_IN_AT, IDLE_MINUTES = "signed_in_at", "idle_minutes"


class SessionStore(DatabaseStore):
    """Django's database store over our Session table: one query to read, a note of use at most once a minute."""

    @classmethod
    def get_model_class(cls) -> Any:
        from .models import Session  # app ready

        return Session

    def load(self) -> dict[str, Any]:
        now = timezone.now()
        found = _KEPT.rows(key=self.session_key, now=now)
        if not found:
            self._session_key = None
            return {}
        kept, created_at, seen_at = found[0]
        data, seen_at = self.decode(kept), seen_at or created_at
        if self._is_over(data, created_at, seen_at, now):
            self._row().delete()
            self._session_key = None
            return {}
        if data.get(SESSION_KEY) and now - seen_at > SEEN_EVERY:
            self._note_use(now)
        return dict(data)

    def _note_use(self, now: datetime) -> None:
        """Keep when it was used; where a long write holds the database (an import), the next page keeps it instead."""
        with suppress(OperationalError), not_waiting():
            self._row().update(seen_at=now)

    def _row(self) -> Any:
        return self.get_model_class().objects.filter(pk=self.session_key)

    def _is_over(self, data: dict[str, Any], created_at: datetime, seen_at: datetime, now: datetime) -> bool:
        """Idle too long, or too old however busy; a clock set back makes no session live longer."""
        if not data.get(SESSION_KEY):
            return False
        idle = timedelta(minutes=data.get(IDLE_MINUTES, 60))
        return now - _started(data, created_at) > ABSOLUTE or now - seen_at > idle

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        row.device, row.address = data.get("device", ""), data.get("address", "")
        row.seen_at = timezone.now()
        row.created_at = _started(data, row.seen_at)
        row.expire_date = min(row.expire_date, row.created_at + ABSOLUTE)
        return row


def _kept(key: Any, now: Any) -> Any:
    rows = SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=now)
    return rows.values_list("session_data", "created_at", "seen_at")


_KEPT = Prepared(_kept, {"key": models.CharField(), "now": models.DateTimeField()}, walled=False)


def _started(data: dict[str, Any], otherwise: datetime) -> datetime:
    """When the person signed in; a new session id at a step-up doesn't start the clock again."""
    moment = data.get(SIGNED_IN_AT)
    return datetime.fromtimestamp(moment, UTC) if moment else otherwise
