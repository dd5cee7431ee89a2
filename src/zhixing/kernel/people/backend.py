"""Who a session belongs to; signing in itself is in signin.py."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db import models
from django.utils import timezone

from ..base.prepared import Prepared, assembled, columns
from .models import User


class AccountBackend(BaseBackend):
    """Loads the person of a session with his tenant, unless either was switched off or he has left meanwhile."""

    def get_user(self, user_id: int) -> Any:
        found = _PERSON.rows(user=user_id)
        user = assembled(User, ["tenant"], found[0]) if found else None
        return user if user is not None and may_sign_in(user) else None


def _asked(user: Any) -> Any:
    return User.accounts.filter(pk=user).values_list(*columns(User, ["tenant"]))


_PERSON = Prepared(_asked, {"user": models.BigIntegerField()}, walled=False)


def may_sign_in(user: User) -> bool:
    """Whether the account is open today."""
    if not user.is_active or (user.leaves_on and user.leaves_on < timezone.localdate()):
        return False
    return user.tenant is None or user.tenant.is_active
