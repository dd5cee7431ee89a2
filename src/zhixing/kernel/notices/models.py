"""Messages to people, and the things they still have to do."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..base.records import Reach, Record
from ..people.models import User


class Notice(Record):
    """One line to one person. A to-do stays open until its work is done; a message until it is read."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="收件人", related_name="+")
    title = models.CharField("标题", max_length=120)
    body = models.CharField("内容", max_length=400, blank=True)
    url = models.CharField("链接", max_length=200, blank=True)
    is_todo = models.BooleanField("待办", default=False)
    due_date = models.DateField("期限", null=True)
    subject = models.CharField("事项键", max_length=120, blank=True, db_index=True)
    read_at = models.DateTimeField("已读时间", null=True)
    done_at = models.DateTimeField("办结时间", null=True)

    reach = Reach(own="user")

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        indexes = [models.Index(fields=["user", "done_at", "read_at"], name="notices_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "subject"],
                condition=Q(is_todo=True, done_at=None) & ~Q(subject=""),
                name="notices_one_open_todo",
            )
        ]

    def __str__(self) -> str:
        return self.title
