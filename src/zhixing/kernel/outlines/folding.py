"""One width for matching, with the way back: patterns see folded text, spans are told in the document's own."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f]")
_BRACKETS = str.maketrans("〔〕［］【】｛｝⟨⟩﹝﹞", "()()()()()()")
# These carry a number of their own; taking them apart would move what follows.
_NUMBERED = re.compile(r"[\u2070-\u209f\u2150-\u218f\u2460-\u24ff\u2776-\u2793\u3220-\u3243\u3251-\u325f\u3280-\u32bf]")


def fold(text: str) -> tuple[str, list[int]]:
    """``text`` in half width without what can't be seen, and for every character (and the end) its place in ``text``.

    Brackets of all shapes become round ones, blanks of all widths a plain one (line ends stay), dashes and quotes stay.
    """
    if not _INVISIBLE.search(text):
        return "".join(map(_folded, text)), list(range(len(text) + 1))
    kept = [(at, char) for at, char in enumerate(text) if not _INVISIBLE.match(char)]
    return "".join(_folded(char) for _, char in kept), [*(at for at, _ in kept), len(text)]


def plain(text: str) -> str:
    """The folded text alone."""
    return fold(text)[0]


def visible(text: str) -> str:
    """``text`` without what can't be seen."""
    return _INVISIBLE.sub("", text)


@cache
def _folded(char: str) -> str:
    if char.isspace():
        return "\n" if char == "\n" else " "
    if _NUMBERED.match(char):
        return char
    single = unicodedata.normalize("NFKC", char).translate(_BRACKETS)
    return single if len(single) == 1 else char.translate(_BRACKETS)
