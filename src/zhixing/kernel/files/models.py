"""Files that prove something: kept outside the web root under names no one can guess."""

from __future__ import annotations

from django.db import models

from ..base.records import DataClass, Reach, Record
from ..people.models import User


class StoredFile(Record):
    """One file about one record. ``object_type`` and ``object_uid`` say which; access follows that record."""

    name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("大小")
    digest = models.CharField("摘要", max_length=64, db_index=True)
    media_type = models.CharField("类型", max_length=100)
    purpose = models.CharField("用途", max_length=40)
    stored_name = models.CharField("存放名", max_length=80, editable=False)
    object_type = models.CharField("对象类型", max_length=80, blank=True)
    object_uid = models.UUIDField("对象标识", null=True, db_index=True)
    data_class = models.CharField("数据级别", max_length=2, default=DataClass.PERSONAL)
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name="上传人", null=True, related_name="+")
    expires_at = models.DateTimeField("保留至", null=True)

    reach = Reach(own="uploaded_by")

    class Meta:
        verbose_name = verbose_name_plural = "文件"

    def __str__(self) -> str:
        return self.name
