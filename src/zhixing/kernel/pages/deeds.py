"""Deeds from a page: asked for in a dialog, done row by row or at one stroke, with the outcome of each row."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, QueryDict
from django.utils import timezone

from ..base.records import EditConflict
from ..procedures.declare import StepRefused
from .errors import bad_question
from .filters import BadQuestion
from .forms import dress
from .rendering import render
from .rights import deed_action

if TYPE_CHECKING:
    from .listing import ListPage
    from .page import Request
    from .values import Deed

MOST_ROWS = 2000
"""More rows than this are a job's work, not a request's."""
EXPECTED = (StepRefused, ValidationError, PermissionError, PermissionDenied, EditConflict, IntegrityError)


@dataclass(frozen=True)
class Outcome:
    """What became of one row."""

    label: str
    done: bool
    words: str = ""


def plain(error: Exception) -> str:
    """A refusal in words for the user."""
    if isinstance(error, ValidationError):
        return "；".join(error.messages)
    if isinstance(error, IntegrityError):
        return "与已有的记录冲突，没有执行。"
    return str(error) or "没有权限执行这个操作。"


def perform(deed: Deed, rows: list[Any], request: Request, values: dict[str, Any]) -> tuple[list[Outcome], str]:
    """Do the deed on rows already found through visible_to; returns an outcome per row and a closing word."""
    at = timezone.now()
    if deed.bulk:
        fit = [row for row in rows if deed.when is None or deed.when(row)]
        unfit = [Outcome(str(row), False, "当前状态不能执行这个操作") for row in rows if row not in fit]
        return _at_one_stroke(deed, fit, request, values, at, unfit)
    found = [_one(deed, row, request, values, at) for row in rows]
    return found, ""


def _one(deed: Deed, row: Any, request: Request, values: dict[str, Any], at: Any) -> Outcome:
    if deed.when is not None and not deed.when(row):
        return Outcome(str(row), False, "当前状态不能执行这个操作")
    try:
        with transaction.atomic():
            said = deed.action(row, by=request.user, at=at, **values)
    except EXPECTED as error:
        return Outcome(str(row), False, plain(error))
    return Outcome(str(row), True, said if isinstance(said, str) else "")


def _at_one_stroke(
    deed: Deed, rows: list[Any], request: Request, values: dict[str, Any], at: Any, unfit: list[Outcome]
) -> tuple[list[Outcome], str]:
    if not rows:
        return unfit, ""
    try:
        with transaction.atomic():
            said = deed.action(rows, by=request.user, at=at, **values)
    except EXPECTED as error:
        return [*unfit, *(Outcome(str(row), False) for row in rows)], plain(error)
    return [*unfit, *(Outcome(str(row), True) for row in rows)], said if isinstance(said, str) else ""


def form_of(deed: Deed, request: Request, bound: bool) -> forms.BaseForm | None:
    """The deed's form in the house's dress; bound to what was sent when ``bound``."""
    if deed.form is None:
        return None
    made = deed.form(request.POST, request.FILES) if bound else deed.form()
    return dress(made)


def answer(request: Request, deed: Deed, rows: Any, context: dict[str, Any]) -> HttpResponse:
    """One address for both steps: without ``confirmed`` it asks, with it it does."""
    confirmed = request.POST.get("confirmed") == "1"
    form = form_of(deed, request, confirmed)
    context = {**context, "deed": deed, "form": form, "count": rows.count(), "most": MOST_ROWS}
    if context["count"] == 0:
        return render(request, "pages/_deed_none.html", context)
    if not confirmed or context["count"] > MOST_ROWS or (form is not None and not form.is_valid()):
        return render(request, "pages/_deed_ask.html", context, 422 if confirmed else 200)
    values = dict(form.cleaned_data) if form is not None else {}
    outcomes, words = perform(deed, list(rows.order_by("pk")), request, values)
    done = sum(1 for one in outcomes if one.done)
    context |= {"outcomes": outcomes, "words": words, "done": done, "failed": len(outcomes) - done}
    return render(request, "pages/_deed_done.html", context)


def answer_many(page: ListPage, request: Request, deed: Deed) -> HttpResponse:
    """A batch deed of a list: over the rows ticked, or over every row of the present question."""
    try:
        asked = page.ask(QueryDict(request.POST.get("query", "")))
        every = request.POST.get("every") == "1"
        picked = [] if every else [uuid.UUID(value) for value in request.POST.getlist("row")]
    except (BadQuestion, ValueError) as error:
        return bad_question(request, str(error) if isinstance(error, BadQuestion) else "所选的行不对")
    allowed = page.model._default_manager.all().visible_to(
        request.user, deed_action(deed, page.model._meta.label_lower)
    )
    found = page.found(request, asked) if every else page.rows(request).filter(uid__in=picked)
    rows = allowed.filter(pk__in=found.order_by().values("pk"))
    return answer(
        request, deed, rows, {"picked": picked, "every": every, "query": asked.query(), "action": request.path}
    )


def answer_one(request: Request, deed: Deed, model: Any, uid: Any) -> HttpResponse:
    """A deed on the record of a detail page; 404 for a record the asker may not even see."""
    if not model._default_manager.all().visible_to(request.user, "view").filter(uid=uid).exists():
        raise Http404
    rows = (
        model._default_manager.all()
        .visible_to(request.user, deed_action(deed, model._meta.label_lower))
        .filter(uid=uid)
    )
    return answer(request, deed, rows, {"picked": [], "every": False, "query": "", "action": request.path})
