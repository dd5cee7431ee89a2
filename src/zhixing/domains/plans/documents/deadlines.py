"""When something is due: 2018年9月底前, 每学期, 招生前, 长期坚持."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from .dates import Period, periods_in
from .draft import Deadline

_RECURRING = re.compile(
    r"每(?:个|一)?(?:两|半|三)?(?:个)?(?:年度?|学年|学期|季度?|月|周|星期|天|日|工作日)(?:\d{1,2}月)?(?:\d{1,2}[日号])?"
    r"(?:的?(?:招生|开学|放假|学期|考试|毕业|年|月|周|季)?[初中末底内]?(?:之前|以前|前|后|内))?(?:至少)?(?:[一二两三四\d]+次)?|定期|按月|按季度?|按学期|按年度"
)
_OPEN = re.compile(r"长期坚持|长期|持续推进|持续|常抓不懈|常态化|全程|贯穿(?:始终|全过程)|全年")
_EVENT = re.compile(
    r"立即|即日起?|立行立改|(?:招生|开学|放假|评估|验收|毕业|检查|复查|考试|实习|学期)(?:工作)?(?:开始|结束)?(?:之前|以前|前|后)"
    r"(?:[一二两三四\d]+(?:天|日|周|个月)内)?"
)
# “9月前” ends with August, “9月底前” with September.
_STRICTLY_BEFORE = re.compile(r"[年月](?:之前|以前|前)$")
_BEFORE = re.compile(r"\s*(?:底|末)?\s*(?:之前|以前|前|止|内|完成|底|末)")


def deadline_of(text: str, *, year: int = 0) -> Deadline | None:
    """What a cell “完成时限” means; None for an empty one, kind "unclear" for what can't be understood."""
    bare = " ".join(text.split())
    if not bare:
        return None
    found = next(deadlines_in(bare, year=year, label=True), None)
    return replace(found, verbatim=bare) if found else Deadline(kind="unclear", verbatim=bare)


def deadlines_in(text: str, *, year: int = 0, label: bool = False) -> Iterator[Deadline]:
    """The deadlines that a text names, in order. ``label``: the text says nothing but a time, so any date is one."""
    for hit in _RECURRING.finditer(text):
        yield Deadline(kind="recurring", verbatim=hit.group(), rule=hit.group())
    for period in periods_in(text, year=year):
        words = text[period.start : period.end]
        before = _BEFORE.match(text, period.end)
        if label or before or period.first is not period.last:
            yield _fixed(period, words + (before.group() if before else ""))
    for kind, pattern in (("event", _EVENT), ("open", _OPEN)):
        for hit in pattern.finditer(text):
            if not text[: hit.start()].endswith("每"):
                yield Deadline(kind=kind, verbatim=hit.group(), rule=hit.group())  # type: ignore[arg-type]


def _fixed(period: Period, words: str) -> Deadline:
    """A span has both ends; a single moment is the time until which, whatever its first day."""
    if period.last is None:
        return Deadline(kind="open", verbatim=words, rule=words, start=period.first.first if period.first else None)
    end = period.last.last
    if _STRICTLY_BEFORE.search(words) and period.last.exact != "day":
        end = period.last.first - timedelta(days=1)
    span = period.first is not None and period.first is not period.last
    return Deadline(kind="fixed", verbatim=words, start=period.first.first if span and period.first else None, end=end)
