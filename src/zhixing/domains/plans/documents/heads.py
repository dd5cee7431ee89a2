"""What stands above the first part of a plan: its title, its years, and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zhixing.kernel.outlines.folding import plain
from zhixing.kernel.outlines.lines import Line

from . import words
from .dates import Period, period_in
from .titles import key, tidied, undated

_LONGEST = 60
_NUMBER_OF_DOCUMENT = re.compile(r"[\u3400-\u9fff]{1,12}\s*\(\s*\d{4}\s*\)\s*\d+\s*号$")
_ADDRESSEE = re.compile(r".{2,40}[:]$")
_KIND_ALONE = re.compile(r"(?:三年|年度)?(?:实施|工作|行动)?(?:方案|计划|规划|意见|细则)")
_ENDS_SENTENCE = re.compile(r"[。;!?]$")


@dataclass(frozen=True)
class Head:
    """The title (without its years), the years' period, the lines that are the title once more, and all other lines."""

    title: str
    period: Period | None
    titles: tuple[Line, ...]
    repeats: tuple[Line, ...]
    others: tuple[Line, ...]


def head_of(preface: Sequence[Line]) -> Head:
    """Read the lines above the first part. Where a notice carries the plan, the last title is the plan's."""
    told = [line for line in preface if line.kind == "paragraph"]
    candidates = [at for at, line in enumerate(told) if _like_a_title(line)]
    if not candidates:
        return Head("", None, (), (), tuple(preface))
    plans = [at for at in candidates if words.PLAN.search(_bare(told[at]))]
    at = (
        plans[-1] if plans else next((at for at in candidates if words.DOCUMENT.search(_bare(told[at]))), candidates[0])
    )
    lines = _lines_of(told, at)
    title, period = undated("".join(line.text for line in lines))
    repeats = tuple(line for line in told if line not in lines and key(undated(line.text)[0]) == key(title))
    under = told[told.index(lines[-1]) + 1 :]
    dated = under[0] if under and period_in(under[0].text) and not tidied(undated(under[0].text)[0]) else None
    if dated is not None and period is None:
        period = period_in(dated.text)
    used = {line.no for line in (*lines, *repeats)} | ({dated.no} if dated is not None else set())
    titles = (*lines, dated) if dated is not None else lines
    return Head(title, period, titles, repeats, tuple(line for line in preface if line.no not in used))


def _bare(line: Line) -> str:
    return plain(undated(line.text)[0]).strip("() ")


def _like_a_title(line: Line) -> bool:
    text = plain(line.text).strip()
    if not 4 <= len(text) <= _LONGEST or _ENDS_SENTENCE.search(text) or _ADDRESSEE.match(text):
        return False
    if _NUMBER_OF_DOCUMENT.search(text) or not tidied(undated(line.text)[0]):
        return False
    looks = line.look.style.lower() in ("title", "标题") or (line.look.centred and len(text) >= 6)
    return bool(words.DOCUMENT.search(_bare(line))) or looks


def _lines_of(told: Sequence[Line], at: int) -> tuple[Line, ...]:
    """The line of the title, with the one above where the title was broken in two."""
    line = told[at]
    above = told[at - 1] if at else None
    if above is None or line.no - above.no > 2:
        return (line,)
    text = plain(above.text).strip()
    whole = words.DOCUMENT.search(text) and not _KIND_ALONE.fullmatch(_bare(line))
    short = 4 <= len(text) <= 30 and not re.search(r"[。,;:()\d]", text) and not whole
    alike = above.look.centred == line.look.centred and above.look.size == line.look.size
    alone = key(above.text) in key(line.text)
    return (above, line) if short and alike and not alone and line.no - above.no == 1 else (line,)
