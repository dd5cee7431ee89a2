"""Questions that pages ask again and again, prepared once for each set of rights.

What decides the SQL stands in the key of a bounded cache: the page and the ways in which the right is held. Who asks
and of which tenant is put in at each run, so nothing of one person's is kept for another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from ..base.prepared import CONTAINED, Prepared, Slots, assembled, columns
from ..base.records import ScopedManager
from ..base.text import normalise
from ..checks.models import Finding
from ..people.grants import Ways, narrowed
from .querying import digests, holding, key_of, places_of

if TYPE_CHECKING:
    from ..people.models import User
    from .listing import ListPage

KEPT = 512
MANY = (1, 10, 50, 100, 200, 1000)
"""How many places for keys a question about several rows has; the least that is enough is taken."""


def ways_of(user: User, model: Any, action: str) -> Ways:
    """In which ways the user may do ``action`` on rows of ``model``."""
    return user.grants.ways(f"{model._meta.label_lower}.{action}")


def row_of(model: Any, joins: tuple[str, ...], user: User, action: str, uid: Any) -> Any:
    """The row on which the user may do ``action``, with its related rows; None when there is none."""
    if not isinstance(model._default_manager, ScopedManager):
        return model._default_manager.all().visible_to(user, action).select_related(*joins).filter(uid=uid).first()
    found = _row_question(model, joins, ways_of(user, model, action)).rows(person=user.pk, uid=uid)
    return assembled(model, joins, found[0]) if found else None


@lru_cache(maxsize=KEPT)
def _row_question(model: Any, joins: tuple[str, ...], ways: Ways) -> Prepared:
    def build(person: Any, uid: Any) -> Any:
        rows = narrowed(model._default_manager.all(), ways, person).filter(uid=uid).order_by()
        return rows.values_list(*columns(model, joins))[:1]

    return Prepared(build, {"person": models.BigIntegerField(), "uid": models.UUIDField()})


@dataclass(frozen=True)
class Question:
    """Rows of ``model`` that someone may see ``ways``, all of them or those holding a word in each of ``places``."""

    model: Any
    ways: Ways
    places: tuple[tuple[str, ...], ...] = ()

    def rows(self, person: Any, words: dict[str, Any]) -> Any:
        found = narrowed(self.model._default_manager.all(), self.ways, person)
        return found.filter(holding(words.values(), self.places)) if self.places else found

    def slots(self) -> Slots:
        return {"person": models.BigIntegerField(), **dict.fromkeys(_names("word", len(self.places)), CONTAINED)}


@dataclass(frozen=True)
class Asker:
    """A question with what a run of it needs: who asks, and the words looked for."""

    question: Question
    values: dict[str, Any]

    def count(self) -> int:
        found = _count_question(self.question).rows(**self.values)
        return int(found[0][0]) if found else 0

    def read(self, names: tuple[str, ...], order: tuple[str, ...], start: int, until: int) -> list[tuple[Any, ...]]:
        """Tuples ``(uid, value of each name …)`` of the rows from ``start`` to ``until`` in this order."""
        return _read_question(self.question, names, order, start, until).rows(**self.values)


def asker(page: ListPage, user: User, words: str = "") -> Asker | None:
    """The page's rows, all or those that hold the words; None where that is no standing question.

    A page that narrows its rows in its own way and a search for a sealed number are asked anew each time.
    """
    model, several = page.model, tuple(normalise(words).split())
    if type(page).rows is not type(page).plain_rows or not isinstance(model._default_manager, ScopedManager):
        return None
    if several and (not page.search or digests(model, words, page.search_index)):
        return None
    question = Question(model, ways_of(user, model, "view"), places_of(several, page.search))
    return Asker(question, {"person": user.pk, **dict(zip(_names("word", len(several)), several, strict=True))})


@lru_cache(maxsize=KEPT)
def _count_question(question: Question) -> Prepared:
    def build(person: Any, **words: Any) -> Any:
        rows = question.rows(person, words).order_by()
        return rows.values(whole=models.Value(1)).annotate(found=models.Count("*")).values_list("found")

    return Prepared(build, question.slots())


@lru_cache(maxsize=KEPT)
def _read_question(
    question: Question, names: tuple[str, ...], order: tuple[str, ...], start: int, until: int
) -> Prepared:
    def build(person: Any, **words: Any) -> Any:
        rows = question.rows(person, words).order_by(*order)
        if connection.vendor != "sqlite":
            return rows.values_list(key_of(question.model), *names)[start:until]
        # SQLite carries whole rows through a sort: find the keys in a narrow index, then read only the rows shown.
        # PostgreSQL does that by itself, and without statistics may try each row against each key.
        shown = question.model._default_manager.filter(pk__in=rows.values("pk")[start:until]).order_by(*order)
        return shown.values_list(key_of(question.model), *names)

    return Prepared(build, question.slots())


def open_findings(user: User, label: str, uids: list[Any]) -> list[tuple[Any, str]]:
    """(uid, severity) of each open finding that the user may see on rows of ``label`` (app.model), at most 1,000."""
    places = next(many for many in MANY if many >= len(uids))
    several = dict(zip(_names("row", places), uids + uids[-1:] * (places - len(uids)), strict=True))
    question = _findings_question(ways_of(user, Finding, "view"), places)
    return [(uid, severity) for uid, severity in question.rows(person=user.pk, label=label, **several)]


@lru_cache(maxsize=KEPT)
def _findings_question(ways: Ways, places: int) -> Prepared:
    def build(person: Any, label: Any, **several: Any) -> Any:
        rows = narrowed(Finding.objects.all(), ways, person).open().filter(object_type=label)
        return rows.filter(object_uid__in=list(several.values())).order_by().values_list("object_uid", "severity")

    slots: Slots = {"person": models.BigIntegerField(), "label": models.CharField()}
    return Prepared(build, slots | dict.fromkeys(_names("row", places), models.UUIDField()))


@lru_cache(maxsize=64)
def _names(stem: str, several: int) -> tuple[str, ...]:
    return tuple(f"{stem}{number}" for number in range(several))
