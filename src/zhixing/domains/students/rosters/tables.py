"""What the student rules ask of tables outside the roster: code sets, regions, directories of majors, standards."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from zhixing.kernel.rosters.declarations import Codes

if TYPE_CHECKING:
    from zhixing.kernel.codes.directories import Directory
    from zhixing.kernel.codes.regions import Regions
    from zhixing.kernel.standards.standards import Standards

DATA = Path(__file__).parent.parent / "data"
MAJORS = Path(__file__).parent.parent.parent / "school" / "data" / "majors.toml"
YES = "1"


class _Tables:
    """Each table is read when a rule first asks."""

    @property
    def regions(self) -> Regions:
        from zhixing.kernel.codes.regions import regions  # slow import

        return regions()

    @property
    def majors(self) -> Directory:
        from zhixing.kernel.codes.directories import load_directory  # slow import

        return load_directory(MAJORS)

    def region(self, code: str) -> str | None:
        """YES for six digits that ever were a GB/T 2260 code."""
        return YES if self.regions.known(code) else None

    def region_contradicts(self, province: str, city: str, county: str) -> str | None:
        """YES where the three names can't belong together; blank and unknown names contradict nothing."""
        return YES if self.regions.hierarchy_ok(province, city, county) is False else None

    def major_unknown(self, major: str, version: str) -> str | None:
        """YES where the version's full list lacks the major, or where no edition knows it at all."""
        if not major:
            return None
        listed = self.majors.lists(major, version) if version else None
        if listed is not None:
            return None if listed else YES
        return None if any(edition.find(major) for edition in self.majors.editions.values()) else YES

    def major_name(self, major: str, version: str) -> str | None:
        """The directory's own name of a major, None where it isn't known."""
        edition = self.majors.edition(version)
        entry = edition.find(major) if edition else None
        return entry.title if entry else None

    def major_mark(self, major: str, version: str) -> str | None:
        """Words that hold for a major, such as 涉农."""
        editions = [self.majors.edition(version)] if version else list(self.majors.editions.values())
        for edition in editions:
            entry = edition.find(major) if edition else None
            if entry and entry.marks:
                return "、".join(entry.marks)
        return None

    def years(self, study_length: str) -> str | None:
        """2.5年 as 2.5."""
        return study_length.removesuffix("年") or None


@lru_cache(maxsize=1)
def student_codes() -> Codes:
    """Code sets and lookups of the student rosters, read once per process."""
    from zhixing.kernel.codes.code_sets import load_code_sets  # slow import

    tables = _Tables()
    return Codes(
        sets=load_code_sets(DATA / "code_sets.toml"),
        lookups={
            "region": tables.region, "region_contradicts": tables.region_contradicts,
            "major_unknown": tables.major_unknown, "major_name": tables.major_name, "major_mark": tables.major_mark,
            "years": tables.years,
        },
    )  # fmt: skip


def student_standards() -> Standards:
    """The shipped standards of the student rules; a school lays its own on top (Standards.with_overrides)."""
    from zhixing.kernel.standards.standards import load_standards  # slow import

    return load_standards(DATA / "standards.toml")
