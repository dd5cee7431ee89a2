"""What rectification prints: the notice with its receipt, the report, the list of findings, the year's ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

from zhixing.kernel.checks import Severity
from zhixing.kernel.checks.models import Finding, Stage
from zhixing.kernel.papers import Form, Heading, Letter, Paper, Para, Signatures, Slip, Table, written_day
from zhixing.kernel.papers.declare import day_of
from zhixing.kernel.people.models import Tenant

from .models import LedgerEntry, RectificationNotice
from .queries import last_measures, notice_lines, plans_of

SEVERITIES = dict(Severity.choices)


def name(person: Any) -> str:
    return person.name if person else ""


class RectificationNoticePaper(Paper):
    title = "整改通知书"
    of = RectificationNotice
    issuing = "rectification.rectificationnotice.add"
    joins = ("unit", "receiver", "issued_by")

    def compose(self, row: Any, *, number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        """F10: findings, demand, term, reinspection, and the receipt to tear off."""
        items = notice_lines(row)
        basis = f"依据{row.basis}，" if row.basis else ""
        again = f"我们将于{written_day(row.reinspect_date)}复查。" if row.reinspect_date else "到期后组织复查。"
        lines = [
            (item.position, item.finding.title, item.finding.object_label, item.finding.message, item.finding.remedy)
            for item, _ in items
        ]
        return Letter(
            title="整改通知书",
            number=str(row),
            addressee=f"{row.unit.name}：",
            organ=school.name,
            blocks=[
                Para(f"{basis}经检查核实，你部门存在下列 {len(items)} 个问题，现通知整改。"),
                Table(
                    ("序号", "问题", "对象", "具体情况", "整改办法"), lines, widths_mm=(12, 34, 30, 45, 35),
                    align=("center",),
                ),
                Heading(1, "一、整改要求"),
                Para(row.demand),
                Heading(1, "二、整改期限"),
                Para(f"请于{written_day(row.due_date)}前整改到位，并报送书面整改报告。{again}"),
                Signatures([("签发人", row.issued_by.name)], date=False),
                Slip(
                    "整改通知书回执",
                    [
                        [("通知书编号", str(row)), ("整改部门", row.unit.name)],
                        [("签收人", name(row.receiver) if row.received_at else "")],
                        [("签收日期", written_day(row.received_at))],
                    ],
                    text="本通知书及所列问题已收悉，将按要求整改。",
                ),
            ],
            signer=school.name,
            date=day_of(row.issued_at),
        )  # fmt: skip


class RectificationReportPaper(Paper):
    title = "整改报告"
    kind = "整改报告"
    of = RectificationNotice
    joins = ("unit", "receiver", "issued_by")

    def when(self, row: Any) -> bool:
        return row.reported_at is not None

    def compose(self, row: Any, *, number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        """F11: the whole in words, then each finding with what was done and how it stands."""
        items = notice_lines(row)
        plans = plans_of(item.finding_id for item, _ in items)
        lines = [
            (
                item.position, item.finding.title, _cause(plans.get(item.finding_id)), deed,
                item.finding.get_stage_display(), written_day(item.finding.settled_at),
            )
            for item, deed in items
        ]  # fmt: skip
        done = sum(item.finding.stage == Stage.CLOSED for item, _ in items)
        return Letter(
            title=f"{row.unit.name}\n关于{row}的整改报告",
            addressee=f"{school.name}：",
            blocks=[
                Heading(1, "一、总体情况"),
                Para(row.report or "（尚未提交）"),
                Heading(1, "二、逐条整改情况"),
                Para(f"通知书列出问题 {len(items)} 个，已销号 {done} 个，未销号 {len(items) - done} 个。"),
                Table(
                    ("序号", "问题", "原因", "整改措施", "状态", "销号日期"), lines,
                    widths_mm=(12, 36, 32, 40, 16, 20), align=("center", "", "", "", "center", "center"),
                ),
            ],
            signer=row.unit.name,
            date=day_of(row.reported_at or row.issued_at),
        )  # fmt: skip


class FindingsPaper(Paper):
    title = "问题清单"
    kind = "问题清单"
    of = Finding
    many = True
    landscape = True
    joins = ("unit", "owner")

    def compose(self, *, rows: list[Any], number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        """What was found, by whom, on what basis, and whose it is."""
        lines = [
            (
                place, f.get_source_display(), f.title, f.object_label, f.message, f.basis, SEVERITIES[f.severity],
                f.unit.name if f.unit else "", name(f.owner), written_day(f.due_date), f.get_stage_display(),
            )
            for place, f in enumerate(rows, 1)
        ]  # fmt: skip
        heads = ("序号", "来源", "问题", "对象", "具体情况", "依据", "程度", "责任部门", "责任人", "期限", "状态")
        return Letter(
            title=f"{school.name}问题清单", kind_of_layout="table", date=on,
            blocks=[
                Para(f"共 {len(rows)} 条，截至{written_day(on)}。", indent=False),
                Table(heads, lines, widths_mm=(9, 17, 30, 26, 42, 34, 11, 20, 15, 22, 15), align=("center",)),
            ],
        )  # fmt: skip


class LedgerPaper(Paper):
    title = "整改台账"
    kind = "整改台账"
    of = LedgerEntry
    many = True
    landscape = True
    joins = ("finding__unit", "finding__owner", "finding__verifier", "carried_from")

    def compose(self, *, rows: list[Any], number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        """F09: one line a finding, from source to closure, signed at the foot."""
        findings = [entry.finding_id for entry in rows]
        plans, measures = plans_of(findings), last_measures(findings)
        lines = [_ledger_line(entry, plans, measures) for entry in rows]
        years = "、".join(str(year) for year in sorted({entry.year for entry in rows})) or str(on.year)
        closed = sum(entry.finding.stage == Stage.CLOSED for entry in rows)
        heads = (
            "编号", "来源", "问题", "类型", "等级", "原因", "整改措施", "责任领导", "责任部门", "责任人", "期限",
            "状态", "验收人", "销号日期",
        )  # fmt: skip
        widths = (11, 15, 34, 15, 11, 26, 36, 14, 18, 14, 19, 13, 14, 19)
        return Letter(
            title=f"{school.name}{years}年度整改台账", kind_of_layout="table", date=on,
            blocks=[
                Para(f"共 {len(rows)} 条，已销号 {closed} 条，未销号 {len(rows) - closed} 条。", indent=False),
                Table(heads, lines, widths_mm=widths, align=("center",)),
                Signatures([("填表人", ""), ("审核人", ""), ("校领导", "")]),
            ],
        )  # fmt: skip


class FindingPaper(Paper):
    title = "问题整改销号单"
    kind = "整改销号"
    of = Finding
    joins = ("unit", "owner", "assigned_by", "verifier")

    def compose(self, row: Any, *, number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        """One finding on one sheet: found, handed out, mended, seen by another, closed."""
        plan = plans_of([row.pk]).get(row.pk)
        done = last_measures([row.pk]).get(row.pk, "")
        return Letter(
            title="问题整改销号单", kind_of_layout="form", organ=school.name,
            blocks=[
                Form(
                    [
                        [("问题", row.title)],
                        [("对象", row.object_label), ("来源", row.get_source_display())],
                        [("具体情况", row.message)],
                        [("依据", row.basis)],
                        [("责任部门", row.unit.name if row.unit else ""), ("责任人", name(row.owner))],
                        [("交办人", name(row.assigned_by)), ("整改期限", written_day(row.due_date))],
                        [("原因分析", _cause(plan), 14)],
                        [("整改措施", done or (plan.measure if plan else ""), 24)],
                        [("状态", row.get_stage_display()), ("复查人", name(row.verifier))],
                        [("复查意见", "", 18)],
                        [("销号日期", written_day(row.settled_at)), ("复发次数", row.relapse_count)],
                    ]
                ),
                Signatures([("责任人", ""), ("复查人", "")]),
            ],
        )  # fmt: skip


def _cause(plan: Any) -> str:
    return plan.cause if plan else ""


def _ledger_line(entry: Any, plans: dict[int, Any], measures: dict[int, str]) -> tuple[Any, ...]:
    finding, plan = entry.finding, plans.get(entry.finding_id)
    return (
        f"{entry.year}-{entry.no}", finding.get_source_display(), f"{finding.title}（{finding.object_label}）",
        plan.get_kind_display() if plan else "", plan.get_level_display() if plan else "", _cause(plan),
        measures.get(entry.finding_id) or (plan.measure if plan else ""), name(plan.sponsor) if plan else "",
        finding.unit.name if finding.unit else "", name(finding.owner), written_day(finding.due_date),
        finding.get_stage_display(), name(finding.verifier), written_day(finding.settled_at),
    )  # fmt: skip
