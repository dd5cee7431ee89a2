"""Accounts of people: opened, amended, closed, and closed by themselves when someone leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from ..base.masking import STAR
from ..base.records import EditConflict
from ..base.tenancy import current_tenant, tenant_scope
from ..base.text import normalise
from . import throttle, twofactor
from .duties import in_hand
from .models import ActivationCode, Assignment, Session, Tenant, User
from .signin import PHONE
from .witness import tell

ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")
FIELDS = ("account", "name", "phone", "unit", "leaves_on")
DORMANT = timedelta(days=90)
CODES_KEPT = timedelta(days=30)


def create_user(values: Mapping[str, Any], *, by: User | None, at: datetime) -> User:
    """Open an account that nobody can use until its owner has exchanged an activation code for a password.

    ``values``: account, name, and where known phone, unit, leaves_on. Raises ValidationError by field.
    """
    user = User(tenant_id=current_tenant(), account="", name="")
    _fill(user, values)
    user.set_unusable_password()
    _judge(user)
    with transaction.atomic():
        _save(user)
        tell(action="people.create_user", by=by, at=at, on=user, changes=dict.fromkeys(values))
    return user


def change_user(user: User, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int) -> User:
    """Amend an account. A blank phone means "as it was". Raises ValidationError by field, and EditConflict."""
    before = {name: getattr(user, name) for name in FIELDS}
    _fill(user, values)
    _judge(user)
    changed = {
        name: None if name == "phone" else [_shown(before[name]), _shown(getattr(user, name))]
        for name in FIELDS
        if before[name] != getattr(user, name)
    }
    if not changed:
        return user
    with transaction.atomic():
        won = User.objects.filter(pk=user.pk, version=seen_version).update(version=F("version") + 1)
        if not won:
            raise EditConflict(f"“{user}”刚被别人修改过，您的修改没有保存。请核对最新内容后再改。")
        user.version = seen_version + 1
        _save(user, [*changed, "updated_at"])
        tell(action="people.change_user", by=by, at=at, on=user, changes=changed)
    return user


def close_user(user: User, *, by: User | None, at: datetime, reason: str) -> User:
    """Switch an account off: its sessions end with the next request, its slips of paper are void.

    Raises ValidationError while something is in the person's hands; the daily round (``by`` None) closes all the same.
    """
    if by is not None and by.pk == user.pk:
        raise PermissionError("不能停用自己的账号。")
    held = in_hand(user) if by is not None else []
    if held:
        told = "、".join(f"{duty.title} {len(rows)} 项" for duty, rows in held)
        raise ValidationError(f"{user.name}名下还有{told}，请先移交给他人，再停用账号。")
    with transaction.atomic():
        user.is_active = False
        user.save(update_fields=["is_active", "updated_at"])
        Session.objects.filter(user=user).delete()
        ActivationCode.objects.filter(user=user, used_at=None).delete()
        tell(action="people.close_user", by=by, at=at, on=user, reason=reason)
    return user


def reopen_user(user: User, *, by: User, at: datetime, reason: str) -> User:
    """Switch an account on again, with the password it had."""
    if user.leaves_on and user.leaves_on < timezone.localdate(at):
        raise ValidationError({"leaves_on": "该用户已离校，请先更正离职或离校日期。"})
    with transaction.atomic():
        user.is_active = True
        user.last_login = None  # its long silence must not close it again tonight
        user.save(update_fields=["is_active", "last_login", "updated_at"])
        tell(action="people.reopen_user", by=by, at=at, on=user, reason=reason)
    return user


def unlock_user(user: User, *, by: User, at: datetime) -> User:
    """Let someone try again whose account rests after too many failures."""
    throttle.clear(throttle.subject_of(user))
    throttle.clear(f"totp:{user.uid.hex}")
    tell(action="people.unlock_user", by=by, at=at, on=user)
    return user


def reset_second_factor(user: User, *, by: User, at: datetime, reason: str) -> User:
    """Take a lost phone's code generator away; never one's own, and never by whoever hands out activation codes."""
    if by.pk == user.pk or not by.grants.holds_everywhere("people.user.reset_factor"):
        raise PermissionError("重置两步验证须由另一位安全管理员或校长办理。")
    with transaction.atomic():
        twofactor.remove(user=user, by=by, at=at, reason=reason)
        Session.objects.filter(user=user).delete()
    return user


def close_left_accounts(on: date) -> int:
    """The daily round: close accounts of those who left or were silent for 90 days; returns how many.

    Works for the tenant in scope, or for each one where none is. Also lets go of what has run out: exclusions of
    ended assignments, old failure counts, sessions and slips.
    """
    mine = current_tenant()
    tenants = [mine] if mine is not None else list(Tenant.objects.values_list("pk", flat=True))
    at = timezone.now()
    closed = 0
    for tenant_id in tenants:
        with tenant_scope(tenant_id):
            closed += _close_left(on, at)
            ended = Assignment.objects.filter(ends_on__lt=on).exclude(exclusive_group=None)
            ended.update(exclusive_group=None)
            ActivationCode.objects.filter(expires_at__lt=at - CODES_KEPT).delete()
    Session.objects.filter(expire_date__lt=at).delete()
    throttle.forget_old(at)
    return closed


def _close_left(on: date, at: datetime) -> int:
    silent_since = at - DORMANT
    gone = User.objects.filter(Q(leaves_on__lt=on) | Q(last_login__lt=silent_since), is_active=True)
    count = 0
    for user in gone:
        left = user.leaves_on is not None and user.leaves_on < on
        close_user(user, by=None, at=at, reason="离职或离校日期已过" if left else "90 天未登录")
        count += 1
    return count


def _fill(user: User, values: Mapping[str, Any]) -> None:
    if strange := set(values) - set(FIELDS):
        raise ValueError(f"not fields of an account: {sorted(strange)}")
    for name, value in values.items():
        if name == "phone" and value in (None, ""):
            continue
        if name == "phone" and STAR in str(value):
            if str(value) == str(user.phone):
                continue
            raise ValidationError({"phone": "请填写完整手机号，不要填带 * 号的掩码。"})
        setattr(user, name, normalise(value) if isinstance(value, str) else value)


def _judge(user: User) -> None:
    faults: dict[str, str] = {}
    if not ACCOUNT.fullmatch(user.account):
        faults["account"] = "账号为 2～40 位字母、数字、点、横线或下划线。"
    elif PHONE.fullmatch(user.account):
        faults["account"] = "账号不要用手机号；手机号本身就可以登录。"
    elif User.objects.filter(account__iexact=user.account).exclude(pk=user.pk).exists():
        faults["account"] = "这个账号已有人使用。"
    if not user.name:
        faults["name"] = "请填写姓名。"
    if user.unit is not None and user.unit.tenant_id != user.tenant_id:
        faults["unit"] = "选择的部门不存在。"
    fresh = user.phone._plain
    if fresh is not None and not PHONE.fullmatch(fresh):
        faults["phone"] = "请填写 11 位手机号。"
    if faults:
        raise ValidationError(faults)


def _save(user: User, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            user.save(update_fields=fields)
    except IntegrityError as error:
        raise ValidationError({"phone": "该手机号已是本校另一账号的登录手机号。"}) from error


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
