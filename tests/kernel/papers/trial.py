"""Papers over a kernel model, declared as an app would declare them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from zhixing.kernel.papers import (
    Annex,
    Box,
    Form,
    Head,
    Heading,
    Imprint,
    Labelled,
    Letter,
    PageBreak,
    Paper,
    Para,
    Signatures,
    Slip,
    Table,
)
from zhixing.kernel.people.models import Unit


class UnitNotice(Paper):
    title = "部门通知单"
    kind = "试字"
    of = Unit

    def compose(self, row: Unit, *, number: str, on: date, school: Any) -> Letter:
        if row.name == "不能印":
            raise ValidationError("这个部门没有负责人，不能打印。")
        return Letter(
            title=f"致{row.name}的通知", blocks=[Para(f"{row.name}：请按时办理。")], signer=school.name, date=on
        )

    def when(self, row: Unit) -> bool:
        return row.closed_on is None


class UnitLedger(Paper):
    title = "部门台账"
    kind = "账字"
    of = Unit
    many = True
    landscape = True
    joins = ("parent",)

    def compose(self, *, rows: list[Unit], number: str, on: date, school: Any) -> Letter:
        lines = [[at + 1, row.name, row.parent and row.parent.name] for at, row in enumerate(rows)]
        return Letter(
            title="部门台账", organ=school.name, kind_of_layout="table", blocks=[Table(["序号", "部门", "上级"], lines)]
        )


class Month(forms.Form):
    month = forms.IntegerField(label="月份", min_value=1, max_value=12)


class MonthlyCircular(Paper):
    title = "月度通报"
    asks = Month
    permission = "people.unit.view"

    def compose(self, *, number: str, on: date, school: Any, month: int) -> Letter:
        return Letter(title=f"{month}月通报", blocks=[Para(f"共 {Unit.objects.count()} 个部门。")])


PAPERS = (UnitNotice, UnitLedger, MonthlyCircular)

DAY = date(2018, 1, 6)
HEAD = Head(organ="甲职业学校文件", urgency="特急", secrecy="内部")
TABLE = Table(
    ["序号", "行动", "任务", "时限"],
    [[at + 1, "甲行动" if at < 5 else "乙行动", f"第{at + 1}项任务，责任到人，限期完成", DAY] for at in range(60)],
    merge=(1,),
    caption="任务一览",
)
LETTER = Letter(
    title="关于成立职业院校管理水平提升行动计划领导小组的通知",
    addressee="各处室",
    head=HEAD,
    number="甲校〔2018〕1号",
    blocks=[
        Para("现将有关事项通知如下："),
        Heading(1, "一、总体要求"),
        Heading(2, "（一）组织领导。", body="成立领导小组。"),
        Heading(3, "1.职责"),
        Heading(4, "（1）办公室"),
        Labelled("出席", "张某、李某"),
        Annex("附件1", "任务分解表", landscape=True),
        TABLE,
        Annex("附件2", "名单"),
        Para("张某", align="center"),
    ],
    attachments=["任务分解表", "名单"],
    signer="甲职业学校",
    date=DAY,
    imprint=Imprint(copies="市教育局", printed_by="学校办公室", printed_on=DAY),
)
FORM = Letter(
    title="督办单",
    organ="甲职业学校",
    kind_of_layout="form",
    number="督办〔2018〕3号",
    blocks=[
        Form(
            [
                [("来源", "会议"), ("日期", DAY)],
                [Box("批示", "", 30)],
                [("牵头", "教务处"), ("协办", ""), ("责任人", "陈某")],
            ]
        ),
        Signatures([("经办人", ""), ("负责人", "李某")]),
        Slip("回　执", [[("签收人", ""), ("时间", "")]], text="已收到。"),
    ],
)
MINUTES = replace(LETTER, kind_of_layout="minutes", head=Head(organ="行政办公会议纪要"))
LEDGER = Letter(title="整改台账", kind_of_layout="table", landscape=True, organ="甲职业学校", blocks=[TABLE])
REPORT = replace(LETTER, head=Head(organ="甲职业学校", signer="张某某"))
TURNED = Letter(
    title="总结", blocks=[Para("上文"), PageBreak(landscape=True), TABLE, PageBreak(landscape=False), Para("下文")]
)
LAYOUTS = {
    "letter": LETTER, "form": FORM, "minutes": MINUTES, "ledger": LEDGER, "report": REPORT, "turned": TURNED,
    "draft": replace(FORM, number="", draft=True),
}  # fmt: skip
HOSTILE = (
    '#eval("1+1") $x^2$ *粗* _斜_ `码` <标签> @引用 #import "@preview/x:1.0.0": * </w:t></w:r><w:p/> & "引" '
    "]]> {{ 7*7 }} \\ // /* =标题 -项 +项 \x00\x07\x1b\u202e\ud800\ufffe"
)
