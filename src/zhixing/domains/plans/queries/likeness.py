"""How alike two pieces of Chinese text are, cheaply enough to hold every title against every other."""

from __future__ import annotations

import re

from zhixing.kernel.base.text import normalise

NOISE = re.compile(r"[\s，,。.；;：:、“”\"'（）()《》〈〉·—-]+")
TAIL = re.compile(r"(活动|行动|工作|机制|体系)$")


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
