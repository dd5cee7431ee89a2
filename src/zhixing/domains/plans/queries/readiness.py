"""逐项过关: for each point of each task what is done, what is proved, and what still lacks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from zhixing.kernel.checks.models import OPEN, Finding
from zhixing.kernel.checks.severity import Severity
from zhixing.kernel.files.models import EvidenceUse
from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.indicators.standings import Standing, standings
from zhixing.kernel.people.models import User

from ..choices import PointState
from ..models import Plan, Task, WorkPoint
from .bindings import bindings, kinds_watching
from .lamps import the_day
from .live import plain
from .standing import PointLine, point_lines, points_of

DONE, PART, NONE = "done", "part", "none"
VERDICTS = {DONE: "完成", PART: "部分完成", NONE: "未完成"}


@dataclass(frozen=True)
class Proof:
    """How many pieces prove one record."""

    accepted: int = 0
    waiting: int = 0
    refused: int = 0

    @property
    def words(self) -> str:
        """As a cell of the sheet has it."""
        if not (self.accepted or self.waiting or self.refused):
            return "无"
        told = (("采信", self.accepted), ("待审", self.waiting), ("退回", self.refused))
        return "、".join(f"{word} {count}" for word, count in told if count)


@dataclass(frozen=True)
class PointReady:
    """One point: its verdict, its proof and what it lacks, in words."""

    point: PointLine
    proof: Proof
    verdict: str
    lacks: tuple[str, ...]

    @property
    def word(self) -> str:
        return VERDICTS[self.verdict]


@dataclass
class TaskReady:
    """One task: its points, its figures beside their targets, its open findings."""

    task: Task
    points: list[PointReady] = field(default_factory=list)
    figures: list[Standing] = field(default_factory=list)
    findings: Counter[str] = field(default_factory=Counter)
    has_points: bool = False

    @property
    def short(self) -> list[Standing]:
        """Figures that miss their targets."""
        return [one for one in self.figures if one.lamp in ("red", "amber")]

    @property
    def lacks(self) -> list[str]:
        """What the task as such lacks."""
        found = [] if self.has_points else ["还没有工作要点"]
        found += [f"“{one.indicator.title}”{told(one)}" for one in self.short]
        if errors := self.findings[Severity.ERROR]:
            found.append(f"{errors} 个错误级问题未了结")
        return found

    @property
    def leads(self) -> str:
        """The departments that lead its points."""
        return "、".join(dict.fromkeys(line.point.lead for line in self.points if line.point.lead))

    @property
    def ready(self) -> bool:
        return not self.lacks and all(line.verdict == DONE for line in self.points)


@dataclass
class Readiness:
    """The whole sheet."""

    plan: Plan
    tasks: list[TaskReady]

    @property
    def counts(self) -> Counter[str]:
        return Counter(line.verdict for task in self.tasks for line in task.points)

    @property
    def ready_tasks(self) -> int:
        return sum(task.ready for task in self.tasks)

    @property
    def gaps(self) -> list[Gap]:
        """查漏补缺清单: everything that lacks, whose it is and until when."""
        found = []
        for line in self.tasks:
            found += [Gap(line.task, None, words, line.leads) for words in line.lacks]
            found += [
                Gap(line.task, one.point, "；".join(one.lacks), one.point.lead) for one in line.points if one.lacks
            ]
        return found


@dataclass(frozen=True)
class Gap:
    """One thing that lacks; ``point`` is None where the task as such lacks it. ``leads``: the departments to ask."""

    task: Task
    point: PointLine | None
    words: str
    leads: str


def told(one: Standing) -> str:
    """A figure beside its target, as in “93.2%（目标 95%）”."""
    unit = one.indicator.unit
    value = f"{plain(one.value)}{unit}" if one.value is not None else "暂无数据"
    return value if one.target is None else f"{value}（目标 {plain(one.target)}{unit}）"


def readiness(plan: Plan, user: User | None, *, action: Any = None, unit: Any = None) -> Readiness:
    """The sheet as far as ``user`` may see (None: the whole); a constant number of queries."""
    day = the_day()
    points = points_of(plan, user)
    tasks = Task.objects.standing().filter(action__plan=plan).select_related("action").order_by("action__no", "no")
    if action is not None:
        points, tasks = points.filter(task__action=action), tasks.filter(action=action)
    if unit is not None:
        points = points.filter(lead=unit)
    lines = point_lines(points, day)
    proofs = proofs_of(points)
    rows = [TaskReady(task, has_points=False) for task in tasks]
    if unit is not None or (user is not None and not user.grants.holds_everywhere("plans.workpoint.view")):
        kept = {line.task_id for line in lines}
        rows = [row for row in rows if row.task.pk in kept]
    by_task = {row.task.pk: row for row in rows}
    for line in lines:
        if line.task_id in by_task:
            proof = proofs.get(line.uid, Proof())
            by_task[line.task_id].points.append(
                PointReady(line, proof, verdict(line, proof), tuple(lacking(line, proof, day.today)))
            )
            by_task[line.task_id].has_points = True
    _live(rows, user)
    return Readiness(plan, rows)


def proofs_of(points: Any) -> dict[Any, Proof]:
    """Proof by the uid of the point; one query."""
    rows = EvidenceUse.objects.live().filter(
        object_type=WorkPoint._meta.label_lower, object_uid__in=points.order_by().values("uid")
    )
    counted = rows.order_by().values("object_uid").annotate(
        accepted=Count("pk", filter=Q(accepted_at__isnull=False)),
        refused=Count("pk", filter=Q(refused_at__isnull=False)), whole=Count("pk"),
    )  # fmt: skip
    return {
        row["object_uid"]: Proof(row["accepted"], row["whole"] - row["accepted"] - row["refused"], row["refused"])
        for row in counted
    }


def verdict(line: PointLine, proof: Proof) -> str:
    """完成 is accepted with accepted evidence; 部分 has something to show; 未 has nothing."""
    if line.state == PointState.ACCEPTED and proof.accepted:
        return DONE
    begun = line.state in (PointState.SUBMITTED, PointState.ACCEPTED) or proof.accepted or proof.waiting
    return PART if begun else NONE


def lacking(line: PointLine, proof: Proof, today: date) -> list[str]:
    """What a point lacks, in words; nothing where it is done."""
    found = [word for word, there in (("未明确牵头部门", line.lead_id), ("未明确责任人", line.owner_id),
                                      ("没有完成时限", line.due)) if not there]  # fmt: skip
    if not (proof.accepted or proof.waiting):
        found.append("佐证材料被退回" if proof.refused else "没有佐证材料")
    elif not proof.accepted:
        found.append("佐证材料还没有采信")
    if line.state == PointState.DRAFT:
        found.append("还没有生效")
    elif line.state == PointState.SUBMITTED:
        found.append("等待验收")
    elif line.state == PointState.IN_EFFECT:
        late = (today - line.due).days if line.due and line.due < today else 0
        found.append(f"未提交验收，已逾期 {late} 天" if late else "未提交验收")
    return found


def _live(rows: list[TaskReady], user: User | None) -> None:
    """Figures and findings of every task's binding; three queries whatever their number."""
    known = bindings()
    codes = {row.task.pk: _codes(row.task.kind) for row in rows}
    every = sorted({code for found in codes.values() for code in found})
    may_read = user is None or user.holds("indicators.reading.view")
    figures = standings(every, timezone.localdate()) if every and may_read else {}
    counted = _open_findings(user)
    for row in rows:
        row.figures = [figures[code] for code in codes[row.task.pk] if code in figures]
        if row.task.kind in known:
            row.findings = counted.get(row.task.kind, Counter())


def _codes(kind: str) -> list[str]:
    binding = bindings().get(kind)
    return binding.counted_by(indicators.codes()) if binding else []


def _open_findings(user: User | None) -> dict[str, Counter[str]]:
    """Kind of task → severity → open findings, as far as the person may see them."""
    rows = Finding.objects.filter(stage__in=OPEN)
    if user is not None:
        if not user.holds("checks.finding.view"):
            return {}
        rows = rows.visible_to(user)
    found: dict[str, Counter[str]] = {}
    for rule, grade, count in rows.order_by().values_list("rule", "severity").annotate(n=Count("*")):
        for kind in kinds_watching(rule):
            found.setdefault(kind, Counter())[grade] += count
    return found
