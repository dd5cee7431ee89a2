"""From a question to rows: filters, search, order, one page of values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from ..base.tenancy import current_tenant
from ..base.text import normalise
from ..people.sealing import blind_index
from .asking import Asked
from .cells import Cell
from .filters import BadQuestion, Sieve

SHORTEST_NUMBER = 6


def matching(model: Any, words: str, search: Iterable[str], search_index: Mapping[str, str]) -> Q:
    """Rows in which every word is found somewhere, or whose sealed number is exactly ``words``."""
    text = normalise(words)
    found = Q()
    for word in text.split():
        found &= Q(*[(f"{path}__icontains", word) for path in search], _connector=Q.OR)
    tenant = current_tenant()
    if search_index and tenant is not None and len(text) >= SHORTEST_NUMBER and any(c.isdigit() for c in text):
        for index, field in search_index.items():
            if digest := blind_index(tenant, model._meta.get_field(field).kind, text):
                found |= Q(**{index: digest})
    return found


def narrowed(
    rows: Any, asked: Asked, sieves: Mapping[str, Sieve], search: tuple[str, ...], search_index: Mapping[str, str]
) -> Any:
    """``rows`` after every filter and the search words."""
    values: dict[str, list[str]] = {}
    for name, value in asked.asked:
        values.setdefault(name, []).append(value)
    for name, several in values.items():
        if len(several) == 1:
            rows = sieves[name].narrow(rows, name, several[0])
        else:
            rows = rows.filter(_any_of(sieves[name], name, several))
    if asked.words and (search or search_index):
        rows = rows.filter(matching(rows.model, asked.words, search, search_index))
    return rows


def _any_of(sieve: Sieve, name: str, several: list[str]) -> Q:
    if sieve.kind not in {"choice", "relation"} or name != sieve.path:
        raise BadQuestion(f"{sieve.title}只能取一个值")
    return Q(*[Q(**sieve._equal(value)) for value in several], _connector=Q.OR)


def ordered(rows: Any, asked: Asked, cells: Mapping[str, Cell], usual: tuple[str, ...]) -> Any:
    """``rows`` in the order asked for; the key decides between equals, so that pages never overlap."""
    if asked.sort:
        down = asked.sort.startswith("-")
        return rows.order_by(("-" if down else "") + cells[asked.sort.removeprefix("-")].sort, "pk")
    return rows.order_by(*usual, "pk")


def values(rows: Any, cells: Iterable[Cell]) -> Any:
    """Tuples ``(uid, value, …)`` of the columns, without building a model instance; events of the trail have no uid."""
    name = "uid" if any(field.name == "uid" for field in rows.model._meta.concrete_fields) else "pk"
    return rows.values_list(name, *[cell.source for cell in cells])
