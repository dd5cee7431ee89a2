"""What a written document is to us once it has been read: its lines, each with its place and its look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

LineKind = Literal["paragraph", "row", "blank"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Where something stands: lines counted from 1, characters of a line counted from 0, the last one excluded."""

    line_from: int
    char_from: int
    line_to: int
    char_to: int

    def __add__(self, other: Span) -> Span:
        """The stretch from the earlier beginning to the later end."""
        first, last = min(self, other, key=_beginning), max(self, other, key=_end)
        return Span(
            line_from=first.line_from, char_from=first.char_from, line_to=last.line_to, char_to=last.char_to
        )  # fmt: skip


def _beginning(span: Span) -> tuple[int, int]:
    return span.line_from, span.char_from


def _end(span: Span) -> tuple[int, int]:
    return span.line_to, span.char_to


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How a line looks: hints only, never proof.

    ``heading`` is 1–9 by style, ``size`` in points (0: not known); ``bold_until`` counts the bold characters at the
    head of a line whose rest is not bold.
    """

    style: str = ""
    heading: int = 0
    bold: bool = False
    bold_until: int = 0
    centred: bool = False
    font: str = ""
    size: float = 0.0


PLAIN = Look()


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One paragraph, or one row of a table, as a reader sees it.

    ``text`` is verbatim and includes the number that a word processor puts there by itself: its first ``automatic``
    characters (0 where the number was typed). A row has its ``cells`` and the number of its ``table`` (from 1).
    """

    no: int
    text: str
    kind: LineKind = "paragraph"
    look: Look = PLAIN
    automatic: int = 0
    list_level: int | None = None
    cells: tuple[str, ...] = ()
    table: int = 0

    @property
    def span(self) -> Span:
        return Span(line_from=self.no, char_from=0, line_to=self.no, char_to=len(self.text))


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """What could not be understood, or was taken with doubt: line number (0: the whole document), its text, why."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A document read: its name to the user, every line in order, and what was passed over in reading."""

    name: str
    lines: tuple[Line, ...]
    warnings: tuple[Doubt, ...] = field(default=())

    def verbatim(self, span: Span) -> str:
        """The document's own words at ``span``, line ends kept."""
        if span.line_from == span.line_to:
            return self.lines[span.line_from - 1].text[span.char_from : span.char_to]
        first, *middle, last = (line.text for line in self.lines[span.line_from - 1 : span.line_to])
        return "\n".join([first[span.char_from :], *middle, last[: span.char_to]])
