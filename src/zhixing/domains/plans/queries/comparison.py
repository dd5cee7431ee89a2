"""A draft beside the plan in effect: which node is which record, and what the new text adds, drops, changes, moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from zhixing.kernel.outlines.wording import Piece, wording

from ..choices import ALIVE, NodeKind
from ..models import Action, DraftNode, Plan, PlanStage, PlanVersion, Safeguard, Task, WorkPoint
from .likeness import bare, likeness

ALIKE = 0.5
MODELS: dict[str, Any] = {
    NodeKind.ACTION: Action,
    NodeKind.TASK: Task,
    NodeKind.POINT: WorkPoint,
    NodeKind.STAGE: PlanStage,
    NodeKind.SAFEGUARD: Safeguard,
}
BODIES: dict[str, str] = {
    NodeKind.ACTION: "intro",
    NodeKind.TASK: "body",
    NodeKind.STAGE: "body",
    NodeKind.SAFEGUARD: "body",
}
WORDS = {"added": "新增", "removed": "删去", "changed": "修改", "moved": "移动", "same": "未变"}


@dataclass(frozen=True)
class Change:
    """One node beside its record. ``pieces`` are the changed words of title and body."""

    status: str
    kind: str
    node: DraftNode | None
    row: Any
    title_pieces: tuple[Piece, ...] = ()
    body_pieces: tuple[Piece, ...] = ()
    old_place: str = ""
    new_place: str = ""

    @property
    def word(self) -> str:
        return WORDS[self.status]

    @property
    def kind_word(self) -> str:
        return str(NodeKind(self.kind).label)


def rows_in_effect(plan: Plan) -> dict[str, list[Any]]:
    """What stands in the plan now, by kind of node; five queries."""
    return {
        NodeKind.ACTION: list(Action.objects.standing().filter(plan=plan)),
        NodeKind.TASK: list(Task.objects.standing().filter(action__plan=plan).select_related("action")),
        NodeKind.POINT: list(
            WorkPoint.objects.filter(task__action__plan=plan, task__withdrawn_at=None, state__in=ALIVE)
            .select_related("task")
            .order_by("task", "no")
        ),
        NodeKind.STAGE: list(PlanStage.objects.standing().filter(plan=plan)),
        NodeKind.SAFEGUARD: list(Safeguard.objects.standing().filter(plan=plan)),
    }


def words_of(row: Any) -> tuple[str, str]:
    """(title, body) of a record."""
    if isinstance(row, WorkPoint):
        return "", row.text
    return row.title, getattr(row, BODIES[kind_of(row)])


def kind_of(row: Any) -> str:
    return next(kind for kind, model in MODELS.items() if isinstance(row, model))


def how_alike(node: DraftNode, row: Any) -> float:
    """0 to about 1: titles count most, then the text, then the number."""
    title, body = words_of(row)
    if node.kind == NodeKind.POINT:
        return likeness(node.body or node.title, body)
    same_title = bool(title) and bare(node.title) == bare(title)
    titles = 1.0 if same_title else likeness(node.title, title)
    return 0.7 * titles + 0.25 * likeness(node.body, body) + (0.05 if node.no == row.no else 0)


def matched(nodes: Iterable[DraftNode], plan: Plan) -> dict[int, Any]:
    """Node key → record, each record once, the likest pairs first; kinds never mix."""
    by_kind, found = rows_in_effect(plan), dict[int, Any]()
    for kind, rows in by_kind.items():
        mine = [node for node in nodes if node.kind == kind]
        scored = [(how_alike(node, row), node, row) for node in mine for row in rows]
        scored = sorted((one for one in scored if one[0] >= ALIKE), key=lambda one: (-one[0], one[1].pk))
        taken: set[int] = set()
        for _, node, row in scored:
            if node.pk not in found and row.pk not in taken:
                found[node.pk] = row
                taken.add(row.pk)
    return found


def kept_matches(nodes: Sequence[DraftNode], plan: Plan) -> dict[int, Any]:
    """The pairs that stand in the draft, as proposed or as people put them right."""
    by_uid = {row.uid: row for rows in rows_in_effect(plan).values() for row in rows}
    return {
        node.pk: by_uid[node.matched_uid]
        for node in nodes
        if node.matched_uid in by_uid and kind_of(by_uid[node.matched_uid]) == node.kind
    }


def compare(version: PlanVersion) -> list[Change]:
    """Every node of the draft in reading order, then what the new text no longer has. Points last of each task."""
    nodes = list(version.standing_nodes.select_related("parent"))
    pairs = kept_matches(nodes, version.plan)
    found = [
        _change(node, pairs.get(node.pk), pairs) for node in _in_order(nodes, None) if node.kind != NodeKind.TEXT
    ]  # fmt: skip
    used = {row.uid for row in pairs.values()}
    for kind, rows in rows_in_effect(version.plan).items():
        found += [
            Change("removed", kind, None, row, old_place=place_of_row(row), **_pieces(words_of(row), ("", "")))
            for row in rows
            if row.uid not in used and goes_with_the_text(row)
        ]
    return found


def goes_with_the_text(row: Any) -> bool:
    """Points that people added by themselves stay where their task stays; all else lives and dies with the text."""
    return not isinstance(row, WorkPoint) or bool(row.verbatim)


def _in_order(nodes: Sequence[DraftNode], parent: int | None) -> list[DraftNode]:
    found: list[DraftNode] = []
    for node in nodes:
        if node.parent_id == parent:
            found += [node, *_in_order(nodes, node.pk)]
    return found


def _change(node: DraftNode, row: Any, pairs: dict[int, Any]) -> Change:
    title, body = (node.title, node.body) if node.kind != NodeKind.POINT else ("", node.body or node.title)
    if row is None:
        return Change("added", node.kind, node, None, new_place=place_of(node), **_pieces(("", ""), (title, body)))
    was = words_of(row)
    status = "same"
    if _moved(node, row, pairs):
        status = "moved"
    if was != (title, body) or _dates(node) != _dates(row):
        status = "changed"
    if status == "same":
        return Change(status, node.kind, node, row)
    places: dict[str, Any] = {"old_place": place_of_row(row), "new_place": place_of(node)}
    return Change(status, node.kind, node, row, **places, **_pieces(was, (title, body)))


def _pieces(was: tuple[str, str], now: tuple[str, str]) -> dict[str, Any]:
    """The changed words of title and body, as a Change keeps them."""
    return {"title_pieces": wording(was[0], now[0]), "body_pieces": wording(was[1], now[1])}


def _moved(node: DraftNode, row: Any, pairs: dict[int, Any]) -> bool:
    """Whether the node hangs under another record than its own record does."""
    above = pairs.get(node.parent_id) if node.parent_id else None
    if isinstance(row, Task):
        return above is None or above.pk != row.action_id
    if isinstance(row, WorkPoint):
        return above is None or above.pk != row.task_id
    return node.no is not None and node.no != row.no


def _dates(row: Any) -> tuple[Any, Any] | None:
    if isinstance(row, PlanStage) or getattr(row, "kind", "") == NodeKind.STAGE:
        return row.from_date, row.to_date
    return None


def place_of(node: DraftNode) -> str:
    return str(node.parent) if node.parent_id else ""


def place_of_row(row: Any) -> str:
    return str(getattr(row, "action", "") or getattr(row, "task", "") or "")
