"""Wall 1 of three: which tenant's rows this thread of work may touch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[int | None] = ContextVar("tenant", default=None)
_everywhere: ContextVar[str] = ContextVar("everywhere", default="")


class ScopeMissing(RuntimeError):
    """Tenant rows were asked for, and nobody said whose."""


class WrongTenant(RuntimeError):
    """A row of one tenant was about to be written inside another's scope."""


def current_tenant() -> int | None:
    """The primary key of the tenant in scope, or None."""
    return _current.get()


def scope_is_open() -> bool:
    """Whether work across tenants was allowed here, with a reason."""
    return bool(_everywhere.get())


@contextmanager
def tenant_scope(tenant_id: int) -> Iterator[None]:
    """Everything inside reads and writes rows of this tenant only."""
    token, opened = _current.set(tenant_id), _everywhere.set("")
    try:
        yield
    finally:
        _current.reset(token)
        _everywhere.reset(opened)


@contextmanager
def across_tenants(reason: str) -> Iterator[None]:
    """Lift the wall for platform work (migrations, backup, the sealer, the scheduler); never inside a request.

    tests/test_shape.py lists the only places that may call it.
    """
    token = _everywhere.set(reason)
    try:
        yield
    finally:
        _everywhere.reset(token)
