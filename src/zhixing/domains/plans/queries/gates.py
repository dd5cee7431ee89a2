"""How the gates of a stage stand: computed each time from the records, never typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from zhixing.kernel.checks.models import OPEN, Finding
from zhixing.kernel.checks.severity import Severity
from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.indicators.readings import measure
from zhixing.kernel.pages.indicator_rows import opens_at
from zhixing.kernel.papers.declare import papers
from zhixing.kernel.papers.models import IssuedPaper

from ..choices import ALIVE, GateKind, GateScope, PointState
from ..models import PlanStage, StageGate, WorkPoint
from .live import plain
from .running import accepted_proofs

MET, FAILED, WAIVED = "met", "failed", "waived"
WORDS = {MET: "已通过", FAILED: "未通过", WAIVED: "已豁免"}
LIGHTS = {MET: "green", FAILED: "red", WAIVED: "amber"}


@dataclass(frozen=True)
class Judged:
    """One gate with its state, the reason in words, and where its rows are."""

    gate: StageGate
    state: str
    words: str
    opens: str = ""

    @property
    def bars(self) -> bool:
        """Whether the stage can't be closed because of this gate."""
        return self.state == FAILED and self.gate.is_needed

    @property
    def light(self) -> str:
        return "grey" if self.state == FAILED and not self.gate.is_needed else LIGHTS[self.state]

    @property
    def label(self) -> str:
        return WORDS[self.state]


Found = tuple[bool, str, str]
"""(met, why, address)."""


def judge(gates: Iterable[StageGate]) -> list[Judged]:
    """Every gate with its state now; a waived one stays waived until it is met."""
    return [_judged(gate) for gate in gates]


def judged_stage(stage: PlanStage) -> list[Judged]:
    rows = stage.gates.select_related("stage__plan", "confirmed_by", "waived_by").order_by("position", "pk")
    return judge(rows)


def barring(stage: PlanStage) -> list[Judged]:
    """The gates for which the stage can't be closed."""
    return [one for one in judged_stage(stage) if one.bars]


def points_due(stage: PlanStage) -> Any:
    """Living points of the stage: told to belong to it, or due in its days and told nothing."""
    within = Q(stage=stage) | Q(stage=None, due_date__range=(stage.from_date, stage.to_date))
    return WorkPoint.objects.of_plan(stage.plan).filter(within, state__in=ALIVE)


def _judged(gate: StageGate) -> Judged:
    met, words, opens = JUDGES[GateKind(gate.kind)](gate)
    if not met and gate.waived_at is not None:
        by = gate.waived_by.name if gate.waived_by else ""
        return Judged(gate, WAIVED, f"{words}；{by}豁免：{gate.waived_reason}", opens)
    return Judged(gate, MET if met else FAILED, words, opens)


def _manual(gate: StageGate) -> Found:
    if gate.confirmed_at is None:
        return False, "还没有人确认", ""
    who = gate.confirmed_by.name if gate.confirmed_by else ""
    note = f"：{gate.confirmed_note}" if gate.confirmed_note else ""
    return True, f"{who} {timezone.localtime(gate.confirmed_at):%Y-%m-%d} 确认{note}", ""


def _indicator(gate: StageGate) -> Found:
    one = indicators.get(gate.indicator)
    if one is None:
        return False, f"指标“{gate.indicator}”所属的模块没有启用，无法读数", ""
    found = measure(one, timezone.localdate())
    value = found.quotient(*found.parts())
    wanted = "，".join(
        f"要求{word} {plain(bound)}{one.unit}"
        for word, bound in (("不低于", gate.at_least), ("不高于", gate.at_most)) if bound is not None
    )  # fmt: skip
    opens = opens_at(one.opens)
    if value is None:
        return False, f"“{one.title}”还没有数据，{wanted}", opens
    return _within(value, gate), f"“{one.title}”现为 {plain(value)}{one.unit}，{wanted}", opens


def _within(value: Decimal, gate: StageGate) -> bool:
    low = gate.at_least is None or value >= gate.at_least
    return low and (gate.at_most is None or value <= gate.at_most)


def _scope(gate: StageGate) -> tuple[Any, str, str]:
    """The points that a gate is about, what they are called, and the address of their list."""
    if gate.scope == GateScope.PLAN:
        rows = WorkPoint.objects.of_plan(gate.stage.plan).filter(state__in=ALIVE)
        return rows, "方案", reverse("plans.workpoint.list")
    return points_due(gate.stage), "本阶段", reverse("plans.planstage.detail", args=[gate.stage.uid])


def _points(gate: StageGate) -> Found:
    rows, name, opens = _scope(gate)
    whole, done = rows.count(), rows.filter(state=PointState.ACCEPTED).count()
    if not whole:
        return True, f"{name}没有工作要点", opens
    return done == whole, f"{name} {whole} 条要点，已验收 {done} 条", opens


def _evidence(gate: StageGate) -> Found:
    rows, name, opens = _scope(gate)
    whole = rows.count()
    if not whole:
        return True, f"{name}没有工作要点", opens
    proved = rows.filter(Exists(accepted_proofs())).count()
    return proved == whole, f"{name} {whole} 条要点，{proved} 条有已采信的佐证材料", opens


def _findings(gate: StageGate) -> Found:
    count = Finding.objects.filter(stage__in=OPEN, severity=Severity.ERROR).count()
    try:
        opens = f"{reverse('checks.finding.list')}?open=1&severity=error"
    except NoReverseMatch:
        opens = ""
    return not count, f"还有 {count} 个错误级问题没有了结" if count else "没有未了结的错误级问题", opens


def _paper(gate: StageGate) -> Found:
    """Issued about this plan or stage, or about anything else of the school, since the stage began."""
    paper = papers.get(gate.paper)
    if paper is None:
        return False, f"公文“{gate.paper}”所属的模块没有启用", ""
    rows = IssuedPaper.objects.standing().filter(paper=gate.paper, issued_at__date__gte=gate.stage.from_date)
    about = {"plans.plan": gate.stage.plan.uid, "plans.planstage": gate.stage.uid}
    label = paper.of._meta.label_lower if paper.of is not None and not paper.many else ""
    if label in about:
        rows = rows.filter(object_uid=about[label])
    elif label == "plans.stagesummary":
        rows = rows.filter(object_uid__in=gate.stage.summaries.values("uid"))
    last = rows.order_by("-issued_at").first()
    if last is None:
        return False, f"《{paper.title}》还没有印发", ""
    words = f"《{paper.title}》{last.number} {timezone.localtime(last.issued_at):%Y-%m-%d} 印发".replace("  ", " ")
    return True, words, reverse("papers.issuedpaper.detail", args=[last.uid])


JUDGES: dict[GateKind, Callable[[StageGate], Found]] = {
    GateKind.MANUAL: _manual, GateKind.INDICATOR: _indicator, GateKind.POINTS: _points,
    GateKind.FINDINGS: _findings, GateKind.EVIDENCE: _evidence, GateKind.PAPER: _paper,
}  # fmt: skip
