"""What stages print: the summary, the record of a closed stage, the sheet of readiness, what lacks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from zhixing.kernel.papers import Form, Heading, Letter, Paper, Para, Table, written_day
from zhixing.kernel.papers.declare import day_of
from zhixing.kernel.people.models import Tenant, Unit

from ..choices import PlanLevel, PlanState
from ..models import Action, Plan, StageSnapshot, StageSummary
from ..queries.readiness import Readiness, readiness, told
from ..queries.snapshots import fact_of, group_of, stage_payload

WHOLE = "plans.stagesnapshot.view"
"""Who may print what tells of all departments: leaders and the office, not everybody who may read the plan."""
MOST_FIGURES = 60


class StageSummaryPaper(Paper):
    """阶段总结: figures frozen with the stage, or of today while it is open; the office's own words between them."""

    title = "阶段总结"
    kind = "总结"
    of = StageSummary
    joins = ("stage__plan",)
    permission = WHOLE

    def compose(self, row: StageSummary, *, number: str, on: date, school: Tenant) -> Letter:
        stage = row.stage
        payload = payload_of(stage, on)
        asof = fact_of(payload, "数据日期")
        sources = group_of(payload, "sources")
        figures, orders = _figures(payload)
        blocks: list[Any] = [
            Heading(1, "一、总体情况"),
            Para(f"{stage.title}（{written_day(stage.from_date)}至{written_day(stage.to_date)}）按照《{stage.plan.title}》"
                 f"推进。截至{_han_day(asof)}，工作要点{fact_of(payload, '工作要点')}。{fact_of(payload, '问题')}。"
                 f"佐证材料{fact_of(payload, '佐证材料')}。"),
            *_paragraphs(row.overview), *_part("二、主要做法", row.practices),
            Heading(1, "三、各行动进展"), _table(group_of(payload, "actions"), (60, 20, 20, 22, 18, 24)),
            Heading(1, "四、主要指标"), *_or_none(figures, "还没有可以引用的指标读数。"),
            Heading(1, "五、问题整改"),
            *_or_none(_table(sources, (40, 28, 28, 28, 28)) if sources["rows"] else None, "本阶段没有登记问题。"),
        ]  # fmt: skip
        if orders is not None:
            blocks += [Heading(1, "六、督查督办"), orders]
        blocks += _ending(row, orders is not None)
        return Letter(
            title=f"{stage.plan.title}\n{stage.title}{row.year}年总结", blocks=blocks, date=on,
            signer=school.name,
        )  # fmt: skip


def payload_of(stage: Any, on: date) -> dict[str, Any]:
    """What was frozen with a closed stage; otherwise what is so on the day."""
    snapshot = StageSnapshot.objects.filter(stage=stage).select_related("evidence").first()
    return snapshot.payload if snapshot is not None else stage_payload(stage, on)


def _ending(row: StageSummary, orders: bool) -> Iterable[Any]:
    """The last two parts are the office's; a blank one is left to write by hand."""
    first, second = ("七", "八") if orders else ("六", "七")
    yield Heading(1, f"{first}、存在问题")
    yield from _paragraphs(row.problems) or [Para("（待填写）")]
    yield Heading(1, f"{second}、下一步打算")
    yield from _paragraphs(row.next_steps) or [Para("（待填写）")]


def _figures(payload: dict[str, Any]) -> tuple[Table | None, Table | None]:
    """(figures with a target or a value, those of supervision)."""
    rows = [row for row in group_of(payload, "figures")["rows"] if row[1] != "—"]
    rest = [row[:4] for row in rows if not str(row[6]).startswith("supervision.")]
    orders = [row[:4] for row in rows if str(row[6]).startswith("supervision.")]
    return _figure_table(rest[:MOST_FIGURES]), _figure_table(orders)


def _figure_table(rows: list[Any]) -> Table | None:
    if not rows:
        return None
    return Table(("指标", "数值", "目标", "达标情况"), rows, widths_mm=(80, 28, 28, 28),
                 align=("", "center", "center", "center"))  # fmt: skip


def _table(group: dict[str, Any], widths: tuple[float, ...], align: tuple[str, ...] = ()) -> Table:
    centred = align or ("", *("center",) * (len(widths) - 1))
    return Table(group["headings"], group["rows"], widths_mm=widths, align=centred)


def _or_none(table: Table | None, words: str) -> list[Any]:
    return [table] if table is not None else [Para(words)]


def _part(title: str, text: str) -> list[Any]:
    return [Heading(1, title), *(_paragraphs(text) or [Para("（待填写）")])]


def _paragraphs(text: str) -> list[Para]:
    return [Para(line.strip()) for line in text.split("\n") if line.strip()]


def _han_day(text: str) -> str:
    return written_day(date.fromisoformat(text)) if text else ""


class StageRecordPaper(Paper):
    """阶段档案: everything that was frozen when the stage was closed, from the snapshot alone."""

    title = "阶段档案"
    kind = "阶段档案"
    of = StageSnapshot
    joins = ("stage__plan", "evidence", "requested_by", "closed_by")
    landscape = True

    def compose(self, row: StageSnapshot, *, number: str, on: date, school: Tenant) -> Letter:
        payload = row.payload
        widths = {"gates": (60, 20, 24, 150), "figures": (70, 26, 26, 26, 22, 22, 70),
                  "points": (48, 84, 26, 20, 24, 20, 36), "evidence": (66, 32, 24, 60, 18, 60)}  # fmt: skip
        facts = [[(label, value)] for label, value in payload["facts"]]
        sealed = [("申请关闭", f"{row.requested_by.name}　{written_day(row.requested_at)}"),
                  ("关闭", f"{row.closed_by.name}　{written_day(row.closed_at)}")]  # fmt: skip
        blocks: list[Any] = [Form([*facts, sealed, [("快照摘要（SHA-256）", row.digest)]])]
        for group in payload["groups"]:
            if group["rows"]:
                blocks.append(
                    Table(group["headings"], group["rows"], caption=group["title"], widths_mm=widths.get(group["name"]))
                )
        if payload["rows"]:
            caption = f"问题台账（{payload['count']} 条）"
            blocks.append(Table(payload["headings"], payload["rows"], caption=caption,
                                widths_mm=(70, 18, 22, 34, 24, 24, 22, 24, 20)))  # fmt: skip
        return Letter(
            title=f"{row.stage.plan.title}{fact_of(payload, '阶段')}档案", organ=school.name, kind_of_layout="table",
            blocks=blocks, date=day_of(row.closed_at), signer=school.name,
        )  # fmt: skip


class ScopeForm(forms.Form):
    """Which part of the plan; blank for all of it."""

    action = forms.ModelChoiceField(queryset=None, required=False, label="行动", empty_label="全部行动")
    unit = forms.ModelChoiceField(queryset=None, required=False, label="牵头部门", empty_label="全部部门")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown: Any = self.fields
        shown["action"].queryset = Action.objects.standing().filter(plan__level=PlanLevel.SCHOOL).order_by("plan", "no")
        shown["unit"].queryset = Unit.objects.filter(kind="department", closed_on=None).order_by("position", "pk")


class PlanScopePaper(Paper):
    """A paper about a plan or a part of it."""

    abstract = True
    of = Plan
    landscape = True
    asks = ScopeForm
    permission = WHOLE

    def when(self, row: Any) -> bool:
        return row.level == PlanLevel.SCHOOL and row.state != PlanState.DRAFT

    def sheet(self, row: Plan, asked: dict[str, Any]) -> Readiness:
        """The sheet of the part that was asked for. Raises ValidationError where there is nothing in it."""
        if asked.get("action") is not None and asked["action"].plan_id != row.pk:
            raise ValidationError(f"“{asked['action']}”不是这个方案的行动，请重新选择。")
        found = readiness(row, None, **asked)
        if not found.tasks:
            raise ValidationError("所选范围内没有任务和工作要点，请放宽条件。")
        return found


def scope_words(asked: dict[str, Any]) -> str:
    """（学籍管理行动，教务科）"""
    named = "，".join(str(one) for one in asked.values() if one is not None)
    return f"（{named}）" if named else ""


class ReadinessPaper(PlanScopePaper):
    """逐项过关表: each point of each task with its state, evidence, figures and open findings."""

    title = "逐项过关表"
    kind = "过关表"

    def compose(self, row: Plan, *, number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        found = self.sheet(row, asked)
        lines = []
        for task in found.tasks:
            figures = "；".join(f"{one.indicator.title} {told(one)}" for one in task.figures[:3]) or "—"
            errors = sum(task.findings.values())
            name = f"{task.task.no}.{task.task.title}"
            if not task.points:
                lines.append((name, "（还没有工作要点）", "", "", "未完成", "", figures, errors or "无"))
            for one in task.points:
                lines.append(
                    (name, one.point.text, one.point.lead, one.point.owner, one.word, one.proof.words, figures,
                     errors or "无")
                )  # fmt: skip
        counts = found.counts
        words = (f"共 {sum(counts.values())} 条要点：完成 {counts['done']} 条，部分完成 {counts['part']} 条，"
                 f"未完成 {counts['none']} 条；"
                 f"{len(found.tasks)} 项任务中 {found.ready_tasks} 项全部过关。")  # fmt: skip
        return Letter(
            title=f"{row.title}逐项过关表{scope_words(asked)}", organ=school.name, kind_of_layout="table", date=on,
            signer=f"{school.name}办公室",
            blocks=[
                Para(words),
                Table(
                    ("任务", "工作要点", "牵头部门", "责任人", "结论", "佐证", "指标（目标）", "未了结问题"), lines,
                    widths_mm=(36, 64, 28, 18, 22, 26, 46, 18), merge=(0, 6, 7),
                    align=("", "", "center", "center", "center", "center", "", "center"),
                ),
            ],
        )  # fmt: skip


class GapPaper(PlanScopePaper):
    """查漏补缺清单: what lacks, whose it is, until when; with room for what is promised."""

    title = "查漏补缺清单"
    kind = "查漏补缺"

    def compose(self, row: Plan, *, number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        gaps = self.sheet(row, asked).gaps
        if not gaps:
            raise ValidationError("所选范围内已全部过关，没有需要查漏补缺的事项。")
        lines = [
            (
                place, f"{gap.task.no}.{gap.task.title}", gap.point.text if gap.point else "（任务整体）", gap.words,
                gap.leads, gap.point.owner if gap.point else "",
                gap.point.due.isoformat() if gap.point and gap.point.due else "", "", "",
            )
            for place, gap in enumerate(gaps, 1)
        ]  # fmt: skip
        return Letter(
            title=f"{row.title}查漏补缺清单{scope_words(asked)}", organ=school.name, kind_of_layout="table", date=on,
            signer=f"{school.name}办公室",
            blocks=[
                Table(
                    ("序号", "任务", "工作要点", "欠缺", "牵头部门", "责任人", "原定时限", "补齐时限", "销号"), lines,
                    widths_mm=(13, 34, 58, 58, 26, 18, 23, 21, 14), merge=(1,),
                    align=("center", "", "", "", "center", "center", "center"),
                )
            ],
        )  # fmt: skip
