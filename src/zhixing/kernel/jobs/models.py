"""Work that runs behind the page: leased, fenced, with progress."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..base.records import Reach, Record
from ..people.models import User


class State(models.TextChoices):
    WAITING = "waiting", "等待"
    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


class Job(Record):
    """One piece of work. ``arguments`` hold ids only; ``attempt`` is the fencing token of its lease."""

    kind = models.CharField("种类", max_length=60)
    title = models.CharField("名称", max_length=120)
    arguments = models.JSONField("参数", default=dict)
    key = models.CharField("防重键", max_length=120, null=True, blank=True)  # noqa: DJ001 - null: no key
    requested_by = models.ForeignKey(User, models.PROTECT, verbose_name="发起人", null=True, related_name="+")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING, db_index=True)
    run_after = models.DateTimeField("最早开始", null=True, db_index=True)
    attempt = models.PositiveIntegerField("次数", default=0)
    lease_until = models.DateTimeField("租约至", null=True)
    worker = models.CharField("执行者", max_length=60, blank=True)
    done_count = models.PositiveBigIntegerField("已完成", default=0)
    total_count = models.PositiveBigIntegerField("总数", default=0)
    message = models.CharField("进展", max_length=200, blank=True)
    result = models.JSONField("结果", default=dict)
    error = models.TextField("错误", blank=True)
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    cancel_asked = models.BooleanField("要求取消", default=False)

    reach = Reach(own="requested_by")

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"],
                condition=Q(state__in=["waiting", "running"]),
                name="jobs_one_live_per_key",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Worker(models.Model):
    """A worker process that says now and then that it is alive."""

    name = models.CharField("名称", max_length=60, unique=True)
    seen_at = models.DateTimeField("最近心跳")

    class Meta:
        verbose_name = verbose_name_plural = "执行进程"
