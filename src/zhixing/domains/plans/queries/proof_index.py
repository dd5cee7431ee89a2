"""佐证材料目录: every piece that proves a plan, by action, task and point, with box numbers; what lacks is told."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from zhixing.kernel.files.bundles import Folder, Item
from zhixing.kernel.files.models import EvidenceUse
from zhixing.kernel.people.models import User

from ..models import Plan, Task, WorkPoint
from .standing import points_of

SHORT = 30
"""Characters of a point in the name of a folder: Windows allows 260 for a whole path."""


@dataclass
class PointProofs:
    """One point (None: the task as such) with what proves it."""

    point: Any
    uses: list[EvidenceUse] = field(default_factory=list)

    @property
    def is_missing(self) -> bool:
        return self.point is not None and not self.uses


@dataclass
class Box:
    """One task's document box."""

    no: int
    task: Task
    points: list[PointProofs] = field(default_factory=list)

    @property
    def pieces(self) -> list[EvidenceUse]:
        return [use for line in self.points for use in line.uses]

    @property
    def missing(self) -> int:
        return sum(line.is_missing for line in self.points)

    @property
    def label(self) -> str:
        return f"{self.no:02d}"


def boxes(plan: Plan, user: User | None, *, action: Any = None, unit: Any = None, task: Any = None) -> list[Box]:
    """Boxes numbered over the whole plan, filled as far as ``user`` may see its points; four queries."""
    every = list(
        Task.objects.standing().filter(action__plan=plan).select_related("action").order_by("action__no", "no")
    )
    found = {row.pk: Box(no, row) for no, row in enumerate(every, 1)}
    points = points_of(plan, user)
    for name, value in (("task__action", action), ("lead", unit), ("task", task)):
        if value is not None:
            points = points.filter(**{name: value})
    rows = list(points.select_related("lead", "owner").order_by("task__no", "no", "pk"))
    kept = [one for one in every if _wanted(one, action, task)]
    serving = _uses(rows, [] if unit is not None else kept)
    for one in kept:
        if own := serving.get(one.uid):
            found[one.pk].points.append(PointProofs(None, own))
    for row in rows:
        found[row.task_id].points.append(PointProofs(row, serving.get(row.uid, [])))
    boxes_kept = [found[one.pk] for one in kept]
    narrowed = unit is not None or (user is not None and not user.grants.holds_everywhere("plans.workpoint.view"))
    return [box for box in boxes_kept if box.points] if narrowed else boxes_kept


def _wanted(one: Task, action: Any, task: Any) -> bool:
    return (action is None or one.action_id == action.pk) and (task is None or one.pk == task.pk)


def _uses(points: list[WorkPoint], tasks: list[Task]) -> dict[Any, list[EvidenceUse]]:
    """Pieces that nobody has sent back, by the uid of the record they serve; one query."""
    uids = [row.uid for row in points] + [row.uid for row in tasks]
    labels = [WorkPoint._meta.label_lower, Task._meta.label_lower]
    rows = EvidenceUse.objects.live().filter(object_type__in=labels, object_uid__in=uids, refused_at=None)
    found: dict[Any, list[EvidenceUse]] = defaultdict(list)
    for use in rows.select_related("evidence__file", "evidence__unit").order_by("evidence__formed_on", "pk"):
        found[use.object_uid].append(use)
    return found


def catalogue(found: list[Box]) -> list[Folder]:
    """The same as folders of a bundle: tasks, and the points under them."""
    return [
        Folder(
            box.task.title, no=f"T{box.label}",
            items=[Item(use.evidence) for line in box.points if line.point is None for use in line.uses],
            folders=[
                Folder(line.point.text[:SHORT], [Item(use.evidence) for use in line.uses])
                for line in box.points if line.point is not None and line.uses
            ],
        )
        for box in found if box.pieces
    ]  # fmt: skip
