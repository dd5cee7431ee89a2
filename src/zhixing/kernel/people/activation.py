"""The first password: a one-time code on a slip of paper, handed over by someone who knows the person."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from ..base.records import Rows
from ..base.tenancy import tenant_scope
from . import throttle
from .backend import may_sign_in
from .ciphers import provider
from .keys import purpose_key
from .models import ActivationCode, Assignment, Role, User
from .passwords import require_good, set_password
from .witness import tell

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""30 signs without those that look alike; sixteen of them make 78 bits."""
LENGTH = 16
LIFETIME = timedelta(hours=72)
REFUSED = "激活码不正确、已使用或已过期。请核对，或请班主任、管理员重新打印。"


@dataclass(frozen=True)
class Slip:
    """What is printed for one person; the code exists on paper only."""

    user: User
    code: str
    expires_at: datetime


def issue_codes(*, users: Iterable[User], by: User | None, at: datetime) -> list[Slip]:
    """New codes for these people, who must be of one tenant; what they held before is void."""
    people = [user for user in users if may_sign_in(user)]
    slips = [Slip(user, _fresh(), at + LIFETIME) for user in people]
    with transaction.atomic():
        ActivationCode.objects.filter(user__in=people, used_at=None).delete()
        ActivationCode.objects.bulk_create(
            ActivationCode(user=slip.user, digest=_digest(slip.code), expires_at=slip.expires_at, issued_by=by)
            for slip in slips
        )
        for slip in slips:
            tell(action="people.issue_activation_code", by=by, at=at, on=slip.user)
    return slips


def may_be_given(by: User) -> Rows[User]:
    """People this person may hand slips to: all, or within his unit those who hold no rights over others."""
    rows: Rows[User] = by.grants.narrow(User.objects.all(), "people.activationcode.add")
    if by.grants.holds_everywhere("people.activationcode.add"):
        return rows.exclude(pk=by.pk)
    ruling = [role.pk for role in Role.objects.all() if {"tenant", "unit"} & set(role.permissions)]
    return rows.exclude(pk=by.pk).exclude(pk__in=Assignment.objects.filter(role__in=ruling).values("user"))


def activate(*, code: str, password: str, at: datetime) -> User:
    """Exchange a code for a first password. Raises ValidationError; a bad password leaves the code good."""
    row = _living(code, at)
    if row is None:
        raise ValidationError({"code": REFUSED})
    user = User.accounts.select_related("tenant").get(pk=row.user_id)
    if not may_sign_in(user):
        raise ValidationError({"code": REFUSED})
    require_good(password, user)
    with tenant_scope(row.tenant_id), transaction.atomic():
        if not ActivationCode.objects.filter(pk=row.pk, used_at=None).update(used_at=at):
            raise ValidationError({"code": REFUSED})
        set_password(user=user, password=password, by=user, at=at)
        throttle.clear(throttle.subject_of(user))
        tell(action="people.activate", by=user, at=at, on=user)
    return user


def _living(code: str, at: datetime) -> ActivationCode | None:
    # Nobody is signed in yet, so there is no tenant in scope; the digest of 78 random bits names one row.
    return ActivationCode._base_manager.filter(digest=_digest(code), used_at=None, expires_at__gt=at).first()


def _fresh() -> str:
    text = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return "-".join(text[start : start + 4] for start in range(0, LENGTH, 4))


def _digest(code: str) -> str:
    kept = "".join(sign for sign in code.upper() if sign in LETTERS)
    return provider.digest(purpose_key("activation"), kept.encode()).hex()
