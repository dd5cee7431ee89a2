"""What a person's roles allow: permission codes with how far each reaches."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..base.prepared import Prepared
from ..base.records import Rows, none_of

if TYPE_CHECKING:
    from .models import User


class Extent(StrEnum):
    """How far a permission reaches; the words that roles.toml uses."""

    TENANT = "tenant"
    UNIT = "unit"
    OWN = "own"
    WARD = "ward"


Ways = tuple[tuple[Extent, str], ...]
"""Extents, each with the unit path it covers."""

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


def _running(user: Any, today: Any) -> Any:
    from .models import Assignment  # app ready

    return (
        Assignment.objects.filter(user_id=user)
        .running(today)
        .order_by("role__position", "pk")
        .values_list(
            "role__code", "role__title", "role__permissions", "unit__path",
            "role__home", "role__needs_second_factor", "role__exclusive_group",
        )
    )  # fmt: skip


_RUNNING = Prepared(_running, {"user": models.BigIntegerField(), "today": models.DateField()})


@dataclass
class Grants:
    """Everything one user may do, as of the request that asked."""

    user: User
    held: list[Held] = field(default_factory=list)

    @classmethod
    def of(cls, user: User) -> Grants:
        """Read the running assignments: one query; none for someone who has left or was switched off."""
        today = timezone.localdate()
        if not user.is_active or (user.leaves_on and user.leaves_on < today) or user.tenant_id is None:
            return cls(user, [])
        return cls(user, [_held(*row) for row in _RUNNING.rows(user=user.pk, today=today)])

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

    def ways(self, permission: str) -> Ways:
        """On what rows the permission is held, apart from who asks: equal for all who hold it alike."""
        found = dict.fromkeys(self.extents(permission))
        everywhere = any(extent is Extent.TENANT for extent, _ in found)
        return ((Extent.TENANT, ""),) if everywhere else tuple(found)

    def narrow(self, rows: Rows[Any], permission: str) -> Any:
        """The part of ``rows`` on which the permission is held."""
        return narrowed(rows, self.ways(permission), self.user.pk)


def narrowed(rows: Rows[Any], ways: Ways, person: Any) -> Any:
    """The part of ``rows`` that these ways open to the user with the key ``person`` (or to a Slot for it)."""
    reach, found = rows.model.reach, Q()
    if (Extent.TENANT, "") in ways:
        return rows
    for extent, path in ways:
        found |= _way(reach, extent, path, person) or Q()
    if not found:
        return none_of(rows)
    if reach.ward or reach.shared_units or reach.shared_with:  # a join to many must not double a row
        return rows.filter(pk__in=rows.model._base_manager.filter(found).values("pk"))
    return rows.filter(found)


def _way(reach: Any, extent: Extent, path: str, person: Any) -> Q | None:
    if extent is Extent.UNIT and path:
        return _any(
            {"path" if way == "." else f"{way}__path": path for way in (reach.unit, *reach.shared_units) if way},
            "__startswith",
        )
    if extent is Extent.OWN:
        return _any({"pk" if way == "." else way: person for way in (reach.own, *reach.shared_with) if way})
    if extent is Extent.WARD and reach.ward:
        return Q(**{reach.ward: person})
    return None


def _any(values: dict[str, Any], end: str = "") -> Q | None:
    """Rows for which one of these look-ups holds; None where there is none."""
    found = Q()
    for way, value in values.items():
        found |= Q(**{f"{way}{end}": value})
    return found or None
