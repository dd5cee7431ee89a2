"""What a password must be, and what else happens when one is set.

The rule in one sentence: take out everything a stranger could guess, and enough must remain. Profile "dengbao3" asks
for ten characters of three kinds (GB/T 22239 8.1.4.1 a) and for a new password now and then; profile "asvs" for
twelve characters and no rotation (OWASP ASVS 5.0, 6.2).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from ..base.text import pinyin_keys
from .models import Session, User
from .sealing import open_sealed
from .witness import tell

LONGEST = 128
MUST_REMAIN = 6
SHORTEST = {"dengbao3": 10, "asvs": 12}
ROTATION = {True: timedelta(days=90), False: timedelta(days=180)}
DIGIT_RUN = re.compile(r"\d{6,}")
REPEAT = re.compile(r"(.{1,3}?)\1{2,}")
ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn",
    "!@#$%^&*()",
)  # fmt: skip
LEET = str.maketrans("@430157$", "aaeoistS".lower())
KINDS = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z\d]")


def advice() -> str:
    """The rule in words, shown beside the field."""
    kinds = "，并含大写字母、小写字母、数字、符号中的三种" if settings.PROFILE == "dengbao3" else ""
    limits = "不要含姓名、账号、手机号，连续数字不超过 5 位"
    return f"至少 {shortest()} 个字符{kinds}；{limits}；可以用几个不相干的词连成一句。"


def shortest() -> int:
    return SHORTEST.get(settings.PROFILE, SHORTEST["asvs"])


def judge_password(password: str, user: User | None = None) -> list[str]:
    """What is wrong with a new password, in words for its owner; an empty list when nothing is."""
    found: list[str] = []
    if len(password) < shortest():
        found.append(f"密码太短，至少 {shortest()} 个字符。")
    if len(password) > LONGEST:
        found.append(f"密码太长，最多 {LONGEST} 个字符。")
    if settings.PROFILE == "dengbao3" and sum(bool(re.search(kind, password)) for kind in KINDS) < 3:
        found.append("密码须含大写字母、小写字母、数字、符号中的三种。")
    if DIGIT_RUN.search(password):
        found.append("密码里连续的数字不要超过 5 位，以免用到身份证号、手机号或生日。")
    if user is not None and any(part in password.lower() for part in personal_parts(user)):
        found.append("密码不能含有您的姓名（包括拼音）、账号或手机号。")
    if not found and len(unguessable(password)) < MUST_REMAIN:
        found.append("密码太常见，容易被猜到。请换一个，例如几个不相干的词连在一起。")
    return found


def require_good(password: str, user: User | None = None) -> None:
    """Raises ValidationError with everything that is wrong."""
    if found := judge_password(password, user):
        raise ValidationError({"password": found})


def personal_parts(user: User) -> set[str]:
    """What everybody who knows the person would try, lower case, at least three characters (two in Chinese)."""
    parts = {user.account.lower(), user.name.lower(), *pinyin_keys(user.name).split()}
    if user.phone:
        parts.add(open_sealed(user, "phone")[-6:])
    return {part for part in parts if len(part) >= (2 if re.search(r"[^\x00-\x7f]", part) else 3)}


def unguessable(password: str) -> str:
    """What remains of a password without common words, runs on the keyboard, years and repetitions."""
    text = password.lower()
    for word in common_words():
        text = text.replace(word, "")
        plain = text.translate(LEET)
        while (place := plain.find(word)) >= 0:
            text = text[:place] + text[place + len(word) :]
            plain = text.translate(LEET)
    for run in runs():
        text = text.replace(run, "")
    text = re.sub(r"(19|20)\d\d", "", text)
    return REPEAT.sub(r"\1", text)


@cache
def common_words() -> tuple[str, ...]:
    lines = (Path(__file__).parent / "data" / "common_passwords.txt").read_text("utf-8").splitlines()
    return tuple(sorted({line for line in lines if line and not line.startswith("#")}, key=len, reverse=True))


@cache
def runs() -> tuple[str, ...]:
    """Neighbouring keys, three to eight at a time, in both directions; longest first."""
    found = {
        row[start : start + length]
        for line in ROWS
        for row in (line, line[::-1])
        for length in range(3, 9)
        for start in range(len(row) - length + 1)
    }
    return tuple(sorted(found, key=len, reverse=True))


def set_password(*, user: User, password: str, by: User, at: datetime, keep: str = "") -> None:
    """Set a password that meets the rule and end every session of its owner but ``keep`` (a session key)."""
    require_good(password, user)
    user.set_password(password)
    user.must_set_password = False
    user.save(update_fields=["password", "must_set_password", "password_set_at"])
    Session.objects.filter(user=user).exclude(session_key=keep).delete()
    tell(action="people.set_password", by=by, at=at, on=user)


def is_outdated(user: User, at: datetime) -> bool:
    """Whether profile dengbao3 wants a new password by now: after 90 days for administrators, 180 for others."""
    if settings.PROFILE != "dengbao3" or user.password_set_at is None:
        return False
    administrator = user.tenant_id is None or any(role.exclusive_group for role in user.grants.held)
    return at - user.password_set_at > ROTATION[administrator]
