"""One spelling for texts that people type in many ways, and the distance between two of them."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202f\u2060\ufeff]+")
_LOOKALIKES = str.maketrans(
    {
        "〔": "(", "【": "(", "[": "(", "{": "(", "〈": "(", "《": "(",
        "〕": ")", "】": ")", "]": ")", "}": ")", "〉": ")", "》": ")",
        "—": "-", "–": "-", "‐": "-", "‑": "-", "―": "-", "−": "-",
        "•": "·", "・": "·", "‧": "·", "∙": "·",
        "，": ",", "、": ",", "；": ";", "：": ":",
    }
)  # fmt: skip


def normalise(text: str) -> str:
    """Return ``text`` with full width made half width, blanks dropped, brackets, dashes and dots made alike.

    Two texts that normalise alike count as the same value. Letters become upper case.
    """
    folded = unicodedata.normalize("NFKC", text)
    return _INVISIBLE.sub("", folded).translate(_LOOKALIKES).upper()


def is_one_edit_apart(one: str, other: str) -> bool:
    """Tell whether inserting, dropping or replacing exactly one *character* makes the texts equal."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    rest_of_one = one[start + 1 :] if len(one) == len(other) else one[start:]
    return rest_of_one == other[start + 1 :]
