"""Signing in: find the person, judge the password, open a session. Says nothing about who exists."""

from __future__ import annotations

import logging
import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth import login
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Q
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from ..base.tenancy import tenant_scope
from ..base.text import normalise
from . import throttle
from .backend import may_sign_in
from .devices import client_address, device_label, device_of, network_of
from .models import User
from .sealing import login_index
from .sessions import IDLE_MINUTES, SIGNED_IN_AT
from .witness import tell

log = logging.getLogger("zhixing.signin")
PLATFORM = "platform"
PHONE = re.compile(r"1[3-9]\d{9}")
LONGEST_PASSWORD = 128

WRONG = "账号或密码不正确。多所学校有相同账号时，请写成“账号@学校代码”。"
RESTING = "尝试次数过多，请在 15 分钟后再试，或请管理员解除锁定。"
ADMINISTRATORS_IDLE, STAFF_IDLE, OTHERS_IDLE = 15, 30, 60
OTHERS = {"student", "guardian", "enterprise_mentor"}


@dataclass(frozen=True)
class Verdict:
    """Who may come in, or the one text to show; ``user`` is None for every refusal."""

    user: User | None
    message: str = ""


def judge(request: HttpRequest, typed: str, password: str, at: datetime) -> Verdict:
    """Judge one attempt. A wrong password and an unknown account get the same words, work and time."""
    typed = normalise(typed)
    user = find(typed)
    attempt = attempt_of(request, user, typed, password)
    if throttle.resting_until(attempt, at):
        return Verdict(None, RESTING)
    matched = check_password(password[:LONGEST_PASSWORD], user.password if user else _nobody())
    if user is None or not matched or not may_sign_in(user):
        if throttle.note_failure(attempt, at):
            log.warning("one password was tried on many accounts")
            tell(action="people.spray_detected", by=None, at=at, result="refused", label="同一密码尝试多个账号")
        return Verdict(None, WRONG)
    throttle.note_success(attempt)
    return Verdict(user)


def find(typed: str) -> User | None:
    """The one person of this account or phone number, perhaps with @tenant; None for none or for several."""
    name, _, code = typed.rpartition("@") if "@" in typed else (typed, "", "")
    who = Q(account__in=[name, name.lower()])
    if PHONE.fullmatch(name):
        who |= Q(phone_login=login_index(name))
    rows = User.accounts.select_related("tenant").filter(who)
    if code == PLATFORM:
        rows = rows.filter(tenant=None)
    elif code:
        rows = rows.filter(tenant__code__in=[code, code.lower(), code.upper()])
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None


def attempt_of(request: HttpRequest, user: User | None, typed: str, password: str) -> throttle.Try:
    """How this attempt is counted: an unknown account is counted by its text, so that it behaves like a known one."""
    device = device_of(request)
    known = user is not None and device.knows(user)
    subject = throttle.subject_of(user) if user else f"text:{typed.lower()}"
    return throttle.Try(subject, network_of(client_address(request)), device.name if known else "", password)


@cache
def _nobody() -> str:
    """A hash nobody knows the password of, as costly to check as a real one."""
    return make_password(secrets.token_hex(16))


def open_session(request: HttpRequest, user: User, at: datetime, *, second_factor_done: bool = False) -> None:
    """Begin a session under a new id and note whose, on what, from where."""
    request.session.flush()
    login(request, user, backend="zhixing.kernel.people.backend.AccountBackend")
    request.session.update(
        {
            SIGNED_IN_AT: at.timestamp(),
            IDLE_MINUTES: idle_minutes(user),
            "proved_at": time.time(),
            "second_factor_done": second_factor_done,
            "second_factor_due": has_second_factor(user),
            "device": device_label(request.headers.get("User-Agent", "")),
            "address": client_address(request),
        }
    )
    tell(action="people.sign_in", by=user, at=at, on=user)


def idle_minutes(user: User) -> int:
    """How long a session may lie unused: 15 minutes for administrators, 30 for staff, 60 for everybody else."""
    if user.tenant_id is None:
        return ADMINISTRATORS_IDLE
    with tenant_scope(user.tenant_id):
        held = user.grants.held
    if any(role.exclusive_group for role in held):
        return ADMINISTRATORS_IDLE
    return OTHERS_IDLE if {role.role for role in held} <= OTHERS else STAFF_IDLE


def has_second_factor(user: User) -> bool:
    factor: Any = getattr(user, "second_factor", None)
    return factor is not None and factor.confirmed_at is not None


def prove_again(request: HttpRequest) -> None:
    """Note a fresh proof of who this is, under a new session id."""
    request.session.cycle_key()
    request.session["proved_at"] = time.time()


def confirm_password(user: User, password: str, at: datetime) -> str:
    """Judge the password of someone who is signed in already: the text to show, empty when it is right.

    Failures are counted apart from those at the door, so that a thief of an open session can't guess on.
    """
    attempt = throttle.Try(throttle.subject_of(user), "", "open-session", "")
    if throttle.resting_until(attempt, at):
        return RESTING
    if not check_password(password[:LONGEST_PASSWORD], user.password):
        throttle.note_failure(attempt, at)
        return "当前密码不正确。"
    throttle.note_success(attempt)
    return ""


def safe_path(wanted: str) -> str:
    """Where to go after signing in: a path of this site, or "/" for anything else."""
    inside = wanted.startswith("/") and not any(ord(sign) < 32 or sign == "\\" for sign in wanted)
    return wanted if inside and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"
