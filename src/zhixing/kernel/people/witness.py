"""What happens to accounts is written down by a room above this one: it listens here, and silence is an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_listeners: list[Callable[..., Any]] = []


def heard_by(listener: Callable[..., Any]) -> None:
    """Name who writes acts down (trail.record); called once, when the site comes up."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(**event: Any) -> None:
    """Have an act written down; same arguments as trail.record.

    Raises RuntimeError when nobody listens, so that nothing ever happens unrecorded.
    """
    if not _listeners:
        raise RuntimeError("no trail is kept: zhixing.kernel.trail is not installed")
    for listener in _listeners:
        listener(**event)
