"""Who a session belongs to; signing in itself is in signin.py."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.utils import timezone

from .models import User


class AccountBackend(BaseBackend):
    """Loads the person of a session, unless he has left or was switched off in the meantime."""

    def get_user(self, user_id: int) -> Any:
        user = User.accounts.filter(pk=user_id, is_active=True).first()
        if user is None or (user.leaves_on and user.leaves_on < timezone.localdate()):
            return None
        return user
