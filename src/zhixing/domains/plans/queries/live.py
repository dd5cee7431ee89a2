"""The live state beside a task: open findings of its checks, figures of its indicators, modules still to come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Max
from django.utils import timezone

from zhixing.kernel.checks.declare import checks
from zhixing.kernel.checks.models import OPEN, Finding
from zhixing.kernel.checks.severity import Severity
from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.indicators.standings import Standing, standings
from zhixing.kernel.pages.indicator_rows import opens_at
from zhixing.kernel.people.models import User
from zhixing.kernel.rosters.shelf import rosters

from .bindings import Binding, bindings, kinds_watching


@dataclass
class LiveState:
    """What the records say about a task. ``landed`` is empty while none of its modules is here."""

    binding: Binding | None
    by_severity: dict[str, int] = field(default_factory=lambda: {one.value: 0 for one in Severity})
    rules: list[tuple[str, int]] = field(default_factory=list)
    figures: list[tuple[Standing, str, str]] = field(default_factory=list)

    @property
    def landed(self) -> tuple[str, ...]:
        return self.binding.landed if self.binding else ()

    @property
    def coming(self) -> tuple[str, ...]:
        return self.binding.coming if self.binding else ()

    @property
    def finding_count(self) -> int:
        return sum(self.by_severity.values())


def open_rules(user: User) -> Counter[tuple[str, str]]:
    """(rule, severity) → open findings that the person may see; one query that reads a narrow index in its order."""
    found: Counter[tuple[str, str]] = Counter()
    if not user.holds("checks.finding.view"):
        return found
    # Grouping by stage as well, instead of asking for the open ones, spares the database a look at every row.
    rows = Finding.objects.all().visible_to(user).order_by().values_list("rule", "severity", "stage")
    for rule, grade, stage, count in rows.annotate(n=Count("*")):
        if stage in OPEN:
            found[rule, grade] += count
    return found


def findings_by_kind(user: User) -> dict[str, Counter[str]]:
    """Kind of task → severity → open findings; one query for all tasks of a plan."""
    found: dict[str, Counter[str]] = {code: Counter() for code in bindings()}
    for (rule, grade), count in open_rules(user).items():
        for code in kinds_watching(rule):
            found[code][grade] += count
    return found


def live_state(kind: str, user: User) -> LiveState:
    """Everything that the records say about one kind of task, for the page of the task."""
    binding = bindings().get(kind)
    state = LiveState(binding)
    if binding is None:
        return state
    for (rule, grade), count in open_rules(user).items():
        if binding.watches(rule):
            state.by_severity[grade] += count
            state.rules.append((rule, count))
    state.rules.sort(key=lambda pair: -pair[1])
    if user.holds("indicators.reading.view"):
        state.figures = figures(binding.counted_by(indicators.codes()))
    return state


def figures(codes: Iterable[str]) -> list[tuple[Standing, str, str]]:
    """How these indicators stand (value, target, trend), each with its value in words and its rows' address."""
    found = standings(codes, timezone.localdate())
    return [(one, plain(one.value), opens_at(one.opens)) for one in found.values()]


def plain(value: Decimal | None) -> str:
    """A reading as people write it: one decimal, none where it is whole."""
    return "—" if value is None else f"{value:,.1f}".removesuffix(".0")


def titles_of(rules: Iterable[str]) -> dict[str, str]:
    """The title of each rule: as declared, else as its newest finding tells it; no finding is read for a known rule."""
    wanted = list(rules)
    declared = {rule.code: rule.title for roster in rosters for rule in roster.rules}
    declared |= {code: check.title for code, check in checks.items()}
    found = {rule: declared[rule] for rule in wanted if rule in declared}
    rest = [rule for rule in wanted if rule not in found]
    if rest:
        newest = Finding.objects.filter(rule__in=rest).order_by().values("rule").annotate(last=Max("pk")).values("last")
        found |= dict(Finding.objects.filter(pk__in=newest).values_list("rule", "title"))
    return found
