"""Who is acting in this request or job, so that every audit row can say so without being told each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Acting:
    """The circumstances of an act: roles held, a digest of the session, the request's id."""

    roles: str = ""
    session: str = ""
    request_id: str = ""


NOBODY = Acting()
_acting: ContextVar[Acting] = ContextVar("acting", default=NOBODY)


def acting() -> Acting:
    return _acting.get()


@contextmanager
def acting_as(circumstances: Acting) -> Iterator[None]:
    """Everything inside is recorded under these circumstances."""
    token = _acting.set(circumstances)
    try:
        yield
    finally:
        _acting.reset(token)
