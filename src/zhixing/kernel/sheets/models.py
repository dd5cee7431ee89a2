"""Uploads on their way in: staged rows that can be looked at, mended and applied at one stroke."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..base.records import DataClass, Reach, Record
from ..people.models import User
from ..people.sealing import SealedField


class ImportState(models.TextChoices):
    READING = "reading", "读取中"
    STAGED = "staged", "待确认"
    APPLYING = "applying", "写入中"
    APPLIED = "applied", "已写入"
    UNDONE = "undone", "已撤销"
    REFUSED = "refused", "已拒绝"
    ABANDONED = "abandoned", "已放弃"


class ImportBatch(Record):
    """One uploaded file. Its digest makes the same file recognisable; its rows wait in StagedRow."""

    sheet = models.CharField("表格", max_length=80)
    file_name = models.CharField("文件名", max_length=200)
    file_uid = models.UUIDField("文件", null=True)
    digest = models.CharField("摘要", max_length=64)
    layout = models.CharField("版式", max_length=60, blank=True)
    mapping = models.JSONField("列对应", default=dict)
    headings = models.JSONField("列名", default=list)
    unknown = models.JSONField("未识别的列", default=list)
    mode = models.CharField("方式", max_length=20, default="both")
    state = models.CharField("状态", max_length=10, choices=ImportState, default=ImportState.READING)
    row_count = models.PositiveIntegerField("行数", default=0)
    create_count = models.PositiveIntegerField("新增", default=0)
    update_count = models.PositiveIntegerField("更新", default=0)
    same_count = models.PositiveIntegerField("未变", default=0)
    error_count = models.PositiveIntegerField("有错误的行", default=0)
    notes = models.JSONField("提示", default=list)
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name="上传人", null=True, related_name="+")
    applied_at = models.DateTimeField("写入时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    refusal = models.CharField("拒绝原因", max_length=400, blank=True)

    reach = Reach(own="uploaded_by")

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        indexes = [models.Index(fields=["tenant", "sheet", "digest"], name="sheets_same_file")]

    def __str__(self) -> str:
        return self.file_name


class StagedRow(Record):
    """One row of an upload: its cells sealed as one value, what is wrong with it, what applying it will do."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, verbose_name="批次", related_name="rows")
    sheet_name = models.CharField("工作表", max_length=60)
    row = models.PositiveIntegerField("行号")
    label = models.CharField("名称", max_length=120, blank=True)
    cells = SealedField("内容", kind="note")
    shown = models.JSONField("显示内容", default=dict)
    faults = models.JSONField("问题", default=list)
    rules = models.CharField("规则", max_length=600, blank=True)
    worst = models.CharField("最重", max_length=8, blank=True)
    deed = models.CharField("处理", max_length=10, blank=True)
    target_uid = models.UUIDField("对应记录", null=True)
    undo = SealedField("撤销信息", kind="note")
    target_version = models.PositiveIntegerField("写入后的版本", null=True)

    personal = {"label": DataClass.PERSONAL, "shown": DataClass.PERSONAL, "cells": DataClass.SEALED}

    class Meta:
        verbose_name = verbose_name_plural = "待导入行"
        constraints = [models.UniqueConstraint(fields=["batch", "sheet_name", "row"], name="sheets_row_once")]
        indexes = [models.Index(fields=["batch", "worst"], name="sheets_worst")]


class MappingProfile(Record):
    """Columns that someone mapped by hand, remembered for the next file with the same heading."""

    sheet = models.CharField("表格", max_length=80)
    heading = models.CharField("列名", max_length=80)
    column = models.CharField("对应字段", max_length=60, blank=True)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="设置人", null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "列对应"
        constraints = [models.UniqueConstraint(fields=["tenant", "sheet", "heading"], name="sheets_heading_once")]
