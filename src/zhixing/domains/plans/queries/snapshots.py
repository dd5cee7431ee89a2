"""What is told of a stage: live while it is open, and just so frozen when it is closed.

No names of students or others stand in it: findings are told by rule, source, department and dates only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from zhixing.kernel.checks.models import OPEN, Finding, Source, Stage
from zhixing.kernel.checks.severity import Severity
from zhixing.kernel.files.models import EvidenceUse
from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.indicators.models import Reading
from zhixing.kernel.indicators.standings import standings

from ..choices import ALIVE, PointState
from ..models import PlanStage, Task, WorkPoint
from .bindings import bindings
from .gates import judged_stage
from .lamps import the_day
from .live import plain
from .readiness import proofs_of
from .standing import GroupLine, standing

OWN = ("plans.", "rectification.", "inspections.", "supervision.", "portal.")
"""Apps whose indicators belong to every stage, besides those bound to the plan's tasks."""
Group = dict[str, Any]


def bound_indicators(stage: PlanStage) -> list[str]:
    """Codes of the indicators bound to the plan's tasks, to its gates, and to the work on the plan itself."""
    codes = list(indicators.codes())
    kinds = Task.objects.standing().filter(action__plan=stage.plan).values_list("kind", flat=True).distinct()
    found = {code for code in codes if code.startswith(OWN)}
    for kind in kinds:
        if kind in bindings():
            found.update(bindings()[kind].counted_by(codes))
    found.update(stage.gates.exclude(indicator="").values_list("indicator", flat=True))
    return [code for code in codes if code in found]


def stage_payload(stage: PlanStage, on: date, readings: Iterable[Reading] | None = None) -> dict[str, Any]:
    """Everything told of a stage on a day: {"facts", "groups", "headings", "rows", "count"} as pages of snapshots read.

    ``readings`` are those frozen for the stage; without them the newest kept ones are told.
    """
    now = standing(stage.plan, the_day(on), None)
    figures = _frozen_figures(readings) if readings is not None else _kept_figures(stage, on)
    findings = _findings(stage, on)
    evidence = _evidence(stage)
    groups = [
        _gates(stage), _progress("actions", "各行动进展", "行动", [(a.action.title, a.tally) for a in now.actions]),
        _progress("units", "各牵头部门进展", "部门", _named(now.units)), figures, _sources(findings), _points(stage),
        evidence,
    ]  # fmt: skip
    rows = [_finding_row(finding) for finding in findings]
    return {
        "facts": _facts(stage, on, now.tally, findings, evidence["rows"]), "groups": groups,
        "headings": ["问题", "严重程度", "来源", "部门", "发现日期", "整改期限", "状态", "了结日期", "复发次数"],
        "rows": rows, "count": len(rows),
    }  # fmt: skip


def group_of(payload: dict[str, Any], name: str) -> Group:
    """One table of a payload; an empty one where it lacks."""
    empty: Group = {"name": name, "title": "", "headings": [], "rows": []}
    return next((group for group in payload.get("groups", ()) if group.get("name") == name), empty)


def fact_of(payload: dict[str, Any], name: str) -> str:
    return next((str(value) for label, value in payload.get("facts", ()) if label == name), "")


def _facts(stage: PlanStage, on: date, tally: Any, findings: list[Finding], evidence: list[Any]) -> list[list[str]]:
    open_count = sum(finding.stage in OPEN for finding in findings)
    closed = sum(finding.stage == Stage.CLOSED for finding in findings)
    done = tally.colours["done"]
    return [
        ["阶段", stage.title], ["方案", stage.plan.title],
        ["起止", f"{_day(stage.from_date)} 至 {_day(stage.to_date)}"], ["数据日期", _day(on)],
        ["工作要点", f"共 {tally.count} 条，完成 {done} 条，按权重完成 {_share(tally.percent)}；"
                 f"逾期 {tally.colours['red']} 条，临近到期 {tally.colours['amber']} 条"],
        ["问题", f"阶段内发现或尚未了结 {len(findings)} 个，已销号 {closed} 个，未了结 {open_count} 个"],
        ["佐证材料", f"{len(evidence)} 份，其中已采信 {sum(line[-2] == '已采信' for line in evidence)} 份"],
    ]  # fmt: skip


def _gates(stage: PlanStage) -> Group:
    rows = [
        [one.gate.title, "必须" if one.gate.is_needed else "提示", one.label, one.words] for one in judged_stage(stage)
    ]
    return {"name": "gates", "title": "关口", "headings": ["关口", "要求", "结论", "情况"], "rows": rows}


def _progress(name: str, title: str, heading: str, lines: list[tuple[str, Any]]) -> Group:
    rows = [
        [label, tally.count, tally.colours["done"], _share(tally.percent), tally.colours["red"], tally.colours["amber"]]
        for label, tally in lines
    ]
    headings = [heading, "要点数", "已完成", "完成率", "逾期", "临近到期"]
    return {"name": name, "title": title, "headings": headings, "rows": rows}


def _named(lines: list[GroupLine]) -> list[tuple[str, Any]]:
    return [(line.group.name, line.tally) for line in lines]


FIGURES = ["指标", "数值", "目标", "达标情况", "分子", "分母", "代码"]
LAMPS = {"green": "达标", "amber": "接近目标", "red": "未达标", "": "—"}


def _frozen_figures(readings: Iterable[Reading]) -> Group:
    rows = []
    for reading in readings:
        one = indicators.get(reading.indicator)
        if one is None or reading.unit_id is not None:
            continue
        lamp = one.lamp(reading.value, reading.target)
        rows.append(_figure(one, reading.value, reading.target, lamp, reading.part, reading.whole))
    return {"name": "figures", "title": "指标", "headings": FIGURES, "rows": rows}


def _kept_figures(stage: PlanStage, on: date) -> Group:
    known = [code for code in bound_indicators(stage) if code in set(indicators.codes())]
    rows = [
        _figure(one.indicator, one.value, one.target, one.lamp, one.part, one.whole)
        for one in standings(known, on).values()
    ]
    return {"name": "figures", "title": "指标", "headings": FIGURES, "rows": rows}


def _figure(one: Any, value: Any, target: Any, lamp: str, part: Any, whole: Any) -> list[str]:
    goal = "—" if target is None else f"{plain(target)}{one.unit}"
    shown = "—" if value is None else f"{plain(value)}{one.unit}"
    return [one.title, shown, goal, LAMPS.get(lamp, "—"), plain(part), plain(whole), one.code]


def _findings(stage: PlanStage, on: date) -> list[Finding]:
    """Found in the days of the stage, or still open on the day."""
    rows = Finding.objects.filter(
        Q(stage__in=OPEN) | Q(found_at__date__gte=stage.from_date, found_at__date__lte=max(on, stage.to_date))
    )
    wanted = rows.select_related("unit").only(
        "title", "severity", "source", "unit__name", "found_at", "due_date", "stage", "settled_at", "relapse_count",
        "uid", "tenant",
    )  # fmt: skip
    return list(wanted.order_by("source", "found_at", "pk"))


def _finding_row(finding: Finding) -> list[Any]:
    return [
        finding.title, Severity(finding.severity).label, Source(finding.source).label,
        finding.unit.name if finding.unit else "", _moment(finding.found_at), _day(finding.due_date),
        Stage(finding.stage).label, _moment(finding.settled_at), finding.relapse_count,
    ]  # fmt: skip


def _sources(findings: list[Finding]) -> Group:
    """By source: how many, closed, open, relapsed."""
    counted: dict[str, Counter[str]] = {}
    for finding in findings:
        line = counted.setdefault(finding.source, Counter())
        line["whole"] += 1
        line["closed"] += finding.stage == Stage.CLOSED
        line["open"] += finding.stage in OPEN
        line["relapsed"] += finding.relapse_count > 0
    rows = [
        [Source(code).label, line["whole"], line["closed"], line["open"], line["relapsed"]]
        for code, line in counted.items()
    ]
    headings = ["来源", "问题数", "已销号", "未了结", "复发过"]
    return {"name": "sources", "title": "问题来源与整改", "headings": headings, "rows": rows}


def _points(stage: PlanStage) -> Group:
    points = WorkPoint.objects.of_plan(stage.plan).filter(state__in=ALIVE)
    proofs = proofs_of(points)
    wanted = points.order_by("task__action__no", "task__no", "no").values_list(
        "uid", "task__no", "task__title", "text", "lead__name", "owner__name", "due_date", "state"
    )
    rows = [
        [f"{no}.{task}", text, lead or "", owner or "", _day(due), PointState(state).label,
         proofs[uid].words if uid in proofs else "无"]
        for uid, no, task, text, lead, owner, due, state in wanted
    ]  # fmt: skip
    headings = ["任务", "工作要点", "牵头部门", "责任人", "完成时限", "状态", "佐证"]
    return {"name": "points", "title": "工作要点", "headings": headings, "rows": rows}


def _evidence(stage: PlanStage) -> Group:
    """Pieces that prove the plan's points, each with its digest."""
    points = WorkPoint.objects.of_plan(stage.plan).filter(state__in=ALIVE)
    uses = EvidenceUse.objects.live().filter(
        object_type=WorkPoint._meta.label_lower, object_uid__in=points.order_by().values("uid"), refused_at=None
    )
    rows = [
        [use.evidence.title, use.evidence.document_no, _day(use.evidence.formed_on), use.object_label,
         "已采信" if use.accepted_at else "待审核", use.evidence.digest or "纸质原件"]
        for use in uses.select_related("evidence").order_by("evidence__formed_on", "pk")
    ]  # fmt: skip
    headings = ["题名", "文号", "形成日期", "佐证事项", "审核", "摘要（SHA-256）"]
    return {"name": "evidence", "title": "佐证材料", "headings": headings, "rows": rows}


def _share(percent: int | None) -> str:
    return "—" if percent is None else f"{percent}%"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _moment(at: Any) -> str:
    return timezone.localtime(at).date().isoformat() if at else ""
