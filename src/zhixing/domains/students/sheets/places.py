"""The classes and majors that a student sheet names: found by name, offered to be opened where they are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
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

    def want(self, rows: Iterable[Values]) -> list[Offer]:
        """Classes that rows name and that don't exist, each with what its rows say of it; rows are not kept."""
        missing: dict[str, Said] = {}
        for values in rows:
            name = values.get("class_group", "")
            if name and name not in self.classes:
                missing.setdefault(name, Said()).hear(values)
        self.wanted = {name: ClassWanted.of(name, said, self) for name, said in missing.items()}
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


@dataclass
class Said:
    """What the rows of one class say of it, counted."""

    row_count: int = 0
    majors: Counter[tuple[str, str]] = field(default_factory=Counter)
    years: Counter[str] = field(default_factory=Counter)
    length: str = ""

    def hear(self, values: Values) -> None:
        self.row_count += 1
        if values.get("major"):
            self.majors[values["major"], values.get("directory_version", "")] += 1
        self.years[values.get("cohort") or values.get("entry_date", "")[:4]] += 1
        self.length = self.length or values.get("study_length", "")

    def common_year(self) -> int | None:
        """The cohort that most rows name, as far as it can be one."""
        years: Counter[int] = Counter()
        for text, count in self.years.items():
            with suppress(ValueError):
                years[to_number(text)] += count
        return next((year for year, _ in years.most_common() if 1950 <= year <= 2100), None)


class ClassWanted:
    """A class that doesn't exist yet: what most of its rows say."""

    def __init__(
        self, name: str, count: int, major: Major | None, cohort: int | None, length: str, department: Department | None
    ) -> None:
        self.name, self.count, self.major, self.cohort, self.length = name, count, major, cohort, length
        self.department = department

    @classmethod
    def of(cls, name: str, said: Said, places: Places) -> ClassWanted:
        likely = (places.major(*each) for each, _ in said.majors.most_common())
        major = next((found for found in likely if found is not None), None)
        own = major.department if major is not None else None
        teaching = [each for each in places.departments if each.kind == "teaching"] or places.departments
        department = own or next(iter(teaching), None)
        return cls(name, said.row_count, major, said.common_year(), said.length, department)

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
