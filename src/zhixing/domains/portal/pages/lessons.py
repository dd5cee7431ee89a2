"""微学习: list, each lesson with its questions, link, code and coverage, the form and the sheet of questions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from zhixing.kernel.pages import (
    Column,
    Deed,
    DetailPage,
    EditPage,
    Facts,
    ListPage,
    Menu,
    Page,
    Panel,
    Request,
    Tab,
    ViewPreset,
)
from zhixing.kernel.people.models import User

from ..actions import remind_learners, rewrite_lesson, set_questions, set_targets, write_lesson
from ..actions.lessons import QUESTION_FIELDS
from ..choices import WRITABLE, Answer, LessonState
from ..models import QUESTIONS, MicroLesson
from ..procedures import take_lesson
from ..queries.coverage import coverage
from ..queries.publishable import faults_of_lesson
from ..queries.text import blocks_of
from .forms import OpinionForm, TargetsForm
from .words import at_state, badge_of
from .writing_desk import WritingDesk

FIELDS = ("title", "unit", "minutes", "due_date", "stage")


def step(name: str) -> Any:
    """A deed's action that takes the step of this name."""

    def act(lesson: MicroLesson, *, by: User, at: datetime, opinion: str = "") -> str:
        moved = take_lesson(name, lesson, by=by, at=at, opinion=opinion)
        asked = f"，已向 {moved.readings.filter(is_required=True).count()} 人派发" if name == "publish" else ""
        return f"微学习现在是“{moved.get_state_display()}”{asked}。"

    return act


def targets(lesson: MicroLesson, *, by: User, at: datetime, units: Any) -> str:
    set_targets(lesson, units=units, by=by, at=at)
    return "学习范围：" + ("、".join(str(unit) for unit in units) or "全校教职工") + "。"


def _deed(name: str, label: str, icon: str, *states: str, **more: Any) -> Deed:
    return Deed(
        name, label, more.pop("action", None) or step(name),
        permission=f"portal.microlesson.{more.pop('right', name)}", icon=icon, when=at_state(*states), **more,
    )  # fmt: skip


OUT, SENT = LessonState.PUBLISHED, LessonState.SUBMITTED
TARGETS = _deed("targets", "学习范围", "users-group", *WRITABLE, right="change", action=targets, form=TargetsForm)
SUBMIT = _deed("submit", "送审", "send", *WRITABLE, confirm="送审后不能修改，等待审核发布。")
TAKE_BACK = _deed("take_back", "收回", "arrow-back", SENT, right="submit")
PUBLISH = _deed(
    "publish", "审核发布", "world-upload", SENT, confirm="发布后学习范围内的教职工都会收到待办，内容不再修改。"
)
BACK = _deed("send_back", "退回修改", "arrow-back-up", SENT, form=OpinionForm)
REMIND = _deed("remind", "提醒未学人员", "bell-ringing", OUT, action=remind_learners)
WITHDRAW = _deed("withdraw", "撤下", "eye-off", OUT, form=OpinionForm, danger=True)


class LessonList(ListPage):
    model = MicroLesson
    title = "微学习"
    menu = Menu("公开", "微学习", "school", 30)
    columns = (
        Column("title", link=True, width="wide"), Column("state", render=badge_of(LessonState)),
        Column("unit__name", "供稿部门"), Column("minutes", "时长（分钟）", numeric=True), Column("due_date"),
        Column("published_at"), Column("writer__name", "撰稿人", default=False),
        Column("visit_count", numeric=True, default=False), Column("try_count", numeric=True, default=False),
    )  # fmt: skip
    filters = ("state", "unit", "due_date", "stage")
    search = ("title",)
    order = ("-updated_at",)
    primary = "add"
    presets = (ViewPreset("待审核", "state=submitted"), ViewPreset("学习中", "state=published"))
    empty = "还没有微学习。点“新增微学习”，写一页内容、出三道题，审核发布后教职工在手机上学习。"
    mark_findings = True


class LessonDetail(DetailPage):
    model = MicroLesson
    facts = (
        Facts("微学习", (Column("state", render=badge_of(LessonState)), *FIELDS[1:], "names_waived")),
        Facts("经手", ("writer", "edited_by", "submitted_at", "publisher", "published_at")),
        Facts("链接学习（不登录，只计次数）", ("visit_count", "try_count", "pass_count")),
    )  # fmt: skip
    deeds = (TARGETS, SUBMIT, TAKE_BACK, PUBLISH, BACK, REMIND, WITHDRAW)
    tabs = ("passages", "findings", "trail")
    template = "portal/lesson.html"

    def context(self, request: Request, row: Any) -> dict[str, Any]:
        may = row.state in WRITABLE and request.user.can("change", row)
        return {"quiz": reverse("portal.microlesson.questions", args=[row.uid]) if may else ""}

    def edit_address(self, request: Request, row: Any) -> str:
        return super().edit_address(request, row) if row.state in WRITABLE else ""


class LessonEdit(WritingDesk, EditPage):
    model = MicroLesson
    groups = (
        Facts("微学习", (*FIELDS, Column("body", width="wide"))),
        Facts("个人信息", (Column("names_waived", width="wide"),)),
    )
    create = write_lesson
    change = rewrite_lesson


class LessonTextTab(Tab):
    on = MicroLesson
    title = "内容与测验"
    order = 5
    template = "portal/_lesson_text.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"blocks": blocks_of(row.body), "questions": list(row.questions.all())}


class LessonCoverageTab(Tab):
    on = MicroLesson
    title = "学习情况"
    order = 6
    permission = "portal.lessonreading.overview"
    template = "portal/_coverage.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        lines, whole = coverage(row)
        return {"lines": lines, "whole": whole, "lesson": row, "named": names_address(request, row)}


def names_address(request: Request, lesson: Any = None) -> str:
    """The list of readings as far as the asker may read names; blank for who may not."""
    if not request.user.holds("portal.lessonreading.view"):
        return ""
    base = f"{reverse('portal.lessonreading.list')}?is_required=1&signed_at__isnull=1"
    return f"{base}&lesson={lesson.uid}" if lesson is not None else base


class LinkPanel(Panel):
    """The link and its code once the lesson is out, before that what is missing."""

    on = MicroLesson
    title = "链接与二维码"
    order = 10
    template = "portal/_link.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        return {
            "faults": [] if row.state == OUT else faults_of_lesson(row),
            "address": public_address(request, row) if row.state == OUT else "",
            "targets": list(row.targets.select_related("unit")),
        }


def public_address(request: Request, lesson: Any) -> str:
    """The whole address of a lesson for everyone, as it stands in the code."""
    code = request.user.tenant.code if request.user.tenant else ""
    return settings.PUBLIC_BASE_URL.rstrip("/") + reverse("portal.column.lesson", args=[code, lesson.token])


class LessonPage(Page):
    """A page about one lesson, reached with ``right`` on that very lesson."""

    abstract = True
    model = MicroLesson
    right = "view"

    def lesson(self, request: Request, uid: Any) -> MicroLesson:
        found: MicroLesson | None = (
            MicroLesson.objects.all()
            .visible_to(request.user, self.right)
            .select_related("unit")
            .filter(uid=uid)
            .first()
        )
        if found is None:
            raise Http404
        return found


class CodeSvg(LessonPage):
    """The code as a picture for the page; only while the link leads somewhere."""

    path = "portal/microlesson/<uuid:uid>/code.svg"
    name = "portal.microlesson.code_svg"
    title = "二维码"
    permission = "portal.microlesson.view"
    kind, media_type = "svg", "image/svg+xml"

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        import segno  # slow import

        lesson = self.lesson(request, kwargs["uid"])
        if lesson.state != OUT:
            raise Http404
        out = BytesIO()
        # Neither size nor colour by style: the policy forbids it, and attributes do.
        segno.make(public_address(request, lesson), error="m").save(out, kind=self.kind, scale=8, border=2)
        response = HttpResponse(out.getvalue(), content_type=self.media_type)
        if self.kind == "png":
            response["Content-Disposition"] = 'attachment; filename="lesson-code.png"'
        return response


class CodePng(CodeSvg):
    """The same to be put on a poster."""

    path = "portal/microlesson/<uuid:uid>/code.png"
    name = "portal.microlesson.code_png"
    kind, media_type = "png", "image/png"


class QuestionsPage(LessonPage):
    """Three questions on one sheet."""

    path = "portal/microlesson/<uuid:uid>/questions/"
    name = "portal.microlesson.questions"
    title = "测验题"
    permission = "portal.microlesson.change"
    right = "change"
    template = "portal/questions.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        lesson = self.lesson(request, kwargs["uid"])
        known = {question.position: question for question in lesson.questions.all()}
        asked = [{name: getattr(known.get(n), name, "") for name in QUESTION_FIELDS} for n in range(1, QUESTIONS + 1)]
        return self.shown(lesson, asked)

    def post(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponseBase:
        lesson = self.lesson(request, kwargs["uid"])
        asked = [
            {name: request.POST.get(f"{name}-{n}", "") for name in QUESTION_FIELDS} for n in range(1, QUESTIONS + 1)
        ]
        try:
            set_questions(lesson, asked, by=request.user, at=timezone.now())
        except ValidationError as error:
            return {**self.shown(lesson, asked), "message": "；".join(error.messages), "message_kind": "fault"}
        return redirect("portal.microlesson.detail", uid=lesson.uid)

    def shown(self, lesson: MicroLesson, asked: list[dict[str, str]]) -> dict[str, Any]:
        return {
            "lesson": lesson, "asked": list(enumerate(asked, 1)), "letters": Answer.values,
            "title": f"测验题：{lesson}",
        }  # fmt: skip
