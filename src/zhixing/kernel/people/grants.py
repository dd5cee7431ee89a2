"""What a person's roles allow: permission codes with how far each reaches."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from ..base.records import Rows, none_of

if TYPE_CHECKING:
    from .models import User


class Extent(StrEnum):
    """How far a permission reaches; the words that roles.toml uses."""

    TENANT = "tenant"
    UNIT = "unit"
    OWN = "own"
    WARD = "ward"


GRANT = "grant"
"""Beside the extents a role may list rights that it hands out without using them; they open no row."""


@dataclass(frozen=True)
class Held:
    """One running assignment: its role's permissions and the unit it covers (its path, empty for none)."""

    role: str
    title: str
    permissions: dict[str, list[str]]
    unit_path: str = ""
    home: str = ""
    needs_second_factor: bool = False
    exclusive_group: str = ""
    hands_out: tuple[str, ...] = ()


@lru_cache(maxsize=8192)
def matches(patterns: tuple[str, ...], permission: str) -> bool:
    """Shell-style patterns; one that starts with "-" takes away what an earlier one gave."""
    given = False
    for pattern in patterns:
        if pattern.startswith("-"):
            given = given and not fnmatchcase(permission, pattern[1:])
        else:
            given = given or fnmatchcase(permission, pattern)
    return given


_matches = matches


def _held(
    role: str, title: str, permissions: dict[str, list[str]], unit_path: str | None, home: str, second: bool, group: str
) -> Held:
    opening = {extent: patterns for extent, patterns in permissions.items() if extent != GRANT}
    return Held(role, title, opening, unit_path or "", home, second, group, tuple(permissions.get(GRANT, ())))


@dataclass
class Grants:
    """Everything one user may do, as of the request that asked."""

    user: User
    held: list[Held] = field(default_factory=list)

    @classmethod
    def of(cls, user: User) -> Grants:
        """Read the running assignments: one query; none for someone who has left or was switched off."""
        from .models import Assignment  # app ready

        today = timezone.localdate()
        if not user.is_active or (user.leaves_on and user.leaves_on < today) or user.tenant_id is None:
            return cls(user, [])
        rows = (
            Assignment.objects.filter(user=user)
            .running(today)
            .order_by("role__position", "pk")
            .values_list(
                "role__code", "role__title", "role__permissions", "unit__path",
                "role__home", "role__needs_second_factor", "role__exclusive_group",
            )
        )  # fmt: skip
        return cls(user, [_held(*row) for row in rows])

    def extents(self, permission: str) -> list[tuple[Extent, str]]:
        """Each way the permission is held: (extent, unit path)."""
        return [
            (Extent(extent), held.unit_path)
            for held in self.held
            for extent, patterns in held.permissions.items()
            if matches(tuple(patterns), permission)
        ]

    def holds(self, permission: str) -> bool:
        return bool(self.extents(permission))

    def holds_everywhere(self, permission: str) -> bool:
        """Whether the permission covers the whole tenant."""
        return any(extent is Extent.TENANT for extent, _ in self.extents(permission))

    def may_hand_out(self, permission: str) -> bool:
        """Whether this right may be given to others: listed to be granted, or held over the whole tenant.

        What one of the mutually exclusive offices holds stays in that office, unless listed.
        """
        return any(
            matches(held.hands_out, permission)
            or (not held.exclusive_group and matches(tuple(held.permissions.get(Extent.TENANT, ())), permission))
            for held in self.held
        )

    def roles(self) -> list[str]:
        return [held.role for held in self.held]

    def narrow(self, rows: Rows[Any], permission: str) -> Any:
        """The part of ``rows`` on which the permission is held."""
        reach, ways = rows.model.reach, Q()
        found = False
        for extent, path in self.extents(permission):
            if extent is Extent.TENANT:
                return rows
            way = self._way(reach, extent, path)
            if way is not None:
                ways |= way
                found = True
        if not found:
            return none_of(rows)
        if reach.ward:
            return rows.filter(pk__in=rows.model._base_manager.filter(ways).values("pk"))
        return rows.filter(ways)

    def _way(self, reach: Any, extent: Extent, path: str) -> Q | None:
        if extent is Extent.UNIT and reach.unit and path:
            return Q(path__startswith=path) if reach.unit == "." else Q(**{f"{reach.unit}__path__startswith": path})
        if extent is Extent.OWN and reach.own:
            return Q(pk=self.user.pk) if reach.own == "." else Q(**{reach.own: self.user.pk})
        if extent is Extent.WARD and reach.ward:
            return Q(**{reach.ward: self.user.pk})
        return None
