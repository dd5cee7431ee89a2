"""What a paper is made of: frozen values that say what stands where, never how it looks.

One ``Letter`` is laid out three times from the same blocks: as Word, as PDF, as a page for the eye. Numbers of headings
("一、", "（一）") are part of the text, because offices quote them. Text is text: no mark-up is ever read in it; a line
break ends a paragraph (in tables and forms: a line).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date
from typing import Any

LAYOUTS = ("letter", "form", "minutes", "table")
"""公文, 表单, 会议纪要, 台账."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """版头: the red name of the issuing organ over a red rule. ``signer`` (签发人) on papers to a superior only."""

    organ: str
    urgency: str = ""
    secrecy: str = ""
    signer: str = ""


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """版记 at the end of the last page: 抄送 to ``copies``, printed by whom and on which day."""

    copies: str = ""
    printed_by: str = ""
    printed_on: Date | None = None


@dataclass(frozen=True)
class Heading:
    """Level 1 “一、” (黑体), 2 “（一）” (楷体), 3 “1.”, 4 “（1）”. ``body`` runs on in the same paragraph."""

    level: int
    text: str
    body: str = ""

    def __post_init__(self) -> None:
        if self.level not in {1, 2, 3, 4}:
            raise ValueError(f"a heading has level 1 to 4, not {self.level}")


@dataclass(frozen=True)
class Para:
    """Running text; each line is a paragraph. ``align``: blank (justified), "left", "center" or "right"."""

    text: str
    indent: bool = True
    align: str = ""


@dataclass(frozen=True)
class Labelled:
    """A label in 黑体 with what follows it, as 出席、请假、列席 in minutes."""

    label: str
    text: str


@dataclass(frozen=True)
class Table:
    """A table whose head is repeated on each page and whose rows don't break.

    ``widths_mm`` are shares: they are stretched or squeezed to the width of the page; without them columns go by what
    stands in them. ``align`` per column: "left", "center" or "right", blank for the usual. In the columns ``merge``
    equal neighbours become one cell (never beyond a change in a column to their left that is merged too).
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[Any]]
    widths_mm: Sequence[float] | None = None
    caption: str = ""
    align: Sequence[str] = ()
    merge: Sequence[int] = ()

    def __post_init__(self) -> None:
        width = len(self.headers)
        if not width or any(len(row) != width for row in self.rows):
            raise ValueError("every row of a table has as many cells as its head")
        if self.widths_mm is not None and (len(self.widths_mm) != width or min(self.widths_mm) <= 0):
            raise ValueError("a table has one positive width per column")


@dataclass(frozen=True)
class Box:
    """One labelled cell of a form; ``height_mm`` keeps room to write by hand."""

    label: str
    value: Any = ""
    height_mm: float = 0


Line = Sequence["Box | tuple[str, Any] | tuple[str, Any, float]"]
"""One row of a form: boxes, or plain (label, value) or (label, value, height in mm)."""


@dataclass(frozen=True)
class Form:
    """A ruled form: each row shares the width among its boxes. A blank label leaves the whole box to the value."""

    rows: Sequence[Line]

    def __post_init__(self) -> None:
        if not self.rows or any(not row for row in self.rows):
            raise ValueError("a form has rows and every row has boxes")


@dataclass(frozen=True)
class Signatures:
    """Lines to sign on: (label, name or blank); with ``date`` each has “年 月 日” after it."""

    places: Sequence[tuple[str, str]]
    date: bool = True


@dataclass(frozen=True)
class Slip:
    """回执: after a dashed line to tear off, a form of its own under ``title``, with a line of text before it."""

    title: str
    rows: Sequence[Line]
    text: str = ""

    def __post_init__(self) -> None:
        Form(self.rows)


@dataclass(frozen=True)
class Annex:
    """An attachment on a new page: “附件1” top left, its title centred; ``landscape`` turns the pages from here on."""

    label: str
    title: str
    landscape: bool = False


@dataclass(frozen=True)
class Picture:
    """A picture (JPEG or PNG, a files.StoredFile) as wide as ``width_mm`` or the text, whichever is less."""

    stored_file: Any
    caption: str = ""
    width_mm: float = 140


@dataclass(frozen=True)
class PageBreak:
    """A new page; ``landscape`` turns the pages from here on (None: as before)."""

    landscape: bool | None = None


Block = Heading | Para | Labelled | Table | Form | Signatures | Slip | Annex | Picture | PageBreak


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A whole paper. Its ``number`` is put in by the kernel; a draft says that it is one and has none.

    Only a paper without a ``kind`` of its own gives a number here: that of its record.

    ``organ`` names who keeps the paper where there is no red head: the line above a form's title.
    """

    title: str
    addressee: str = ""
    blocks: Sequence[Block] = ()
    attachments: Sequence[str] = ()
    signer: str = ""
    date: Date | None = None
    head: Head | None = None
    imprint: Imprint | None = None
    kind_of_layout: str = "letter"
    landscape: bool = False
    organ: str = ""
    number: str = ""
    draft: bool = False

    def __post_init__(self) -> None:
        if self.kind_of_layout not in LAYOUTS:
            raise ValueError(f"{self.kind_of_layout!r} is not one of {LAYOUTS}")
