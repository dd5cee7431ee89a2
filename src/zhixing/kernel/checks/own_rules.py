"""Rules that a school wrote for itself: read before they are kept, tried before they count."""

from __future__ import annotations

from ..rosters.declarations import Roster, Rule, RuleRefused
from ..rosters.school_rules import compile_rule
from .models import OwnRule


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
