"""Parts that one app puts on another's page: tabs and panels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from .page import Request


class Part:
    """A piece of a page with a template of its own.

    ``on`` is a model (its detail page), or "home" for panels. ``permission`` blank: whoever may see the page.
    """

    on: ClassVar[Any] = None
    title: ClassVar[str] = ""
    order: ClassVar[int] = 100
    permission: ClassVar[str] = ""
    template: ClassVar[str] = ""

    @classmethod
    def code(cls) -> str:
        from .page import room_of  # ring: page -> rendering -> menu -> declare -> parts

        return f"{room_of(cls.__module__)}.{cls.__name__}"

    def allowed(self, request: Request) -> bool:
        return not self.permission or request.user.holds(self.permission)


class Tab(Part):
    """A tab of a detail page, loaded when it is first opened."""

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        """What the template needs besides ``row`` and ``request``."""
        return {}


class Panel(Part):
    """A card beside a detail page, or on the home page (``on = "home"``), ``size`` of twelve columns wide there."""

    size: ClassVar[int] = 6
    roles: ClassVar[tuple[str, ...]] = ()

    def allowed(self, request: Request) -> bool:
        held = not self.roles or bool(set(self.roles) & set(request.user.grants.roles()))
        return held and super().allowed(request)

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        return {}
