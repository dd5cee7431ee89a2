"""What an address line asks of a list, held against what the page declares; anything else is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from .cells import Cell
from .filters import BadQuestion, Sieve

SIZES = (50, 100, 200, 1000)
RESERVED = frozenset({"q", "sort", "page", "size", "cols"})
LONGEST = 200


@dataclass(frozen=True)
class Asked:
    """One question to a list. ``asked`` holds filter parameters as they came, known to be declared."""

    words: str = ""
    asked: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    columns: tuple[str, ...] = ()
    page: int = 1
    size: int = SIZES[0]

    def pairs(self) -> list[tuple[str, str]]:
        """The question as address parameters; what is usual is left out."""
        found = [("q", self.words)] if self.words else []
        found += self.asked
        if self.sort:
            found.append(("sort", self.sort))
        if self.columns:
            found.append(("cols", ",".join(self.columns)))
        if self.size != SIZES[0]:
            found.append(("size", str(self.size)))
        if self.page > 1:
            found.append(("page", str(self.page)))
        return found

    def query(self, **changes: Any) -> str:
        """The address line after ``?`` with these changes; ``without=parameter`` drops a filter."""
        without = changes.pop("without", None)
        asked = replace(self, **{"page": 1, **changes})
        if without is not None:
            asked = replace(asked, asked=tuple(pair for pair in asked.asked if pair[0] not in without))
        return urlencode(asked.pairs())

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.asked)


def read(
    query: QueryDict, sieves: Mapping[str, Sieve], cells: Mapping[str, Cell], extra: frozenset[str] = frozenset()
) -> Asked:
    """Read an address line. Raises BadQuestion for any parameter, column or order the page does not declare.

    ``sieves`` maps each lawful parameter to its filter; ``extra`` are filters that only presets use.
    """
    asked: list[tuple[str, str]] = []
    for name in query:
        if name in RESERVED:
            continue
        if name not in sieves and name not in extra:
            raise BadQuestion(f"这个页面没有“{name[:40]}”这个条件")
        asked += [(name, value[:LONGEST]) for value in query.getlist(name) if value != ""]
    sort = query.get("sort", "")
    if sort and (sort.removeprefix("-") not in cells or not cells[sort.removeprefix("-")].sort):
        raise BadQuestion("不能按这一列排序")
    chosen = tuple(part for value in query.getlist("cols") for part in value.split(",") if part)
    if strange := [name for name in chosen if name not in cells]:
        raise BadQuestion(f"这个页面没有“{strange[0][:40]}”这一列")
    size = _count(query.get("size"), SIZES[0])
    if size not in SIZES:
        raise BadQuestion("每页行数不在可选范围内")
    columns = tuple(dict.fromkeys(chosen))
    usual = tuple(path for path, cell in cells.items() if cell.default)
    words = " ".join(query.get("q", "").split())[:LONGEST]
    page = _count(query.get("page"), 1)
    return Asked(words, tuple(asked), sort, () if columns == usual else columns, page, size)


def _count(value: str | None, usual: int) -> int:
    if not value:
        return usual
    if not value.isascii() or not value.isdigit() or not 0 < len(value) < 8 or int(value) < 1:
        raise BadQuestion("页码或行数不对")
    return int(value)
