"""Every address says who may use it; one that says nothing is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from ..base.records import DataClass

V = TypeVar("V", bound=Callable[..., Any])


class Audience(StrEnum):
    """Who an address is for, before any permission is asked."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    OPERATOR = "operator"


@dataclass(frozen=True, kw_only=True)
class Access:
    """The access declaration of one address.

    ``permission`` is an ``app.model.action`` code that a role must hold, empty for any signed-in person.
    ``step_up`` asks for the second factor or the password again when the last proof is older than five minutes.
    """

    audience: Audience = Audience.SIGNED_IN
    permission: str = ""
    data_class: DataClass = DataClass.INTERNAL
    methods: tuple[str, ...] = ("GET", "HEAD", "POST")
    step_up: bool = False
    before_activation: bool = False


def access(**declaration: Any) -> Callable[[V], V]:
    """Mark a function view: ``@access(permission="people.user.view")``."""

    def mark(view: V) -> V:
        view.access = Access(**declaration)  # type: ignore[attr-defined]
        return view

    return mark


def declared_access(view: Callable[..., Any]) -> Access | None:
    """The declaration of a resolved view, whether function or class; None when it has none."""
    found = getattr(view, "access", None) or getattr(getattr(view, "view_class", None), "access", None)
    return found if isinstance(found, Access) else None
