"""Passages: one step taken by one person on one record."""

from __future__ import annotations

from django.db import models

from ..base.records import Reach, Record
from ..people.models import User


class Passage(Record):
    """What happened to a record, step by step; the opinion given and the state it was given on."""

    procedure = models.CharField("流程", max_length=80)
    step = models.CharField("环节", max_length=40)
    label = models.CharField("动作", max_length=40)
    object_type = models.CharField("对象类型", max_length=80)
    object_uid = models.UUIDField("对象标识", db_index=True)
    source = models.CharField("原状态", max_length=30)
    target = models.CharField("新状态", max_length=30)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="办理人", null=True, related_name="+")
    at = models.DateTimeField("办理时间")
    opinion = models.CharField("意见", max_length=400, blank=True)
    seen = models.JSONField("办理时的内容", default=dict)

    reach = Reach(own="by")

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ("at", "pk")
