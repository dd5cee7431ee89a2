"""What people do to a draft: move, merge, split, retype, rewrite, delete, add, renumber; each can be undone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from zhixing.kernel.people.models import User

from ..choices import NodeKind
from ..models import DraftNode, DraftStep
from .tree import PARENTS, DraftTree

EDITABLE = ("no", "title", "body", "from_date", "to_date")
CLAUSE = re.compile(r"[^。；！？，,;]*[。；！？，,;]?")


def shift(node: DraftNode, *, by: int, person: User, at: datetime, seen: int | None = None) -> DraftStep:
    """Swap a node with its neighbour: ``by`` is −1 for up, 1 for down."""
    tree = DraftTree(node.plan_version)
    node = mine(tree, node)
    row = tree.children(node.parent_id)
    at_place = row.index(node)
    other = at_place + by
    if not 0 <= other < len(row):
        raise ValidationError("已经在最前或最后，不能再移动。")
    row[at_place].position, row[other].position = row[other].position, row[at_place].position
    if row[at_place].position == row[other].position:
        row[other].position += by
    return tree.keep(f"{'上移' if by < 0 else '下移'}“{node}”", by=person, at=at, seen=seen)


def hang(node: DraftNode, *, under: DraftNode | None, person: User, at: datetime, seen: int | None = None) -> DraftStep:
    """Put a node under another one, at its end; ValidationError where it doesn't fit there."""
    tree = DraftTree(node.plan_version)
    node = mine(tree, node)
    parent = mine(tree, under) if under else None
    wanted = PARENTS.get(NodeKind(node.kind))
    if (parent.kind if parent else None) != wanted:
        fit = f"某个{wanted.label}之下" if wanted else "最上层"
        raise ValidationError(f"{node.get_kind_display()}只能放在{fit}。可以先修改节点的类别。")
    tree.place(node, parent)
    return tree.keep(f"移动“{node}”到“{parent or '最上层'}”", by=person, at=at, seen=seen)


def merge(node: DraftNode, *, person: User, at: datetime, seen: int | None = None) -> DraftStep:
    """Join a node to the one before it, or to the node above where it is the first; its own words stay, joined."""
    tree = DraftTree(node.plan_version)
    node = mine(tree, node)
    row = tree.children(node.parent_id)
    place = row.index(node)
    target = row[place - 1] if place else tree.nodes.get(node.parent_id or 0)
    if target is None:
        raise ValidationError("前面没有可以合并的节点。")
    if place and node.kind not in (target.kind, NodeKind.TEXT):
        told = f"前面是{target.get_kind_display()}“{target}”，{node.get_kind_display()}不能并入。可以先修改节点的类别。"
        raise ValidationError(told)
    words = "。".join(part.rstrip("。") for part in (node.title, node.body) if part)
    target.body = _joined(target.body, words)
    target.verbatim = _joined(target.verbatim, node.verbatim, "\n")
    lines = [n for n in (target.line_from, node.line_from, target.line_to, node.line_to) if n]
    target.line_from, target.line_to = (min(lines), max(lines)) if lines else (None, None)
    for child in tree.children(node.pk):
        fits = PARENTS.get(NodeKind(child.kind)) == target.kind
        tree.place(child, target if fits else tree.host(node, child.kind))
    node.is_removed = True
    return tree.keep(f"把“{node}”并入“{target}”", by=person, at=at, seen=seen)


def split(node: DraftNode, *, place: int, person: User, at: datetime, seen: int | None = None) -> DraftStep:
    """Cut a node's body before the character ``place``; what follows becomes a node of the same kind right behind."""
    tree = DraftTree(node.plan_version)
    node = mine(tree, node)
    text = node.body
    if not 0 < place < len(text) or not text[:place].strip() or not text[place:].strip():
        raise ValidationError("拆分的位置应在正文中间，前后都要有文字。")
    head, rest = text[:place].strip(), text[place:].strip()
    node.body = head
    title, body = ("", rest) if node.kind in (NodeKind.POINT, NodeKind.TEXT) else _title_and_body(rest)
    made = tree.add(
        kind=node.kind, title=title, body=body, verbatim=node.verbatim, line_from=node.line_from, line_to=node.line_to
    )  # fmt: skip
    tree.place(made, node.parent, node)
    return tree.keep(f"拆分“{node}”", by=person, at=at, seen=seen)


def retype(node: DraftNode, *, kind: str, person: User, at: datetime, seen: int | None = None) -> DraftStep:
    """Make a node something else; it and what no longer fits under it go to the nearest fitting place."""
    tree = DraftTree(node.plan_version)
    node = mine(tree, node)
    if kind == node.kind:
        raise ValidationError("节点已经是这个类别。")
    was, children = node.get_kind_display(), tree.children(node.pk)
    neighbour = tree.nodes.get(node.parent_id or 0)
    parent = tree.host(node, kind)
    node.kind = NodeKind(kind)
    if kind == NodeKind.POINT and node.title:
        node.title, node.body = "", _joined(node.title, node.body, "：")
    elif kind not in (NodeKind.POINT, NodeKind.TEXT) and not node.title:
        node.title, node.body = _title_and_body(node.body)
    node.matched_type, node.matched_uid = "", None
    tree.place(node, parent, neighbour if neighbour in tree.children(parent.pk if parent else None) else None)
    last = node
    for child in children:
        if PARENTS.get(NodeKind(child.kind)) != node.kind:
            host = tree.host(child, child.kind)
            tree.place(child, host, last if host is node.parent else None)
            last = child if host is node.parent else last
    return tree.keep(f"“{node}”由{was}改为{node.get_kind_display()}", by=person, at=at, seen=seen)


def rewrite(
    node: DraftNode, *, values: Mapping[str, Any], person: User, at: datetime, seen: int | None = None
) -> DraftStep:
    """Edit number, title, body or dates; the document's own words stay beside them."""
    tree = DraftTree(node.plan_version)
    node = mine(tree, node)
    for name in EDITABLE:
        if name in values:
            setattr(node, name, values[name])
    if not (node.title.strip() or node.body.strip()):
        raise ValidationError({"title": "标题和正文不能都为空；不需要的节点请用“删除”。"})
    if node.from_date and node.to_date and node.to_date < node.from_date:
        raise ValidationError({"to_date": "结束日期不能早于开始日期。"})
    return tree.keep(f"修改“{node}”", by=person, at=at, seen=seen)


def remove(node: DraftNode, *, person: User, at: datetime, seen: int | None = None) -> DraftStep:
    """Delete a node with everything under it; undo brings it back."""
    tree = DraftTree(node.plan_version)
    node = mine(tree, node)
    under = tree.below(node)
    for one in (node, *under):
        one.is_removed = True
    more = f"及其下 {len(under)} 个节点" if under else ""
    return tree.keep(f"删除“{node}”{more}", by=person, at=at, seen=seen)


def add(
    after: DraftNode, *, kind: str, title: str, body: str = "", person: User, at: datetime, seen: int | None = None
) -> DraftStep:
    """Write a node that the document doesn't have: right behind ``after`` where the kinds agree, else where it fits."""
    tree = DraftTree(after.plan_version)
    after = mine(tree, after)
    text, told = title.strip(), body.strip()
    if not text:
        raise ValidationError({"title": "请填写内容。"})
    if kind == NodeKind.POINT:
        text, told = "", text
    made = tree.add(kind=kind, title=text, body=told)
    if kind == after.kind:
        tree.place(made, after.parent, after)
    else:
        fits = PARENTS.get(NodeKind(kind)) == after.kind
        tree.place(made, after if fits else tree.host(after, kind))
    return tree.keep(f"新增{NodeKind(kind).label}“{made}”", by=person, at=at, seen=seen)


def renumber(node: DraftNode, *, person: User, at: datetime, seen: int | None = None) -> DraftStep:
    """Number everything anew in reading order; tasks run on across actions."""
    tree = DraftTree(node.plan_version)
    next_no = dict.fromkeys(NodeKind, 1)
    for one in tree.in_order():
        kind = NodeKind(one.kind)
        if kind == NodeKind.POINT:
            continue
        one.no = next_no[kind]
        next_no[kind] += 1
    for task in (one for one in tree.in_order() if one.kind == NodeKind.TASK):
        for no, point in enumerate(tree.children(task.pk), 1):
            point.no = no
    return tree.keep("重新编号", by=person, at=at, seen=seen)


def pair(
    node: DraftNode, *, row: Any, person: User, at: datetime, seen: int | None = None
) -> DraftStep:  # fmt: skip
    """Say which record of the plan in effect the node continues; None: it is new."""
    tree = DraftTree(node.plan_version)
    node = mine(tree, node)
    if row is not None:
        for other in tree.nodes.values():
            if other.matched_uid == row.uid:
                other.matched_type, other.matched_uid = "", None
    node.matched_type = row._meta.label_lower if row is not None else ""
    node.matched_uid = row.uid if row is not None else None
    return tree.keep(f"“{node}”对应“{row or '新增'}”", by=person, at=at, seen=seen)


def cuts(text: str) -> list[tuple[int, str]]:
    """Where a text may be split: (place, the words that would begin the new node), one for each later clause."""
    found, at = [], 0
    for clause in CLAUSE.findall(text):
        if at and clause.strip():
            found.append((at, text[at : at + 30].strip()))
        at += len(clause)
    return found


def mine(tree: DraftTree, node: DraftNode) -> DraftNode:
    """The tree's own copy of a node; ValidationError for one that is gone."""
    found = tree.nodes.get(node.pk)
    if found is None or found.is_removed:
        raise ValidationError("这个节点已被删除，请刷新页面。")
    return found


def _joined(first: str, second: str, by: str = "") -> str:
    if not first or not second:
        return first or second
    glue = by if by else ("" if first.endswith(("。", "；", "：")) else "。")
    return f"{first}{glue}{second}"


def _title_and_body(text: str) -> tuple[str, str]:
    """A text cut behind its first sentence, which makes the title."""
    head, mark, rest = text.partition("。")
    return (head.strip()[:200], rest.strip()) if mark else (text.strip()[:200], "")
