"""Titles as they are told: without number, dates, final full stop and letters spaced apart for looks."""

from __future__ import annotations

import re

from zhixing.kernel.outlines.folding import plain

from .dates import Period, period_in, without_period

_EDGES = " \t\n\u3000。．.；;：:，,、"
_SPACED_OUT = re.compile(r"(?<=[\u3400-\u9fff])[ \u3000\u00a0]+(?=[\u3400-\u9fff])")
_EMPTY_BRACKETS = re.compile(r"[（(]\s*[）)]")


def tidied(title: str) -> str:
    """The title on one line without its final mark; letters spaced apart are brought together."""
    joined = "".join(title.split("\n")) if "\n" in title else title
    words = joined.split()
    if len(words) > 2 and all(len(word) <= 2 for word in words):
        joined = _SPACED_OUT.sub("", joined)
    return _EMPTY_BRACKETS.sub("", joined).strip(_EDGES).removesuffix("。")


def undated(title: str, *, year: int = 0, month: int = 0) -> tuple[str, Period | None]:
    """The tidied title without the time it names, and that time."""
    period = period_in(title, year=year, month=month)
    return tidied(without_period(title, period)), period


def key(title: str) -> str:
    """One spelling for comparing titles: folded, without blanks and marks."""
    return re.sub(r"[\W_]+", "", plain(title)).lower()
