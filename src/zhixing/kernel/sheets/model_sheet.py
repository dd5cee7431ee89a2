"""A sheet whose columns are fields of one model: looked up, converted, compared and written out by declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.db import models

from ..base.records import Record
from ..base.tenancy import current_tenant
from ..people.models import User
from ..people.sealing import BlindIndexField, SealedField, blind_index
from .conversion import Convert, converter, printer, reader
from .declare import Problem, Sheet, Values

PIECE = 500
RAW = "raw:"
"""Stands before the column's name in the JSON field that keeps what its own field can't hold."""
UNKNOWN = "sheets.name_unknown"
MALFORMED = "sheets.value_malformed"


class ModelSheet(Sheet):
    """What most sheets are. An app adds its verbs (``create``, ``change``) and what names mean (``named``).

    ``raw``: a JSON field that keeps texts which their own field can't hold, so that a faulty row can be kept and put
    right later; without it such a text bars the row. ``inward`` are columns that are told, never written.
    """

    abstract: ClassVar[bool] = True
    raw: ClassVar[str] = ""
    inward: ClassVar[frozenset[str]] = frozenset()
    day_formats: ClassVar[Mapping[str, str]] = {}
    select: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, by: User | None, at: datetime) -> None:
        super().__init__(by=by, at=at)
        self.rivals: dict[tuple[str, str], Record] = {}
        """The records that the rows looked up last name, by column and text."""
        self._unopened: dict[Any, Record] = {}
        self._opened: dict[Any, Values] = {}

    # What the columns are

    @cached_property
    def model_fields(self) -> dict[str, Any]:
        """Canonical name → model field, for the columns that are fields of the model."""
        known = {field.name: field for field in self.model._meta.concrete_fields}
        names = {name: self.fields.get(name, name) for name in self.plan().columns()}
        return {name: known[field] for name, field in names.items() if field in known}

    @cached_property
    def converters(self) -> dict[str, Convert]:
        found = {}
        for name, field in self.model_fields.items():
            found[name] = self._by_name(name) if isinstance(field, models.ForeignKey) else converter(field)
        return found

    @cached_property
    def readers(self) -> dict[str, Callable[[Any], str]]:
        return {name: reader(field, self.day_formats.get(name, "%Y%m%d")) for name, field in self.model_fields.items()}

    def named(self, name: str) -> Mapping[str, Any]:
        """What the texts of a column that points to another record mean; asked once for each column."""
        raise NotImplementedError(f"{type(self).__name__} must say what the names of {name} mean")

    def _by_name(self, name: str) -> Convert:
        known: dict[str, Any] = {}

        def convert(text: str) -> Any:
            if not known:
                known.update(self.named(name))
            if text not in known:
                raise ValueError(f"没有名为“{text}”的{self.model_fields[name].verbose_name}")
            return known[text]

        return convert

    # What applying would do

    def find(self, rows: Sequence[Values]) -> list[Record | None]:
        """By each key in turn; a row whose surest key is known is that record, whatever the others say."""
        found: list[Record | None] = [None] * len(rows)
        self.rivals = {}
        for name in self.key:
            field = self.model_fields[name]
            wanted = {values[name] for values in rows if values.get(name)}
            records = self._by_key(name, field, wanted)
            self.rivals |= {(name, text): record for text, record in records.items()}
            for at, values in enumerate(rows):
                if found[at] is None and values.get(name):
                    found[at] = records.get(values[name])
        self._unopened = {record.pk: record for record in found if record is not None}
        self._opened = {}
        return found

    def _by_key(self, name: str, field: Any, wanted: Iterable[str]) -> dict[str, Record]:
        index = next(
            (f for f in self.model._meta.concrete_fields if isinstance(f, BlindIndexField) and f.source == field.name),
            None,
        )
        if isinstance(field, SealedField) and index is not None:
            tenant = current_tenant()
            assert tenant is not None
            asked = {blind_index(tenant, field.kind, text): text for text in wanted}
            attribute = index.attname
        else:
            asked, attribute = {}, field.attname
            for text in wanted:
                try:
                    asked[str(self.converters[name](text))] = text
                except ValueError:
                    continue
        found: dict[str, Record] = {}
        marks = [mark for mark in asked if mark]
        for start in range(0, len(marks), PIECE):
            rows = self.records_known().filter(**{f"{attribute}__in": marks[start : start + PIECE]})
            found |= {asked[str(getattr(row, attribute))]: row for row in rows}
        return found

    def records_known(self) -> Any:
        """Every record that a row may be about, also those that verification passes over."""
        return self.model._default_manager.select_related(*self.select)

    def problems(self, values: Values, row: Record | None) -> list[Problem]:
        found = [
            Problem(
                column=name,
                message=f"“{self._title(name)}”没有填写，不能写入",
                code=MALFORMED,
                title="关键内容没有填写",
            )
            for name in self.required
            if not values.get(name) and row is None
        ]
        found += self.facts(values)[2]
        for name in self.key:
            rival = self.rivals.get((name, values.get(name, "")))
            if rival is not None and row is not None and rival.pk != row.pk:
                told = f"这个{self._title(name)}属于另一条记录：{rival}"
                found.append(Problem(column=name, message=told, code="sheets.key_taken", title="编号已属于另一条记录"))
        return found

    def _title(self, name: str) -> str:
        return self.plan().columns()[name].title

    def facts(self, values: Values) -> tuple[dict[str, Any], dict[str, str], list[Problem]]:
        """Filled cells as values by field, texts that only ``raw`` can keep, and what can't be kept at all."""
        found: dict[str, Any] = {}
        kept: dict[str, str] = {}
        faults: list[Problem] = []
        for name, text in values.items():
            if not text or name in self.inward:
                continue
            convert = self.converters.get(name)
            if convert is None:
                continue
            field = self.model_fields[name]
            try:
                found[field.name] = convert(text)
            except ValueError as reason:
                if self.keeps_raw(name):
                    kept[RAW + name] = text
                else:
                    unknown = isinstance(field, models.ForeignKey)
                    faults.append(self.fault(name, text, str(reason), UNKNOWN if unknown else MALFORMED))
        return found, kept, faults

    def keeps_raw(self, name: str) -> bool:
        """Whether a text that doesn't fit its field is kept as it is."""
        return bool(self.raw) and name not in self.required

    def fault(self, name: str, text: str, reason: str, code: str) -> Problem:
        """What is said of a text that can't be kept."""
        title = "名称不认识" if code == UNKNOWN else "内容读不出来"
        return Problem(column=name, message=reason, code=code, title=title)

    def differs(self, row: Record, values: Values) -> bool:
        kept = self.kept(row)
        return any(name in kept for name in self.changed(row, values))

    def changed(self, row: Record, values: Values) -> Values:
        """The filled cells that say something else than the record."""
        kept = self.kept(row)
        return {
            name: text
            for name, text in values.items()
            if text and name not in self.inward and self.spelt(name, text) != kept.get(name, "")
        }

    def kept(self, row: Record) -> Values:
        """The record as a row; opened once, together with the others that were found with it."""
        if row.pk not in self._opened:
            if row.pk not in self._unopened:
                self._unopened = {row.pk: row}
            self._opened |= zip(self._unopened, self.export_rows(self._unopened.values()), strict=True)
        return self._opened[row.pk]

    def spelt(self, name: str, text: str) -> str:
        """The one way this system writes what the cell says."""
        convert = self.converters.get(name)
        if convert is None:
            return text
        field = self.model_fields[name]
        if isinstance(field, SealedField):
            return text
        try:
            value = convert(text)
        except ValueError:
            return text
        return self._printers[name](value)

    @cached_property
    def _printers(self) -> dict[str, Callable[[Any], str]]:
        return {name: printer(field, self.day_formats.get(name, "%Y%m%d")) for name, field in self.model_fields.items()}

    # The way out

    def records(self) -> Any:
        return self.records_known()

    def export_rows(self, rows: Iterable[Any], columns: Iterable[str] = ()) -> Iterator[Values]:
        wanted = set(columns) or set(self.readers)
        readers = [(name, read) for name, read in self.readers.items() if name in wanted]
        for row in rows:
            values = {name: read(row) for name, read in readers}
            if self.raw:
                for mark, text in (getattr(row, self.raw) or {}).items():
                    name = mark.removeprefix(RAW)
                    if name != mark and name in wanted and not values.get(name):
                        values[name] = str(text)
            yield values
