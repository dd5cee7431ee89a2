"""What people keep about their pages: saved views and when they last looked."""

from __future__ import annotations

from django.db import models

from ..base.records import Reach, Record
from ..people.models import User


class SavedView(Record):
    """A list's address line under a name, for oneself or for everyone."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="用户", related_name="+")
    page = models.CharField("页面", max_length=80)
    name = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=1000)
    is_shared = models.BooleanField("全校可用", default=False)

    reach = Reach(own="user")

    class Meta:
        verbose_name = verbose_name_plural = "常用视图"
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="pages_view_name")]

    def __str__(self) -> str:
        return self.name


class Visit(Record):
    """When a person last opened the home page, so that it can say what changed since."""

    user = models.OneToOneField(User, models.CASCADE, verbose_name="用户", related_name="+")
    at = models.DateTimeField("上次访问")
    before = models.DateTimeField("再上次访问", null=True)

    reach = Reach(own="user")

    class Meta:
        verbose_name = verbose_name_plural = "访问"


class SentForm(Record):
    """A form that has been through, so that its twin adds nothing; kept for a day."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="用户", related_name="+")
    mark = models.CharField("表单标记", max_length=64)
    address = models.CharField("去向", max_length=300, blank=True)

    reach = Reach(own="user")

    class Meta:
        verbose_name = verbose_name_plural = "已提交的表单"
        constraints = [models.UniqueConstraint(fields=["user", "mark"], name="pages_form_sent_once")]

    def __str__(self) -> str:
        return self.mark


class ExportRequest(Record):
    """An export as a thing of its own: who, why, which columns, how many rows, plain or masked, until when."""

    user = models.ForeignKey(User, models.PROTECT, verbose_name="申请人", related_name="+")
    page = models.CharField("页面", max_length=80)
    query = models.CharField("条件", max_length=1000, blank=True)
    columns = models.JSONField("列", default=list)
    is_plain = models.BooleanField("含明文", default=False)
    row_count = models.PositiveIntegerField("行数", default=0)
    reason = models.CharField("用途", max_length=300, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, verbose_name="批准人", null=True, related_name="+")
    refused_at = models.DateTimeField("驳回时间", null=True)
    file_uid = models.UUIDField("文件", null=True)
    expires_at = models.DateTimeField("有效至", null=True)
    download_count = models.PositiveIntegerField("下载次数", default=0)

    reach = Reach(own="user")

    class Meta:
        verbose_name = verbose_name_plural = "导出申请"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("user")),
                name="pages_export_approved_by_another",
                violation_error_message="导出申请须由他人批准。",
            )
        ]
