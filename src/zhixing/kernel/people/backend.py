"""Who a session belongs to; signing in itself is in signin.py."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.utils import timezone

from .models import User


class AccountBackend(BaseBackend):
    """Loads the person of a session with his tenant, unless either was switched off or he has left meanwhile."""

    def get_user(self, user_id: int) -> Any:
        user = User.accounts.select_related("tenant").filter(pk=user_id).first()
        return user if user is not None and may_sign_in(user) else None


def may_sign_in(user: User) -> bool:
    """Whether the account is open today."""
    if not user.is_active or (user.leaves_on and user.leaves_on < timezone.localdate()):
        return False
    return user.tenant is None or user.tenant.is_active
