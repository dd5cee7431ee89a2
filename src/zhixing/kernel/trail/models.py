"""What was done, by whom, when and why: rows that are only ever added, and later chained."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from ..base.records import Reach, Rows, manager_of
from ..people.models import Tenant, User


class Result(models.TextChoices):
    DONE = "done", "成功"
    REFUSED = "refused", "被拒绝"
    FAILED = "failed", "失败"


class AuditRows(Rows["AuditEvent"]):
    def about(self, row: models.Model) -> AuditRows:
        """Events on one record, newest first."""
        return self.filter(object_type=row._meta.label_lower, object_uid=row.uid).order_by("-pk")  # type: ignore[attr-defined]

    def unsealed(self) -> AuditRows:
        return self.filter(seq=None).order_by("pk")


class AuditEvent(models.Model):
    """One act. ``changes`` holds before and after of fields up to P2; of P3 and P4 only the names."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, verbose_name="单位", null=True, related_name="+")
    at = models.DateTimeField("时间", db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, verbose_name="操作人", null=True, related_name="+")
    actor_name = models.CharField("操作人姓名", max_length=60, blank=True)
    roles = models.CharField("角色", max_length=200, blank=True)
    session = models.CharField("会话", max_length=16, blank=True)
    request_id = models.CharField("请求号", max_length=16, blank=True)
    action = models.CharField("动作", max_length=80, db_index=True)
    object_type = models.CharField("对象类型", max_length=80, blank=True)
    object_uid = models.UUIDField("对象标识", null=True, db_index=True)
    object_label = models.CharField("对象", max_length=120, blank=True)
    data_class = models.CharField("数据级别", max_length=2, blank=True)
    result = models.CharField("结果", max_length=8, choices=Result, default=Result.DONE)
    reason = models.CharField("事由", max_length=300, blank=True)
    changes = models.JSONField("变动", default=dict)
    seq = models.PositiveBigIntegerField("序号", null=True)
    digest = models.CharField("链值", max_length=64, blank=True)

    reach: ClassVar[Reach] = Reach(own="actor")
    objects: ClassVar[Any] = manager_of(AuditRows)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        indexes = [
            models.Index(fields=["object_type", "object_uid"], name="trail_object"),
            models.Index(fields=["actor", "at"], name="trail_pace"),
        ]
        constraints = [models.UniqueConstraint(fields=["tenant", "seq"], name="trail_seq_in_tenant")]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.object_label}"


class Anchor(models.Model):
    """The head of a tenant's chain at a moment, also written to a file that leaves the machine."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, verbose_name="单位", null=True, related_name="+")
    seq = models.PositiveBigIntegerField("序号")
    digest = models.CharField("链值", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "审计锚点"
