"""A form that adds something counts once, however often it is sent: by a double click, a slow line, a reload."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from .models import SentForm

FIELD = "form_mark"


class SentBefore(Exception):
    """The same form has come before; ``address`` is where its first sending led."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def fresh_mark(sent: str) -> str:
    """The mark of a form that is shown: its own again when it comes back with faults, or a new one."""
    return sent or uuid.uuid4().hex


def once(mark: str, user: Any, act: Callable[[], tuple[Any, str]]) -> tuple[Any, str]:
    """Do ``act`` (its row, and where it leads) in one transaction unless this form has been through; else SentBefore.

    The mark is written first, so that a twin waits for the database's word. A form without a mark has no twin.
    """
    if not mark:
        with transaction.atomic():
            return act()
    key = mark[:64]
    try:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    seen = SentForm.objects.create(user=user, mark=key)
            except IntegrityError:
                raise SentBefore("") from None
            row, address = act()
            SentForm.objects.filter(pk=seen.pk).update(address=address[:300])
            return row, address
    except SentBefore:
        first = SentForm.objects.filter(user=user, mark=key).values_list("address", flat=True).first()
        raise SentBefore(first or "/") from None


def forget_old_marks(before: Any = None) -> int:
    """The daily round: marks of forms sent more than a day ago."""
    limit = before or timezone.now() - timedelta(days=1)
    return int(SentForm.objects.filter(created_at__lt=limit).delete()[0])
