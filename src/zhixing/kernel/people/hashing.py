"""Argon2id within a memory cap, so that a morning rush can't exhaust a small server."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = BoundedSemaphore(4)


class CappedArgon2Hasher(Argon2PasswordHasher):
    """19 MiB, two passes (the floor of OWASP ASVS 5.0); at most four at once in a process."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> Any:
        with AT_ONCE:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> Any:
        with AT_ONCE:
            return super().verify(password, encoded)
