"""What differs between two versions of a plan's document, node by node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from zhixing.kernel.outlines.wording import Piece, likeness, wording

from .draft import DraftNode, DraftStage, PlanDraft
from .titles import key

NodeKind = Literal["plan", "action", "task", "point", "stage", "safeguard"]
ChangeKind = Literal["added", "removed", "moved", "retitled", "renumbered", "text"]
_ALIKE = 0.55
_TEXT_ALIKE = 0.6
_MOST_COMPARISONS = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One difference. ``before`` and ``after`` are the node's places, as “行动2 / 任务6” (“” where it isn't).

    ``title`` names the node; ``pieces`` are its words, kept, taken out and put in, for a changed title or text.
    """

    kind: ChangeKind
    node: NodeKind
    title: str
    before: str = ""
    after: str = ""
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class _Placed:
    """A node with the position of its parent among all placed ones (-1: none) and its place in words."""

    kind: NodeKind
    node: DraftNode
    parent: int
    path: str


def differences(old: PlanDraft, new: PlanDraft) -> tuple[Change, ...]:
    """All differences in the order of the new version, what was removed at the end of its kind.

    Nodes are matched by title (by text for points), then by likeness: a node that is elsewhere is moved, one that is
    called otherwise retitled. Numbers alone make no difference but that of number.
    """
    found: list[Change] = [*_of_plan(old, new)]
    before, after = _placed(old), _placed(new)
    pairs: dict[int, int] = {}
    for kind in ("action", "task", "point", "stage", "safeguard"):
        pairs |= _matched(before, after, kind, pairs)
        back = {theirs: ours for ours, theirs in pairs.items()}
        for at, placed in enumerate(after):
            if placed.kind == kind:
                found += _compared(before, after, back.get(at), at, pairs)
        found += (
            Change(kind="removed", node=placed.kind, title=_called(placed.node), before=placed.path)
            for at, placed in enumerate(before)
            if placed.kind == kind and at not in pairs
        )
    return tuple(found)


def _of_plan(old: PlanDraft, new: PlanDraft) -> Iterator[Change]:
    rows = (
        ("标题", old.title, new.title),
        ("年限", f"{old.period_from}—{old.period_to}", f"{new.period_from}—{new.period_to}"),
        ("基本原则", "，".join(old.principles), "，".join(new.principles)),
        ("工作目标", old.goals, new.goals),
    )
    for name, before, after in rows:
        if before != after:
            yield Change(kind="text", node="plan", title=name, pieces=wording(before, after))


def _placed(plan: PlanDraft) -> list[_Placed]:
    found: list[_Placed] = []
    for action in plan.actions:
        at = len(found)
        found.append(_Placed("action", action, -1, f"行动{action.no}"))
        for task in action.tasks:
            here = len(found)
            path = f"行动{action.no} / 任务{task.no}"
            found.append(_Placed("task", task, at, path))
            found += (_Placed("point", point, here, f"{path} / 要点{point.no}") for point in task.points)
    found += (_Placed("stage", stage, -1, f"阶段{stage.no}") for stage in plan.stages)
    found += (_Placed("safeguard", each, -1, f"保障措施{each.no}") for each in plan.safeguards)
    return found


def _called(node: DraftNode) -> str:
    return node.title or node.body


def _matched(before: Sequence[_Placed], after: Sequence[_Placed], kind: str, pairs: dict[int, int]) -> dict[int, int]:
    """Pairs of positions: the same words under the same parent, the same words anywhere, then what is alike."""
    ours = [at for at, placed in enumerate(before) if placed.kind == kind]
    theirs = [at for at, placed in enumerate(after) if placed.kind == kind]
    same: dict[str, list[int]] = {}
    for other in theirs:
        same.setdefault(key(_called(after[other].node)), []).append(other)

    def beside(at: int, other: int) -> bool:
        parent, their_parent = before[at].parent, after[other].parent
        return pairs.get(parent, -2) == their_parent if parent >= 0 else their_parent < 0

    def alike(at: int, other: int) -> bool:
        return _alike(before[at].node, after[other].node)

    def of_same_words(at: int) -> Sequence[int]:
        return same.get(key(_called(before[at].node)), ())

    found: dict[int, int] = {}
    _take(found, ours, of_same_words, beside)
    _take(found, ours, of_same_words, lambda at, other: True)
    children: dict[int, list[int]] = {}
    for other in theirs:
        children.setdefault(after[other].parent, []).append(other)
    _take(found, ours, lambda at: children.get(pairs.get(before[at].parent, -1), ()), alike)
    left = len(ours) - len(found), len(theirs) - len(found)
    if kind != "point" and left[0] * left[1] <= _MOST_COMPARISONS:  # a point that is only alike elsewhere is another
        _take(found, ours, lambda at: theirs, alike)
    return found


def _take(
    found: dict[int, int],
    ours: Sequence[int],
    candidates: Callable[[int], Sequence[int]],
    fits: Callable[[int, int], bool],
) -> None:
    """Give each of ours that has none yet the first of its candidates that is free and fits."""
    taken = set(found.values())
    for at in ours:
        if at not in found:
            free = next((other for other in candidates(at) if other not in taken and fits(at, other)), None)
            if free is not None:
                found[at] = free
                taken.add(free)


def _alike(one: DraftNode, other: DraftNode) -> bool:
    if likeness(_called(one), _called(other)) >= _ALIKE:
        return True
    return bool(one.title and one.body and other.body) and likeness(one.body, other.body) >= _TEXT_ALIKE


def _compared(
    before: Sequence[_Placed], after: Sequence[_Placed], at: int | None, other: int, pairs: dict[int, int]
) -> Iterator[Change]:
    new = after[other]
    if at is None:
        yield Change(kind="added", node=new.kind, title=_called(new.node), after=new.path)
        return
    old = before[at]
    change = partial(Change, node=new.kind, title=_called(new.node), before=old.path, after=new.path)
    if old.parent >= 0 and pairs.get(old.parent) != new.parent:
        yield change(kind="moved")
    elif old.node.no != new.node.no:
        yield change(kind="renumbered")
    if old.node.title != new.node.title:
        yield change(kind="retitled", pieces=wording(old.node.title, new.node.title))
    if (was := _words(old.node)) != (now := _words(new.node)):
        yield change(kind="text", pieces=wording(was, now))


def _words(node: DraftNode) -> str:
    """The node's own text, with the months for a stage."""
    if isinstance(node, DraftStage):
        return f"{node.from_month}—{node.to_month}　{node.body}"
    return node.body
