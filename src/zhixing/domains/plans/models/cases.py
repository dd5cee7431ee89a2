"""典型案例: what one task has achieved, told for others by the fixed skeleton."""

from __future__ import annotations

import re

from django.db import models
from django.db.models import F, Q

from zhixing.kernel.base.records import Reach, Record
from zhixing.kernel.files.models import StoredFile
from zhixing.kernel.people.models import Unit, User

from ..choices import CaseState
from .tree import Task

SECTIONS = (("background", "实施背景"), ("practices", "主要做法"), ("results", "取得成效"), ("lessons", "经验总结"))
"""The four sections in their order (management.md F17)."""
WORD = re.compile(r"[㐀-鿿豈-﫿]|[A-Za-z0-9]+(?:[.,%][0-9]+)*")


def count_words(text: str) -> int:
    """字数 as editors count: each Han character one, each run of letters or digits one."""
    return len(WORD.findall(text))


class CaseStudy(Record):
    """A case of good practice. ``{指标名}`` in a section stands for the figure; it is fixed when the case is adopted.

    ``figures``: name → [code, value in words, day] as fixed; empty until then.
    """

    task = models.ForeignKey(Task, models.PROTECT, verbose_name="任务", related_name="cases")
    title = models.CharField("题目", max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位（部门）", related_name="+")
    author = models.ForeignKey(User, models.PROTECT, verbose_name="撰写人", related_name="+")
    background = models.TextField("实施背景", max_length=6000, blank=True)
    practices = models.TextField("主要做法", max_length=12000, blank=True)
    results = models.TextField(
        "取得成效", max_length=12000, blank=True,
        help_text="用数字说话：写“{工作要点完成率}”，打印时自动换成指标的数值。",
    )  # fmt: skip
    lessons = models.TextField("经验总结", max_length=6000, blank=True)
    contact = models.CharField("联系人及电话", max_length=80, blank=True)
    recommendation = models.CharField("推荐意见", max_length=400, blank=True)
    state = models.CharField("状态", max_length=10, choices=CaseState, default=CaseState.DRAFT, editable=False)
    figures = models.JSONField("采用时的数据", default=dict, editable=False)
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="审核人", null=True, blank=True, related_name="+", editable=False
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True, editable=False)
    adopted_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="采用人", null=True, blank=True, related_name="+", editable=False
    )
    adopted_at = models.DateTimeField("采用时间", null=True, blank=True, editable=False)

    reach = Reach(unit="unit", own="author")

    class Meta:
        verbose_name = verbose_name_plural = "典型案例"
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("author")),
                name="plans_case_reviewed_by_another",
                violation_error_message="撰写人不能审核自己的案例，请由他人审核。",
            ),
            models.CheckConstraint(
                condition=Q(adopted_by=None) | ~Q(adopted_by=F("author")),
                name="plans_case_adopted_by_another",
                violation_error_message="撰写人不能采用自己的案例，请由他人决定。",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.ADOPTED) | Q(reviewed_by__isnull=False, adopted_by__isnull=False),
                name="plans_case_adopted_after_review",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def word_count(self) -> int:
        return sum(count_words(getattr(self, name)) for name, _ in SECTIONS)


class CasePicture(Record):
    """A picture of a case, in its place."""

    case = models.ForeignKey(CaseStudy, models.PROTECT, verbose_name="典型案例", related_name="pictures")
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="图片", related_name="+")
    caption = models.CharField("图片说明", max_length=80)
    position = models.PositiveIntegerField("次序", default=0)
    removed_at = models.DateTimeField("删除时间", null=True, blank=True, editable=False)

    reach = Reach(unit="case__unit", own="case__author")

    class Meta:
        verbose_name = verbose_name_plural = "案例图片"
        ordering = ("case", "position", "pk")

    def __str__(self) -> str:
        return self.caption
