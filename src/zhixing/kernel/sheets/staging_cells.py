"""The cells of a staged row: sealed as one value, shown masked, read as canonical values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..base.masking import mask
from ..people.sealing import open_sealed
from ..rosters.declarations import Codes, Column
from ..rosters.engines.base import BLANKS, HALF, WIDE
from .declare import Values

LONGEST_SHOWN = 200
UNREAD = "（未识别的列，不读取）"
_TO_HALF = str.maketrans(WIDE, HALF)


@dataclass
class Contents:
    """What is sealed of one row: its cells by position, positions that lost digits, suggestions by "position:rule"."""

    cells: list[str | None]
    lossy: list[int] = field(default_factory=list)
    suggestions: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, row: Any) -> Contents:
        """Open a StagedRow. The text stays in memory; nothing of it may be printed unmasked."""
        kept = json.loads(open_sealed(row, "cells"))
        return cls(kept["c"], kept["l"], kept["s"])

    def text(self) -> str:
        """What is sealed."""
        kept = {"c": self.cells, "l": self.lossy, "s": self.suggestions}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def cleaned(text: str | None, kind: str) -> str:
    """A cell as the rules read it (see Engine.cleaned); "" for a blank one."""
    text = (text or "").strip(BLANKS)
    if kind != "text":
        text = text.translate(_TO_HALF)
    if kind == "id":
        text = text.replace(" ", "").replace("'", "").upper()
    return text


class Reader:
    """Turns the cells of one table into canonical values: cleaned, coded values in their one lawful spelling."""

    def __init__(self, mapping: Mapping[str, int], columns: Mapping[str, Column], codes: Codes) -> None:
        self._plan = [
            (name, position, columns[name].kind, codes.sets.get(columns[name].code_set))
            for name, position in mapping.items()
        ]
        self._spelt: dict[tuple[str, str], str] = {}

    def values(self, cells: Sequence[str | None]) -> Values:
        found: Values = {}
        for name, position, kind, code_set in self._plan:
            text = cleaned(cells[position] if position < len(cells) else None, kind)
            if text and code_set is not None:
                known = self._spelt.get((name, text))
                if known is None:
                    known = self._spelt[name, text] = code_set.canonical(text) or text
                text = known
            found[name] = text
        return found


class Shower:
    """Masks the cells of one table for the preview: sensitive columns by their kind, unknown ones wholly."""

    def __init__(self, headings: Sequence[str], mapping: Mapping[str, int], columns: Mapping[str, Column]) -> None:
        # Whoever imports a register sees its names on every list; a preview without them can't be checked.
        kinds = {
            position: "" if columns[name].sensitive == "name" else columns[name].sensitive
            for name, position in mapping.items()
        }
        self._kinds = [kinds.get(position) for position in range(len(headings))]

    def kind(self, position: int) -> str:
        return (self._kinds[position] or "") if position < len(self._kinds) else ""

    def shown(self, cells: Sequence[str | None]) -> list[str]:
        return [self.one(position, text) for position, text in enumerate(cells)]

    def one(self, position: int, text: str | None) -> str:
        """One cell as it may be printed."""
        if not text:
            return ""
        kind = self._kinds[position] if position < len(self._kinds) else None
        if kind is None:
            return UNREAD
        return mask(kind, text.strip())[:LONGEST_SHOWN]
