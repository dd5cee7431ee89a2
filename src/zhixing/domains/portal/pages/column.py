"""The column for everyone: no sign-in, no script, no cookie; one school at an address, and nothing of it but this.

A stranger has no tenant, so each view opens the scope of the school whose address was asked for, and of no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from zhixing.kernel.base.records import DataClass
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.files.store import path_of
from zhixing.kernel.pages import Page, Request, render
from zhixing.kernel.people.access import Audience
from zhixing.kernel.people.models import Tenant

from ..actions import count_try, count_visit, mark_quiz
from ..choices import ArticleKind
from ..queries import column
from ..queries.text import blocks_of, excerpt
from .study import chosen_letters

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
MINUTES_KEPT = 5
KEPT = f"public, max-age={MINUTES_KEPT * 60}"


class ColumnDoor(Page):
    """/column/ leads to the only school of the installation; where there are several it leads nowhere."""

    path = "column/"
    name = "portal.column.door"
    title = "公开专栏"
    audience = Audience.PUBLIC
    data_class = DataClass.PUBLIC

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        school = column.only_school()
        if school is None:
            raise Http404
        answered: HttpResponse = redirect("portal.column.front", code=school.code)
        return answered


class ColumnPage(Page):
    """What the pages of the column share: the school of the address, its scope, headers, a tag to ask again by."""

    abstract = True
    audience = Audience.PUBLIC
    data_class = DataClass.PUBLIC
    kept: ClassVar[str] = KEPT

    def answer(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        school = column.school_of(kwargs.pop("code"))
        if school is None:
            raise Http404
        with tenant_scope(school.pk):
            shown = self.shown(request, school, **kwargs)
            response = shown if isinstance(shown, HttpResponseBase) else self.page(request, school, shown)
        response["Content-Security-Policy"] = POLICY
        response["Cache-Control"] = self.kept
        return response

    def page(self, request: Request, school: Tenant, shown: Mapping[str, Any]) -> HttpResponseBase:
        context = {"school": school, "column_name": column.HEADING, "excerpt": excerpt, "kinds": ArticleKind.choices,
                   "title": self.title, **shown}  # fmt: skip
        response = render(request, self.template, context)
        if self.kept == KEPT:
            response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
            return get_conditional_response(request, etag=response["ETag"], response=response) or response
        return response

    def shown(self, request: Request, school: Tenant, **kwargs: Any) -> Mapping[str, Any] | HttpResponseBase:
        raise NotImplementedError


class ColumnFront(ColumnPage):
    path = "column/<str:code>/"
    name = "portal.column.front"
    title = "首页"
    template = "portal/column/front.html"

    def shown(self, request: Request, school: Tenant, **kwargs: Any) -> Mapping[str, Any]:
        today = timezone.localdate()
        return {
            "sections": column.sections(), "plan": column.shown_plan(today), "figures": column.figures(today),
            "lessons": column.shown_lessons()[: column.LESSONS_ON_FRONT],
        }  # fmt: skip


class ColumnPlan(ColumnPage):
    path = "column/<str:code>/plan/"
    name = "portal.column.plan"
    title = "实施方案与进展"
    template = "portal/column/plan.html"

    def shown(self, request: Request, school: Tenant, **kwargs: Any) -> Mapping[str, Any]:
        today = timezone.localdate()
        plan = column.shown_plan(today)
        if plan is None:
            raise Http404
        return {"plan": plan, "figures": column.figures(today), "day": today}


class ColumnList(ColumnPage):
    path = "column/<str:code>/list/<str:kind>/"
    name = "portal.column.list"
    title = "栏目"
    template = "portal/column/list.html"

    def shown(self, request: Request, school: Tenant, **kwargs: Any) -> Mapping[str, Any]:
        kind = kwargs["kind"]
        if kind not in ArticleKind.values:
            raise Http404
        rows = column.cards(kind)
        asked = request.GET.get("page", "1")
        page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
        start = (page - 1) * column.PER_PAGE
        found = list(rows[start : start + column.PER_PAGE + 1]) if page else []
        if not page or (page > 1 and not found):
            raise Http404
        return {
            "title": ArticleKind(kind).label, "kind": kind, "articles": found[: column.PER_PAGE], "page_no": page,
            "more": len(found) > column.PER_PAGE,
        }  # fmt: skip


class ColumnArticle(ColumnPage):
    path = "column/<str:code>/article/<uuid:uid>/"
    name = "portal.column.article"
    title = "文章"
    template = "portal/column/article.html"

    def shown(self, request: Request, school: Tenant, **kwargs: Any) -> Mapping[str, Any]:
        article = column.shown_article(kwargs["uid"])
        if article is None:
            raise Http404
        return {
            "title": article.title, "article": article, "blocks": blocks_of(article.body),
            "pictures": column.shown_pictures(article),
        }  # fmt: skip


class ColumnPicture(ColumnPage):
    """A picture of a published article, while consent stands."""

    path = "column/<str:code>/picture/<uuid:uid>/"
    name = "portal.column.picture"
    title = "图片"

    def shown(self, request: Request, school: Tenant, **kwargs: Any) -> HttpResponseBase:
        picture = column.shown_picture(kwargs["uid"])
        if picture is None or not path_of(picture.file).exists():
            raise Http404
        response = FileResponse(path_of(picture.file).open("rb"), content_type=picture.file.media_type)
        response["X-Content-Type-Options"] = "nosniff"
        return response


class ColumnLesson(ColumnPage):
    """A lesson by its link: read it, try the quiz; only counts are kept. An answer lies in nobody's cache."""

    path = "column/<str:code>/lesson/<str:token>/"
    name = "portal.column.lesson"
    title = "微学习"
    template = "portal/column/lesson.html"
    kept = "no-store"

    def shown(self, request: Request, school: Tenant, **kwargs: Any) -> Mapping[str, Any]:
        lesson = column.shown_lesson(kwargs["token"])
        if lesson is None:
            raise Http404
        chosen = chosen_letters(request.GET)
        context: dict[str, Any] = {
            "title": lesson.title, "lesson": lesson, "blocks": blocks_of(lesson.body), "chosen": chosen,
            "questions": list(lesson.questions.all()), "outcome": None, "fault": "",
        }  # fmt: skip
        if not chosen and "try" not in request.GET:
            if request.method == "GET":
                count_visit(lesson)
            return context
        try:
            outcome = mark_quiz(lesson, chosen, at=timezone.now())
        except ValidationError as error:
            return {**context, "fault": "；".join(error.messages)}
        if request.method == "GET":
            count_try(lesson, outcome.passed)
        return {**context, "outcome": outcome}
