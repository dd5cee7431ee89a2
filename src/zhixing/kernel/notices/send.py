"""Tell people things, and tick off what they have done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import F

from ..people.models import User
from .models import Notice


def notify(users: Iterable[User], title: str, *, body: str = "", url: str = "") -> None:
    """One message to each."""
    Notice.objects.bulk_create(Notice(user=user, title=title[:120], body=body[:400], url=url[:200]) for user in users)


def set_todo(
    user: User, subject: str, title: str, *, body: str = "", url: str = "", due_date: date | None = None
) -> Notice:
    """Open a to-do, or refresh the one that is open under the same subject."""
    todo: Notice
    todo, _ = Notice.objects.update_or_create(
        user=user,
        subject=subject,
        is_todo=True,
        done_at=None,
        defaults={"title": title[:120], "body": body[:400], "url": url[:200], "due_date": due_date},
    )
    return todo


def finish_todo(subject: str, *, at: datetime, user: User | None = None) -> int:
    """Tick off what is open under the subject, for one person or everyone; returns how many."""
    open_ones = Notice.objects.filter(subject=subject, is_todo=True, done_at=None)
    if user is not None:
        open_ones = open_ones.filter(user=user)
    return int(open_ones.update(done_at=at))


def open_todos(user: User) -> Any:
    """A person's open to-dos, most urgent first."""
    return Notice.objects.filter(user=user, is_todo=True, done_at=None).order_by(
        F("due_date").asc(nulls_last=True), "-created_at"
    )
