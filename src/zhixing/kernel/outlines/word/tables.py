"""Tables of a Word document as grids of text: merged cells filled, ragged rows kept in their columns."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ..limits import TABLE_COLUMNS
from .names import child, local, value, whole

_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PASSED_OVER = frozenset({"del", "moveFrom", "Fallback", "rt", "instrText", "delText", "pPr", "rPr", "tcPr", "tblPr"})


def grid_of(table: Element) -> Iterator[tuple[str, ...]]:
    """The rows of a table. A cell merged over several columns or rows stands in each of them.

    A table within a cell gives that cell its text, row by row.
    """
    above: dict[int, str] = {}
    for row in _rows(table):
        cells: list[str] = []
        merged: dict[int, str] = {}
        cells += [""] * min(whole(value(child(child(row, "trPr"), "gridBefore"))), TABLE_COLUMNS)
        for cell in _inside(row, "tc", frozenset({"sdt", "sdtContent", "customXml"})):
            properties = child(cell, "tcPr")
            merge = child(properties, "vMerge")
            at = len(cells)
            continued = merge is not None and value(merge) != "restart"
            text = above.get(at, "") if continued else _text(cell)
            if merge is not None:
                merged[at] = text
            width = max(whole(value(child(properties, "gridSpan")), 1), 1)
            cells += [text] * min(width, TABLE_COLUMNS - at)
            if len(cells) >= TABLE_COLUMNS:
                break
        above = merged
        yield tuple(cells)


def _rows(table: Element) -> Iterator[Element]:
    return _inside(table, "tr", frozenset({"sdt", "sdtContent", "customXml", "ins"}))


def _inside(element: Element, wanted: str, through: frozenset[str]) -> Iterator[Element]:
    waiting = [iter(element)]
    while waiting:
        for each in waiting[-1]:
            name = local(each.tag)
            if name == wanted:
                yield each
            elif name in through:
                waiting.append(iter(each))
                break
        else:
            waiting.pop()


def _text(cell: Element) -> str:
    """The words of a cell, paragraphs on lines of their own."""
    pieces: list[str] = []
    waiting = [iter(cell)]
    while waiting:
        for each in waiting[-1]:
            name = local(each.tag)
            if name == "t":
                pieces.append(each.text or "")
            elif name in _SIGNS:
                pieces.append(_SIGNS[name])
            elif name not in _PASSED_OVER:
                if name in ("p", "tr") and pieces and pieces[-1] != "\n":
                    pieces.append("\n")
                waiting.append(iter(each))
                break
        else:
            waiting.pop()
    return "\n".join(line.strip() for line in "".join(pieces).split("\n") if line.strip())
