"""The document a plan came in, and the draft tree that people put right before it takes effect."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from zhixing.kernel.base.records import Record, Rows, manager_of
from zhixing.kernel.files.models import StoredFile
from zhixing.kernel.people.models import User

from ..choices import NodeKind, VersionState
from .plans import Plan


class PlanVersion(Record):
    """One text of a plan: the file as it came, its lines, what the parser warned of, and its draft tree."""

    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name="方案", related_name="editions")
    edition = models.PositiveIntegerField("版次")
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="原文件", null=True, related_name="+")
    file_name = models.CharField("文件名", max_length=200, blank=True)
    source_text = models.TextField("原文")
    outline = models.JSONField("识别出的方案概况", default=dict)
    warnings = models.JSONField("提醒", default=list)
    state = models.CharField("状态", max_length=10, choices=VersionState, default=VersionState.REVIEWING)
    read_by = models.ForeignKey(User, models.PROTECT, verbose_name="导入人", null=True, related_name="+")
    read_at = models.DateTimeField("导入时间")
    settled_by = models.ForeignKey(User, models.PROTECT, verbose_name="生效人", null=True, related_name="+")
    settled_at = models.DateTimeField("生效时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "方案文本"
        ordering = ("plan", "-edition")
        constraints = [
            models.UniqueConstraint(fields=["plan", "edition"], name="plans_edition_once"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state="reviewing"),
                name="plans_one_version_in_review",
                violation_error_message="这个方案已有一份校对中的文本，请先让它生效或放弃。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} 第{self.edition}版"

    @property
    def standing_nodes(self) -> DraftNodeRows:
        """The draft's nodes that have not been deleted or merged away, in order."""
        rows: DraftNodeRows = DraftNode.objects.filter(plan_version=self, is_removed=False).order_by("position", "pk")
        return rows

    @property
    def lines(self) -> list[str]:
        """The text line by line; line 1 is at index 0."""
        return self.source_text.split("\n")


class DraftNodeRows(Rows["DraftNode"]):
    def standing(self) -> DraftNodeRows:
        """Nodes that have not been deleted or merged away."""
        return self.filter(is_removed=False)


class DraftNode(Record):
    """A node of the draft tree. ``verbatim`` and its lines stay what the document said, whatever people change."""

    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, verbose_name="方案文本", related_name="nodes")
    kind = models.CharField("类别", max_length=10, choices=NodeKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级节点", null=True, blank=True, related_name="children"
    )
    position = models.PositiveIntegerField("次序", default=0)
    no = models.PositiveIntegerField("序号", null=True, blank=True)
    title = models.CharField("标题", max_length=200, blank=True)
    body = models.TextField("正文", blank=True)
    verbatim = models.TextField("原文", blank=True, editable=False)
    line_from = models.PositiveIntegerField("起始行", null=True, editable=False)
    line_to = models.PositiveIntegerField("终止行", null=True, editable=False)
    from_date = models.DateField("起", null=True, blank=True)
    to_date = models.DateField("止", null=True, blank=True)
    duties = models.JSONField("任务表中的责任", default=dict, editable=False)
    note = models.CharField("提醒", max_length=300, blank=True)
    is_removed = models.BooleanField("已删除", default=False, editable=False)
    matched_type = models.CharField("对应记录类型", max_length=80, blank=True, editable=False)
    matched_uid = models.UUIDField("对应记录", null=True, editable=False)

    objects: ClassVar[Any] = manager_of(DraftNodeRows)

    class Meta:
        verbose_name = verbose_name_plural = "方案节点（校对）"
        ordering = ("plan_version", "position", "pk")

    def __str__(self) -> str:
        return self.title or self.body[:30]


class DraftStep(Record):
    """One change made while reviewing, with what was there before, so that it can be undone."""

    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, verbose_name="方案文本", related_name="steps")
    label = models.CharField("动作", max_length=160)
    before = models.JSONField("改动前的节点", default=list)
    made = models.JSONField("新增的节点", default=list)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="操作人", null=True, related_name="+")
    at = models.DateTimeField("时间")
    undone_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "校对步骤"
        ordering = ("plan_version", "pk")

    def __str__(self) -> str:
        return self.label
