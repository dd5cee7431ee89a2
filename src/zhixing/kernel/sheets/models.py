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


class Mode(models.TextChoices):
    BOTH = "both", "新增并更新"
    CREATE = "create", "只新增"
    UPDATE = "update", "只更新"


class OnErrors(models.TextChoices):
    """What becomes of rows in which a rule found an error; a row that can't be kept at all is never written."""

    LEAVE_OUT = "leave_out", "不写入有错误的行"
    BLOCK = "block", "有错误就全部不写入"
    AS_IS = "as_is", "照原样写入，问题留待核查中心整改"


class StagedDeed(models.TextChoices):
    CREATE = "create", "新增"
    UPDATE = "update", "更新"
    SAME = "same", "无变化"
    REFUSED = "refused", "不能写入"


class ImportBatch(Record):
    """One uploaded file. Its digest makes the same file recognisable; its rows wait in StagedRow."""

    sheet = models.CharField("表格", max_length=80)
    file_name = models.CharField("文件名", max_length=200)
    file_uid = models.UUIDField("文件", null=True)
    digest = models.CharField("摘要", max_length=64)
    layout = models.CharField("版式", max_length=60, blank=True)
    mapping = models.JSONField("列对应", default=dict)
    tables = models.JSONField("工作表", default=list)
    mode = models.CharField("方式", max_length=10, choices=Mode, default=Mode.BOTH)
    on_errors = models.CharField("有错误的行", max_length=10, choices=OnErrors, default=OnErrors.LEAVE_OUT)
    offers = models.JSONField("可一并建立", default=list)
    accepted = models.JSONField("同意建立", default=list)
    summary = models.JSONField("各规则问题数", default=list)
    edit_count = models.PositiveIntegerField("修改次数", default=0)
    checked_count = models.PositiveIntegerField("核验到的修改", default=0)
    job_uid = models.UUIDField("后台任务", null=True)
    state = models.CharField("状态", max_length=10, choices=ImportState, default=ImportState.READING)
    row_count = models.PositiveIntegerField("行数", default=0)
    create_count = models.PositiveIntegerField("新增", default=0)
    update_count = models.PositiveIntegerField("更新", default=0)
    same_count = models.PositiveIntegerField("未变", default=0)
    refused_count = models.PositiveIntegerField("不能写入", default=0)
    error_count = models.PositiveIntegerField("有错误的行数", default=0)
    created_records = models.PositiveIntegerField("实际新增", default=0)
    changed_records = models.PositiveIntegerField("实际更新", default=0)
    notes = models.JSONField("提示", default=list)
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name="上传人", null=True, related_name="+")
    applied_by = models.ForeignKey(User, models.PROTECT, verbose_name="写入人", null=True, related_name="+")
    applied_at = models.DateTimeField("写入时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    refusal = models.CharField("拒绝原因", max_length=400, blank=True)

    reach = Reach(own="uploaded_by")

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "sheet", "digest"],
                condition=Q(state__in=["reading", "staged", "applying", "applied"]),
                name="sheets_same_file_once",
                violation_error_message="这个文件已经导入过。",
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class StagedRow(Record):
    """One row of an upload: its cells sealed as one value, what is wrong with it, what applying it will do."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, verbose_name="批次", related_name="rows")
    sheet_name = models.CharField("工作表", max_length=60)
    row = models.PositiveIntegerField("行号")
    label = models.CharField("名称", max_length=120, blank=True)
    cells = SealedField("内容", kind="note")
    shown = models.JSONField("显示内容", default=list)
    faults = models.JSONField("问题", default=list)
    rules = models.CharField("规则", max_length=600, blank=True)
    worst = models.CharField("最重", max_length=8, blank=True)
    deed = models.CharField("处理", max_length=10, choices=StagedDeed, blank=True)
    is_edited = models.BooleanField("已修改", default=False)
    is_written = models.BooleanField("已写入", default=False)
    target_uid = models.UUIDField("对应记录", null=True)
    undo = SealedField("撤销信息", kind="note")
    target_version = models.PositiveIntegerField("对应记录的版本", null=True)

    personal = {
        "label": DataClass.PERSONAL,
        "shown": DataClass.PERSONAL,
        "faults": DataClass.PERSONAL,
        "cells": DataClass.SEALED,
        "undo": DataClass.SEALED,
    }

    class Meta:
        verbose_name = verbose_name_plural = "待导入行"
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["batch", "sheet_name", "row"], name="sheets_row_once")]
        indexes = [
            models.Index(fields=["batch", "worst"], name="sheets_worst"),
            models.Index(fields=["batch", "deed"], name="sheets_deed"),
        ]


class MappingProfile(Record):
    """Columns that someone mapped by hand, remembered for the next file with the same heading."""

    sheet = models.CharField("表格", max_length=80)
    heading = models.CharField("列名", max_length=80)
    column = models.CharField("对应字段", max_length=60, blank=True)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="设置人", null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "列对应"
        constraints = [models.UniqueConstraint(fields=["tenant", "sheet", "heading"], name="sheets_heading_once")]
