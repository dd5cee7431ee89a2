"""One paragraph of a Word document: its words as printed, and how it looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ..lines import Look
from .names import child, is_on, local, value, whole
from .styles import Style

# Deleted or moved away, asides that have their own place, what a reader never sees.
_PASSED_OVER = frozenset({"pPr", "del", "moveFrom", "rPr", "rt", "Fallback", "instrText", "txbxContent", "sdtPr"})
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


@dataclass(slots=True)
class Seen:
    """What was passed over in a paragraph, so that it can be told."""

    notes: int = 0
    pictures: int = 0
    revisions: int = 0
    hidden: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)


def words_of(paragraph: Element, style: Style) -> tuple[str, Look, Seen]:
    """The paragraph's text (line breaks as "\\n"), its look, and what was passed over."""
    seen = Seen()
    pieces: list[tuple[str, bool]] = []
    font, size = style.font, style.size
    for run in _runs(paragraph, seen):
        letters = child(run, "rPr")
        text = _text(run, seen)
        if not text:
            continue
        if is_on(child(letters, "vanish")):
            seen.hidden.append(text)
            continue
        weight = child(letters, "b")
        pieces.append((text, is_on(weight) if weight is not None else bool(style.bold)))
        if len(pieces) == 1 and letters is not None:
            font = value(child(letters, "rFonts"), "eastAsia") or font
            size = whole(value(child(letters, "sz"))) / 2 or size
    text = "".join(piece for piece, _ in pieces)
    properties = child(paragraph, "pPr")
    aligned = child(properties, "jc")
    outline = child(properties, "outlineLvl")
    heading = whole(value(outline), 9) + 1 if outline is not None else style.heading
    bold, bold_until = _weight(pieces)
    look = Look(
        style=style.name, heading=heading if heading <= 9 else 0, bold=bold, bold_until=bold_until,
        centred=value(aligned) == "center" if aligned is not None else style.centred, font=font, size=size,
    )  # fmt: skip
    return text, look, seen


def _runs(paragraph: Element, seen: Seen) -> Iterator[Element]:
    """The runs in order, wherever links, insertions, fields and content controls wrap them."""
    waiting = [iter(paragraph)]
    while waiting:
        for each in waiting[-1]:
            name = local(each.tag)
            if name == "r":
                yield each
            elif name in _PASSED_OVER:
                seen.revisions += name in ("del", "moveFrom")
            else:
                seen.revisions += name in ("ins", "moveTo")
                waiting.append(iter(each))
                break
        else:
            waiting.pop()


def _text(run: Element, seen: Seen) -> str:
    pieces: list[str] = []
    for each in run:
        name = local(each.tag)
        if name == "t":
            pieces.append(each.text or "")
        elif name in _SIGNS:
            if value(each, "type") not in ("page", "column"):
                pieces.append(_SIGNS[name])
        elif name == "sym":
            pieces.append(_symbol(value(each, "char")))
        elif name in ("footnoteReference", "endnoteReference", "commentReference"):
            seen.notes += name != "commentReference"
        elif name in ("AlternateContent", "drawing", "pict", "object"):
            _look_into(each, seen)
    return "".join(pieces)


def _symbol(code: str) -> str:
    try:
        char = chr(int(code[:6], 16))
    except (ValueError, OverflowError):
        return ""
    return char if char.isprintable() or "\ue000" <= char <= "\uf8ff" else ""


def _look_into(drawing: Element, seen: Seen) -> None:
    """A picture, or a text box whose words stand outside the flow of the text."""
    boxes = [each for each in drawing.iter() if local(each.tag) == "txbxContent"]
    if not boxes:
        seen.pictures += 1
        return
    lines = []
    for paragraph in boxes[0].iter():  # an alternative for older programs says the same again
        if local(paragraph.tag) == "p":
            lines.append("".join(each.text or "" for each in paragraph.iter() if local(each.tag) == "t"))
    if text := "\n".join(filter(str.strip, lines)):
        seen.boxes.append(text)


def _weight(pieces: list[tuple[str, bool]]) -> tuple[bool, int]:
    """Whether all letters are bold; else how many at the head are."""
    until = 0
    for text, bold in pieces:
        if not bold and text.strip():
            return False, until
        until += len(text)
    return bool(until) and any(bold for _, bold in pieces), 0
