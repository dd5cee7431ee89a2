"""Stages: their gates, and the snapshot that closing one leaves behind."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zhixing.kernel.files.evidence import freeze_snapshot
from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.indicators.models import Period, Reading
from zhixing.kernel.indicators.readings import NotReadable, freeze
from zhixing.kernel.papers.declare import papers
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import GateKind, GateScope, StageState
from ..models import PlanStage, StageGate, StageSnapshot, StageSummary
from ..queries.snapshots import bound_indicators, stage_payload

DATA = Path(__file__).parent.parent / "data" / "stage_gates.toml"


@cache
def usual_gates() -> tuple[dict[str, Any], ...]:
    """The kinds of stages with their words and gates, as shipped."""
    return tuple(tomllib.loads(DATA.read_text("utf-8"))["stage"])


def proposals(stage: PlanStage) -> Iterator[StageGate]:
    """The gates that a stage of this title usually has, as far as their indicators are here; not yet saved."""
    kind = next((one for one in usual_gates() if any(word in stage.title for word in one["words"])), None)
    for given in kind["gate"] if kind else ():
        if given["kind"] == GateKind.INDICATOR and indicators.get(given["indicator"]) is None:
            continue
        yield StageGate(
            stage=stage, title=given["title"], kind=given["kind"], scope=given.get("scope", GateScope.STAGE),
            indicator=given.get("indicator", ""), at_least=given.get("at_least"), at_most=given.get("at_most"),
            paper=given.get("paper", ""), is_needed=given.get("needed", True),
        )  # fmt: skip


@transaction.atomic
def propose_gates(stage: PlanStage, *, by: User | None, at: datetime) -> list[StageGate]:
    """Add the usual gates that the stage doesn't have yet, behind those it has."""
    _must_be_open(stage)
    held = set(stage.gates.values_list("title", flat=True))
    made = []
    for gate in proposals(stage):
        if gate.title not in held:
            gate.position = next_position(stage)
            made.append(add_row(gate, by=by, at=at))
    return made


def add_gate(values: Mapping[str, Any], *, by: User | None, at: datetime) -> StageGate:
    """A gate of one's own."""
    _must_be_open(values["stage"])
    _judge_sources(values)
    given = {**values, "position": values.get("position") or next_position(values["stage"])}
    return add_row(StageGate(**given), by=by, at=at)


@transaction.atomic
def correct_gate(gate: StageGate, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int) -> StageGate:
    """Amend a gate of an open stage. A word given on what it was before no longer counts."""
    _must_be_open(gate.stage)
    _judge_sources(values)
    meaning = ("title", "kind", "scope", "indicator", "at_least", "at_most", "paper")
    changed = any(name in values and values[name] != getattr(gate, name) for name in meaning)
    gate = amend_row(gate, values, by=by, at=at, seen_version=seen_version)
    if changed and (gate.confirmed_at or gate.waived_at):
        gate = _without_words(gate, by, at, "关口内容已修改")
    return gate


def confirm_gate(gate: StageGate, *, by: User, at: datetime, note: str) -> StageGate:
    """A person says that a manual gate is met, and how it is seen."""
    _must_be_open(gate.stage)
    if gate.kind != GateKind.MANUAL:
        raise ValidationError(f"“{gate}”由系统按记录判断，不能人工确认。")
    if gate.confirmed_at is not None:
        raise ValidationError(f"“{gate}”已经确认过。")
    _must_have_words(note, "note", "请写明依据，如会议时间、文件名称（不少于 2 个字）。")
    values = {"confirmed_by": by, "confirmed_at": at, "confirmed_note": note.strip()[:300]}
    return amend_row(gate, values, by=by, at=at, action="confirm", inner=tuple(values))


def waive_gate(gate: StageGate, *, by: User, at: datetime, reason: str) -> StageGate:
    """Let a stage pass without this gate; the reason stays in the snapshot."""
    _must_be_open(gate.stage)
    _must_have_words(reason, "reason", "请写明豁免理由（不少于 2 个字）。")
    if gate.waived_at is not None:
        raise ValidationError(f"“{gate}”已经豁免。")
    values = {"waived_by": by, "waived_at": at, "waived_reason": reason.strip()[:300]}
    return amend_row(gate, values, by=by, at=at, action="waive", reason=reason.strip(), inner=tuple(values))


def recall_gate(gate: StageGate, *, by: User, at: datetime, reason: str) -> StageGate:
    """Take back a confirmation or a waiver."""
    _must_be_open(gate.stage)
    if gate.confirmed_at is None and gate.waived_at is None:
        raise ValidationError(f"“{gate}”没有确认或豁免，不需要撤回。")
    _must_have_words(reason, "reason", "请写明撤回理由（不少于 2 个字）。")
    return _without_words(gate, by, at, reason.strip())


@transaction.atomic
def freeze_stage(
    stage: PlanStage, *, requested_by: User, requested_at: datetime, by: User, at: datetime
) -> StageSnapshot:  # fmt: skip
    """Freeze readings, ledgers, points and evidence digests of a stage that is being closed.

    Indicators that can't be read on that day are left out. Raises ValidationError where one person does both.
    """
    on = timezone.localdate(at)
    readings = _fixed(stage, on, by, at)
    payload = stage_payload(stage, on, readings)
    lineage = {
        "page_title": f"阶段关闭：{stage}", "stage": str(stage.uid), "readings": [str(row.uid) for row in readings],
        "row_count": payload["count"], "masked": True,
    }  # fmt: skip
    title = f"{stage.plan.title}{stage.title}快照"[:200]
    evidence = freeze_snapshot(
        title=title, what="stage", payload=payload, lineage=lineage, on=stage, by=by, at=at, unit=by.unit
    )
    snapshot = StageSnapshot(
        stage=stage, evidence=evidence, digest=evidence.digest, requested_by=requested_by, requested_at=requested_at,
        closed_by=by, closed_at=at,
    )  # fmt: skip
    return add_row(snapshot, by=by, at=at, action="freeze")


def _fixed(stage: PlanStage, on: date, by: User, at: datetime) -> list[Reading]:
    """The readings of all bound indicators, fixed for the stage; one that can't be read on that day is left out."""
    facts: dict[str, Any] = {"by": by, "at": at, "period": Period.STAGE, "label": stage.title[:60]}
    codes = bound_indicators(stage)
    try:
        return freeze(codes, on, stage, **facts)
    except NotReadable:
        found: list[Reading] = []
        for code in codes:
            with suppress(NotReadable):
                found += freeze([code], on, stage, **facts)
        return found


def write_summary(values: Mapping[str, Any], *, by: User | None, at: datetime) -> StageSummary:
    """The words of a year's summary; its figures are read when it is printed."""
    stage, year = values["stage"], values.get("year") or 0
    if not stage.from_date.year <= year <= max(stage.to_date.year, timezone.localdate(at).year):
        last = max(stage.to_date.year, timezone.localdate(at).year)
        raise ValidationError({"year": f"“{stage}”的总结年度应在 {stage.from_date.year}—{last} 年之间。"})
    return add_row(StageSummary(**values, written_by=by, written_at=at), by=by, at=at)


def correct_summary(
    summary: StageSummary, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> StageSummary:
    """Amend the words; what has been issued stays as it was printed."""
    return amend_row(summary, values, by=by, at=at, seen_version=seen_version)


def next_position(stage: PlanStage) -> int:
    return int(stage.gates.aggregate(last=Max("position"))["last"] or 0) + 1


def _without_words(gate: StageGate, by: User, at: datetime, reason: str) -> StageGate:
    values = {
        "confirmed_by": None, "confirmed_at": None, "confirmed_note": "", "waived_by": None, "waived_at": None,
        "waived_reason": "",
    }  # fmt: skip
    return amend_row(gate, values, by=by, at=at, action="withdraw", reason=reason, inner=tuple(values))


def _must_be_open(stage: PlanStage) -> None:
    if stage.state == StageState.CLOSED:
        raise ValidationError(f"阶段“{stage}”已经关闭，关口不能再改。")
    if stage.state == StageState.CLOSING:
        raise ValidationError(f"阶段“{stage}”正在申请关闭，关口不能再改；确需修改的，请先退回申请。")


def _must_have_words(text: str, field: str, words: str) -> None:
    if len(text.strip()) < 2:
        raise ValidationError({field: words})


def _judge_sources(values: Mapping[str, Any]) -> None:
    """An indicator or a paper that is named is one that there is."""
    code = values.get("indicator")
    if code and indicators.get(code) is None:
        raise ValidationError({"indicator": f"没有代码为“{code}”的指标，请从列表中选择。"})
    paper = values.get("paper")
    if paper and papers.get(paper) is None:
        raise ValidationError({"paper": f"没有代码为“{paper}”的公文，请从列表中选择。"})
