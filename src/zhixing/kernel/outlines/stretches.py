"""Text that knows where each of its characters stands in the document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from .lines import Line, Span

Place = tuple[int, int, int]
"""Offset in the text, line number, character in that line: from here on, character by character."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of a document, verbatim but for the line ends between paragraphs, with their places."""

    text: str = ""
    places: tuple[Place, ...] = ()

    @classmethod
    def of(cls, line: Line, start: int = 0, end: int | None = None) -> Stretch:
        """The characters ``start`` to ``end`` of one line."""
        return cls(line.text[start:end], ((0, line.no, start),))

    @classmethod
    def joined(cls, pieces: Iterable[Stretch], glue: str = "\n") -> Stretch:
        """Several stretches, one after another, with ``glue`` between them."""
        texts: list[str] = []
        places: list[Place] = []
        length = 0
        for piece in pieces:
            if not piece.text:
                continue
            if texts:
                texts.append(glue)
                length += len(glue)
            places += ((offset + length, line, char) for offset, line, char in piece.places)
            texts.append(piece.text)
            length += len(piece.text)
        return cls("".join(texts), tuple(places))

    def cut(self, start: int, end: int | None = None) -> Stretch:
        """The characters ``start`` to ``end``."""
        end = len(self.text) if end is None else min(end, len(self.text))
        start = min(start, end)
        if not self.places:
            return self
        first = max(bisect_right(self.places, start, key=_offset) - 1, 0)
        kept = [place for place in self.places[first:] if place[0] < end or place is self.places[first]]
        moved = [(max(at - start, 0), line, char + max(start - at, 0)) for at, line, char in kept]
        return Stretch(self.text[start:end], tuple(moved))

    def strip(self, marks: str | None = None) -> Stretch:
        """Without blanks, or ``marks``, at either end."""
        start = len(self.text) - len(self.text.lstrip(marks))
        return self.cut(start, max(start, len(self.text.rstrip(marks))))

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """Where the characters ``start`` to ``end`` stand. A stretch without a place stands at line 0."""
        end = len(self.text) if end is None else end
        if not self.places:
            return Span(line_from=0, char_from=0, line_to=0, char_to=0)
        line_from, char_from = self._place(start)
        line_to, char_to = self._place(max(end - 1, start))
        return Span(line_from=line_from, char_from=char_from, line_to=line_to, char_to=char_to + (end > start))

    def _place(self, at: int) -> tuple[int, int]:
        offset, line, char = self.places[max(bisect_right(self.places, at, key=_offset) - 1, 0)]
        return line, char + at - offset

    def __bool__(self) -> bool:
        return bool(self.text)


def _offset(place: Place) -> int:
    return place[0]
