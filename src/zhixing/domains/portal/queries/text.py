"""Our own small notation: plain lines that become headings, paragraphs and lists. No mark-up is ever read in them."""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMERAL = "[一二三四五六七八九十百]+"
LEVEL_1 = re.compile(rf"{NUMERAL}、")
LEVEL_2 = re.compile(rf"[（(]{NUMERAL}[）)]")
BULLET = re.compile(r"[-•·]\s+")
LONGEST_HEADING = 40
EXCERPT = 80
ENOUGH = 30


@dataclass(frozen=True)
class Block:
    """``kind`` is "h1", "h2", "p" or "ul"; a list has ``items``, all others one ``text``."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()


def blocks_of(body: str) -> list[Block]:
    """A text as blocks: one line is one paragraph, a short line with a Chinese number is a heading."""
    found: list[Block] = []
    items: list[str] = []
    for line in [*(line.strip() for line in body.splitlines()), ""]:
        bullet = BULLET.match(line)
        if bullet:
            items.append(line[bullet.end() :].strip())
            continue
        if items:
            found.append(Block("ul", items=tuple(items)))
            items = []
        if line:
            found.append(Block(_kind(line), line))
    return found


def _kind(line: str) -> str:
    """A numbered line is a heading only while it is short and no sentence."""
    if len(line) > LONGEST_HEADING or line.endswith(("。", "；", "！", "？")):
        return "p"
    if LEVEL_1.match(line):
        return "h1"
    return "h2" if LEVEL_2.match(line) else "p"


def excerpt(summary: str, body: str, length: int = EXCERPT) -> str:
    """What a list says of a text: its summary, else how it begins, headings left out."""
    text = summary.strip()
    for block in blocks_of(body) if not text else ():
        if block.kind in ("p", "ul"):
            text += block.text or "；".join(block.items)
        if len(text) >= ENOUGH:
            break
    return text if len(text) <= length else text[: length - 1] + "…"
