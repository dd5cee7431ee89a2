"""Rules that a school wrote for itself: read before they are kept, tried on real rows before they count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from ..checks.models import OwnRule
from ..people.models import User
from ..rosters.declarations import Roster, Rule, RuleRefused
from ..rosters.school_rules import compile_rule
from ..rosters.shelf import rosters
from ..trail.record import record
from ..trail.writing import add_row, amend_row

TRIED_FIRST = "请先在本校的数据上试运行，看过结果再启用。"


def compiled(rule: OwnRule, roster: Roster) -> Rule:
    """The rule as the engine runs it; raises RuleRefused with a plain word for a text outside the subset."""
    return compile_rule(
        roster,
        rule.condition,
        code=rule.code,
        title=rule.title,
        severity=rule.severity,  # type: ignore[arg-type]
        column=rule.column,
        basis=rule.basis or "本校规定",
        remedy=rule.remedy,
    )


def active_rules(roster: Roster) -> list[Rule]:
    """The tenant's rules of this roster that count; one that no longer reads (a column went) is left out."""
    found = []
    for rule in OwnRule.objects.filter(roster=roster.code, is_active=True).order_by("pk"):
        try:
            found.append(compiled(rule, roster))
        except RuleRefused:
            continue
    return found


def write_rule(values: Mapping[str, Any], *, by: User, at: datetime, row: OwnRule | None = None) -> OwnRule:
    """Keep a new rule, or a new wording of one; it counts only after it was tried and switched on (again)."""
    draft = OwnRule(**{name: getattr(row, name) for name in ("code", "roster")} | dict(values)) if row else None
    draft = draft or OwnRule(**values, code=_next_code())
    _judge(draft)
    with transaction.atomic():
        if row is None:
            draft.written_by = by
            return add_row(draft, by=by, at=at)
        inner = {"is_active": False, "tried_at": None, "written_by": by}
        return amend_row(row, {**values, **inner}, by=by, at=at, seen_version=row.version, inner=tuple(inner))


def _next_code() -> str:
    """A code of its own; codes are never used twice, because findings keep them."""
    last = OwnRule.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return f"rule_{last + 1:04d}"


def _judge(rule: OwnRule) -> None:
    roster = rosters.get(rule.roster)
    if roster is None:
        raise ValidationError({"roster": "请选择适用的名册。"})
    try:
        compiled(rule, roster)
    except RuleRefused as refused:
        raise ValidationError({"condition": str(refused)}) from refused


def tried(rule: OwnRule, *, at: datetime) -> None:
    """Note that the rule, as it stands, was tried."""
    OwnRule.objects.filter(pk=rule.pk, version=rule.version).update(tried_at=at)


def switch_on(rule: OwnRule, *, by: User, at: datetime) -> OwnRule:
    """Let a tried rule count from the next run on."""
    if rule.tried_at is None:
        raise ValidationError(TRIED_FIRST)
    _judge(rule)
    return amend_row(rule, {"is_active": True}, by=by, at=at, action="switch_on")


def switch_off(rule: OwnRule, *, by: User, at: datetime, reason: str = "") -> OwnRule:
    """Let a rule count no longer; what it found stays on the books until someone settles it."""
    row = amend_row(rule, {"is_active": False}, by=by, at=at, action="switch_off", reason=reason)
    record(action="own_rule.off", by=by, at=at, on=row, reason=reason)
    return row
