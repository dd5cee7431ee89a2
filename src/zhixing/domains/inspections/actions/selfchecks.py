"""Rounds of self-check: opened for every point in use, answered once, and what doesn't fit is on the book."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.kernel.checks.models import Finding
from zhixing.kernel.checks.observe import Fault, raise_finding
from zhixing.kernel.checks.severity import Severity
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import Conclusion, RoundState
from ..models import ReferencePoint, SelfCheck, SelfCheckRound

POINTS = Path(__file__).parents[1] / "data" / "reference_points.toml"
GRAVITY = {Conclusion.UNFIT: Severity.ERROR, Conclusion.MOSTLY: Severity.WARNING}


@cache
def shipped_points() -> tuple[dict[str, str], ...]:
    """The points that come with the product, each with its source and certainty."""
    data = tomllib.loads(POINTS.read_text("utf-8"))
    common = {"source_text": data["source"], "certainty": data["certainty"]}
    return tuple(
        {
            "code": point["code"], "group": point["group"], "kind": point["kind"], "text": point["text"],
            "evidence_hint": point["hint"], **common,
        }
        for point in data["points"]
    )  # fmt: skip


@transaction.atomic
def load_points(*, by: User | None, at: datetime) -> int:
    """Add the shipped points that the school doesn't have yet; returns how many. Nothing of its own is changed."""
    known = set(ReferencePoint.objects.values_list("code", flat=True))
    fresh = [ReferencePoint(**facts) for facts in shipped_points() if facts["code"] not in known]
    ReferencePoint.objects.bulk_create(fresh)
    if fresh:
        record(action="inspections.load_points", by=by, at=at, changes={"count": len(fresh)})
    return len(fresh)


def add_point(values: dict[str, Any], *, by: User, at: datetime) -> ReferencePoint:
    """A point of the school's own, or one its bureau asks for."""
    return add_row(ReferencePoint(**values), by=by, at=at)


def change_point(
    row: ReferencePoint, values: dict[str, Any], *, by: User, at: datetime, seen_version: int | None = None
) -> ReferencePoint:
    """Correct a point; rounds that were opened keep their answers."""
    return amend_row(row, values, by=by, at=at, seen_version=seen_version)


@transaction.atomic
def open_round(*, title: str, due_date: date, by: User, at: datetime) -> SelfCheckRound:
    """Open a round over every point in use. ValidationError where there is none or the term lies in the past."""
    today = timezone.localdate(at)
    if due_date < today:
        raise ValidationError({"due_date": "截止日期不能早于今天。"})
    points = list(ReferencePoint.objects.filter(retired_date=None))
    if not points:
        raise ValidationError("还没有参考点。请先在“管理参考点”载入示例或录入上级下发的参考点。")
    opened = add_row(SelfCheckRound(title=title, opened_on=today, due_date=due_date, opened_by=by), by=by, at=at)
    SelfCheck.objects.bulk_create(SelfCheck(round=opened, point=point, unit_id=point.unit_id) for point in points)
    return opened


@transaction.atomic
def answer_check(check: SelfCheck, *, conclusion: str, by: User, at: datetime, note: str = "") -> SelfCheck:
    """Answer one point; 不符合 and 基本符合 need words and put a finding on the book.

    The finding is about the reference point itself, so that the same point failing in a later round is a relapse.
    """
    if check.round.state == RoundState.CLOSED:
        raise ValidationError("这一轮自查已经结束，不能再改。")
    if conclusion in GRAVITY and len(note.strip()) < 4:
        raise ValidationError({"note": "不符合或基本符合的，请写明具体问题（不少于 4 个字）。"})
    if conclusion in GRAVITY and check.unit is None:
        raise ValidationError("这个参考点还没有自查部门，请先在“管理参考点”中指定。")
    facts = {"conclusion": conclusion, "note": note[:300], "answered_by": by, "answered_at": at}
    amend_row(check, facts, by=by, at=at, action="inspections.answer_check", inner=facts)
    if conclusion in GRAVITY:
        _on_the_book(check, GRAVITY[Conclusion(conclusion)], by, at)
    return check


def _on_the_book(check: SelfCheck, severity: Severity, by: User, at: datetime) -> Finding:
    point = check.point
    fault = Fault(
        rule="", severity=severity, title=f"自查{check.get_conclusion_display()}：{point.text}", message=check.note,
        object_type=point._meta.label_lower, object_uid=point.uid, object_label=str(point), basis=point.source_text,
        unit_id=check.unit_id, place="self_check",
    )  # fmt: skip
    return raise_finding(fault, source=SelfCheck.source, by=by, at=at)


def close_round(row: SelfCheckRound, *, by: User, at: datetime) -> SelfCheckRound:
    """End a round; refused while points wait for their answer."""
    waiting = SelfCheck.objects.filter(round=row).waiting().count()
    if waiting:
        raise ValidationError(f"还有 {waiting} 个参考点没有自查，不能结束本轮。")
    facts = {"state": RoundState.CLOSED, "closed_at": at}
    return amend_row(row, facts, by=by, at=at, action="inspections.close_round", inner=facts)
