"""The demonstration school's column: articles in every state, two lessons that people studied, faults and their key."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from zhixing.domains.plans.models import Plan
from zhixing.domains.students.models import Student
from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.people.models import Tenant, Unit, User
from zhixing.kernel.people.roles import holder

from .. import actions
from ..choices import ArticleKind, Consent
from ..models import Article, LessonReading, MicroLesson
from ..procedures import take, take_lesson
from ..queries.coverage import silent_since
from ..queries.privacy import names_in
from ..queries.publishable import article_texts, lesson_texts
from .texts import FIGURES, told

NOT_A_NAME = "文中普通词语与个别学生姓名相同，不涉及学生本人"
SILENT = timedelta(days=30)
STUDIED = 10
"""Of ten people so many have signed a lesson that is over."""


def furnish(school: Tenant, rnd: Random, *, at: datetime) -> list[dict[str, Any]]:
    """Furnish the tenant in scope; needs the school's and the staff's demo, for silence and staleness the plan's."""
    return _Story(rnd, at).run()


class _Story:
    def __init__(self, rnd: Random, at: datetime) -> None:
        self.rnd, self.at = rnd, at
        self.units = {unit.name: unit for unit in Unit.objects.filter(kind="department").select_related("head")}
        self.clerk, self.director = holder("office_clerk"), holder("office_director")
        self.principal = holder("principal")
        self.key: list[dict[str, Any]] = []

    def ago(self, days: float) -> datetime:
        """A moment in office hours so many days back; half a day more is the morning."""
        day = timezone.localtime(self.at) - timedelta(days=int(days))
        return day.replace(hour=10 if days % 1 else 16, minute=0, second=0, microsecond=0)

    def plant(self, rule: str, column: str, *objects: Any) -> None:
        shown = sorted(str(one) for one in objects)
        if shown:
            self.key.append({"rule": rule, "column": column, "students": (), "objects": shown})

    def run(self) -> list[dict[str, Any]]:
        self.policies()
        self.stories()
        self.unfinished()
        self.slips()
        self.lessons()
        actions.set_figures([code for code in FIGURES if code in indicators], by=self.director, at=self.ago(20))
        begun = _plan_begun()
        if begun is not None and begun < self.at - SILENT:
            since = timezone.localdate(self.at) - SILENT
            self.plant("school.department_silent", "", *silent_since(since))
        return self.key

    def unit(self, name: str) -> Unit:
        return self.units.get(name) or next(iter(self.units.values()))

    def writer(self, unit: Unit) -> User:
        """The head of the department; in the office it is the clerk who writes, so that the head can review."""
        head = unit.head
        return head if head is not None and head.is_active and head != self.director else self.clerk

    def draft(self, kind: str, title: str, unit_name: str, body: str, days: float, **more: Any) -> Article:
        unit = self.unit(unit_name)
        values = {"kind": kind, "title": title, "unit": unit, "body": body, **more}
        return actions.write_article(values, by=self.writer(unit), at=self.ago(days + 2))

    def published(self, kind: str, title: str, unit_name: str, body: str, days: float, **more: Any) -> Article:
        """Written, handed in, reviewed by the office and published by the head of the school."""
        article = self.draft(kind, title, unit_name, body, days, **more)
        if names_in(article_texts(article)):  # a common word that happens to be somebody's name
            article = actions.rewrite_article(
                article, {"names_waived": NOT_A_NAME}, by=article.writer, at=self.ago(days + 2)
            )
        return self.out(article, days)

    def out(self, article: Article, days: float) -> Article:
        article = take("submit", article, by=article.writer, at=self.ago(days + 1.5))
        article = take("review", article, by=self.director, at=self.ago(days + 1))
        return take("publish", article, by=self.principal, at=self.ago(days))

    def policies(self) -> None:
        for number, facts in enumerate(told()["policy"]):
            more = {name: value for name, value in facts.items() if name not in ("title", "body")}
            article = self.published(ArticleKind.POLICY, facts["title"], "办公室", facts["body"], 90 - number, **more)
        actions.mark_replaced(article, replaced_by=told()["replacement"], by=self.director, at=self.ago(30))
        self.plant("portal.policy_replaced", "replaced_by", article)

    def stories(self) -> None:
        for kind, first, step in ((ArticleKind.BRIEF, 60, -30), (ArticleKind.NEWS, 5, 4), (ArticleKind.PLEDGE, 80, 0),
                                  (ArticleKind.REPORT, 12, 0)):  # fmt: skip
            for number, story in enumerate(told()[kind]):
                self.published(kind, story["title"], story["unit"], story["body"], first + step * number)
        self.case()

    def case(self) -> None:
        """Two pictures; the consent for one was taken back after the article had gone out."""
        story = told()["case"][0]
        article = self.draft(ArticleKind.CASE, story["title"], story["unit"], story["body"], 16)
        if names_in(article_texts(article)):
            actions.rewrite_article(article, {"names_waived": NOT_A_NAME}, by=article.writer, at=self.ago(18))
        by, when = article.writer, self.ago(18)
        actions.add_picture(
            article, picture=_picture("#1661ab"), caption="手机登记界面", consent=Consent.NO_FACE, by=by, at=when
        )
        faces = actions.add_picture(
            article, picture=_picture("#8a5300"), caption="班会课上讨论记录口径", consent=Consent.GIVEN,
            consent_note="本人及监护人同意书，存学生科", by=by, at=when,
        )  # fmt: skip
        self.out(Article.objects.get(pk=article.pk), 16)
        actions.note_consent(faces, consent=Consent.LACKING, by=self.director, at=self.ago(2))
        self.plant("portal.picture_without_consent", "consent", faces)

    def unfinished(self) -> None:
        """One article in each state short of the public; two waited too long."""
        late = []
        for number, story in enumerate(told()["submitted"]):
            article = self.plain(story, 1 + 7 * number)
            moved = take("submit", article, by=article.writer, at=self.ago(1 + 7 * number))
            late += [moved] if number else []
        article = self.plain(told()["reviewed"][0], 2)
        take("submit", article, by=article.writer, at=self.ago(2))
        take("review", Article.objects.get(pk=article.pk), by=self.director, at=self.ago(1))
        article = self.plain(told()["returned"][0], 9)
        take("submit", article, by=article.writer, at=self.ago(9))
        take(
            "send_back", Article.objects.get(pk=article.pk), by=self.director, at=self.ago(8),
            opinion="请补充会议时间和任务分工。",
        )  # fmt: skip
        self.plain(told()["drafted"][0], 1)
        story = told()["withdrawn"][0]
        out = self.published(ArticleKind.NEWS, story["title"], story["unit"], _common(story), 50)
        take("withdraw", out, by=self.director, at=self.ago(45), opinion="作息时间又有调整，撤下重发。")
        self.plant("portal.article_unreviewed", "submitted_at", *late)

    def plain(self, story: dict[str, str], days: float) -> Article:
        return self.draft(ArticleKind.NEWS, story["title"], story["unit"], _common(story), days)

    def slips(self) -> None:
        """A student's name in a published text, as when somebody of that name enrolled afterwards."""
        student = Student.objects.filter(name__regex=r"^.{3,}$").order_by("pk").first()
        if student is None:
            return
        article = self.published(
            ArticleKind.NEWS, "技能竞赛集训动员", "教务科", "教务科召开技能竞赛集训动员会，安排训练计划。", 20
        )
        body = f"{article.body}\n{student.name}同学代表参赛选手发言。"
        Article.objects.filter(pk=article.pk).update(body=body)
        self.plant("portal.article_with_personal_data", "body", article)

    def lessons(self) -> None:
        first, second = told()["lesson"]
        over = self.lesson(first, "办公室", published=40, due=20)
        self.study(over, share=8)
        self.plant("portal.lesson_not_covered", "due_date", over)
        running = self.lesson(second, "信息中心", published=6, due=-8)
        self.study(running, share=4)
        self.lesson(first | told()["draft_lesson"], "办公室", due=-30)
        lesson = self.lesson(second | told()["late_lesson"], "教务科", due=-20)
        waiting = take_lesson("submit", lesson, by=lesson.writer, at=self.ago(6))
        self.plant("portal.lesson_unreviewed", "submitted_at", waiting)

    def lesson(self, facts: dict[str, Any], unit_name: str, *, due: int, published: int = 0) -> MicroLesson:
        """A lesson with its questions, due so many days ago (or ahead, where negative), published where told."""
        unit, start = self.unit(unit_name), self.ago(published + 3 if published else 8)
        writer = self.writer(unit)
        values = {"title": facts["title"], "body": facts["body"], "minutes": facts["minutes"], "unit": unit,
                  "due_date": timezone.localdate(self.ago(due))}  # fmt: skip
        lesson = actions.write_lesson(values, by=writer, at=start)
        actions.set_questions(lesson, facts["questions"], by=writer, at=start)
        if names_in(lesson_texts(lesson)):
            lesson = actions.rewrite_lesson(lesson, {"names_waived": NOT_A_NAME}, by=writer, at=start)
        if published:
            lesson = take_lesson("submit", lesson, by=writer, at=self.ago(published + 1))
            lesson = take_lesson("publish", lesson, by=self.director, at=self.ago(published))
        return lesson

    def study(self, lesson: MicroLesson, *, share: int) -> None:
        """So many of ten read and sign; most of them pass, some at the second try."""
        right = {str(question.position): question.right for question in lesson.questions.all()}
        readings = LessonReading.objects.filter(lesson=lesson).select_related("user").order_by("pk")
        for number, reading in enumerate(readings):
            when = lesson.published_at + timedelta(hours=3 + number) if lesson.published_at else self.at
            if number % STUDIED >= share or when >= self.at:
                continue
            actions.sign_reading(lesson, by=reading.user, at=when)
            wrong = {position: "A" if letter != "A" else "B" for position, letter in right.items()}
            if number % 5 == 0:
                actions.answer_quiz(lesson, {**right, "1": wrong["1"], "2": wrong["2"]}, by=reading.user, at=when)
            if number % 5 or number % 10:
                actions.answer_quiz(lesson, right, by=reading.user, at=when)
        for number in range(9):
            actions.count_visit(lesson)
            if number % 2:
                actions.count_try(lesson, passed=bool(number % 3))


def _common(story: dict[str, str]) -> str:
    return str(told()["common_body"].format(**story))


def _plan_begun() -> Any:
    plan = Plan.objects.of_school().effective().first()
    return plan.effective_at if plan else None


def _picture(colour: str) -> Any:
    """A plain picture drawn here: it shows nobody."""
    from PIL import Image, ImageDraw  # slow import

    image = Image.new("RGB", (960, 640), "#f4f2ed")
    pen = ImageDraw.Draw(image)
    for row in range(5):
        pen.rounded_rectangle((120, 90 + row * 96, 840 - row * 70, 150 + row * 96), 16, fill=colour)
    file = io.BytesIO()
    image.save(file, "PNG")
    file.seek(0)
    file.name = "示意图.png"
    return file
