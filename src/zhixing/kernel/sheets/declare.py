"""What a spreadsheet brings in and takes out: its columns, how a row finds its record, and the verbs that keep it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError

from ..base.records import Record
from ..base.registry import Registry
from ..people.models import User
from ..rosters.declarations import Codes, Column, Layout, Roster
from ..trail.record import record
from .state import put_back, state_of

Values = dict[str, str]
"""One row: canonical column → cleaned text. A column that the file doesn't have is absent; a blank cell is ""."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a row can't be written although its cells may be well-formed: a name that means nothing here, say.

    ``column`` is canonical; ``offer`` is the code of an Offer that, once accepted, makes the problem go away.
    """

    column: str
    message: str
    code: str = "sheets.cannot_be_written"
    title: str = ""
    remedy: str = ""
    suggestion: str = ""
    offer: str = ""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Something the rows need that does not exist yet and that applying could make, if the user agrees."""

    code: str
    label: str
    detail: str = ""
    row_count: int = 0


class Sheet:
    """A kind of spreadsheet, written in an app's sheets room.

    An instance serves one batch: it may keep what it looked up. ``roster`` gives layouts and rules; a plain list has
    ``columns`` (heading → canonical name) instead, those in ``required`` first. ``key`` are the canonical names that
    tell which record a row is, the surest first. ``fields`` maps canonical names to fields of ``model`` where they
    differ. A blank cell never wipes out what is kept. The permission to import is ``<model>.import``; each row
    written also needs ``add`` or ``change``.
    """

    abstract: ClassVar[bool] = True
    model: ClassVar[type[Record]]
    title: ClassVar[str] = ""
    roster: ClassVar[Roster | None] = None
    columns: ClassVar[Mapping[str, str]] = {}
    synonyms: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    sensitive: ClassVar[Mapping[str, str]] = {}
    required: ClassVar[tuple[str, ...]] = ()
    key: ClassVar[tuple[str, ...]] = ()
    label: ClassVar[str] = "name"
    shown_first: ClassVar[tuple[str, ...]] = ()
    """Columns that the preview shows beside the key and the label."""
    fields: ClassVar[Mapping[str, str]] = {}
    unit: ClassVar[str] = ""
    """Path from a record to the people.Unit that must mend it, for findings; the model's reach if blank."""
    also: ClassVar[tuple[type[Record], ...]] = ()
    """Other models whose records an import may make or change; their checks, too, are run after it."""

    def __init__(self, *, by: User | None, at: datetime) -> None:
        self.by, self.at = by, at

    @classmethod
    def code(cls) -> str:
        """``<app>.<Class>``, as pages name it."""
        return f"{cls.model._meta.app_label}.{cls.__name__}"

    @classmethod
    def permission(cls, action: str = "import") -> str:
        return f"{cls.model._meta.label_lower}.{action}"

    @classmethod
    def plan(cls) -> Roster:
        """The roster whose headings the file is recognised by; made from ``columns`` where there is no other."""
        if cls.roster is not None:
            return cls.roster
        columns = tuple(
            Column(
                name=name,
                title=heading,
                synonyms=cls.synonyms.get(name, ()),
                required=name in cls.required,
                sensitive=cls.sensitive.get(name, ""),
                kind="id" if cls.sensitive.get(name) == "id_number" else "text",
            )
            for heading, name in cls.columns.items()
        )
        layout = Layout(code=f"{cls.code()}.plain", title=cls.title, columns=columns)
        return Roster(code=cls.code(), title=cls.title, layouts=(layout,), identifying=cls.required[:1])

    # What applying would do

    def find(self, rows: Sequence[Values]) -> list[Record | None]:
        """The record that each row is about, by ``key``; None for a newcomer. Asked piece by piece of a file.

        Few queries a piece. ``problems``, ``differs`` and ``change`` are only asked of the records found last.
        """
        raise NotImplementedError

    def problems(self, values: Values, row: Record | None) -> list[Problem]:
        """What stands in the way of writing this row over ``row`` (None: as a new one)."""
        return []

    def offers(self, rows: Iterable[Values]) -> list[Offer]:
        """What is missing and could be made along with the rows, which come one by one and should not be kept."""
        return []

    def accept(self, codes: Iterable[str]) -> None:
        """Take offers as accepted: ``problems`` no longer names them and ``make_offered`` will make them."""

    def make_offered(self, rows: Iterable[Values], *, by: User, at: datetime) -> None:
        """Make what was accepted for these rows, inside the transaction that applies them."""

    def differs(self, row: Record, values: Values) -> bool:
        """Whether writing the values would change the record."""
        return True

    def subject(self, rule: str, record: Record) -> Record:
        """The record that a fault is about: the row's own, or what its whole group shares.

        A fault of a class of fifty is one finding about the class, not fifty about its students.
        """
        return record

    def unit_path(self, values: Values) -> str:
        """The path of the people.Unit a newcomer will belong to; "" where only the whole tenant reaches it."""
        return ""

    # The verbs

    def create(self, values: Values, *, by: User, at: datetime) -> Record:
        """Keep a new record through the app's action; raises ValidationError with a plain message."""
        raise NotImplementedError

    def change(self, row: Record, values: Values, *, by: User, at: datetime) -> Record:
        """Change a record through the app's action; only columns in ``values`` count."""
        raise NotImplementedError

    def create_many(self, rows: Sequence[Values], *, by: User, at: datetime, uids: Sequence[Any] = ()) -> list[Record]:
        """Keep many new records; the same verbs, in bulk where the app offers it.

        ``uids`` are the identifiers that staging planned for them; a sheet may use its own, which costs a write more.
        """
        return [self.create(values, by=by, at=at) for values in rows]

    def change_many(self, pairs: Sequence[tuple[Record, Values]], *, by: User, at: datetime) -> list[Record]:
        """Change many records, each with its own values."""
        written = []
        for row, values in pairs:
            try:
                written.append(self.change(row, values, by=by, at=at))
            except ValidationError as problem:
                raise ValidationError([f"{row}：{told}" for told in problem.messages]) from problem
        return written

    def before(self, row: Record) -> dict[str, Any]:
        """What must be known to undo a change of ``row``; kept sealed."""
        return state_of(row)

    def restore(self, row: Record, before: dict[str, Any], *, by: User, at: datetime) -> None:
        """Undo a change: the record and what belongs to it stand as ``before`` has it."""
        put_back(row, before)
        record(action="import.restore", by=by, at=at, on=row)

    def touched_since(self, uids: Sequence[Any], moment: datetime) -> set[Any]:
        """Records of these that were changed after the moment in a way that their own version doesn't tell."""
        return set()

    def remove(self, row: Record, *, by: User, at: datetime) -> None:
        """Undo a creation."""
        row.delete()

    def remove_many(self, rows: Sequence[Record], *, by: User, at: datetime) -> None:
        """Undo many creations; the same verb, in bulk where the app offers it."""
        for row in rows:
            self.remove(row, by=by, at=at)

    @classmethod
    def codes(cls) -> Codes:
        """The code sets and lookups that the roster's rules ask for."""
        return Codes()

    # The way out

    def records(self) -> Any:
        """The records that verification judges and an export of everything holds, as a queryset."""
        return self.model._default_manager.all()

    def export_rows(self, rows: Iterable[Any], columns: Iterable[str] = ()) -> Iterator[Values]:
        """Records as rows of canonical values, of all columns or of those named; personal values are plain."""
        raise NotImplementedError

    def tutors(self, unit_ids: Iterable[int]) -> dict[int, User]:
        """Who mends the faults of records of these units, where someone is named for it."""
        return {}


sheets: Registry[type[Sheet]] = Registry("sheet")
SHEET_KINDS: tuple[tuple[type, Registry[Any]], ...] = ((Sheet, sheets),)
