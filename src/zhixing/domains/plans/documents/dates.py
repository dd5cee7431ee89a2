"""Days, months, halves and spans of time as plans write them, the second year left out included."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from zhixing.kernel.outlines.counting import number_of
from zhixing.kernel.outlines.folding import fold

Exact = Literal["year", "month", "day"]

_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_PART = r"(?:上旬|中旬|下旬|月底|月末|月初|初|中旬?|底|末)?"
_WITH_YEAR = re.compile(
    rf"(?P<y>{_YEAR})\s*年?度?\s*(?:(?P<half>[上下])半年|第?(?P<q>[一二三四1-4])季度|(?P<term>[春秋])季?学期|年?(?P<edge>[底末初中])(?!\w)?"
    rf"|(?P<m>{_MONTH})\s*月份?\s*(?:(?P<d>\d{{1,2}})\s*[日号])?{_PART})"
)
_DOTTED = re.compile(
    rf"(?P<y>{_YEAR})\s*[./\-年]\s*(?P<m>{_MONTH})(?!\d)(?:\s*[./\-月]\s*(?P<d>\d{{1,2}})(?![\d.月年])[日号]?)?月?份?{_PART}"
)
_PACKED = re.compile(rf"(?P<y>{_YEAR})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?!\d)")
_NEXT_YEAR = re.compile(r"次年|翌年|第二年|转年")
_BARE_DAY = re.compile(r"(?P<d>\d{1,2})\s*[日号]")
_YEAR_ONLY = re.compile(rf"(?P<y>{_YEAR})\s*(?:年度?|学年)?")
_NO_YEAR = re.compile(
    rf"(?P<half>[上下])半年|第?(?P<q>[一二三四1-4])季度|(?:本年|当年|年)(?P<edge>[底末初中])"
    rf"|(?P<m>{_MONTH})\s*月份?\s*(?:(?P<d>\d{{1,2}})\s*[日号])?{_PART}"
)
_BARE_MONTH = re.compile(r"(?P<m>1[0-2]|0?[1-9])(?![\d年.])月?份?")
_MONTH_AHEAD = re.compile(rf"(?P<y>{_YEAR})\s*年\s*(?P<m>1[0-2]|0?[1-9])(?=\s*[-—–~～至到]+\s*\d{{1,2}}\s*月)")
_BEGINS = re.compile(rf"{_YEAR}|[上下]半年|[一二三四1-4]季度|{_MONTH}\s{{0,3}}月(?![考报])|年[底末]")
_TO = re.compile(r"\s*(?:起|开始)?\s*(?:[-—–―−~～]+|至|到)\s*")
_ONWARDS = re.compile(r"\s*(?:起|开始|以后|以来)")
_HAN_YEAR = re.compile(r"[二][〇零○O0][〇零○一二三四五六七八九]{2}(?=年)")
_FIRST_OF = {"上": 1, "下": 7, "初": 1, "中": 6, "底": 12, "末": 12}
_BRACKETED = re.compile(r"\(([^()]{4,60})\)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, month, half or year: its first and last day, and how exactly it was named."""

    first: date
    last: date
    exact: Exact


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last`` (None: open on that side), standing at ``start``–``end`` of the text."""

    first: Moment | None
    last: Moment | None
    start: int
    end: int

    @property
    def months(self) -> tuple[str, str]:
        """ "YYYY-MM" of the first and the last month, "" for an open side."""
        return (
            f"{self.first.first:%Y-%m}" if self.first else "",
            f"{self.last.last:%Y-%m}" if self.last else "",
        )

    @property
    def as_exact(self) -> tuple[str, str]:
        """First and last as exact as the document: "2018", or "2018-03" where it names months."""
        return _named(self.first, "first"), _named(self.last, "last")


def _named(moment: Moment | None, side: str) -> str:
    if moment is None:
        return ""
    day: date = getattr(moment, side)
    return f"{day:%Y}" if moment.exact == "year" else f"{day:%Y-%m}"


def period_in(text: str, *, year: int = 0, month: int = 0) -> Period | None:
    """The first span of time, or single moment, in ``text``.

    ``year`` (0: none) is taken where the text names none; ``month`` is then the earliest that can be meant, so that a
    smaller one falls into the year after.
    """
    return next(periods_in(text, year=year, month=month), None)


def periods_in(text: str, *, year: int = 0, month: int = 0) -> Iterator[Period]:
    """All spans of time in ``text``, in order, none within another."""
    folded, places = fold(text)
    folded = _HAN_YEAR.sub(lambda hit: str(number_of(hit.group().translate({79: 48, 48: "〇"}))), folded)
    at = 0
    while (found := _search(folded, at, year, month)) is not None:
        period = _completed(folded, *found)
        yield Period(period.first, period.last, places[period.start], places[period.end])
        at = max(period.end, at + 1)


def _completed(text: str, moment: Moment, start: int, end: int) -> Period:
    """The period that ``moment`` begins or ends, or is."""
    to = _TO.match(text, end)
    if to:
        second = _second(text, to.end(), moment)
        if second is not None and second[0].last >= moment.first:
            return Period(moment, second[0], start, second[2])
    if onwards := _ONWARDS.match(text, end):
        return Period(moment, None, start, onwards.end())
    before = re.search(r"(?:到|至|截至|截止)\s*$", text[max(start - 6, 0) : start])
    if before:
        return Period(None, moment, start - len(before.group()), end)
    return Period(moment, moment, start, end)


Found = tuple[Moment, int, int]


def _second(text: str, at: int, moment: Moment) -> Found | None:
    """The end of a span, which leaves out what it shares with the beginning: the year, the month."""
    year, month = moment.first.year, moment.first.month
    if following := _NEXT_YEAR.match(text, at):
        return _moment(text, following.end(), year + 1, 0, bare=True)
    found = _moment(text, at, year, month, bare=moment.exact != "year")
    if moment.exact == "day" and (hit := _BARE_DAY.match(text, at)):
        day = int(hit.group("d"))
        if moment.first.day <= day <= calendar.monthrange(year, month)[1]:
            return Moment(date(year, month, day), date(year, month, day), "day"), at, hit.end()
    return found


def _search(text: str, at: int, year: int, month: int) -> Found | None:
    for hit in _BEGINS.finditer(text, at):
        start = hit.start()
        if (start and text[start - 1].isdigit()) or text[max(start - 1, 0)] in "每个":
            continue
        if start and text[start - 1] == "第" and not hit.group()[0].isdigit():
            start -= 1
        if (found := _moment(text, start, year, month)) is not None:
            return found
    return None


def _moment(text: str, at: int, year: int, month: int, *, bare: bool = False) -> Found | None:
    for pattern in (_MONTH_AHEAD, _WITH_YEAR, _DOTTED, _PACKED, _YEAR_ONLY):
        if hit := pattern.match(text, at):
            if pattern is _YEAR_ONLY and not _is_year(text, hit):
                continue
            if (made := _made(hit, int(hit.group("y")))) is not None:
                return made, at, hit.end()
    if year:
        for pattern in (_NO_YEAR, _BARE_MONTH) if bare else (_NO_YEAR,):
            if hit := pattern.match(text, at):
                made = _made(hit, year)
                if made is not None and made.first.month < month and made.exact != "year":
                    made = _made(hit, year + 1)
                if made is not None:
                    return made, at, hit.end()
    return None


def _is_year(text: str, hit: re.Match[str]) -> bool:
    """A bare figure is a year only beside 年 or a dash: not 2018人."""
    return "年" in hit.group() or bool(_TO.match(text, hit.end())) or hit.end() == len(text) or text[hit.end()] in ") "


def _made(hit: re.Match[str], year: int) -> Moment | None:
    groups = hit.groupdict()
    if groups.get("half"):
        first = _FIRST_OF[groups["half"]]
        return _months(year, first, first + 5)
    if groups.get("q"):
        quarter = number_of(groups["q"]) or 1
        return _months(year, quarter * 3 - 2, quarter * 3)
    if groups.get("term"):
        return _months(year, 2, 7) if groups["term"] == "春" else _months(year, 9, 12)
    if groups.get("edge"):
        return _months(year, _FIRST_OF[groups["edge"]], _FIRST_OF[groups["edge"]])
    if not groups.get("m"):
        return Moment(date(year, 1, 1), date(year, 12, 31), "year")
    month = number_of(groups["m"]) or 0
    if not 1 <= month <= 12:
        return None
    if groups.get("d"):
        day = int(groups["d"])
        if not 1 <= day <= calendar.monthrange(year, month)[1]:
            return None
        return Moment(date(year, month, day), date(year, month, day), "day")
    return _months(year, month, month)


def _months(year: int, first: int, last: int) -> Moment:
    return Moment(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), "month")


def without_period(text: str, period: Period | None) -> str:
    """``text`` without the brackets around the period, or without the period and the marks beside it."""
    if period is None:
        return text
    folded, places = fold(text)
    for hit in _BRACKETED.finditer(folded):
        if places[hit.start()] < period.start and period.end < places[hit.end() - 1] + 1:
            return (text[: places[hit.start()]] + text[places[hit.end()] :]).strip()
    left = re.sub(r"[\s:：,，、(（—-]+$", "", text[: period.start])
    right = re.sub(r"^[\s:：,，、。)）为—-]+", "", text[period.end :])
    return left + right
