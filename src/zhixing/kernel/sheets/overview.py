"""What the verification centre tells: every rule with its findings as one person may see them, and the trend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.timezone import localtime

from ..checks.declare import checks
from ..checks.models import OPEN, Finding, OwnRule, Stage, VerificationRun
from ..people.models import User
from ..rosters.shelf import rosters

RUNS = 30
UNVERIFIED = "依据待核"
_ORDER = {"error": 0, "warning": 1, "notice": 2}
IN_WORK = (Stage.ASSIGNED, Stage.RECTIFYING, Stage.CLOSURE_REQUESTED, Stage.SENT_BACK)


@dataclass
class RuleLine:
    """One rule with its words and its counts."""

    code: str
    title: str
    severity: str
    basis: str
    remedy: str
    subject: str
    is_own: bool = False
    present: int = 0
    to_hand_out: int = 0
    in_work: int = 0
    gone: int = 0

    @property
    def is_unverified(self) -> bool:
        """Whether nobody has yet compared the basis with a published text."""
        return UNVERIFIED in self.basis


@dataclass(frozen=True)
class Trend:
    """The runs over one subject, oldest first."""

    title: str
    runs: list[VerificationRun] = field(default_factory=list)

    @property
    def last(self) -> VerificationRun:
        return self.runs[-1]

    @property
    def tells(self) -> bool:
        """Whether there is anything to draw: more than one run, and ever a finding."""
        return len(self.runs) > 1 and any(run.counts and sum(run.counts.values()) for run in self.runs)

    @property
    def option(self) -> dict[str, Any]:
        """The picture: all findings, and what came and went."""
        days = [f"{localtime(run.at):%m-%d %H:%M}" for run in self.runs]
        totals = [sum(run.counts.values()) for run in self.runs]
        return {
            "tooltip": {"trigger": "axis"},
            "legend": {"data": ["问题总数", "新增", "消失"], "top": 0},
            "grid": {"left": 48, "right": 16, "top": 36, "bottom": 28},
            "xAxis": {"type": "category", "data": days},
            "yAxis": {"type": "value", "minInterval": 1},
            "series": [
                {"name": "问题总数", "type": "line", "data": totals, "smooth": False, "areaStyle": {"opacity": 0.08}},
                {"name": "新增", "type": "bar", "data": [run.appeared_count for run in self.runs], "barMaxWidth": 14},
                {"name": "消失", "type": "bar", "data": [run.gone_count for run in self.runs], "barMaxWidth": 14},
            ],
        }

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The same as a table."""
        found: list[tuple[Any, ...]] = []
        for run in reversed(self.runs):
            changes = (run.appeared_count, run.gone_count, run.returned_count)
            found.append((f"{localtime(run.at):%Y-%m-%d %H:%M}", run.row_count, sum(run.counts.values()), *changes))
        return found


def rule_lines(user: User) -> list[RuleLine]:
    """Every rule there is, gravest first, then by what is to be done; three queries."""
    lines = {line.code: line for line in _declared()}
    seen = Finding.objects.all().visible_to(user, "view").order_by()
    for rule, stage, present, count in seen.values_list("rule", "stage", "is_present").annotate(n=Count("pk")):
        line = lines.get(rule)
        if line is None:
            line = lines[rule] = _gone_rule(rule)
        _count(line, stage, present, count)
    return sorted(lines.values(), key=lambda line: (line.present == 0, _ORDER[line.severity], -line.present, line.code))


def _count(line: RuleLine, stage: str, present: bool, count: int) -> None:
    if stage not in OPEN:
        return
    if present:
        line.present += count
    else:
        line.gone += count
    if stage == Stage.FOUND:
        line.to_hand_out += count if present else 0
    elif stage in IN_WORK:
        line.in_work += count


def _declared() -> Iterable[RuleLine]:
    told: set[str] = set()
    for roster in rosters:
        for rule in roster.rules:
            if rule.code not in told and rule.kind != "elsewhere":
                told.add(rule.code)
                yield RuleLine(rule.code, rule.title, rule.severity, rule.basis, rule.remedy, roster.title)
    for check in checks:
        subject = str(check.model._meta.verbose_name)
        yield RuleLine(check.code, check.title, str(check.severity), check.basis, check.remedy, subject)
    for own in OwnRule.objects.filter(is_active=True):
        roster_title = rosters[own.roster].title if own.roster in rosters else own.roster
        basis = own.basis or "本校规定"
        yield RuleLine(f"own.{own.code}", own.title, own.severity, basis, own.remedy, roster_title, is_own=True)


def _gone_rule(code: str) -> RuleLine:
    """A rule that is no longer declared or was switched off, as its findings remember it."""
    last = Finding.objects.filter(rule=code).order_by("-pk").first()
    if last is None:
        return RuleLine(code, code, "notice", "", "", "")
    return RuleLine(code, last.title, last.severity, last.basis, last.remedy, "已停用的规则")


def trends(most: int = RUNS) -> list[Trend]:
    """The last runs of each subject that was ever verified."""
    found: dict[str, list[VerificationRun]] = {}
    for run in VerificationRun.objects.select_related("by").order_by("-at")[: most * 12]:
        kept = found.setdefault(run.subject, [])
        if len(kept) < most:
            kept.append(run)
    return [Trend(runs[0].title, runs[::-1]) for runs in found.values()]
