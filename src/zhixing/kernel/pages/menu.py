"""The left menu: only what the asker may open, grouped as schools speak."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse

from .values import GROUP_ICONS, GROUPS

if TYPE_CHECKING:
    from ..people.grants import Grants


@dataclass(frozen=True)
class Entry:
    """One line of the menu; ``group`` is empty for pages that stand in the search only."""

    group: str
    label: str
    icon: str
    href: str
    position: int
    code: str


@dataclass(frozen=True)
class Section:
    title: str
    icon: str
    entries: tuple[Entry, ...]


Key = tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]


def key_of(grants: Grants) -> Key:
    """What decides a menu: the permission patterns held, wherever they reach."""
    return tuple(
        tuple((extent, tuple(patterns)) for extent, patterns in sorted(held.permissions.items()))
        for held in grants.held
    )


class _Holder:
    """Answers ``holds`` for a key, so that the cache keeps no person."""

    def __init__(self, key: Key) -> None:
        self.key = key

    def holds(self, permission: str) -> bool:
        from ..people.grants import _matches  # ring

        return any(_matches(patterns, permission) for role in self.key for _, patterns in role)


@lru_cache(maxsize=512)
def _entries(key: Key) -> tuple[Entry, ...]:
    from .declare import pages  # ring

    holder = _Holder(key)
    found = []
    for page in pages:
        permission = page.view_permission()
        if page.menu is None or (permission and not holder.holds(permission)):
            continue
        try:
            href = reverse(page.entry())
        except NoReverseMatch:
            continue
        shown = page.menu
        found.append(Entry(shown.group, shown.label, shown.icon, href, shown.position, page.code()))
    return tuple(sorted(found, key=lambda entry: (GROUPS.index(entry.group), entry.position, entry.label)))


@lru_cache(maxsize=512)
def _sections(key: Key) -> tuple[Section, ...]:
    entries = _entries(key)
    found = ((group, tuple(e for e in entries if e.group == group)) for group in GROUPS)
    return tuple(Section(group, GROUP_ICONS[group], inside) for group, inside in found if inside)


def sections(user: Any) -> tuple[Section, ...]:
    """The menu of a signed-in person; computed once for each set of permissions."""
    return _sections(key_of(user.grants))


def entries(user: Any) -> Iterable[Entry]:
    """Every page the person may open from the menu, for the search."""
    return _entries(key_of(user.grants))


def current(found: Iterable[Section], path: str) -> str:
    """The address of the entry that the path stands under: the longest that begins it."""
    hrefs = [entry.href for section in found for entry in section.entries]
    return max((href for href in hrefs if path == href or (href != "/" and path.startswith(href))), key=len, default="")


def forget_menus() -> None:
    """For tests that declare pages of their own."""
    _entries.cache_clear()
    _sections.cache_clear()
