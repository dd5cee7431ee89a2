"""What a roster is and what may be wrong with it, as declared values: Column, Layout, Roster, Rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

from .tables import SeverityName

ColumnKind = Literal["text", "id", "digits"]
RuleKind = Literal["row", "required", "codes", "unique", "group", "similar", "elsewhere"]


class RuleRefused(ValueError):
    """A rule's text is outside the subset. The message is Chinese: what is wrong, where, and how to mend it."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a layout.

    ``name`` is canonical and shared by all layouts of the roster; ``title`` is the heading as the layout writes it;
    ``synonyms`` are other headings seen in the field. ``required`` columns must exist; their cells may be blank only
    where ``required_when`` (a predicate) does not hold. ``code_set`` names the set that values must come from;
    ``by_rule`` leaves judging an unknown value to a rule of its own. ``kind`` says how a cell is cleaned: ``id``
    (document numbers: no blanks, upper case, half width), ``digits`` (half width), ``text`` (trimmed only).
    ``sensitive`` is the masking kind of zhixing.kernel.base.masking.
    """

    name: str
    title: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    required_when: str = ""
    code_set: str = ""
    by_rule: bool = False
    kind: ColumnKind = "text"
    sensitive: str = ""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One agreed set of columns in the order they are written."""

    code: str
    title: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """The column of that canonical name, or None."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, kw_only=True)
class Roster:
    """A kind of table that travels, in one or several layouts, and the rules over its rows.

    ``identifying`` columns must be there for a table to be recognised. A column that several layouts share has the
    same code set and kind in all of them; ValueError otherwise. ``ahead`` is the file of the rules' trees, where they
    have been read ahead of time (see reading_ahead.py).
    """

    code: str
    title: str
    layouts: tuple[Layout, ...]
    identifying: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    ahead: Path | None = None

    def __post_init__(self) -> None:
        for layout in self.layouts:
            for column in layout.columns:
                first = self.columns()[column.name]
                if (first.code_set, first.kind) != (column.code_set, column.kind):
                    raise ValueError(f"{self.code}: {column.name} means different things in its layouts")

    def columns(self) -> dict[str, Column]:
        """Every canonical column; where layouts differ, the first layout's declaration."""
        found: dict[str, Column] = {}
        for layout in self.layouts:
            for column in layout.columns:
                found.setdefault(column.name, column)
        return found


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One thing that may be wrong, with its basis and remedy.

    ``kind``: ``row`` judges each row by ``flag`` where ``when`` holds; ``required`` and ``codes`` judge every column
    that the layout declares so; ``unique`` finds a ``key`` used twice; ``group`` judges each group of equal ``key``
    by an aggregate ``flag``; ``similar`` compares the rows ``a`` and ``b`` that agree on any of ``blocks`` by
    ``flag``; ``elsewhere`` finds a ``key`` that also stands in another school's roster (``apart`` names the column
    that tells schools apart within one table).

    ``column`` is the cell that is blamed. ``message`` and ``suggest`` are Chinese text and an expression; ``{…}`` in
    ``message`` holds an expression of the same subset, evaluated for offending rows only. ``standards`` names the
    dated values the rule asks for with ``standard('…')``. One code may be declared in several parts.
    """

    code: str
    title: str
    severity: SeverityName
    basis: str
    remedy: str
    kind: RuleKind = "row"
    column: str = ""
    when: str = ""
    flag: str = ""
    key: tuple[str, ...] = ()
    blocks: tuple[tuple[str, ...], ...] = ()
    apart: str = ""
    message: str = ""
    suggest: str = ""
    standards: tuple[str, ...] = ()
    roster: str = ""


class CodeSetLike(Protocol):
    """What the engine needs of a code set; ``authoritative`` makes an unknown value an error, not a warning."""

    @property
    def title(self) -> str: ...
    @property
    def authoritative(self) -> bool: ...
    def canonical(self, text: str) -> str | None:
        """The lawful value that ``text`` is an accepted spelling of."""

    def nearest(self, text: str) -> str | None:
        """The lawful value that was certainly meant."""


Lookup = Callable[..., "str | None"]
"""A table's answer to one or several texts (blank ones come as ""); it is asked once for each distinct question."""


@dataclass(frozen=True, kw_only=True)
class Codes:
    """Code sets by name, and lookups by name: everything a rule may ask of tables that lie outside the roster."""

    sets: Mapping[str, CodeSetLike] = field(default_factory=dict)
    lookups: Mapping[str, Lookup] = field(default_factory=dict)


class StandardsLike(Protocol):
    """Dated values by name; raises LookupError where none is in force."""

    def value(self, name: str, on: date) -> object: ...
