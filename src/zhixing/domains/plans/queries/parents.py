"""What a plan owes to the plan above it: the shipped national plan, proposals of what answers what, and the gaps."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zhixing.kernel.base.certainty import Certainty

from ..choices import MatchState
from ..models import Plan, Task, TaskMatch
from .bindings import recognise
from .likeness import likeness

DATA = Path(__file__).parent.parent / "data" / "national_plan.toml"
ALIKE = 0.55
LOOSE = (Certainty.MEMORY_MIDDLE.value, Certainty.MEMORY_LOW.value)
"""Items remembered too loosely to blame a school for lacking them."""


@dataclass(frozen=True)
class Coverage:
    """One task of the parent plan and how the school's plan answers it."""

    asked: Task
    matches: tuple[TaskMatch, ...]
    is_loose: bool

    @property
    def answered(self) -> bool:
        return any(match.task_id is not None for match in self.matches)

    @property
    def set_aside(self) -> TaskMatch | None:
        """The word by which the school told why it does not adopt the task."""
        return next((match for match in self.matches if match.state == MatchState.NOT_ADOPTED), None)

    @property
    def state(self) -> str:
        """answered | set_aside | loose | gap."""
        if self.answered:
            return "answered"
        if self.set_aside:
            return "set_aside"
        return "loose" if self.is_loose else "gap"


@cache
def national_plan() -> dict[str, Any]:
    """The shipped national plan as plain data."""
    return tomllib.loads(DATA.read_text("utf-8"))


def proposed(asked: str, own: str) -> int:
    """How well a school's task answers a parent's by their titles, in per cent; 0 where they are about other things."""
    kinds = (recognise(asked), recognise(own))
    if kinds[0] and kinds[0] == kinds[1]:
        return max(90, round(100 * likeness(asked, own)))
    if all(kinds):
        return 0
    alike = likeness(asked, own)
    return round(100 * alike) if alike >= ALIKE else 0


def best_answers(plan: Plan, parent: Plan) -> list[tuple[Task, Task, int]]:
    """(asked, own, per cent) for each parent task that some task of the plan seems to answer."""
    own = list(tasks_of(plan))
    found = []
    for asked in tasks_of(parent):
        scores = [(proposed(asked.title, task.title), task) for task in own]
        best = max(scores, key=lambda pair: pair[0], default=(0, None))
        if best[1] is not None and best[0]:
            found.append((asked, best[1], best[0]))
    return found


def coverage(plan: Plan) -> list[Coverage]:
    """Every task of the parent plan in order, answered or not; empty without a parent."""
    if plan.parent_id is None:
        return []
    matches: dict[int, list[TaskMatch]] = {}
    for match in TaskMatch.objects.filter(plan=plan).select_related("task", "task__action").order_by("pk"):
        if match.task is None or match.task.withdrawn_at is None:
            matches.setdefault(match.asked_id, []).append(match)
    return [
        Coverage(asked, tuple(matches.get(asked.pk, ())), asked.certainty in LOOSE)
        for asked in tasks_of(plan.parent)
    ]  # fmt: skip


def tasks_of(plan: Plan | None) -> Any:
    """The standing tasks of a plan in reading order."""
    rows = Task.objects.standing().filter(action__plan=plan, action__withdrawn_at=None)
    return rows.select_related("action").order_by("action__no", "no")
