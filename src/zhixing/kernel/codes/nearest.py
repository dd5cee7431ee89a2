"""Which lawful value was meant: offered only where there is no second candidate and no risk of the opposite."""

from __future__ import annotations

from collections.abc import Mapping

from zhixing.kernel.codes.text import is_one_edit_apart

_RISKY = frozenset("非不无未否是有0123456789.一二三四五六七八九十半两")
"""Characters that turn a value into its opposite or into another number; a slip in one of them is never guessed."""


def nearest_title(key: str, spellings: Mapping[str, str]) -> str | None:
    """Return the one title that ``key`` (normalised) begins or misspells, None at the least doubt.

    Distances are counted in characters. A title of one or two characters is only found inside a longer text or
    begun by a shorter one: to replace half of it would be guessing.
    """
    begun = _shortest_begun(key, spellings)
    if begun is not None:
        return begun
    misspelt = {title for spelling, title in spellings.items() if _is_misspelling(key, spelling)}
    return misspelt.pop() if len(misspelt) == 1 else None


def _shortest_begun(key: str, spellings: Mapping[str, str]) -> str | None:
    """汉 begins only 汉族; 土 begins 土族 and 土家族, but lacks one character of the first alone."""
    missing = {len(spelling) - len(key) for spelling in spellings if spelling.startswith(key)}
    if not missing or (len(key) == 1 and min(missing) > 1):
        return None
    fewest = min(missing)
    titles = {title for text, title in spellings.items() if text.startswith(key) and len(text) - len(key) == fewest}
    return titles.pop() if len(titles) == 1 else None


def _is_misspelling(key: str, spelling: str) -> bool:
    if not is_one_edit_apart(key, spelling):
        return False
    if len(key) == len(spelling) and len(spelling) <= 2:
        return False
    return not (_RISKY & _differing(key, spelling))


def _differing(one: str, other: str) -> set[str]:
    """The characters at the one place where two texts differ."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    shorter_end = 1 if len(one) >= len(other) else 0
    other_end = 1 if len(other) >= len(one) else 0
    return set(one[start : start + shorter_end]) | set(other[start : start + other_end])
