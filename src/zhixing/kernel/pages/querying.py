"""From a question to rows: filters, search, order, one page of values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from ..base.tenancy import current_tenant
from ..base.text import HAN, normalise
from ..people.sealing import blind_index
from .asking import Asked
from .cells import Cell
from .filters import BadQuestion, Sieve

SHORTEST_NUMBER = 6


def matching(model: Any, words: str, search: Iterable[str], search_index: Mapping[str, str]) -> Q:
    """Rows in which every word is found somewhere, or whose sealed number is exactly ``words``."""
    several = normalise(words).split()
    found = holding(several, places_of(several, search))
    for index, digest in digests(model, words, search_index).items():
        found |= Q(**{index: digest})
    return found


def places_of(words: Iterable[str], search: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """For each word the columns that can hold it."""
    search = tuple(search)
    return tuple(tuple(path for path in search if may_hold(path, word)) for word in words)


def holding(words: Iterable[Any], places: Iterable[tuple[str, ...]]) -> Q:
    """Rows in which each word is found in one of its columns."""
    found = Q()
    for word, paths in zip(words, places, strict=True):
        found &= Q(*[(f"{path}__icontains", word) for path in paths], _connector=Q.OR) if paths else Q(pk__in=())
    return found


def digests(model: Any, words: str, search_index: Mapping[str, str]) -> dict[str, str]:
    """Column of a blind index -> what it holds if ``words`` is the sealed number; nothing for what is no number."""
    text, tenant = normalise(words), current_tenant()
    if not search_index or tenant is None or len(text) < SHORTEST_NUMBER or not any(c.isdigit() for c in text):
        return {}
    found = {
        index: blind_index(tenant, model._meta.get_field(field).kind, text) for index, field in search_index.items()
    }
    return {index: digest for index, digest in found.items() if digest}


def may_hold(path: str, word: str) -> bool:
    """Whether a column can hold the word at all: keys of names (base/text.py) are letters, never Han or digits."""
    return not path.endswith("name_keys") or not (HAN.search(word) or any(c.isdigit() for c in word))


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


def order_of(asked: Asked, cells: Mapping[str, Cell], usual: tuple[str, ...]) -> tuple[str, ...]:
    """The order asked for, else the usual one; the key decides between equals, so that pages never overlap."""
    if asked.sort:
        down = asked.sort.startswith("-")
        return ("-" if down else "") + cells[asked.sort.removeprefix("-")].sort, "pk"
    return *usual, "pk"


def ordered(rows: Any, asked: Asked, cells: Mapping[str, Cell], usual: tuple[str, ...]) -> Any:
    """``rows`` in the order of ``order_of``."""
    return rows.order_by(*order_of(asked, cells, usual))


def values(rows: Any, cells: Iterable[Cell]) -> Any:
    """Tuples ``(uid, value, …)`` of the columns, without building a model instance."""
    return rows.values_list(key_of(rows.model), *[cell.source for cell in cells])


def key_of(model: Any) -> str:
    """The name by which addresses call a row; events of the trail have no uid."""
    return "uid" if any(field.name == "uid" for field in model._meta.concrete_fields) else "pk"
