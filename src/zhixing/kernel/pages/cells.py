"""From a declared column to one that is ready to print: its heading, its kind, what sorts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from ..people.sealing import SealedField
from .values import Column

TITLE_FIELDS = ("name", "title", "code")


@dataclass(frozen=True)
class Cell:
    """A column of one model. ``kind`` says how a value prints: text, number, choice, date, moment, truth, sealed."""

    path: str
    title: str
    kind: str
    source: str
    sort: str
    labels: tuple[tuple[Any, str], ...] = ()
    render: Callable[[Any], Any] | None = None
    numeric: bool = False
    width: str = ""
    link: bool = False
    default: bool = True


def field_at(model: type[models.Model], path: str) -> models.Field[Any, Any] | None:
    """The field a path such as ``class_group__name`` ends in; None when it is no field (an annotation)."""
    field: Any = None
    for name in path.split("__"):
        if model is None:
            return None
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        model = field.related_model
    return field if isinstance(field, models.Field) else None


def title_field(model: type[models.Model]) -> str:
    """The field by which a row of ``model`` is called in a cell."""
    names = {field.name for field in model._meta.concrete_fields}
    return next((name for name in TITLE_FIELDS if name in names), "pk")


def heading_of(model: type[models.Model], path: str) -> str:
    """The heading of a path: the verbose name of its field, or of the relation where it only names the other row."""
    way, _, last = path.rpartition("__")
    parent = field_at(model, way) if way else None
    field = parent if parent is not None and last in TITLE_FIELDS else field_at(model, path)
    if field is None:
        raise ValueError(f"{model._meta.label}: column {path!r} is no field and has no title")
    return str(field.verbose_name)


def cell_of(model: type[models.Model], column: str | Column) -> Cell:
    """Make a column ready; raises ValueError for a path that is neither a field nor titled."""
    column = Column(column) if isinstance(column, str) else column
    source, field = column.path, field_at(model, column.path)
    if isinstance(field, models.ForeignKey):
        source = f"{column.path}__{title_field(field.related_model)}"
        field = field_at(model, source)
    return Cell(
        path=column.path,
        title=column.title or heading_of(model, column.path),
        kind=kind_of(field),
        source=source,
        sort="" if isinstance(field, SealedField | models.JSONField) else _sort(model, source),
        labels=tuple((value, str(label)) for value, label in (field.flatchoices if field is not None else ())),
        render=column.render,
        numeric=column.numeric or kind_of(field) == "number",
        width=column.width,
        link=column.link,
        default=column.default,
    )


def kind_of(field: models.Field[Any, Any] | None) -> str:
    if field is None:
        return "text"
    if isinstance(field, SealedField):
        return "sealed"
    if field.flatchoices:
        return "choice"
    if isinstance(field, models.DateTimeField):
        return "moment"
    if isinstance(field, models.DateField):
        return "date"
    if isinstance(field, models.BooleanField):
        return "truth"
    if isinstance(field, models.IntegerField | models.DecimalField | models.FloatField):
        return "number"
    return "text"


def _sort(model: type[models.Model], path: str) -> str:
    """Names sort by their pinyin where the row keeps it, as a Chinese reader expects."""
    keys = f"{path}_keys"
    return keys if field_at(model, keys) is not None else path
