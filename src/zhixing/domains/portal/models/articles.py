"""What is written for the column: text, pictures, and on whose word it went out."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from zhixing.kernel.base.records import Reach, Record, Rows, manager_of
from zhixing.kernel.files.models import StoredFile
from zhixing.kernel.people.models import Unit, User

from ..choices import SHOWABLE, ArticleKind, ArticleState, Consent


class ArticleRows(Rows["Article"]):
    def published(self) -> ArticleRows:
        return self.filter(state=ArticleState.PUBLISHED)

    def waiting(self) -> ArticleRows:
        """Handed in and not yet judged, or judged and not yet out."""
        return self.filter(state__in=(ArticleState.SUBMITTED, ArticleState.REVIEWED))

    def out_of_date(self, on: date) -> ArticleRows:
        """Published documents that a later one has replaced, or that ran out before the day."""
        gone = ~Q(replaced_by="") | Q(valid_until__lt=on)
        return self.published().filter(gone, kind=ArticleKind.POLICY)


class Article(Record):
    """稿件: plain text in our own small notation, written by one person and reviewed by another before it goes out.

    ``organ``, ``document_no``, ``document_date``, ``valid_until`` and ``replaced_by`` are facts about a policy.
    ``year`` and ``number`` are the 期号 of a brief, allotted when it first goes out and kept ever after.
    ``edited_by`` is whoever wrote the text last: neither that person nor the writer may review it.
    """

    kind = models.CharField("栏目", max_length=10, choices=ArticleKind, default=ArticleKind.NEWS, db_index=True)
    title = models.CharField("标题", max_length=100)
    summary = models.CharField("摘要", max_length=200, blank=True, help_text="列表里显示的一两句话；不填取正文开头。")
    body = models.TextField(
        "正文", max_length=30000,
        help_text="一行一段；“一、”“（一）”开头的短行作标题；“- ”开头的行作列表。不支持 HTML。",
    )  # fmt: skip
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="供稿部门", related_name="+")
    organ = models.CharField("发文机关", max_length=80, blank=True, help_text="政策文件必填。")
    document_no = models.CharField("文号", max_length=60, blank=True, help_text="如“教职成〔2015〕7号”。")
    document_date = models.DateField("发文日期", null=True, blank=True, help_text="政策文件必填。")
    valid_until = models.DateField("有效期至", null=True, blank=True)
    replaced_by = models.CharField(
        "已被替代", max_length=120, blank=True, help_text="替代它的文件名称和文号；仍然有效的留空。"
    )
    names_waived = models.CharField(
        "姓名公开依据", max_length=200, blank=True,
        help_text="稿件中出现学生姓名时填写，如“已取得本人及监护人书面同意，存团委”。",
    )  # fmt: skip
    state = models.CharField(
        "状态", max_length=10, choices=ArticleState, default=ArticleState.DRAFTED, db_index=True, editable=False
    )
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True, editable=False)
    number = models.PositiveIntegerField("期号", null=True, blank=True, editable=False)
    writer = models.ForeignKey(User, models.PROTECT, verbose_name="撰稿人", related_name="+", editable=False)
    edited_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="最后修改人", null=True, related_name="+", editable=False
    )
    submitted_at = models.DateTimeField("送审时间", null=True, blank=True, editable=False)
    reviewer = models.ForeignKey(
        User, models.PROTECT, verbose_name="审核人", null=True, blank=True, related_name="+", editable=False
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True, editable=False)
    publisher = models.ForeignKey(
        User, models.PROTECT, verbose_name="发布人", null=True, blank=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True, db_index=True, editable=False)

    reach = Reach(unit="unit", own="writer")
    objects: ClassVar[Any] = manager_of(ArticleRows)

    class Meta:
        verbose_name = verbose_name_plural = "稿件"
        ordering = ("-published_at", "-pk")
        indexes = [models.Index(fields=["tenant", "state", "kind", "-published_at"], name="portal_column_order")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewer=None)
                | (~Q(reviewer=F("writer")) & (Q(edited_by=None) | ~Q(reviewer=F("edited_by")))),
                name="portal_other_reviews",
                violation_error_message="撰稿人和修改人不能审核自己的稿件。",
            ),
            models.CheckConstraint(
                condition=Q(publisher=None) | ~Q(publisher=F("writer")),
                name="portal_other_publishes",
                violation_error_message="撰稿人不能发布自己的稿件。",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(reviewer__isnull=False, publisher__isnull=False, published_at__isnull=False),
                name="portal_published_was_reviewed",
            ),
            models.CheckConstraint(
                condition=~Q(kind="brief", state="published") | Q(year__isnull=False, number__isnull=False),
                name="portal_published_brief_has_number",
            ),
            models.UniqueConstraint(fields=["tenant", "year", "number"], name="portal_brief_no"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def issue_label(self) -> str:
        """期号 as it is printed; blank for anything but a numbered brief."""
        return f"{self.year}年第{self.number}期" if self.number else ""


class ArticlePicture(Record):
    """One picture of an article. Whoever can be recognised in it must have agreed, for a child the guardian."""

    article = models.ForeignKey(Article, models.CASCADE, verbose_name="稿件", related_name="pictures", editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="图片", related_name="+", editable=False)
    caption = models.CharField("图片说明", max_length=100)
    consent = models.CharField("肖像同意", max_length=10, choices=Consent, default=Consent.LACKING)
    consent_note = models.CharField(
        "同意书存放处", max_length=100, blank=True, help_text="有人脸时填写，如“监护人同意书，存学生科”。"
    )
    position = models.PositiveSmallIntegerField("次序", default=0)

    reach = Reach(unit="article__unit", own="article__writer")

    class Meta:
        verbose_name = verbose_name_plural = "稿件图片"
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(consent="given") | ~Q(consent_note=""),
                name="portal_consent_is_kept_somewhere",
                violation_error_message="请写明同意书存放在哪里。",
            ),
        ]

    def __str__(self) -> str:
        return self.caption

    @property
    def is_showable(self) -> bool:
        return self.consent in SHOWABLE
