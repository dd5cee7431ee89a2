"""Departments and people by the names that plans and sheets use for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from zhixing.domains.school.queries import departments
from zhixing.domains.staff.choices import GONE
from zhixing.domains.staff.models import StaffMember
from zhixing.kernel.base.text import normalise
from zhixing.kernel.people.models import Unit, User

SEPARATORS = re.compile(r"[、,，;；/\n ]+")
EVERYBODY = ("各科室", "各部门", "各处室", "全体科室", "全校各部门")


class Names:
    """Looks names up among the open departments and the staff with an account; two queries for any number of names."""

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Open departments by name."""
        return {normalise(row.name): row.unit for row in departments()}

    @cached_property
    def people(self) -> dict[str, list[User]]:
        """Staff in service by name, and by staff number; a name that two people bear leads to both."""
        found: dict[str, list[User]] = {}
        rows = StaffMember.objects.exclude(status__in=GONE).exclude(user=None).select_related("user", "user__unit")
        for row in rows:
            found.setdefault(normalise(row.name), []).append(row.user)
            found.setdefault(row.staff_no, []).append(row.user)
        return found

    def unit(self, name: str) -> Unit | None:
        """The department of that name, also without its last word (教务 for 教务科); None unless there is one only."""
        wanted = normalise(name)
        if not wanted:
            return None
        if wanted in self.units:
            return self.units[wanted]
        near = [unit for title, unit in self.units.items() if title.startswith(wanted) or wanted in title]
        return near[0] if len(near) == 1 else None

    def person(self, name: str, unit: Unit | None = None) -> User | None:
        """The person of that name or staff number, of the unit where several bear it; None unless there is one only."""
        found = self.people.get(normalise(name), [])
        if len(found) > 1 and unit is not None:
            found = [user for user in found if user.unit_id == unit.pk]
        return found[0] if len(found) == 1 else None

    def several(self, text: str) -> tuple[list[Unit], list[str]]:
        """Departments named in a list, and the names that mean none; 各科室 means every one."""
        found, unknown = [], []
        for name in split_names(text):
            if name in EVERYBODY:
                found += [unit for unit in self.units.values() if unit not in found]
            elif (unit := self.unit(name)) is None:
                unknown.append(name)
            elif unit not in found:
                found.append(unit)
        return found, unknown


def split_names(text: str | Iterable[str]) -> list[str]:
    """Names in a cell, whatever separates them."""
    joined = text if isinstance(text, str) else "、".join(text)
    return [name for name in SEPARATORS.split(normalise(joined)) if name]
