"""Paragraph styles with what they inherit: heading level, list, weight, font."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from .names import child, is_on, local, value, whole

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])(?:\s|$)", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录)\s*\d?$|toc heading", re.IGNORECASE)
_DEEPEST = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """What a style says of a paragraph. ``list_id``/``list_level`` None: says nothing; list_id 0: no list."""

    name: str = ""
    heading: int = 0
    bold: bool | None = None
    centred: bool = False
    font: str = ""
    size: float = 0.0
    list_id: int | None = None
    list_level: int | None = None

    @property
    def is_contents(self) -> bool:
        return bool(_CONTENTS.match(self.name))


PLAIN_STYLE = Style()


class Styles:
    """The styles of a document by id."""

    def __init__(self, root: Element | None) -> None:
        self._elements: dict[str, Element] = {}
        self.default = ""
        self._made: dict[str, Style] = {}
        for each in root if root is not None else ():
            if local(each.tag) == "style":
                style_id = value(each, "styleId")
                self._elements[style_id] = each
                if value(each, "type") == "paragraph" and value(each, "default") in ("1", "true", "on"):
                    self.default = style_id

    def of(self, style_id: str) -> Style:
        """The style with all it inherits; a plain one where it isn't there."""
        style_id = style_id or self.default
        if style_id not in self._made:
            chain: list[Element] = []
            at, seen = style_id, set[str]()
            while at in self._elements and at not in seen and len(chain) < _DEEPEST:
                seen.add(at)
                chain.append(self._elements[at])
                at = value(child(self._elements[at], "basedOn"))
            style = PLAIN_STYLE
            for element in reversed(chain):
                style = _over(style, element)
            self._made[style_id] = style
        return self._made[style_id]


def _over(base: Style, element: Element) -> Style:
    name = value(child(element, "name"))
    heading = _HEADING.match(name)
    paragraph, letters = child(element, "pPr"), child(element, "rPr")
    outline = child(paragraph, "outlineLvl")
    level = int(heading.group(1)) if heading else base.heading
    if outline is not None:
        level = whole(value(outline), 9) + 1 if whole(value(outline), 9) < 9 else 0
    numbering = child(paragraph, "numPr")
    aligned, weight = child(paragraph, "jc"), child(letters, "b")
    return replace(
        base,
        name=name,
        heading=level,
        bold=is_on(weight) if weight is not None else base.bold,
        centred=value(aligned) == "center" if aligned is not None else base.centred,
        font=value(child(letters, "rFonts"), "eastAsia") or base.font,
        size=whole(value(child(letters, "sz"))) / 2 or base.size,
        list_id=whole(value(child(numbering, "numId"))) if child(numbering, "numId") is not None else base.list_id,
        list_level=whole(value(child(numbering, "ilvl"))) if child(numbering, "ilvl") is not None else base.list_level,
    )
