"""How a personal value prints when nobody has asked, with a reason, to see it whole."""

from __future__ import annotations

from collections.abc import Callable

STAR = "*"


def _middle(text: str, head: int, tail: int) -> str:
    """Keep ``head`` and ``tail`` characters; a text too short for both keeps its first character only."""
    if len(text) <= head + tail:
        return text[:1] + STAR * max(len(text) - 1, 1)
    return text[:head] + STAR * (len(text) - head - tail) + text[len(text) - tail :]


def _address(text: str) -> str:
    return text[:6] + STAR * 4 if len(text) > 6 else text[:2] + STAR * 4


def _note(text: str) -> str:
    return "（已加密）"


_MASKS: dict[str, Callable[[str], str]] = {
    "id_number": lambda text: _middle(text, 3, 4),
    "phone": lambda text: _middle(text, 3, 4),
    "bank_card": lambda text: _middle(text, 4, 4),
    "name": lambda text: text[:1] + STAR * max(len(text) - 1, 1),
    "address": _address,
    "note": _note,
}
KINDS = frozenset(_MASKS)


def mask(kind: str, text: str | None) -> str:
    """The masked form of ``text``, such as 420***********1234 for an id number; blank stays blank.

    ``kind`` is one of KINDS; an empty kind leaves the text as it is. Raises KeyError for a kind nobody declared, so
    that a misspelt kind can never print a value plain.
    """
    if not text or not kind:
        return text or ""
    return _MASKS[kind](text)
