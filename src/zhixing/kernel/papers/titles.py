"""Where a long Chinese title breaks: lines of like length, words left whole, no line that starts with 的."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from unicodedata import east_asian_width

WORDS = frozenset(Path(__file__).with_name("words.txt").read_text("utf-8").split())
"""Words that titles of letters are made of; a break never falls inside one."""
STAYS = re.compile(r"[A-Za-z0-9.%〔〕（）()\-—]+|《[^》]{1,8}》|“[^”]{1,8}”|\d+年度?|\d+月份?")
NEVER_FIRST = frozenset("的了和与及、，。；：？！）》”〕等")
NEVER_LAST = frozenset("《“（〔和与及第")
GOOD_AFTER = ("关于", "印发", "的", "、", "》", "”", "年度", "学年", "学期", "年", "：", "）")


def width_of(text: str) -> float:
    """How many Chinese characters wide a text is."""
    return sum(1.0 if east_asian_width(c) in "WFA" else 0.5 for c in text)


@lru_cache(maxsize=256)
def title_lines(title: str, widest: int = 20) -> tuple[str, ...]:
    """The lines of a title, none wider than ``widest`` characters; its own line breaks are kept."""
    return tuple(line for part in title.split("\n") if part.strip() for line in _lines(part.strip(), widest)) or ("",)


def _lines(text: str, widest: int) -> list[str]:
    if width_of(text) <= widest:
        return [text]
    count = max(2, -(-int(width_of(text) * 2) // (2 * (widest - 1))))
    ideal, cost = width_of(text) / count, _break_costs(text)
    # best[i]: the cheapest way to set text[:i], as (cost, where its last line starts)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(float("inf"), 0)] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(end):
            wide = width_of(text[start:end])
            if wide > widest:
                continue
            price = best[start][0] + (wide - ideal) ** 2 + (cost[end] if end < len(text) else 0)
            if price < best[end][0]:
                best[end] = (price, start)
    if best[-1][0] == float("inf"):
        return [text]
    found: list[str] = []
    end = len(text)
    while end:
        start = best[end][1]
        found.insert(0, text[start:end])
        end = start
    return found


def _break_costs(text: str) -> list[float]:
    """What it costs to break before each character: dear inside a word, cheap after 关于, 、 or 》."""
    cost = [4.0] * (len(text) + 1)
    for word in WORDS:
        for found in re.finditer(re.escape(word), text):
            for inside in range(found.start() + 1, found.end()):
                cost[inside] = 60.0
    for at in range(1, len(text)):
        if text[:at].endswith(GOOD_AFTER):
            cost[at] = min(cost[at], 0.0)
    for found in STAYS.finditer(text):
        for inside in range(found.start() + 1, found.end()):
            cost[inside] = 400.0
    for at in range(1, len(text)):
        if text[at] in NEVER_FIRST or text[at - 1] in NEVER_LAST:
            cost[at] = 900.0
    return cost
