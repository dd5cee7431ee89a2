"""Standards: thresholds with the dates, the place and the document in which they hold.

A TOML file holds one array of tables per standard, one table per version::

    [[aid_band]]
    title = "国家助学金年标准"
    value = { low = 1200, high = 3500 }     # a number, a text, a list, or a range with both ends inside it
    unit = "元/生·年"
    valid_from = 2025-03-01                 # both days belong to the time; absent = without limit
    source = "财教〔2024〕181号"
    article = ""
    certainty = "C2"
    jurisdiction = "CN"                     # or a GB/T 2260 code such as "510000"
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from zhixing.kernel.base.certainty import Certainty

NATION = "CN"


@dataclass(frozen=True)
class Range:
    """From ``low`` to ``high``, both belonging to it."""

    low: int | float
    high: int | float

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int | float) and self.low <= number <= self.high

    def __str__(self) -> str:
        return f"{self.low}–{self.high}"


Value: TypeAlias = int | float | str | Range | tuple[int | float | str, ...]


class StandardError(LookupError):
    """There is no such standard, none in force on that day, or it isn't of the kind asked for."""


class StandardDataError(ValueError):
    """A file or an edited row can't be a standard; the message names it and says why."""


@dataclass(frozen=True, kw_only=True)
class Standard:
    """One version of a threshold. ``valid_from`` and ``valid_to`` are both days on which it still holds."""

    name: str
    title: str
    value: Value
    source: str
    certainty: Certainty
    unit: str = ""
    article: str = ""
    note: str = ""
    jurisdiction: str = NATION
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        for day in (self.valid_from, self.valid_to):
            if day is not None and type(day) is not date:
                raise StandardDataError(f"{self.name}: {day!r} is no date")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise StandardDataError(f"{self.name}: ends on {self.valid_to} before it begins on {self.valid_from}")
        if isinstance(self.value, Range) and self.value.high < self.value.low:
            raise StandardDataError(f"{self.name}: {self.value} runs backwards")

    @property
    def is_memory(self) -> bool:
        """True where the figure hasn't been compared with a published text; pages then say 依据待核."""
        return self.certainty.is_memory

    def holds_on(self, on: date) -> bool:
        """Tell whether the version is in force on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def meets(self, other: Standard) -> bool:
        """Tell whether some day belongs to both versions."""
        begins = max(self.valid_from or date.min, other.valid_from or date.min)
        return begins <= min(self.valid_to or date.max, other.valid_to or date.max)

    def begins_with(self, other: Standard) -> bool:
        """Tell whether both versions begin on the same day, so that neither is the later word."""
        return self.valid_from == other.valid_from


class Standards:
    """All versions of all standards, and a school's own edits on top of them.

    An edit wins over the shipped version on every day on which it holds, and the latest begun edit over earlier
    ones; among shipped versions the narrowest jurisdiction wins (county, city, province, nation). Immutable:
    ``with_overrides`` returns another one.
    """

    def __init__(self, shipped: Iterable[Standard], overrides: Iterable[Standard] = ()) -> None:
        self._shipped = _grouped(shipped, Standard.meets)
        self._overrides = _grouped(overrides, Standard.begins_with)
        for name, rows in self._overrides.items():
            if name not in self._shipped:
                raise StandardDataError(f"{name} is no standard, so it can't be edited")
            kind = _kind(self._shipped[name][0].value)
            if any(_kind(row.value) != kind for row in rows):
                raise StandardDataError(f"{name} must stay a {kind}")

    def with_overrides(self, rows: Iterable[Standard]) -> Standards:
        """Return these standards with a school's edited versions layered on top (replacing earlier edits)."""
        shipped = [row for rows_ in self._shipped.values() for row in rows_]
        return Standards(shipped, rows)

    def edit(
        self, name: str, plain: Any, *, source: str, valid_from: date | None = None, valid_to: date | None = None
    ) -> Standard:
        """Return a school's own version of a standard, ready for ``with_overrides``.

        ``plain`` is what JSON can say (see ``to_value``). Title and unit stay those of the shipped version. Raises
        StandardError for an unknown name and StandardDataError for a value of another kind.
        """
        self._refuse_unknown(name)
        shipped, value = self._shipped[name][0], to_value(plain)
        if _kind(value) != _kind(shipped.value):
            raise StandardDataError(f"{name} must stay a {_kind(shipped.value)}")
        return replace(
            shipped, value=value, source=source, article="", note="", certainty=Certainty.C3, jurisdiction=NATION,
            valid_from=valid_from, valid_to=valid_to,
        )  # fmt: skip

    @property
    def names(self) -> tuple[str, ...]:
        """Every standard there is, in the order of the files."""
        return tuple(self._shipped)

    def versions(self, name: str) -> tuple[Standard, ...]:
        """Every version of one standard, the school's edits first."""
        self._refuse_unknown(name)
        return (*self._overrides.get(name, ()), *self._shipped[name])

    def standard(self, name: str, on: date, jurisdiction: str | None = None) -> Standard:
        """Return the version in force on the date of the event.

        ``jurisdiction`` is a GB/T 2260 code, or None for the nation. Raises StandardError where there is no such
        standard or none of its versions holds on that day.
        """
        self._refuse_unknown(name)
        for layer in (self._overrides, self._shipped):
            holding = [row for row in layer.get(name, ()) if row.holds_on(on)]
            for place in _places(jurisdiction):
                for row in holding:
                    if row.jurisdiction == place:
                        return row
        raise StandardError(f"{name} has no version for {jurisdiction or NATION} in force on {on}")

    def value(self, name: str, on: date, jurisdiction: str | None = None) -> Value:
        """Return the value in force on that day; raises as ``standard`` does."""
        return self.standard(name, on, jurisdiction).value

    def number(self, name: str, on: date, jurisdiction: str | None = None) -> int | float:
        """Return a value that is a number; raises StandardError where it is something else."""
        value = self.value(name, on, jurisdiction)
        if not isinstance(value, int | float):
            raise StandardError(f"{name} is a {_kind(value)}, not a number")
        return value

    def range(self, name: str, on: date, jurisdiction: str | None = None) -> Range:
        """Return a value that is a range; raises StandardError where it is something else."""
        value = self.value(name, on, jurisdiction)
        if not isinstance(value, Range):
            raise StandardError(f"{name} is a {_kind(value)}, not a range")
        return value

    def choices(self, name: str, on: date, jurisdiction: str | None = None) -> tuple[int | float | str, ...]:
        """Return a value that is a list; raises StandardError where it is something else."""
        value = self.value(name, on, jurisdiction)
        if not isinstance(value, tuple):
            raise StandardError(f"{name} is a {_kind(value)}, not a list")
        return value

    def text(self, name: str, on: date, jurisdiction: str | None = None) -> str:
        """Return a value that is a text, such as a pattern; raises StandardError where it is something else."""
        value = self.value(name, on, jurisdiction)
        if not isinstance(value, str):
            raise StandardError(f"{name} is a {_kind(value)}, not a text")
        return value

    def __iter__(self) -> Iterator[Standard]:
        """Every version of every standard, edits before shipped ones: what a page or a document lists."""
        for name in self._shipped:
            yield from self.versions(name)

    def _refuse_unknown(self, name: str) -> None:
        if name not in self._shipped:
            raise StandardError(f"no standard {name!r}; there are: {', '.join(sorted(self._shipped))}")


def load_standards(*sources: Path) -> Standards:
    """Read the standards of some TOML files, each combination of files once per process.

    Raises StandardDataError where a table is incomplete, or two versions hold in one place on one day.
    """
    return _load(sources)


@lru_cache(maxsize=16)
def _load(sources: tuple[Path, ...]) -> Standards:
    rows: list[Standard] = []
    for source in sources:
        for name, versions in tomllib.loads(source.read_text(encoding="utf-8")).items():
            if any(row.name == name for row in rows):
                raise StandardDataError(f"{source.name}: {name} is defined in another file already")
            rows.extend(_standard(name, version, source.name) for version in versions)
    return Standards(rows)


def _standard(name: str, table: Mapping[str, Any], where: str) -> Standard:
    facts = dict(table)
    try:
        value = to_value(facts.pop("value"))
        return Standard(name=name, value=value, certainty=Certainty(facts.pop("certainty")), **facts)
    except (KeyError, TypeError, ValueError) as problem:
        raise StandardDataError(f"{where}: {name}: {problem}") from problem


def to_value(plain: Any) -> Value:
    """Turn what TOML or JSON can say into a value: ``{"low": …, "high": …}`` is a range, a list a tuple.

    Raises StandardDataError for anything else, truth values included.
    """
    if isinstance(plain, dict) and set(plain) == {"low", "high"}:
        ends = (plain["low"], plain["high"])
        if all(_is_plain(end) and not isinstance(end, str) for end in ends):
            return Range(*ends)
    if isinstance(plain, list | tuple) and all(_is_plain(item) for item in plain):
        return tuple(plain)
    if _is_plain(plain):
        value: Value = plain
        return value
    raise StandardDataError(f"{plain!r} is neither number, text, list nor range")


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _kind(value: Value) -> str:
    if isinstance(value, Range):
        return "range"
    if isinstance(value, tuple):
        return "list"
    return "text" if isinstance(value, str) else "number"


def _places(jurisdiction: str | None) -> tuple[str, ...]:
    """The place itself, then the places around it: county, city, province, nation."""
    if jurisdiction is None or jurisdiction == NATION:
        return (NATION,)
    around = (jurisdiction, jurisdiction[:4] + "00", jurisdiction[:2] + "0000", NATION)
    return tuple(dict.fromkeys(around))


def _grouped(
    rows: Iterable[Standard], collide: Callable[[Standard, Standard], bool]
) -> dict[str, tuple[Standard, ...]]:
    """By name, the latest begun first; refuses two rows for one place that ``collide``."""
    by_name: dict[str, list[Standard]] = defaultdict(list)
    for row in rows:
        for other in by_name[row.name]:
            if other.jurisdiction == row.jurisdiction and collide(other, row):
                raise StandardDataError(f"{row.name} has two versions for {row.jurisdiction} on one day")
        by_name[row.name].append(row)
    return {
        name: tuple(sorted(versions, key=lambda row: row.valid_from or date.min, reverse=True))
        for name, versions in by_name.items()
    }
