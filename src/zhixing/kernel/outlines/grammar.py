"""The marks by which a line says that it opens something: 一、 (一) 1. (1) ① 第一章 2.1 一是 —— and their spellings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from .counting import BRANCHES, LEGAL, STEMS, number_of, roman_number
from .folding import fold, visible
from .lines import Line

_N = r"[〇零一二两三四五六七八九十百廿卅]{1,5}"
_HAN = r"\u3400-\u9fff"
# After these, "3.5" is a measure and no heading.
_MEASURE = "万亿千百元角分％%倍米个人名年月日号级学小天周课平公吨台套所家项次岁折期位"
_SHORT_HEADING = 30

# How high a kind usually stands; only asked where the document itself leaves it open.
RANKS = {
    "编": 0.0, "篇": 0.0, "部分": 0.1, "章": 1.0, "节": 2.0, "壹": 2.5, "一": 3.0, "条": 3.5, "Ⅰ": 3.0, "甲": 3.2,
    "A": 7.0, "counter": 3.4, "look 1": 2.9, "look 2": 3.6, "(一)": 4.0, "一)": 4.1, "㊀": 4.1, "款": 4.2, "1": 5.0,
    "2.1": 5.1, "2.1.1": 5.2, "2.1.1.1": 5.3, "2.1.1.1.1": 5.4, "2.1.1.1.1.1": 5.5, "(1)": 6.0, "1)": 6.1, "(a)": 6.2,
    "a": 7.0, "①": 7.0, "一是": 8.0, "首先": 8.0, "bullet": 9.0,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """The number at a line's head. ``kind`` names its shape by its first sign ("一", "(一)", "1", "2.1", "①" …).

    ``number`` is None where the shape doesn't count (bullets, headings by look). ``start`` is where the words begin
    in the line, ``label`` the mark verbatim. ``weak`` marks count only in a sequence: “一是” may open any sentence.
    """

    kind: str
    number: int | None
    label: str
    start: int
    rank: float
    weak: bool = False
    confidence: float = 1.0


Found = tuple[str, "int | None", int, bool]
"""Kind, number, end of the mark in the folded line, whether weak."""


@dataclass(frozen=True)
class _Shape:
    pattern: re.Pattern[str]
    kind: str
    weak: bool = False
    reads: Callable[[str], int | None] = number_of

    def find(self, text: str, at: int) -> Found | None:
        hit = self.pattern.match(text, at)
        if hit is None:
            return None
        number = self.reads(hit.group(1))
        return (self.kind, number, hit.end(), self.weak) if number is not None else None


def _shape(pattern: str, kind: str, *, weak: bool = False, reads: Callable[[str], int | None] = number_of) -> _Shape:
    return _Shape(re.compile(pattern), kind, weak, reads)


def _in_order(signs: str) -> Callable[[str], int | None]:
    return lambda text: signs.index(text) + 1 if text in signs else None


LETTERS = _in_order("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SEQUELS = {"首先": 1, "其次": 2, "再次": 3, "第三": 3, "最后": 9}

_SHAPES = (
    _shape(rf"({_N})[、.]\s*", "一"),
    _shape(rf"\(\s*({_N})\s*\)[、.:,]?\s*", "(一)"),
    _shape(r"([㈠-㈩])[、.:,]?\s*", "(一)"),
    _shape(r"([㊀-㊉])[、.:,]?\s*", "㊀"),
    _shape(rf"({_N})\)[、.:,]?\s*", "一)"),
    _shape(r"(\d{1,3})(?:\.(?!\d)|、(?!\d)|\.(?=(?:19|20)\d\d年))\s*", "1"),
    _shape(r"([⒈-⒛])[、.]?\s*", "1"),
    _shape(r"\(\s*(\d{1,3})\s*\)[、.:,]?\s*", "(1)"),
    _shape(r"([⑴-⒇])[、.]?\s*", "(1)"),
    _shape(r"(\d{1,3})\)[、.:,]?\s*", "1)"),
    _shape(r"([①-⑳㉑-㉟㊱-㊿❶-❿⓫-⓴⓵-⓾➀-➓])[、.:,]?\s*", "①"),
    _shape(r"([Ⅰ-Ⅻ]+)[、.:]?\s*", "Ⅰ", reads=roman_number),
    _shape(r"([IVX]{1,5})[、.]\s*", "Ⅰ", reads=roman_number),
    _shape(r"([A-Z])[、.]\s*(?![A-Z])", "A", reads=LETTERS),
    _shape(r"\(([a-z])\)\s*", "(a)", reads=lambda text: LETTERS(text.upper())),
    _shape(r"([a-z])[、.)]\s*(?![a-z])", "a", reads=lambda text: LETTERS(text.upper())),
    _shape(rf"([{STEMS}])[、.]\s*", "甲", reads=_in_order(STEMS)),
    _shape(rf"([{BRANCHES}])[、.]\s*", "甲", reads=_in_order(BRANCHES)),
    _shape(rf"([{LEGAL}]+)[、.]\s*", "壹"),
    _shape(rf"({_N})(?:是|要(?![素求点件领闻])|则)[,:]?\s*", "一是", weak=True),
    _shape(r"(首先|其次|再次|最后)[,:]?\s*", "首先", weak=True, reads=_SEQUELS.get),
    _shape(rf"第({_N}),\s*", "首先", weak=True),
    _shape(rf"({_N})(?:,\s*|\s+)(?=\S)", "一", weak=True),
    _shape(r"(\d{1,2})(?:,\s*|\s+)(?=[^\d\s])", "1", weak=True),
)  # fmt: skip
_CHAPTER = re.compile(rf"第\s*({_N}|\d{{1,3}})\s*(编|篇|部分|章(?!程)|节(?!课)|条|款(?!项))[、.:]?\s*")
_DECIMAL = re.compile(rf"(\d{{1,2}}(?:\.\d{{1,3}}){{1,5}})([、.]\s*|\s+|(?=[{_HAN}“\"《(]))")
_BULLET = re.compile(
    r"(?:—{1,2}(?!—|\s*\d+\s*—)|–{1,2}(?!–)|[●■◆◇○▲△►▶▪•·‣※★☆➢➤✓√□▶*\ue000-\uf8ff]|-(?=\s?[^\d\s-]))\s*(?=\S)"
)
_OPENS = re.compile(
    rf"[\d{_HAN}①-⒛ⓐ-⓿㈠-㊿Ⅰ-Ⅻ❶-➓A-Za-z(—–●■◆◇○▲△►▶▪•·‣※★☆➢➤✓√□*\ue000-\uf8ff-]"
)  # fmt: skip


@dataclass(frozen=True)
class Grammar:
    """Which marks count. ``counters`` are nouns that number what they name (“任务一：”, “第二阶段”).

    ``heading_by_words`` tells headings that have no number by their words or look: 0 for none, 1 for one that stands
    above 一、, 2 for one that stands between 一、 and (一).
    """

    counters: tuple[str, ...] = ()
    heading_by_words: Callable[[Line], int] = field(default=lambda line: 0)

    @cached_property
    def _named(self) -> tuple[tuple[re.Pattern[str], int, int], ...]:
        if not self.counters:
            return ()
        words = "|".join(sorted(map(re.escape, self.counters), key=len, reverse=True))
        after = re.compile(rf"({words})\s*({_N}|\d{{1,2}}|[①-⑳])(?:[:、.]\s*|\s+|$|(?=[(《“]))")
        before = re.compile(rf"第\s*({_N}|\d{{1,2}})\s*(?:个)?({words})(?:[:、.,]\s*|\s+|$|(?=[(《“]))")
        return ((after, 1, 2), (before, 2, 1))

    def mark_of(self, line: Line) -> Mark | None:
        """The mark at the head of a paragraph, or None. Blank lines and rows have none."""
        if line.kind != "paragraph":
            return None
        folded, places = fold(line.text[:200])
        at = len(folded) - len(folded.lstrip(" "))
        if at < len(folded) and _OPENS.match(folded, at):
            for kind, number, end, weak in self._found(folded, at):
                return _made(line, kind, number, at, end, weak, folded, places)
        if line.look.heading and line.text.strip():
            kind, rank = f"heading {line.look.heading}", 1.0 + line.look.heading / 2
            return Mark(kind=kind, number=None, label="", start=places[at], rank=rank, confidence=0.9)
        if level := self.heading_by_words(line):
            rank = RANKS[f"look {level}"]
            return Mark(kind=f"look {level}", number=None, label="", start=places[at], rank=rank, confidence=0.7)
        return None

    def _found(self, folded: str, at: int) -> Iterator[Found]:
        """Readings of the line's head, surest first."""
        if hit := _CHAPTER.match(folded, at):
            yield hit.group(2), number_of(hit.group(1)), hit.end(), False
        for pattern, word, number in self._named:
            if hit := pattern.match(folded, at):
                yield f"counter {hit.group(word)}", number_of(hit.group(number)), hit.end(), False
        if (hit := _DECIMAL.match(folded, at)) and not _is_measure(folded, hit):
            depth = hit.group(1).count(".") + 1
            yield ".".join(["2", *"1" * (depth - 1)]), int(hit.group(1).rpartition(".")[2]), hit.end(), False
        for shape in _SHAPES:
            found = shape.find(folded, at)
            if found and (not found[3] or shape.kind in ("一是", "首先") or len(folded) - at <= _SHORT_HEADING):
                yield found
        if hit := _BULLET.match(folded, at):
            yield f"bullet {hit.group()[0]}", None, hit.end(), False


def _is_measure(folded: str, hit: re.Match[str]) -> bool:
    """Whether a decimal is an amount (3.5万元), which only a figure without a mark behind it can be."""
    return not hit.group(2) and hit.group(1).count(".") == 1 and folded[hit.end() : hit.end() + 1] in _MEASURE


def _made(
    line: Line, kind: str, number: int | None, at: int, end: int, weak: bool, folded: str, places: list[int]
) -> Mark:
    start = places[end] if end < len(places) else len(line.text)
    label = visible(line.text[places[at] : start]).strip()
    rank = RANKS.get(kind, RANKS.get(kind.partition(" ")[0], 5.0))
    sure = 0.7 if weak else 0.9 if kind.startswith(("bullet", "A", "a")) else 1.0
    return Mark(kind=kind, number=number, label=label, start=start, rank=rank, weak=weak, confidence=sure)
