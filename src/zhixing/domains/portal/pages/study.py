"""Studying, one hand on a phone; the records of it, and how far it has got by department."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from zhixing.kernel.pages import Column, ListPage, Menu, Page, Request, ViewPreset

from ..actions import answer_quiz, open_lesson, sign_reading
from ..actions.readings import Outcome, pass_mark
from ..choices import ArticleKind
from ..models import Article, LessonReading, MicroLesson
from ..queries.coverage import coverage, writing
from ..queries.text import blocks_of
from .lessons import names_address
from .words import yes_mark


class StudyPage(Page):
    """One lesson to read, sign and answer; reading it is noted as opened."""

    model = MicroLesson
    path = "portal/study/<uuid:uid>/"
    name = "portal.study"
    title = "学习"
    permission = "portal.microlesson.study"
    template = "portal/study.html"

    def lesson(self, request: Request, uid: Any) -> MicroLesson:
        rows = MicroLesson.objects.all().visible_to(request.user, "study").published()
        found: MicroLesson | None = rows.select_related("unit").filter(uid=uid).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        return self.shown(request, self.lesson(request, kwargs["uid"]))

    def post(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponseBase:
        lesson, at = self.lesson(request, kwargs["uid"]), timezone.now()
        if request.POST.get("deed") == "sign":
            sign_reading(lesson, by=request.user, at=at)
            return redirect("portal.study", uid=lesson.uid)
        chosen = chosen_letters(request.POST)
        try:
            outcome = answer_quiz(lesson, chosen, by=request.user, at=at)
        except ValidationError as error:
            words = "；".join(error.messages)
            return {**self.shown(request, lesson, chosen), "message": words, "message_kind": "fault"}
        return self.shown(request, lesson, chosen, outcome)

    def shown(
        self, request: Request, lesson: MicroLesson, chosen: Mapping[str, str] | None = None,
        outcome: Outcome | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        at = timezone.now()
        reading = open_lesson(lesson, by=request.user, at=at)
        return {
            "title": lesson.title, "lesson": lesson, "blocks": blocks_of(lesson.body), "reading": reading,
            "questions": list(lesson.questions.all()), "chosen": chosen or {}, "outcome": outcome,
            "pass_mark": pass_mark(at),
        }  # fmt: skip


def chosen_letters(sent: Mapping[str, Any]) -> dict[str, str]:
    """The letters chosen in a quiz, by position, from what a form sent."""
    return {name[1:]: str(sent[name])[:1] for name in ("q1", "q2", "q3") if sent.get(name)}


class MyStudy(Page):
    """What I was asked to study, what I have done."""

    path = "portal/mine/"
    name = "portal.mine"
    title = "我的学习"
    menu = Menu("公开", "我的学习", "book", 10)
    permission = "portal.microlesson.study"
    template = "portal/mine.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        mine = LessonReading.objects.filter(user=request.user, lesson__in=MicroLesson.objects.published())
        rows = list(mine.select_related("lesson").order_by("passed", "signed_at", "lesson__due_date", "-pk"))
        others = MicroLesson.objects.published().exclude(pk__in=mine.values("lesson"))
        return {"readings": rows, "others": others}


class ReadingList(ListPage):
    model = LessonReading
    title = "学习记录"
    menu = Menu("公开", "学习记录", "list-check", 50)
    columns = (
        Column("user__name", "姓名"), Column("unit__name", "部门"), Column("lesson__title", "微学习", width="wide"),
        Column("is_required", "应学", render=yes_mark), Column("opened_at", default=False), Column("signed_at"),
        Column("score", numeric=True), Column("passed", render=yes_mark), Column("tries", numeric=True, default=False),
        Column("lesson__due_date", "完成期限", default=False),
    )  # fmt: skip
    filters = ("lesson", "unit", "is_required", "passed", "signed_at")
    search = ("user__name", "user__name_keys")
    order = ("lesson__due_date", "unit__position", "user__name_keys")
    presets = (
        ViewPreset("应学未学", "is_required=1&signed_at__isnull=1"),
        ViewPreset("已学未合格", "signed_at__isnull=0&passed=0"),
    )  # fmt: skip
    empty = "还没有学习记录。微学习发布后，学习范围内的教职工自动列入。"


class CoveragePage(Page):
    """学习覆盖 by department, of one lesson or of all that are out."""

    path = "portal/coverage/"
    name = "portal.coverage"
    title = "学习覆盖"
    menu = Menu("公开", "学习覆盖", "chart-bar", 40)
    permission = "portal.lessonreading.overview"
    template = "portal/coverage.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        lesson = lesson_asked(request.GET.get("lesson", ""))
        lines, whole = coverage(lesson)
        return {
            "lines": lines, "whole": whole, "lesson": lesson, "named": names_address(request, lesson),
            "lessons": MicroLesson.objects.published().order_by("-published_at"),
        }  # fmt: skip


def lesson_asked(text: str) -> MicroLesson | None:
    """The lesson named in an address; None for none or for all. 404 for one that isn't there."""
    if not text:
        return None
    try:
        found: MicroLesson | None = MicroLesson.objects.published().filter(uid=uuid.UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


class WritingPage(Page):
    """发稿统计: what each department has sent in during a year."""

    path = "portal/writing/"
    name = "portal.writing"
    title = "发稿统计"
    menu = Menu("公开", "发稿统计", "chart-histogram", 60)
    permission = "portal.article.overview"
    template = "portal/writing.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        today = timezone.localdate()
        asked = request.GET.get("year", "")
        year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
        first = Article.objects.published().order_by("published_at").values_list("published_at", flat=True).first()
        years = range(today.year, (timezone.localdate(first).year if first else today.year) - 1, -1)
        lines = writing(year)
        return {
            "lines": lines, "year": year, "years": list(years), "kinds": ArticleKind.choices,
            "totals": {kind: sum(line.kinds.get(kind, 0) for line in lines) for kind in ArticleKind.values},
            "whole": sum(line.published for line in lines),
        }  # fmt: skip
