"""微学习: one page, three questions, and who has read, signed and passed."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from zhixing.domains.plans.models import PlanStage
from zhixing.kernel.base.records import DataClass, Reach, Record, Rows, manager_of
from zhixing.kernel.people.models import Unit, User

from ..choices import Answer, LessonState

QUESTIONS = 3


def fresh_token() -> str:
    """An address that no one can guess: 96 bits."""
    return secrets.token_urlsafe(12)


class LessonRows(Rows["MicroLesson"]):
    def published(self) -> LessonRows:
        return self.filter(state=LessonState.PUBLISHED)


class MicroLesson(Record):
    """One page that is read in a few minutes, with three questions; published by somebody other than its writer.

    ``token`` is the end of its public address. ``visit_count``, ``try_count`` and ``pass_count`` are all that is kept
    of readers who don't sign in.
    """

    title = models.CharField("题目", max_length=80)
    body = models.TextField(
        "学习内容", max_length=2000,
        help_text="一页以内（2000 字）。一行一段；“一、”开头的短行作标题；“- ”开头的行作列表。",
    )  # fmt: skip
    minutes = models.PositiveSmallIntegerField("学习时长（分钟）", default=5)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="供稿部门", related_name="+")
    stage = models.ForeignKey(
        PlanStage, models.PROTECT, verbose_name="所属阶段", null=True, blank=True, related_name="+"
    )
    due_date = models.DateField("完成期限")
    token = models.CharField("链接标识", max_length=32, default=fresh_token, editable=False)
    names_waived = models.CharField("姓名公开依据", max_length=200, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=LessonState, default=LessonState.DRAFTED, db_index=True, editable=False
    )
    writer = models.ForeignKey(User, models.PROTECT, verbose_name="撰稿人", related_name="+", editable=False)
    edited_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="最后修改人", null=True, related_name="+", editable=False
    )
    submitted_at = models.DateTimeField("送审时间", null=True, blank=True, editable=False)
    publisher = models.ForeignKey(
        User, models.PROTECT, verbose_name="审核发布人", null=True, blank=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True, editable=False)
    visit_count = models.PositiveIntegerField("链接打开次数", default=0, editable=False)
    try_count = models.PositiveIntegerField("链接答题次数", default=0, editable=False)
    pass_count = models.PositiveIntegerField("链接答题合格次数", default=0, editable=False)

    reach = Reach(unit="unit", own="writer")
    objects: ClassVar[Any] = manager_of(LessonRows)

    class Meta:
        verbose_name = verbose_name_plural = "微学习"
        ordering = ("-published_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "token"], name="portal_lesson_token"),
            models.CheckConstraint(
                condition=Q(publisher=None)
                | (~Q(publisher=F("writer")) & (Q(edited_by=None) | ~Q(publisher=F("edited_by")))),
                name="portal_other_publishes_lesson",
                violation_error_message="撰稿人和修改人不能审核发布自己的微学习。",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(publisher__isnull=False, published_at__isnull=False),
                name="portal_published_lesson_was_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=15),
                name="portal_lesson_is_short",
                violation_error_message="学习时长应在 1 到 15 分钟之间。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class LessonQuestion(Record):
    """One of the three questions: two to four options, one of them right, and why."""

    lesson = models.ForeignKey(
        MicroLesson, models.CASCADE, verbose_name="微学习", related_name="questions", editable=False
    )
    position = models.PositiveSmallIntegerField("题号")
    text = models.CharField("题目", max_length=200)
    option_a = models.CharField("选项 A", max_length=120)
    option_b = models.CharField("选项 B", max_length=120)
    option_c = models.CharField("选项 C", max_length=120, blank=True)
    option_d = models.CharField("选项 D", max_length=120, blank=True)
    right = models.CharField("正确选项", max_length=1, choices=Answer)
    explanation = models.CharField("解析", max_length=300, blank=True)

    reach = Reach(unit="lesson__unit", own="lesson__writer")

    class Meta:
        verbose_name = verbose_name_plural = "测验题"
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["lesson", "position"], name="portal_question_position"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=QUESTIONS), name="portal_three_questions"
            ),
            models.CheckConstraint(
                condition=(~Q(right="C") | ~Q(option_c="")) & (~Q(right="D") | ~Q(option_d="")),
                name="portal_right_option_exists",
                violation_error_message="正确选项没有内容。",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def options(self) -> list[tuple[str, str]]:
        """(letter, text) of each option that there is."""
        texts = (self.option_a, self.option_b, self.option_c, self.option_d)
        return [(letter, text) for letter, text in zip(Answer.values, texts, strict=True) if text]


class LessonTarget(Record):
    """A department whose people should study the lesson; a lesson without targets is for everybody."""

    lesson = models.ForeignKey(
        MicroLesson, models.CASCADE, verbose_name="微学习", related_name="targets", editable=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="学习部门", related_name="+")

    reach = Reach(unit="lesson__unit", own="lesson__writer")

    class Meta:
        verbose_name = verbose_name_plural = "学习范围"
        ordering = ("unit__position",)
        constraints = [models.UniqueConstraint(fields=["lesson", "unit"], name="portal_target_once")]

    def __str__(self) -> str:
        return str(self.unit)


class ReadingRows(Rows["LessonReading"]):
    def due(self) -> ReadingRows:
        """Readings that count: asked of somebody who is still here, for a lesson that is still out."""
        return self.filter(is_required=True, user__is_active=True, lesson__state=LessonState.PUBLISHED)

    def missing(self) -> ReadingRows:
        """Asked for and not yet signed."""
        return self.due().filter(signed_at=None)


class LessonReading(Record):
    """One person and one lesson: asked for at publication, opened, signed “我已学习”, and the best quiz.

    ``answers`` are the letters chosen, by position ("1": "B"); ``score`` in per cent of the questions.
    """

    lesson = models.ForeignKey(MicroLesson, models.PROTECT, verbose_name="微学习", related_name="readings")
    user = models.ForeignKey(User, models.PROTECT, verbose_name="学习人", related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="部门", null=True, blank=True, related_name="+")
    is_required = models.BooleanField("应学", default=False)
    opened_at = models.DateTimeField("打开时间", null=True, blank=True)
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    answers = models.JSONField("答题", default=dict, blank=True)
    tries = models.PositiveIntegerField("答题次数", default=0)
    score = models.PositiveSmallIntegerField("得分", null=True, blank=True)
    passed = models.BooleanField("合格", default=False)
    answered_at = models.DateTimeField("答题时间", null=True, blank=True)

    reach = Reach(unit="unit", own="user")
    personal = {"score": DataClass.PERSONAL, "answers": DataClass.PERSONAL}
    objects: ClassVar[Any] = manager_of(ReadingRows)

    class Meta:
        verbose_name = verbose_name_plural = "学习记录"
        ordering = ("unit__position", "user__name_keys")
        constraints = [
            models.UniqueConstraint(fields=["lesson", "user"], name="portal_one_reading_each"),
            models.CheckConstraint(condition=Q(signed_at=None) | Q(opened_at__isnull=False), name="portal_read_first"),
            models.CheckConstraint(
                condition=Q(passed=False) | Q(score__isnull=False, answered_at__isnull=False),
                name="portal_passed_by_answers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.lesson}"
