"""The regions of China by GB/T 2260 code, as they are and as they were, and whether an address hangs together.

Two sources are merged at run time: ``data/regions.tsv`` beside this module (codes in use, made by
``tools/refresh_regions.py``) and the history that python-stdnum ships as ``stdnum/cn/loc.dat`` (from 1980 on, with
years). Cancelled codes stay on identity cards, so every code that ever was counts as known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from zhixing.kernel.codes.place_names import (
    ANY_CITY,
    ANY_COUNTY,
    DIRECT,
    city_spellings,
    county_spellings,
    province_spellings,
)
from zhixing.kernel.codes.text import normalise

REGIONS_IN_USE = Path(__file__).parent / "data" / "regions.tsv"

RESIDENCE_PERMIT_CODES = frozenset({"810000", "820000", "830000"})
"""First six digits of the residence permits of people from Hong Kong, Macau and Taiwan (DM-006)."""

MUNICIPALITIES = frozenset({"11", "12", "31", "50"})

ADDRESSES_SINCE = 2000
"""An address may use a name or a place in the tree that was still in force in this year; older ones are unknown."""

_ALIASES_OF_PROVINCES = {"新疆生产建设兵团": "65", "兵团": "65", "内蒙": "15", "广西省": "45", "新疆省": "65"}
_HISTORY_LINE = re.compile(r'^(?:(\d\d) province="|  (\d{4}) county="([^"]*)")', re.MULTILINE)
_HISTORY_NAME = re.compile(r"(?:\[(\d*)-(\d*)\])?([^,\[\]]+)")


class Named(NamedTuple):
    """A name that a code had. ``first`` and ``last`` are years; 0 and 9999 where there is no limit."""

    name: str
    first: int = 0
    last: int = 9999


class Regions:
    """Every GB/T 2260 code with every name it had. ``also`` adds codes that only a test knows.

    ``in_use`` maps a code to its present names (newest first, parted by ``|``), ``history`` to its names with years
    (``[2001-2009]襄阳区,[2010-]襄州区``). Codes cost nothing to look up; names are taken apart when first asked for.
    """

    def __init__(self, in_use: dict[str, str], history: dict[str, str], also: Iterable[str] = ()) -> None:
        self._in_use = in_use
        self._history = history
        self._codes = frozenset({*in_use, *history, *RESIDENCE_PERMIT_CODES, *also})

    @property
    def codes(self) -> frozenset[str]:
        """Every code that ever was assigned: the table an engine joins on."""
        return self._codes

    def known(self, code: str) -> bool:
        """Tell whether the six digits ever were a GB/T 2260 code or begin a residence permit."""
        return code in self._codes

    def name(self, code: str) -> str | None:
        """Return the newest name of a code, None for one that never was."""
        named = self._names.get(code)
        return max(named, key=lambda one: one.last).name if named else None

    def names(self, code: str) -> tuple[str, ...]:
        """Return every name a code had, newest first."""
        named = sorted(self._names.get(code, ()), key=lambda one: one.last, reverse=True)
        return tuple(dict.fromkeys(one.name for one in named))

    @cached_property
    def province_names(self) -> tuple[str, ...]:
        """Full names of the provinces in the order of their codes."""
        provinces = sorted(code for code in self._names if code.endswith("0000"))
        return tuple(name for name in map(self.name, provinces) if name)

    def hierarchy_ok(self, province: str, city: str, county: str) -> bool | None:
        """Tell whether the county lies in the city and the city in the province.

        Takes full or short names, former names that were in force since 2000, and the city columns 市辖区, 县 and
        省直辖县级行政单位. False means two of the names contradict each other; None that a blank or unknown name
        leaves the answer open (a development zone, a town in place of a county).
        """
        keys = normalise(province), normalise(city), normalise(county)
        provinces = self._provinces.get(keys[0], frozenset())
        cities = self._city_prefixes(provinces, keys[1])
        counties = frozenset() if keys[2] in ANY_COUNTY else self._counties.get(keys[2], frozenset())
        if provinces and cities:
            cities = frozenset(prefix for prefix in cities if prefix[:2] in provinces)
            if not cities:
                return False
        scope = cities or provinces
        if counties and scope and not any(code.startswith(tuple(scope)) for code in counties):
            return self._is_loose_city(cities, counties, provinces)
        return True if provinces and cities and counties else None

    def relation(self) -> Iterator[tuple[str, str, str]]:
        """Every lawful (province, city, county) with every spelling of each, normalised: about 60,000 rows.

        Meant for a join where calling ``hierarchy_ok`` on the distinct addresses isn't possible. An address counts
        as broken only where each of its three names occurs in its column of the relation, yet not together.
        """
        provinces = _inverted(self._provinces)
        cities = _inverted(self._cities)
        for code, spellings in _inverted(self._counties).items():
            prefixes = [prefix for prefix in (code[:4], code, code[:2]) if prefix in cities]
            city_names = {name for prefix in prefixes for name in cities[prefix]}
            if code[2:4] == "90":
                city_names |= DIRECT
            elif code[:2] in MUNICIPALITIES:
                city_names |= {"市辖区", "县"}
            for province in sorted(provinces.get(code[:2], ())):
                for city in sorted(city_names):
                    yield from ((province, city, county) for county in sorted(spellings - ANY_COUNTY))

    def _city_prefixes(self, provinces: frozenset[str], city: str) -> frozenset[str]:
        """The beginnings of code that a city column allows; empty where it is blank, general or unknown."""
        if city in DIRECT:
            return frozenset(province + "90" for province in provinces)
        if city in ANY_CITY:
            return provinces & MUNICIPALITIES
        return self._cities.get(city, frozenset())

    def _is_loose_city(
        self, cities: frozenset[str], counties: frozenset[str], provinces: frozenset[str]
    ) -> bool | None:
        """A county-level city in the city column says too little to refute a county in the same province."""
        if cities and all(len(prefix) == 6 and prefix[2:4] != "90" for prefix in cities):
            around = tuple(provinces or {prefix[:2] for prefix in cities})
            return None if any(code.startswith(around) for code in counties) else False
        return False

    @cached_property
    def _names(self) -> dict[str, list[Named]]:
        names = {code: [Named(name) for name in used.split("|")] for code, used in self._in_use.items()}
        for code, text in self._history.items():
            named = names.setdefault(code, [])
            if named and named[0].name == text.rpartition("]")[2] and "," not in text:
                continue  # the present name is the only one there ever was
            present = {one.name for one in named}
            for first, last, name in _HISTORY_NAME.findall(text):
                if name not in present:
                    named.append(Named(name, int(first or 0), int(last or 9999)))
        return names

    def _recent(self) -> Iterator[tuple[str, str]]:
        for code, named in self._names.items():
            for one in named:
                if one.last >= ADDRESSES_SINCE:
                    yield code, one.name

    @cached_property
    def _provinces(self) -> dict[str, frozenset[str]]:
        """Spelling → two-digit codes."""
        found: dict[str, set[str]] = defaultdict(set)
        for code, name in self._recent():
            if code.endswith("0000"):
                for spelling in province_spellings(name):
                    found[spelling].add(code[:2])
        for alias, province in _ALIASES_OF_PROVINCES.items():
            found[alias].add(province)
        return _frozen(found)

    @cached_property
    def _cities(self) -> dict[str, frozenset[str]]:
        """Spelling → beginnings of code: two digits for a municipality, four for a city, six for one without a city."""
        found: dict[str, set[str]] = defaultdict(set)
        for spelling, provinces in self._provinces.items():
            found[spelling] |= provinces & MUNICIPALITIES
        for code, name in self._recent():
            if code.endswith("0000") or name in ANY_CITY:
                continue
            if code.endswith("00") and code[:2] not in MUNICIPALITIES:
                for spelling in city_spellings(name):
                    found[spelling].add(code[:4])
            elif code[2:4] == "90" or name.endswith("市"):
                for spelling in county_spellings(name):
                    found[spelling].add(code)
        return _frozen(found)

    @cached_property
    def _counties(self) -> dict[str, frozenset[str]]:
        """Spelling → six-digit codes; a city without counties (东莞市) stands in its own county column too."""
        found: dict[str, set[str]] = defaultdict(set)
        for code, name in self._recent():
            if not code.endswith("00") and name not in ANY_COUNTY:
                for spelling in county_spellings(name):
                    found[spelling].add(code)
        for code in self._undivided():
            for name in self.names(code):
                found[normalise(name)].add(code)
        return _frozen(found)

    def _undivided(self) -> list[str]:
        """Codes of cities under which no named county ever stood."""
        divided = {
            code[:4]
            for code, named in self._names.items()
            if not code.endswith("00") and any(one.name not in ANY_COUNTY for one in named if one.last == 9999)
        }
        cities = (code for code in self._names if code.endswith("00") and not code.endswith("0000"))
        return [code for code in cities if code[:4] not in divided]


@lru_cache(maxsize=4)
def regions(also: frozenset[str] = frozenset()) -> Regions:
    """Return the regions of China, read once per process. ``also``: codes that only a test may know."""
    return Regions(_in_use(), _history(), also)


def _in_use() -> dict[str, str]:
    lines = REGIONS_IN_USE.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


def _history() -> dict[str, str]:
    """Read python-stdnum's table: lines of ``42 province="…"``, under each ``  0607 county="…"``."""
    package = find_spec("stdnum")
    if package is None or package.origin is None:
        raise RuntimeError("python-stdnum is missing, and with it the history of the regions")
    history: dict[str, str] = {}
    province = ""
    table = (Path(package.origin).parent / "cn" / "loc.dat").read_text(encoding="utf-8")
    for heading, rest, text in _HISTORY_LINE.findall(table):
        if heading:
            province = heading
        else:
            history[province + rest] = text
    return history


def _frozen(found: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(codes) for key, codes in found.items() if codes}


def _inverted(found: dict[str, frozenset[str]]) -> dict[str, set[str]]:
    by_code: dict[str, set[str]] = defaultdict(set)
    for spelling, codes in found.items():
        for code in codes:
            by_code[code].add(spelling)
    return by_code
