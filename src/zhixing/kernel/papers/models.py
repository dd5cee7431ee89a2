"""The register of what was issued: a number, the content as it stood, and the two files made from it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from ..base.records import DataClass, Reach, Record, Rows, manager_of
from ..files.models import StoredFile
from ..people.models import Unit, User


class NumberSequence(Record):
    """The last number given out of one kind in one year; its row is what writers queue for."""

    kind = models.CharField("字号类别", max_length=20)
    year = models.PositiveIntegerField("年份")
    last = models.PositiveIntegerField("末号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "编号序列"
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "year"], name="papers_one_sequence")]

    def __str__(self) -> str:
        return f"{self.kind}〔{self.year}〕"


class IssuedRows(Rows["IssuedPaper"]):
    def standing(self) -> IssuedRows:
        """Those that weren't cancelled."""
        return self.filter(cancelled_at=None)

    def about(self, row: Record) -> IssuedRows:
        """What was issued about one record, newest first."""
        return self.filter(object_type=row._meta.label_lower, object_uid=row.uid).order_by("-pk")


class IssuedPaper(Record):
    """One issued paper; the database refuses every later change but its cancellation (guards.py).

    ``sequence`` is null for papers without number. ``about`` lists the uids of the rows of a ledger. ``content`` is the
    letter as plain values (frozen.py); the digests are SHA-256 of the files' bytes.
    """

    paper = models.CharField("公文代码", max_length=100, editable=False)
    title = models.CharField("名称", max_length=200)
    number = models.CharField("编号", max_length=60, blank=True)
    kind = models.CharField("字号类别", max_length=20, blank=True)
    year = models.PositiveIntegerField("年份")
    sequence = models.PositiveIntegerField("序号", null=True)
    issued_by = models.ForeignKey(User, models.PROTECT, verbose_name="印发人", related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="印发部门", null=True, related_name="+")
    issued_at = models.DateTimeField("印发时间")
    object_type = models.CharField("对象类型", max_length=80, blank=True, editable=False)
    object_uid = models.UUIDField("对象标识", null=True, db_index=True, editable=False)
    object_label = models.CharField("关于", max_length=120, blank=True)
    about = models.JSONField("所含记录", default=list, editable=False)
    content = models.JSONField("内容", default=dict, editable=False)
    docx = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="Word 文件", related_name="+")
    docx_digest = models.CharField("Word 摘要", max_length=64)
    pdf = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="PDF 文件", related_name="+")
    pdf_digest = models.CharField("PDF 摘要", max_length=64)
    page_count = models.PositiveIntegerField("页数", default=1)
    cancelled_at = models.DateTimeField("作废时间", null=True, blank=True)
    cancelled_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="作废人", null=True, blank=True, related_name="+"
    )
    cancel_reason = models.CharField("作废原因", max_length=200, blank=True)

    reach = Reach(unit="unit", own="issued_by")
    personal: ClassVar[dict[str, DataClass]] = {"object_label": DataClass.PERSONAL, "content": DataClass.PERSONAL}
    objects: ClassVar[Any] = manager_of(IssuedRows)

    class Meta:
        verbose_name = verbose_name_plural = "印发登记"
        ordering = ("-issued_at", "-pk")
        indexes = [models.Index(fields=["tenant", "object_type", "object_uid"], name="papers_about")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "year", "sequence"],
                condition=Q(sequence__isnull=False),
                name="papers_number_given_once",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | ~Q(cancel_reason=""), name="papers_cancelled_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}".strip()
