"""On the first page: what waits for my word, and what I have to study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from zhixing.kernel.pages import Panel, Request

from ..choices import ArticleState, LessonState
from ..models import Article, LessonReading, MicroLesson

SHOWN = 5


class ReviewPanel(Panel):
    """待我审核: only what the asker may judge and has not written himself."""

    on = "home"
    title = "待我审核的稿件"
    order = 46
    size = 6
    permission = "portal.article.review"
    template = "portal/_to_review.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        user = request.user
        waiting = Article.objects.all().visible_to(user, "review").waiting().exclude(writer=user)
        lessons = MicroLesson.objects.all().visible_to(user, "publish").filter(state=LessonState.SUBMITTED)
        lessons = lessons.exclude(writer=user)
        return {
            "articles": waiting.order_by("submitted_at")[:SHOWN], "lessons": lessons.order_by("submitted_at")[:SHOWN],
            "submitted": ArticleState.SUBMITTED,
        }  # fmt: skip


class StudyPanel(Panel):
    """待我学习."""

    on = "home"
    title = "待我学习"
    order = 47
    size = 6
    permission = "portal.microlesson.study"
    template = "portal/_to_study.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        due = LessonReading.objects.due().filter(user=request.user, passed=False).select_related("lesson")
        return {"readings": due.order_by("lesson__due_date")[:SHOWN], "day": timezone.localdate()}
