"""Slow down guessing without locking out the person who is being guessed at.

Three counts, each under a keyed digest that names nobody:
  * one account from one network: five failures, then fifteen minutes' rest for that pair only;
  * one account from everywhere: thirty failures, then strange devices rest; a device that knows the person goes on,
    under a count of its own;
  * one password over many accounts: from the thirtieth account on that password opens nothing on a strange device,
    right or wrong. The address as such is never blocked: a whole school may share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from .ciphers import provider
from .keys import purpose_key
from .models import Attempt, User

REST = timedelta(minutes=15)
SPRAY_WINDOW = timedelta(days=1)
PAIR_LIMIT = 5
ACCOUNT_LIMIT = 30
SPRAY_LIMIT = 30


def subject_of(user: User) -> str:
    """The name under which failures against this account are counted."""
    return f"user:{user.uid.hex}"


def _digest(*parts: str) -> str:
    return provider.digest(purpose_key("attempts"), "\x1f".join(parts).encode()).hex()


def _key(subject: str, kind: str, *rest: str) -> str:
    """64 characters; all keys of one subject share their first 31, so that an administrator can clear them."""
    return f"{_digest('subject', subject)[:31]}{kind}{_digest(kind, subject, *rest)[:32]}"


@dataclass(frozen=True)
class Try:
    """One sign-in attempt: whom it is aimed at, from where, on which known device (empty for a strange one)."""

    subject: str
    network: str
    device: str
    password: str

    @property
    def own(self) -> tuple[str, int]:
        if self.device:
            return _key(self.subject, "d", self.device), PAIR_LIMIT
        return _key(self.subject, "p", self.network), PAIR_LIMIT

    @property
    def account(self) -> str:
        return _key(self.subject, "a")

    @property
    def tried(self) -> str:
        return _key(self.subject, "t", self.password)

    @property
    def spray(self) -> str:
        return _key(f"\x1f{self.password}", "s")


def resting_until(attempt: Try, at: datetime) -> datetime | None:
    """Until when this attempt may not even be judged; None when it may."""
    keys = [attempt.own[0]] if attempt.device else [attempt.own[0], attempt.account, attempt.spray]
    ends = Attempt.objects.filter(key__in=keys, locked_until__gt=at).values_list("locked_until", flat=True)
    return max(ends, default=None)  # type: ignore[type-var]


def note_failure(attempt: Try, at: datetime) -> bool:
    """Count one failure; True when it made a password known as sprayed."""
    key, limit = attempt.own
    with transaction.atomic():
        _count(key, limit, at)
        if attempt.device:
            return False
        _count(attempt.account, ACCOUNT_LIMIT, at)
        if _count(attempt.tried, 0, at, SPRAY_WINDOW) > 1:
            return False
        return _count(attempt.spray, SPRAY_LIMIT, at, SPRAY_WINDOW) == SPRAY_LIMIT


def note_success(attempt: Try) -> None:
    """The right password clears this pair's failures, not those that others made elsewhere."""
    Attempt.objects.filter(key=attempt.own[0]).delete()


def clear(subject: str) -> int:
    """Forget every failure counted against one account: an administrator's unlock."""
    return Attempt.objects.filter(key__startswith=_digest("subject", subject)[:31]).delete()[0]


def is_resting(subject: str, at: datetime) -> bool:
    """Whether strange devices (or one network) are kept from this account now."""
    return Attempt.objects.filter(key__startswith=_digest("subject", subject)[:31], locked_until__gt=at).exists()


def forget_old(at: datetime) -> int:
    """Drop counts that no longer matter; the daily round."""
    return Attempt.objects.filter(since__lt=at - timedelta(days=1)).delete()[0]


def _count(key: str, limit: int, at: datetime, window: timedelta = REST) -> int:
    """Add one within the running window; rest from ``limit`` on (0: never). Returns the count."""
    Attempt.objects.filter(key=key, since__lt=at - window).delete()
    row, fresh = Attempt.objects.get_or_create(key=key, defaults={"count": 1, "since": at})
    if fresh:
        return 1
    Attempt.objects.filter(pk=row.pk).update(count=F("count") + 1)
    row.refresh_from_db(fields=["count"])
    if limit and row.count >= limit:
        Attempt.objects.filter(pk=row.pk).update(locked_until=at + REST, since=at)
    return row.count
