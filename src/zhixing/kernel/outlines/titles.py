"""Where the title of a numbered paragraph ends and its body begins."""

from __future__ import annotations

import re

from .folding import fold

_LONGEST = 48
_LONGEST_BEFORE_COLON = 30
_SPACED = re.compile(r"[^\s。；;：:,，]{3,30}?(?=[ \t]+(\S.*))")
_CLAUSE = re.compile(r"[,，;；:：、。]")
_PAIRS = {"(": ")", "《": "》", "“": "”", "「": "」"}


def title_end(text: str, bold: int = 0) -> tuple[int, int, float]:
    """Where the title of ``text`` ends, where the body begins, and how sure that is.

    A title ends at the line's break, where its bold letters end (``bold`` of them at the head), at the first full
    stop, at a colon, or at a blank before a sentence; a short line is all title. A long sentence has no title of its
    own: its first clause is taken for one, and the body is the whole sentence.
    """
    folded, places = fold(text)
    if (broken := text.find("\n")) > 0:
        return broken, broken + 1, 0.9
    if 2 <= bold < len(text.rstrip()) and bold <= _LONGEST:
        return bold, bold, 1.0
    stop, colon = _outside(folded, "。"), _outside(folded, ":")
    before_colon = 0 < colon <= _LONGEST_BEFORE_COLON and (stop < 0 or colon < stop)
    if before_colon and folded[colon + 1 :].strip() and not _CLAUSE.search(folded, 0, colon):
        return places[colon], places[colon + 1], 1.0
    spaced = _SPACED.match(folded)
    if spaced and _CLAUSE.search(spaced.group(1)) and (stop < 0 or spaced.end() < stop):
        return places[spaced.end()], places[spaced.end()], 0.9
    if 0 < stop <= _LONGEST:
        tail = folded[stop + 1 :].strip()
        sentence = not tail and len(_CLAUSE.findall(folded[:stop])) >= 2
        if not sentence:
            return places[stop], places[stop + 1], 1.0
    elif stop < 0 and len(folded) <= _LONGEST and len(re.findall("[,;]", folded)) <= 1:
        return len(text), len(text), 1.0
    clause = _CLAUSE.search(folded, 2)
    end = clause.start() if clause and clause.start() <= _LONGEST else min(len(folded), _LONGEST)
    return places[end], 0, 0.6


def _outside(text: str, sign: str) -> int:
    """The first ``sign`` outside brackets and quotes; one that stands in an unclosed pair counts as outside."""
    at = 0
    while at < len(text):
        if text[at] == sign:
            return at
        close = _PAIRS.get(text[at])
        end = text.find(close, at + 1) if close else -1
        at = end + 1 if end >= 0 else at + 1
    return -1
