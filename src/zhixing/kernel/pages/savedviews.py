"""Saved views: a list's address line under a name."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.utils import timezone

from ..trail.record import record
from .errors import bad_question
from .filters import BadQuestion
from .models import SavedView
from .rendering import render

if TYPE_CHECKING:
    from .listing import ListPage
    from .page import Request

SHARE = "pages.savedview.share"


class ViewForm(forms.Form):
    """What a saved view is called, and for whom."""

    name = forms.CharField(label="视图名称", max_length=40, widget=forms.TextInput(attrs={"class": "form-control"}))
    is_shared = forms.BooleanField(label="全校可用", required=False)


def saved_views(page: ListPage, request: Request) -> list[dict[str, Any]]:
    """The reader's own views of this page and those shared with everyone."""
    mine = Q(user=request.user.pk) | Q(is_shared=True)
    rows = SavedView.objects.filter(mine, page=page.code()).order_by("is_shared", "name")
    names = ("uid", "name", "query", "is_shared", "user_id")
    return [
        dict(zip(names, row, strict=True)) | {"mine": row[4] == request.user.pk} for row in rows.values_list(*names)
    ]


def answer(page: ListPage, request: Request) -> HttpResponse:
    """GET: the views to choose from. POST: ask for a name, save, or forget (``forget`` holds the view's uid)."""
    if request.method != "POST":
        return render(request, "pages/_saved_views.html", {"views": saved_views(page, request), "page": page})
    query = request.POST.get("query", "")
    try:
        query = page.ask(QueryDict(query)).query()
    except BadQuestion as error:
        return bad_question(request, str(error))
    if forget := request.POST.get("forget"):
        try:
            uid = uuid.UUID(forget)
        except ValueError:
            return bad_question(request, "没有这个视图")
        SavedView.objects.filter(user=request.user, page=page.code(), uid=uid).delete()
        return _reload()
    form = ViewForm(request.POST if "name" in request.POST else None)
    # Everybody keeps views of his own; putting one before the whole school is another matter.
    if not request.user.grants.holds_everywhere(SHARE):
        del form.fields["is_shared"]
    if form.is_valid():
        _save(page, request, form.cleaned_data, query)
        return _reload()
    context = {
        "form": form,
        "query": query,
        "page": page,
        "views": [v for v in saved_views(page, request) if v["mine"]],
    }
    return render(request, "pages/_save_view.html", context, 422 if form.is_bound else 200)


def _save(page: ListPage, request: Request, wanted: dict[str, Any], query: str) -> None:
    view, _ = SavedView.objects.update_or_create(
        user=request.user,
        page=page.code(),
        name=wanted["name"],
        defaults={"query": query, "is_shared": wanted.get("is_shared", False)},
    )
    if view.is_shared:
        record(action="pages.savedview.share", by=request.user, at=timezone.now(), on=view)


def _reload() -> HttpResponse:
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response
