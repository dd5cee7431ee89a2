"""督办通报 and 科室月报 (F07)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from zhixing.kernel.papers import Form, Head, Heading, Imprint, Letter, Paper, Para, Signatures, Table
from zhixing.kernel.people.models import Tenant

from ..choices import CircularState, ReportState
from ..models import Circular, MonthlyReport
from ..queries.monthly import month_facts
from ..queries.months import titled
from ..queries.tally import tally_month
from .orders import name

HEADS = ("部门", "应办", "办结", "按期", "在办", "逾期", "退回", "按期办结率")
WIDTHS = (46, 15, 15, 15, 15, 15, 15, 24)


def _rate(line: dict[str, Any]) -> str:
    return f"{line['rate']}%" if line["rate"] is not None else "—"


def _line(line: dict[str, Any]) -> list[Any]:
    counts = [line[key] for key in ("due", "settled", "on_time", "in_hand", "overdue", "returned")]
    return [line["title"], *counts, _rate(line)]


class CircularPaper(Paper):
    """督办通报: red head, tables, praise and blame; frozen figures once issued."""

    title = "督办通报"
    of = Circular
    issuing = "supervision.circular.add"

    def compose(self, row: Circular, *, number: str, on: date, school: Tenant) -> Letter:
        frozen = row.state == CircularState.ISSUED
        told = row.payload if frozen else tally_month(row.month, on).payload()
        own = f"督办通报〔{row.year}〕{row.number}号" if row.number else ""
        whole, month = told["whole"], titled(row.month)
        summary = (
            f"{month}应办督办事项 {whole['due']} 件，办结 {whole['settled']} 件，其中按期办结 {whole['on_time']} 件，"
            f"按期办结率 {_rate(whole)}；在办 {whole['in_hand']} 件，逾期 {whole['overdue']} 件，"
            f"反馈被退回 {whole['returned']} 次。"
        )
        opening = row.foreword or f"现将{month}督办事项办理情况通报如下。"
        blocks: list[Any] = [Para(opening), Heading(1, "一、总体情况"), Para(summary)]
        blocks += [
            Table(HEADS, [*map(_line, told["departments"]), _line(whole)], widths_mm=WIDTHS, caption="表1　按部门"),
            Table(("行动", *HEADS[1:]), [_line(line) for line in told["actions"]] or [["—"] * len(HEADS)],
                  widths_mm=WIDTHS, caption="表2　按行动"),
            Heading(1, "二、表扬"), *_named(told["praised"], "本月没有符合表扬条件的部门。"),
            Heading(1, "三、批评"), *_named(told["blamed"], "本月没有需要批评的部门。"),
        ]  # fmt: skip
        if told["overdue"]:
            lines = [
                [place, one["no"], one["subject"], one["lead"], one["owner"], one["due"]]
                for place, one in enumerate(told["overdue"], 1)
            ]
            heads = ("序号", "编号", "督办事项", "牵头部门", "责任人", "时限")
            blocks += [Heading(1, "四、逾期未办结事项"), Table(heads, lines, widths_mm=(10, 34, 52, 26, 18, 24))]
        focus = [one for one in row.focus.splitlines() if one.strip()]
        blocks.append(Heading(1, f"{'五' if told['overdue'] else '四'}、下月重点"))
        blocks += [Para(f"{place}.{one}") for place, one in enumerate(focus or ["按计划推进在办事项。"], 1)]
        issued = timezone.localdate(row.issued_at) if row.issued_at else on
        return Letter(
            title=f"关于{month}督办事项办理情况的通报", addressee="各科室、部", number=own, blocks=blocks,
            head=Head(organ=f"{school.name}办公室"), signer=f"{school.name}办公室", date=issued,
            imprint=Imprint(copies="学校领导", printed_by=f"{school.name}办公室", printed_on=issued),
        )  # fmt: skip


def _named(pairs: list[list[str]], none_words: str) -> list[Para]:
    return [Para(f"{who}：{why}。") for who, why in pairs] or [Para(none_words)]


class ReportPaper(Paper):
    """科室月报: the system's figures first, then the head's words."""

    title = "科室月报"
    of = MonthlyReport
    joins = ("unit", "unit__head", "submitted_by")

    def compose(self, row: MonthlyReport, *, number: str, on: date, school: Tenant) -> Letter:
        frozen = row.state == ReportState.SUBMITTED
        known = row.payload if frozen else month_facts(row.unit, row.month, on)
        problems = list(row.problems.select_related("finding"))
        blocks: list[Any] = [
            Heading(1, "一、本月数据（系统统计）"), _figures(known),
            Heading(1, "二、本月进展"), Para(row.progress or "（未填写）"),
            Heading(1, "三、存在问题"),
            *(Para(f"{place}.{one.text}{'（' + one.cause + '）' if one.cause else ''}"
                   f"{'　已列入问题台账。' if one.finding_id else ''}") for place, one in enumerate(problems, 1)),
        ]  # fmt: skip
        if not problems:
            blocks.append(Para("无。"))
        if row.difficulties:
            blocks += [Heading(2, "（一）困难与建议"), Para(row.difficulties)]
        blocks += [Heading(1, "四、下月打算"), Para(row.plans or "（未填写）")]
        blocks.append(Signatures([("部门负责人", name(row.submitted_by)), ("分管领导", "")]))
        return Letter(
            title=f"{row.unit}{titled(row.month)}工作月报", organ=school.name, blocks=blocks,
            date=timezone.localdate(row.submitted_at) if row.submitted_at else on,
        )  # fmt: skip


def _figures(known: dict[str, Any]) -> Form:
    """What the system counted, as a form that nobody fills in."""
    points, orders, findings = known["points"], known["orders"], known["findings"]
    rows: list[Any] = [
        [
            (
                "工作要点",
                f"共 {points['whole']} 项，本月完成 {points['accepted_now']} 项，累计完成 {points['accepted']} 项，"
                f"逾期 {points['overdue']} 项",
            )
        ],
        [
            (
                "督办事项",
                f"本月应办 {orders['due']} 件，办结 {orders['settled']} 件，在办 {orders['in_hand']} 件，"
                f"逾期 {orders['overdue']} 件",
            )
        ],
        [
            (
                "问题整改",
                f"新发现 {findings['found']} 条，销号 {findings['closed']} 条，未了结 {findings['open']} 条，"
                f"逾期 {findings['overdue']} 条",
            )
        ],
    ]
    if known["figures"]:
        told = "；".join(f"{one['title']} {one['value']}{one['unit']}" for one in known["figures"])
        rows.append([("本部门指标", told)])
    return Form(rows)
