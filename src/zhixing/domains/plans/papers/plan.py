"""What the plan prints: the plan itself, the breakdown of tasks, duty letters, the group's notice and duties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date

from zhixing.kernel.outlines.counting import written_han
from zhixing.kernel.papers import (
    Annex,
    Form,
    Head,
    Heading,
    Imprint,
    Labelled,
    Letter,
    Paper,
    Para,
    Signatures,
    Table,
    written_day,
)
from zhixing.kernel.people.models import Tenant

from ..choices import ALIVE, MemberRole, PlanLevel, PlanState
from ..models import Action, DutyLetter, GroupMember, LeadingGroup, Plan, PlanStage, Safeguard, Task, WorkPoint

BREAKDOWN = (
    "序号", "行动", "任务", "工作要点", "责任领导", "牵头部门", "配合部门", "责任人", "开始", "完成时限", "阶段",
    "预期成果/佐证材料", "备注",
)  # fmt: skip
"""F01."""
WIDTHS = (8, 20, 24, 42, 14, 17, 18, 14, 21, 21, 15, 26, 14)
FUNCTIONS = (("组织", "organises"), ("协调", "coordinates"), ("督办", "chases"), ("宣传", "publicises"))
EVERYBODY = "各科室、各专业部"


def name(person: Any) -> str:
    return person.name if person else ""


def breakdown(points: Any) -> list[tuple[Any, ...]]:
    """The lines of 任务分解表 in the order of the plan; two queries."""
    rows = points.select_related("task__action", "lead", "owner", "sponsor", "stage").order_by(
        "task__action__no", "task__no", "no"
    )
    every = list(rows.prefetch_related("supports__unit"))
    return [
        (
            place, row.task.action.title, f"{row.task.no}.{row.task.title}", row.text, name(row.sponsor),
            row.lead.name if row.lead else "", "、".join(one.unit.name for one in row.supports.all()), name(row.owner),
            short_day(row.start_date), row.recurrence or short_day(row.due_date), row.stage.title if row.stage else "",
            row.expected_evidence, row.note,
        )
        for place, row in enumerate(every, 1)
    ]  # fmt: skip


def short_day(day: date | None) -> str:
    """2026.3.1, as narrow columns of tables have it."""
    return f"{day.year}.{day.month}.{day.day}" if day else ""


class PlanPaper(Paper):
    """实施方案: the plan as it stands now, every part under the numbers that offices quote."""

    title = "实施方案"
    kind = "方案"
    of = Plan

    def when(self, row: Any) -> bool:
        return row.level == PlanLevel.SCHOOL and row.state != PlanState.DRAFT

    def compose(self, row: Plan, *, number: str, on: date, school: Tenant) -> Letter:
        blocks: list[Any] = []
        parts = _Parts()
        if row.goals or row.principles:
            blocks.append(parts.head("工作目标"))
            blocks += [Para(text) for text in row.goals.split("\n") if text.strip()]
            if row.principles:
                blocks.append(Para(f"基本原则：{'；'.join(row.principles)}。"))
        blocks += [parts.head("主要任务"), *_actions(row)]
        stages = list(PlanStage.objects.standing().filter(plan=row).order_by("no"))
        if stages:
            blocks.append(parts.head("组织实施"))
        for place, stage in enumerate(stages, 1):
            span = f"（{month(stage.from_date)}—{month(stage.to_date)}）"
            blocks += [Heading(2, f"（{written_han(place)}）{stage.title}{span}"), *_paragraphs(stage.body)]
        guards = list(Safeguard.objects.standing().filter(plan=row).order_by("no"))
        if guards:
            blocks.append(parts.head("保障措施"))
        for place, guard in enumerate(guards, 1):
            blocks += [Heading(2, f"（{written_han(place)}）{guard.title}"), *_paragraphs(guard.body)]
        lines = breakdown(WorkPoint.objects.of_plan(row).filter(state__in=ALIVE))
        if lines:
            blocks += [Annex("附件", "任务分解表", landscape=True), table_of(lines)]
        return Letter(
            title=row.title, blocks=blocks, attachments=("任务分解表",) if lines else (), signer=school.name, date=on,
            imprint=Imprint(printed_by=f"{school.name}办公室", printed_on=on),
        )  # fmt: skip


class _Parts:
    """Numbers the first level as it goes: 一、二、三、."""

    def __init__(self) -> None:
        self.count = 0

    def head(self, title: str) -> Heading:
        self.count += 1
        return Heading(1, f"{written_han(self.count)}、{title}")


def _actions(plan: Plan) -> Iterable[Any]:
    tasks: dict[int, list[Task]] = {}
    for task in Task.objects.standing().filter(action__plan=plan).order_by("no"):
        tasks.setdefault(task.action_id, []).append(task)
    for place, action in enumerate(Action.objects.standing().filter(plan=plan).order_by("no"), 1):
        yield Heading(2, f"（{written_han(place)}）{action.title}")
        yield from _paragraphs(action.intro)
        for task in tasks.get(action.pk, ()):
            first, *rest = task.body.split("\n") if task.body else [""]
            yield Heading(3, f"{task.no}.{task.title}。", first)
            yield from (Para(text) for text in rest if text.strip())


def _paragraphs(text: str) -> list[Para]:
    return [Para(line.strip()) for line in text.split("\n") if line.strip()]


def month(day: date) -> str:
    return f"{day.year}年{day.month}月"


class BreakdownPaper(Paper):
    """任务分解表 (F01) of a whole plan."""

    title = "任务分解表"
    kind = "分解表"
    of = Plan
    landscape = True

    def when(self, row: Any) -> bool:
        return row.level == PlanLevel.SCHOOL and row.state != PlanState.DRAFT

    def compose(self, row: Plan, *, number: str, on: date, school: Tenant) -> Letter:
        lines = breakdown(WorkPoint.objects.of_plan(row).filter(state__in=ALIVE))
        if not lines:
            raise ValidationError("方案里还没有工作要点，无法打印任务分解表。")
        return breakdown_letter(f"{row.title}任务分解表", lines, on, school)


class PointsPaper(Paper):
    """任务分解表 of the points that a list shows: one department's, one person's, the late ones."""

    title = "任务分解表（所列要点）"
    of = WorkPoint
    many = True
    landscape = True

    def compose(self, *, rows: list[Any], number: str, on: date, school: Tenant) -> Letter:
        lines = breakdown(WorkPoint.objects.filter(pk__in=[row.pk for row in rows]))
        return breakdown_letter("提升计划任务分解表", lines, on, school)


def breakdown_letter(title: str, lines: Sequence[tuple[Any, ...]], on: date, school: Tenant) -> Letter:
    return Letter(
        title=title, organ=school.name, kind_of_layout="table", landscape=True, date=on, signer=f"{school.name}办公室",
        blocks=[table_of(lines)],
    )  # fmt: skip


def table_of(lines: Sequence[tuple[Any, ...]]) -> Table:
    return Table(BREAKDOWN, lines, widths_mm=WIDTHS, align=("center",), merge=(1, 2))


class DutyLetterPaper(Paper):
    """责任书 (F02): the two parties, the matters with their terms, reward and penalty, signatures."""

    title = "责任书"
    kind = "责任书"
    of = DutyLetter
    joins = ("user__unit", "plan")

    def compose(self, row: DutyLetter, *, number: str, on: date, school: Tenant) -> Letter:
        if not row.points:
            raise ValidationError("责任书里没有责任事项，请重新生成。")
        lines = [
            (place, one["task"], one["text"], one.get("recurrence") or _day_text(one["due"]), one["evidence"])
            for place, one in enumerate(row.points, 1)
        ]
        unit = row.user.unit.name if row.user.unit else ""
        table = Table(
            ("序号", "任务", "责任事项", "完成时限", "成果或佐证材料"), lines, widths_mm=(12, 36, 60, 26, 34),
            align=("center", "", "", "center"), merge=(1,),
        )  # fmt: skip
        return Letter(
            title=f"{row.year}年管理提升计划责任书", organ=school.name, kind_of_layout="form",
            blocks=[
                Form([[("甲方", school.name)], [("乙方（责任人）", row.user.name), ("所在部门", unit)]]),
                Para(f"为落实《{row.plan.title}》，明确责任、确保实效，甲乙双方签订本责任书。"),
                Heading(1, "一、责任事项与时限"), table,
                Heading(1, "二、工作目标"),
                Para("乙方按时限完成上述事项，及时提交真实、完整的佐证材料，经他人验收通过方为完成。"),
                Heading(1, "三、督查与奖惩"),
                Para("办公室按月通报进展。按期优质完成的，在年度考核和评优中予以体现；无正当理由逾期的，按督办办法处理。"),
                Para("乙方岗位变动时，应将未完成事项移交接手人并登记，本责任书由接手人继续履行。"),
                Para("本责任书一式两份，甲乙双方各执一份，自签字之日起生效。"),
                Signatures([("甲方（盖章）", ""), ("乙方签字", "")]),
            ],
        )  # fmt: skip


def _day_text(text: str) -> str:
    day = parse_date(text) if text else None
    return written_day(day) if day else ""


class GroupNoticePaper(Paper):
    """关于成立领导小组的通知 in the form of GB/T 9704."""

    title = "成立领导小组通知"
    kind = "校发"
    of = LeadingGroup
    joins = ("plan", "office")

    def compose(self, row: LeadingGroup, *, number: str, on: date, school: Tenant) -> Letter:
        members = serving(row, on)
        if not members:
            raise ValidationError("领导小组还没有成员，请先登记组长、副组长和成员。")
        seats = [
            Labelled(label, "　".join(f"{m.user.name}（{m.post}）" if m.post else m.user.name for m in found))
            for label, roles in (
                ("组　长", (MemberRole.HEAD,)), ("副组长", (MemberRole.DEPUTY,)),
                ("成　员", (MemberRole.MEMBER, MemberRole.OFFICE_HEAD)),
            )
            if (found := [m for m in members if m.role in roles])
        ]  # fmt: skip
        head = next((m.user.name for m in members if m.role == MemberRole.OFFICE_HEAD), "")
        office = f"领导小组下设办公室{f'，设在{row.office.name}' if row.office else ''}"
        office += f"，{head}任办公室主任" if head else ""
        jobs = [
            f"{word}：{'、'.join(dict.fromkeys(m.user.name for m in members if getattr(m, field)))}"
            for word, field in FUNCTIONS
            if any(getattr(m, field) for m in members)
        ]
        blocks: list[Any] = [
            Para(f"为加强对《{row.plan.title}》实施工作的领导，经研究，决定成立{row.title}。现将有关事项通知如下。"),
            Heading(1, "一、领导小组组成"), *seats, Heading(1, "二、领导小组职责"),
            *(_paragraphs(row.duties) or [Para("审定方案和任务分解，研究解决重大问题，督促各部门按期完成。")]),
            Heading(1, "三、办公室"), Para(f"{office}，负责组织、协调、督办和宣传工作。"),
        ]  # fmt: skip
        if jobs:
            blocks.append(Para("具体分工：" + "；".join(jobs) + "。"))
        return Letter(
            title=f"关于成立{row.title}的通知", addressee=f"{EVERYBODY}：", head=Head(organ=f"{school.name}文件"),
            blocks=blocks, signer=school.name, date=on,
            imprint=Imprint(copies=EVERYBODY, printed_by=f"{school.name}办公室", printed_on=on),
        )  # fmt: skip


class DutyMatrixPaper(Paper):
    """职责分工表: who does what in the group, and who answers for which tasks."""

    title = "职责分工表"
    of = LeadingGroup
    joins = ("plan", "office")

    def compose(self, row: LeadingGroup, *, number: str, on: date, school: Tenant) -> Letter:
        members = serving(row, on)
        if not members:
            raise ValidationError("领导小组还没有成员，请先登记组长、副组长和成员。")
        points = WorkPoint.objects.of_plan(row.plan).filter(state__in=ALIVE)
        told: dict[int, list[str]] = {}
        for person, task in points.exclude(sponsor=None).order_by("task__no").values_list("sponsor", "task__title"):
            told.setdefault(person, []).append(task)
        for unit, task in points.exclude(lead=None).order_by("task__no").values_list("lead", "task__title"):
            told.setdefault(-unit, []).append(task)
        lines = [
            (place, m.user.name, m.get_role_display(), m.post, _duty(m), "；".join(_tasks(m, told)))
            for place, m in enumerate(members, 1)
        ]
        return Letter(
            title=f"{row.title}职责分工表", organ=school.name, kind_of_layout="table", date=on, signer=school.name,
            blocks=[
                Table(("序号", "姓名", "组内职务", "行政职务", "分工", "分管或牵头任务"), lines,
                      widths_mm=(11, 20, 22, 30, 33, 52), align=("center", "center")),
            ],
        )  # fmt: skip


def serving(group: LeadingGroup, on: date) -> list[GroupMember]:
    """The members in office on the day, in their order."""
    rows = group.members.serving(on).select_related("user__unit").order_by("position", "pk")  # type: ignore[attr-defined]
    return list(rows)


def _duty(member: GroupMember) -> str:
    jobs = "、".join(word for word, field in FUNCTIONS if getattr(member, field))
    return member.duty or jobs


def _tasks(member: GroupMember, told: dict[int, list[str]]) -> list[str]:
    """The tasks that a member sponsors, or that the department led by him leads."""
    unit = member.user.unit
    heads = unit is not None and unit.head_id == member.user_id
    found = [*told.get(member.user_id, ()), *(told.get(-unit.pk, ()) if heads and unit else ())]
    return list(dict.fromkeys(found))
