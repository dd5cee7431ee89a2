"""How alike two pieces of Chinese text are, and where they differ word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from zhixing.kernel.base.text import normalise

NOISE = re.compile(r"[\s，,。.；;：:、“”\"'（）()《》〈〉·—-]+")
TAIL = re.compile(r"(活动|行动|工作|机制|体系)$")
WORD = re.compile(r"[A-Za-z0-9〔〕.%-]+|\s+|.", re.DOTALL)


def bare(text: str) -> str:
    """The text without marks, blanks and the words that every title ends with."""
    return TAIL.sub("", NOISE.sub("", normalise(text)))


def pairs(text: str) -> frozenset[str]:
    """Neighbouring characters; for Chinese these serve as words do elsewhere."""
    return frozenset(text[n : n + 2] for n in range(len(text) - 1)) or frozenset({text})


def likeness(one: str, other: str) -> float:
    """0 to 1: the share of neighbouring characters in common (Dice); 1 for texts equal but for their marks."""
    a, b = bare(one), bare(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    mine, theirs = pairs(a), pairs(b)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def word_changes(old: str, new: str) -> list[tuple[str, str]]:
    """Pieces in reading order: ("same" | "removed" | "added", text). A word is a number, a Latin word, a character."""
    before, after = WORD.findall(old), WORD.findall(new)
    found: list[tuple[str, str]] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(before[a1:a2])))
            continue
        if a2 > a1:
            found.append(("removed", "".join(before[a1:a2])))
        if b2 > b1:
            found.append(("added", "".join(after[b1:b2])))
    return found
