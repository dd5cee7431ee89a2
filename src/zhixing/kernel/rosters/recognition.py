"""Which roster and layout a table's headings belong to, whatever spelling a year or an office gave them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from .declarations import Layout, Roster

_MARKS = re.compile(r"[\s*＊:：、\u200b\ufeff]+")
_ASIDES = re.compile(r"\((必填|必录|选填|可选|必填项|格式[^)]*|如[^)]*|例[^)]*)\)")
MIN_SHARE = 0.4
"""At least this share of a layout's required columns must be there, and all that identify a row."""


@lru_cache(maxsize=4096)
def heading_key(heading: str) -> str:
    """One spelling for headings that differ in width, brackets, blanks, stars or remarks such as (必填)."""
    plain = unicodedata.normalize("NFKC", heading)
    for left, right in (("〔", "("), ("〕", ")"), ("[", "("), ("]", ")"), ("【", "("), ("】", ")")):
        plain = plain.replace(left, right)
    plain = _MARKS.sub("", plain)
    return _ASIDES.sub("", plain).replace("(", "").replace(")", "").upper()


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """What was made of a table's headings.

    ``mapping`` gives for each canonical column the position of its heading; ``unknown`` are headings that mean
    nothing here, ``repeated`` those that name a column a second time, ``missing`` the required columns (titles) that
    are not there. ``roster`` and ``layout`` are None where the table is no roster.
    """

    roster: Roster | None = None
    layout: Layout | None = None
    mapping: Mapping[str, int] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    share: float = 0.0


def recognise(
    headings: Sequence[str], rosters: Sequence[Roster], mapping: Mapping[str, str] | None = None
) -> Recognition:
    """Find the layout that fits the headings best.

    ``mapping`` is a user's own (heading to canonical column, "" to ignore) and goes before everything else.
    """
    best = Recognition(unknown=tuple(headings))
    for roster in rosters:
        for layout in roster.layouts:
            found = _against(headings, roster, layout, mapping or {})
            if found.roster is not None and (found.share, len(found.mapping)) > (best.share, len(best.mapping)):
                best = found
    return best


def _against(headings: Sequence[str], roster: Roster, layout: Layout, own: Mapping[str, str]) -> Recognition:
    names = _spellings(layout)
    places: dict[str, int] = {}
    unknown: list[str] = []
    repeated: list[str] = []
    for position, heading in enumerate(headings):
        name = own.get(heading, names.get(heading_key(heading)))
        if not name or layout.column(name) is None:
            if heading.strip() and name != "":
                unknown.append(heading)
        elif name in places:
            repeated.append(heading)
        else:
            places[name] = position
    required = [column for column in layout.columns if column.required]
    missing = tuple(column.title for column in required if column.name not in places)
    share = 1 - len(missing) / len(required) if required else float(bool(places))
    fits = share >= MIN_SHARE and all(name in places for name in roster.identifying)
    return Recognition(
        roster=roster if fits else None, layout=layout if fits else None, mapping=places, unknown=tuple(unknown),
        repeated=tuple(repeated), missing=missing, share=share,
    )  # fmt: skip


def _spellings(layout: Layout) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in layout.columns:
        for spelling in (column.title, *column.synonyms):
            found.setdefault(heading_key(spelling), column.name)
    return found
