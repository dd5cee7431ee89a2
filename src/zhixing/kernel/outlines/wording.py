"""What changed in a text, word by word: Chinese character by character, figures and Latin words whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORD = re.compile(r"[0-9]+(?:\.[0-9]+)?|[A-Za-z]+|\s+|.", re.DOTALL)
_SENTENCE = re.compile(r"[^。；;！？\n]*(?:[。；;！？\n]|$)")
# Comparing is quadratic: longer texts are compared by sentences, and beyond a bound not at all.
_BY_WORD = 3_000
_BY_SENTENCE = 3_000
_LONGEST_ALIKE = 300


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that were kept, taken out or put in."""

    kind: Literal["same", "out", "in"]
    text: str


def wording(before: str, after: str) -> tuple[Piece, ...]:
    """``before`` turned into ``after``. Joining the pieces without "in" gives back the one, without "out" the other."""
    parts = _parts(before, _WORD), _parts(after, _WORD)
    if max(map(len, parts)) > _BY_WORD:
        parts = _parts(before, _SENTENCE), _parts(after, _SENTENCE)
    if max(map(len, parts)) > _BY_SENTENCE:
        return _pieces([("out", before), ("in", after)])
    old, new = parts
    found: list[tuple[Literal["same", "out", "in"], str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(old[a:b])))
        else:
            found += [("out", "".join(old[a:b])), ("in", "".join(new[c:d]))]
    return _pieces(found)


def likeness(one: str, other: str) -> float:
    """How alike two texts are by their first few hundred characters, 0 to 1."""
    if one == other:
        return 1.0
    matcher = SequenceMatcher(None, one[:_LONGEST_ALIKE], other[:_LONGEST_ALIKE], autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() > 0.4 and matcher.quick_ratio() > 0.4 else 0.0


def _parts(text: str, pattern: re.Pattern[str]) -> list[str]:
    return [part for part in pattern.findall(text) if part]


def _pieces(found: list[tuple[Literal["same", "out", "in"], str]]) -> tuple[Piece, ...]:
    return tuple(Piece(kind, text) for kind, text in found if text)
