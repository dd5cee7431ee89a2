"""Filters of a list: what may be asked, how it narrows the rows, which control asks it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from .cells import field_at, heading_of, kind_of, title_field
from .values import Filter

TRUTHS = (("1", "是"), ("0", "否"))
SHOWN_OPTIONS = 30


class BadQuestion(ValueError):
    """The address asks for something the page does not offer; answered with 400."""


@dataclass(frozen=True)
class Sieve:
    """A filter made ready. ``kind``: choice, relation, date, truth, options, text."""

    path: str
    title: str
    kind: str
    options: tuple[tuple[str, str], ...] = ()
    declared: Filter | None = field(default=None, compare=False)
    related: type[models.Model] | None = None
    model: type[models.Model] | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """Every address parameter this filter understands."""
        ends = (f"{self.path}__from", f"{self.path}__to") if self.kind == "date" else ()
        return (self.path, f"{self.path}__isnull", *ends) if self.field_backed else (self.path,)

    @property
    def field_backed(self) -> bool:
        return self.kind != "options"

    def narrow(self, rows: Any, parameter: str, value: str) -> Any:
        """The part of ``rows`` that fits; raises BadQuestion for a value of the wrong sort."""
        if parameter.endswith("__isnull"):
            return rows.filter(self._blank()) if _truth(value) else rows.exclude(self._blank())
        if self.declared is not None and self.declared.apply is not None:
            if self.options and value not in dict(self.options):
                raise BadQuestion(f"{self.title}没有“{value}”这个选项")
            return self.declared.apply(rows, value)
        if parameter.endswith(("__from", "__to")):
            return rows.filter(**{self._edge(parameter): _day(value)})
        return rows.filter(**self._equal(value))

    def _blank(self) -> Q:
        field = self._field(self.path)
        empty = Q(**{f"{self.path}__isnull": True})
        text = isinstance(field, models.CharField | models.TextField)
        return empty | Q(**{self.path: ""}) if text else empty

    def _field(self, path: str) -> Any:
        return field_at(self.model, path) if self.model is not None else None

    def _edge(self, parameter: str) -> str:
        end = "gte" if parameter.endswith("__from") else "lte"
        moment = isinstance(self._field(self.path), models.DateTimeField)
        return f"{self.path}__date__{end}" if moment else f"{self.path}__{end}"

    def _equal(self, value: str) -> dict[str, Any]:
        if self.kind == "relation":
            try:
                return {f"{self.path}__uid": uuid.UUID(value)}
            except ValueError as error:
                raise BadQuestion(f"{self.title}的取值不对") from error
        if self.kind == "truth":
            return {self.path: _truth(value)}
        if self.kind == "date":
            moment = isinstance(self._field(self.path), models.DateTimeField)
            return {f"{self.path}__date" if moment else self.path: _day(value)}
        if self.kind in {"choice", "options"} and self.options and value not in dict(self.options):
            raise BadQuestion(f"{self.title}没有“{value}”这个选项")
        if self.kind == "number":
            return {self.path: _number(value, self.title)}
        return {self.path: value}


def sieve_of(model: type[models.Model], declared: str | Filter) -> Sieve:
    """Make a filter ready; raises ValueError for a path that is neither a field nor has options."""
    wanted = Filter(declared) if isinstance(declared, str) else declared
    field = field_at(model, wanted.path)
    if field is None and wanted.apply is None:
        raise ValueError(f"{model._meta.label}: filter {wanted.path!r} is no field and has no apply")
    title = wanted.title or heading_of(model, wanted.path)
    related: Any = None
    options: tuple[tuple[str, str], ...] = ()
    if wanted.options is not None:
        kind = "options"
        options = () if callable(wanted.options) else tuple((str(value), label) for value, label in wanted.options)
    elif isinstance(field, models.ForeignKey):
        kind, related = "relation", field.related_model
    else:
        kind = {"moment": "date", "sealed": "text"}.get(kind_of(field), kind_of(field))
        options = tuple((str(v), str(label)) for v, label in field.flatchoices) if kind == "choice" and field else ()
    return Sieve(wanted.path, title, kind, TRUTHS if kind == "truth" else options, wanted, related, model)


def related_options(sieve: Sieve, rows: Any, words: str) -> list[tuple[str, str]]:
    """What may be chosen: only the related rows that the visible rows point to, so a filter shows nothing new."""
    assert sieve.related is not None
    name = title_field(sieve.related)
    found: Any = sieve.related._default_manager.filter(pk__in=rows.order_by().values(sieve.path))
    if words:
        found = found.filter(Q(**{f"{name}__icontains": words}))
    return [(str(uid), str(label)) for uid, label in found.order_by(name).values_list("uid", name)[:SHOWN_OPTIONS]]


def related_label(sieve: Sieve, value: str) -> str:
    """The name of the related row now chosen."""
    assert sieve.related is not None
    found = sieve.related._default_manager.filter(uid=value).values_list(title_field(sieve.related), flat=True)
    return str(next(iter(found[:1]), "（已不存在）"))


def labelled(options: Iterable[tuple[str, str]], value: str) -> str:
    return dict(options).get(value, value)


def _truth(value: str) -> bool:
    if value not in {"0", "1"}:
        raise BadQuestion("是否型条件只能取 0 或 1")
    return value == "1"


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise BadQuestion(f"“{value}”不是日期") from error


def _number(value: str, title: str) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise BadQuestion(f"{title}须填数字") from error
