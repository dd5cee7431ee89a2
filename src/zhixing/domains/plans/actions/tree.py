"""A draft tree in memory: what people do to it while reviewing, written back at one stroke and undone at one stroke."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhixing.kernel.base.records import EditConflict
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.record import record

from ..choices import NodeKind, VersionState
from ..models import DraftNode, DraftStep, PlanVersion

FIELDS = (
    "kind", "parent_id", "position", "no", "title", "body", "verbatim", "line_from", "line_to", "from_date", "to_date",
    "duties", "note", "is_removed", "matched_type", "matched_uid",
)  # fmt: skip
COLUMNS = tuple(name.removesuffix("_id") for name in FIELDS)
PARENTS = {NodeKind.TASK: NodeKind.ACTION, NodeKind.POINT: NodeKind.TASK}


class DraftTree:
    """The nodes of one version that is being reviewed. Nothing is written until ``keep``."""

    def __init__(self, version: PlanVersion) -> None:
        if version.state != VersionState.REVIEWING:
            raise ValidationError(f"“{version}”{version.get_state_display()}，不能再修改。")
        self.version = version
        self.nodes = {node.pk: node for node in version.nodes.order_by("position", "pk")}
        self.was = {pk: image(node) for pk, node in self.nodes.items()}
        self.fresh: list[DraftNode] = []

    def every(self) -> list[DraftNode]:
        return [*self.nodes.values(), *self.fresh]

    def children(self, parent: int | None) -> list[DraftNode]:
        """Standing nodes right under a node (None: at the top), in order."""
        under = [node for node in self.every() if node.parent_id == parent and not node.is_removed]
        return sorted(under, key=lambda node: (node.position, node.pk or 0))

    def below(self, node: DraftNode) -> list[DraftNode]:
        """Everything under a node that stands."""
        found = []
        for child in self.children(node.pk) if node.pk else []:
            found += [child, *self.below(child)]
        return found

    def in_order(self, parent: int | None = None) -> list[DraftNode]:
        """Every standing node in reading order."""
        found = []
        for node in self.children(parent):
            found += [node, *(self.in_order(node.pk) if node.pk else [])]
        return found

    def place(self, node: DraftNode, parent: DraftNode | None, after: DraftNode | None = None) -> None:
        """Put a node under ``parent`` behind ``after`` (None: at the end), and number the positions anew."""
        key = parent.pk if parent else None
        if parent is not None and (parent is node or parent in self.below(node)):
            raise ValidationError("不能把节点移到它自己下面。")
        node.parent = parent
        others = [one for one in self.children(key) if one is not node]
        at = others.index(after) + 1 if after in others else len(others)
        others.insert(at, node)
        for position, one in enumerate(others, 1):
            one.position = position

    def add(self, **values: Any) -> DraftNode:
        """A new node, not yet anywhere."""
        node = DraftNode(plan_version=self.version, **values)
        self.fresh.append(node)
        return node

    def host(self, node: DraftNode, kind: str) -> DraftNode | None:
        """The nearest node before this one under which a node of that kind may stand; else the first after it."""
        wanted = PARENTS.get(NodeKind(kind))
        if wanted is None:
            return None
        order = self.in_order()
        at = order.index(node) if node in order else len(order)
        before = [one for one in order[:at] if one.kind == wanted]
        after = [one for one in order[at + 1 :] if one.kind == wanted]
        return before[-1] if before else (after[0] if after else None)

    @transaction.atomic
    def keep(self, label: str, *, by: User, at: datetime, seen: int | None = None) -> DraftStep:
        """Write what changed, with what was there before; EditConflict when someone else has moved on meanwhile."""
        _locked(self.version)
        if seen is not None and seen != last_step(self.version):
            raise EditConflict("这份文本刚被别人修改过。请刷新页面，核对最新内容后再改。")
        changed = [node for pk, node in self.nodes.items() if image(node) != self.was[pk]]
        for node in (*changed, *self.fresh):
            node.full_clean(exclude=["plan_version", "parent"])
        if changed:
            DraftNode.objects.bulk_update(changed, COLUMNS)
        for node in self.fresh:
            node.save()
        step: DraftStep = DraftStep.objects.create(
            plan_version=self.version, label=label[:160], by=by, at=at,
            before=[{"pk": node.pk, **self.was[node.pk]} for node in changed],
            made=[node.pk for node in self.fresh],
        )  # fmt: skip
        record(action="plans.review", by=by, at=at, on=self.version, reason=label)
        return step


def _locked(version: PlanVersion) -> PlanVersion:
    """The version as it is now, held until the transaction ends; ValidationError where its review is over."""
    now: PlanVersion = PlanVersion.objects.select_for_update().get(pk=version.pk)
    if now.state != VersionState.REVIEWING:
        raise ValidationError(f"“{now}”{now.get_state_display()}，不能再修改。")
    return now


def image(node: DraftNode) -> dict[str, Any]:
    """The node as plain data."""
    found = {name: getattr(node, name) for name in FIELDS}
    return {name: str(value) if value is not None and name in TEXTS else value for name, value in found.items()}


TEXTS = {"from_date", "to_date", "matched_uid"}


def last_step(version: PlanVersion) -> int:
    """A mark of how far the review has come; changes with every step and every undoing."""
    newest = version.steps.order_by("-pk").values_list("pk", flat=True).first() or 0
    return int(newest) * 1000 + version.steps.exclude(undone_at=None).count() % 1000


@transaction.atomic
def undo(version: PlanVersion, *, by: User, at: datetime) -> DraftStep:
    """Take the last step back; ValidationError where there is none."""
    version = _locked(version)
    step: DraftStep | None = version.steps.filter(undone_at=None).order_by("-pk").first()
    if step is None:
        raise ValidationError("没有可以撤销的步骤。")
    nodes = {node.pk: node for node in version.nodes.filter(pk__in=[one["pk"] for one in step.before])}
    for was in step.before:
        _put_back(nodes[was["pk"]], was)
    if nodes:
        DraftNode.objects.bulk_update(nodes.values(), COLUMNS)
    version.nodes.filter(pk__in=step.made).update(is_removed=True)
    step.undone_at = at
    step.save(update_fields=["undone_at"])
    record(action="plans.undo", by=by, at=at, on=version, reason=step.label)
    return step


def _put_back(node: DraftNode, was: Mapping[str, Any]) -> None:
    for name in FIELDS:
        value = was[name]
        if value is not None and name in ("from_date", "to_date"):
            value = date.fromisoformat(value)
        setattr(node, name, value)
