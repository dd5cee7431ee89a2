"""What binds a person: rows in hand that somebody must take over before the account may close.

Apps declare their duties in the room of procedures; an app below, or the kernel, asks this shelf and needs no names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..base.registry import Registry

if TYPE_CHECKING:
    from .models import User


@dataclass(frozen=True, kw_only=True)
class Duty:
    """A kind of row that is somebody's to do.

    ``rows(user)`` are those still open; ``hand_over(row, to=, by=, at=, reason=)`` gives one to somebody else and
    raises ValidationError where that person can't have it. ``home`` is the module that declares it.
    """

    code: str
    title: str
    rows: Callable[[Any], Any]
    hand_over: Callable[..., Any]
    home: str


duties: Registry[Duty] = Registry("duty")


def in_hand(user: User) -> list[tuple[Duty, list[Any]]]:
    """Each kind of duty that this person still has, with its rows."""
    found = ((duty, list(duty.rows(user))) for duty in duties)
    return [(duty, rows) for duty, rows in found if rows]


def hand_over_all(giver: User, taker: User, *, by: User | None, at: datetime, reason: str) -> int:
    """Everything that is still in hand goes to one person; returns how many rows."""
    count = 0
    for duty, rows in in_hand(giver):
        for row in rows:
            duty.hand_over(row, to=taker, by=by, at=at, reason=reason)
            count += 1
    return count
