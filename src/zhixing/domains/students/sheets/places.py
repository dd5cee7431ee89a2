"""The classes and majors that a student sheet names: found by name, offered to be opened where they are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property

from zhixing.domains.school.actions import open_class_group
from zhixing.domains.school.models import ClassGroup, Department, Major
from zhixing.domains.school.queries import departments
from zhixing.kernel.people.models import User
from zhixing.kernel.sheets.conversion import to_number
from zhixing.kernel.sheets.declare import Offer, Values

OFFER = "class:"
NEWEST = "2021"


class Places:
    """What the names in one batch mean; each table is read once."""

    def __init__(self) -> None:
        self.accepted: set[str] = set()
        self.wanted: dict[str, ClassWanted] = {}

    @cached_property
    def classes(self) -> dict[str, ClassGroup]:
        rows = ClassGroup.objects.select_related("unit", "major").order_by("status")
        return {row.name: row for row in rows}

    @cached_property
    def majors(self) -> dict[tuple[str, str], Major]:
        """By (name, edition) and (code, edition); of two with one name the one the school teaches."""
        found: dict[tuple[str, str], Major] = {}
        for row in Major.objects.select_related("department__unit").order_by("is_offered"):
            found[row.code, row.directory_version] = row
            found[row.name, row.directory_version] = row
        return found

    @cached_property
    def major_names(self) -> list[str]:
        return sorted({name for name, _ in self.majors})

    @cached_property
    def departments(self) -> list[Department]:
        return list(departments())

    def major(self, name: str, edition: str) -> Major | None:
        """The major of that name or code in the edition told; a name, never a code, is also sought in other editions.

        A code means different majors in different editions (DM-032), a name doesn't; which edition the student's
        major belongs to stays what the row says.
        """
        if edition and (name, edition) in self.majors:
            return self.majors[name, edition]
        found = [row for (told, _), row in self.majors.items() if told == name and (not edition or row.name == name)]
        return max(found, key=lambda row: (row.is_offered, row.directory_version == NEWEST), default=None)

    def nearest_major(self, name: str) -> str:
        return next(iter(get_close_matches(name, self.major_names, n=1, cutoff=0.75)), "")

    def want(self, rows: Sequence[Values]) -> list[Offer]:
        """Classes that rows name and that don't exist, each with what its rows say of it."""
        missing: dict[str, list[Values]] = {}
        for values in rows:
            name = values.get("class_group", "")
            if name and name not in self.classes:
                missing.setdefault(name, []).append(values)
        self.wanted = {name: ClassWanted.of(name, rows, self) for name, rows in missing.items()}
        return [each.offer() for each in self.wanted.values() if each.can_be_opened]

    def is_coming(self, name: str) -> bool:
        """Whether a missing class will be opened along with the rows."""
        return OFFER + name in self.accepted

    def open_accepted(self, *, by: User, at: datetime) -> None:
        """Open what was agreed to, with the right to do so asked of the person who applies."""
        coming = [each for name, each in self.wanted.items() if self.is_coming(name) and each.can_be_opened]
        if coming and not by.holds("school.classgroup.add"):
            raise PermissionError("您没有新建班级的权限，没有写入任何一行。")
        for each in coming:
            self.classes[each.name] = each.open(by=by, at=at)


class ClassWanted:
    """A class that doesn't exist yet: what most of its rows say."""

    def __init__(
        self, name: str, count: int, major: Major | None, cohort: int | None, length: str, department: Department | None
    ) -> None:
        self.name, self.count, self.major, self.cohort, self.length = name, count, major, cohort, length
        self.department = department

    @classmethod
    def of(cls, name: str, rows: Sequence[Values], places: Places) -> ClassWanted:
        told = Counter((row.get("major", ""), row.get("directory_version", "")) for row in rows if row.get("major"))
        major = next((found for each, _ in told.most_common() if (found := places.major(*each)) is not None), None)
        cohort = _common_year(rows)
        length = next(iter(Counter(row["study_length"] for row in rows if row.get("study_length"))), "")
        own = major.department if major is not None else None
        teaching = [each for each in places.departments if each.kind == "teaching"] or places.departments
        return cls(name, len(rows), major, cohort, length, own or next(iter(teaching), None))

    @property
    def can_be_opened(self) -> bool:
        return self.major is not None and self.cohort is not None and self.department is not None

    def lacks(self) -> str:
        """Why the class can't be offered."""
        if self.major is None:
            return "它的专业不在本校专业表里"
        return "没有写明年级" if self.cohort is None else "学校还没有设部门"

    def offer(self) -> Offer:
        detail = f"{self.cohort}级 {self.major}，归“{self.department}”"
        return Offer(code=OFFER + self.name, label=f"新建班级“{self.name}”", detail=detail, row_count=self.count)

    def open(self, *, by: User, at: datetime) -> ClassGroup:
        values = {"name": self.name, "cohort": self.cohort, "major": self.major, "department": self.department}
        if self.length and len(self.length) <= 10:
            values["study_length"] = self.length
        return open_class_group(values, by=by, at=at)


def _common_year(rows: Sequence[Values]) -> int | None:
    years: Counter[int] = Counter()
    for row in rows:
        try:
            years[to_number(row.get("cohort") or row.get("entry_date", "")[:4])] += 1
        except ValueError:
            continue
    likely = [year for year, _ in years.most_common() if 1950 <= year <= 2100]
    return likely[0] if likely else None
