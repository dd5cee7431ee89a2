"""The second step of signing in: codes from a phone (RFC 6238), and recovery codes on paper."""

from __future__ import annotations

import base64
import io
import os
import secrets
from datetime import datetime
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction

from . import throttle
from .ciphers import provider
from .keys import purpose_key
from .models import SecondFactor, User
from .witness import tell

DIGITS, SECONDS = 6, 30
DRIFT = (0, -1, 1)
SEED_BYTES = 20
RECOVERY_CODES = 10
LETTERS = "23456789abcdefghjkmnpqrstvwxyz"


class TooManyTries(Exception):
    """Five wrong codes: this person's codes are not judged for a quarter of an hour; str() is fit for his eyes."""


def begin(user: User) -> SecondFactor:
    """The person's factor; a new seed while it has not been confirmed yet and none is waiting."""
    factor, _ = SecondFactor.objects.get_or_create(user=user, defaults={"seed": _seal(user, os.urandom(SEED_BYTES))})
    return factor


def secret_text(factor: SecondFactor) -> str:
    """The seed in base32, as typed into a phone by hand; for the owner's own page before confirmation only."""
    return base64.b32encode(_open(factor)).decode()


def qr_svg(factor: SecondFactor) -> bytes:
    """The seed as a picture for the phone's camera."""
    import segno  # slow import

    user = factor.user
    label = quote(f"知行:{user.account}")
    link = (
        f"otpauth://totp/{label}?secret={secret_text(factor)}&issuer={quote('知行')}&digits={DIGITS}&period={SECONDS}"
    )
    picture = io.BytesIO()
    segno.make(link, error="m").save(picture, kind="svg", scale=5, border=2, xmldecl=False, svgns=True)
    return picture.getvalue()


def confirm(*, user: User, code: str, by: User, at: datetime) -> list[str]:
    """Switch the factor on after a first right code; returns the recovery codes, shown once. Empty for a wrong code."""
    factor = begin(user)
    if factor.confirmed_at is not None or not _accept(factor, code, at):
        return []
    codes = new_recovery_codes(user=user, by=by, at=at)
    SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=at)
    tell(action="people.enable_second_factor", by=by, at=at, on=user)
    return codes


def verify(*, user: User, code: str, at: datetime) -> bool:
    """Whether this is a code of the person's phone, or one of his recovery codes; either works once only.

    Raises TooManyTries after five failures within a quarter of an hour.
    """
    factor = SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).first()
    if factor is None:
        return False
    attempt = throttle.Try(f"totp:{user.uid.hex}", "", "codes", "")
    if throttle.resting_until(attempt, at):
        raise TooManyTries("验证码错误次数过多，请 15 分钟后再试。")
    if _accept(factor, code, at) or _use_recovery(factor, code, at):
        throttle.note_success(attempt)
        return True
    throttle.note_failure(attempt, at)
    return False


def new_recovery_codes(*, user: User, by: User, at: datetime) -> list[str]:
    """Ten new recovery codes; the old ones are void."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(12)) for _ in range(RECOVERY_CODES)]
    SecondFactor.objects.filter(user=user).update(recovery_digests=[_recovery_digest(user, code) for code in codes])
    tell(action="people.make_recovery_codes", by=by, at=at, on=user)
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def remove(*, user: User, by: User, at: datetime, reason: str) -> None:
    """Take the factor away, after a lost phone; whoever needs one sets a new one up at the next sign-in."""
    SecondFactor.objects.filter(user=user).delete()
    throttle.clear(f"totp:{user.uid.hex}")
    tell(action="people.remove_second_factor", by=by, at=at, on=user, reason=reason)


def _accept(factor: SecondFactor, code: str, at: datetime) -> bool:
    code = code.strip().replace(" ", "")
    if len(code) != DIGITS or not code.isascii() or not code.isdigit():
        return False
    generator = TOTP(_open(factor), DIGITS, SHA1(), SECONDS)  # noqa: S303 - what every authenticator app speaks
    now = int(at.timestamp()) // SECONDS
    for counter in (now + drift for drift in DRIFT):
        if secrets.compare_digest(generator.generate(counter * SECONDS), code.encode()):
            # One statement, so that of two requests with the same code only one wins.
            fresh = SecondFactor.objects.filter(pk=factor.pk, last_counter__lt=counter)
            return bool(fresh.update(last_counter=counter))
    return False


@transaction.atomic
def _use_recovery(factor: SecondFactor, code: str, at: datetime) -> bool:
    digest = _recovery_digest(factor.user, code)
    locked = SecondFactor.objects.select_for_update().get(pk=factor.pk)
    if digest not in locked.recovery_digests:
        return False
    locked.recovery_digests = [kept for kept in locked.recovery_digests if kept != digest]
    locked.save(update_fields=["recovery_digests"])
    tell(action="people.use_recovery_code", by=factor.user, at=at, on=factor.user)
    return True


def _recovery_digest(user: User, code: str) -> str:
    kept = "".join(sign for sign in code.lower() if sign in LETTERS)
    return provider.digest(purpose_key("recovery"), f"{user.uid.hex}|{kept}".encode()).hex()


def _context(user: User) -> bytes:
    return f"people.secondfactor.seed|{user.uid.hex}".encode()


def _seal(user: User, seed: bytes) -> str:
    algorithm, body = provider.encrypt(purpose_key("totp"), seed, _context(user))
    return f"{algorithm}.{base64.b64encode(body).decode()}"


def _open(factor: SecondFactor) -> bytes:
    algorithm, _, body = factor.seed.partition(".")
    return provider.decrypt(algorithm, purpose_key("totp"), base64.b64decode(body), _context(factor.user))
