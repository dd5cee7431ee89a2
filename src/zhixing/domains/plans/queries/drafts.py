"""What still keeps a draft from taking effect, in words that say where and how to mend it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ..choices import NodeKind
from ..models import DraftNode, PlanVersion

PARENTS = {NodeKind.TASK: NodeKind.ACTION, NodeKind.POINT: NodeKind.TASK}
NUMBERED = (NodeKind.ACTION, NodeKind.STAGE, NodeKind.SAFEGUARD)
TITLE, POINT = 200, 500


@dataclass(frozen=True)
class Flaw:
    """Why the draft can't take effect; ``node`` where one node is to blame."""

    words: str
    node: DraftNode | None = None


def flaws(version: PlanVersion) -> list[Flaw]:
    """Everything that must be put right first; empty when the draft may take effect."""
    nodes = list(version.standing_nodes.select_related("parent"))
    found = [flaw for node in nodes for flaw in _of_node(node)]
    if not any(node.kind == NodeKind.ACTION for node in nodes):
        found.append(Flaw("方案里没有一个行动。请把相应的节点改为“行动”，或检查导入的文本。"))
    elif not any(node.kind == NodeKind.TASK for node in nodes):
        found.append(Flaw("方案里没有一项任务。请把相应的节点改为“任务”。"))
    return found + _repeated(nodes)


def _of_node(node: DraftNode) -> list[Flaw]:
    found, kind = [], NodeKind(node.kind)
    wanted = PARENTS.get(kind)
    if wanted and (node.parent is None or node.parent.is_removed or node.parent.kind != wanted):
        found.append(Flaw(f"{kind.label}“{node}”没有所属的{wanted.label}，请移到某个{wanted.label}之下。", node))
    if kind == NodeKind.POINT:
        if not (node.body or node.title).strip():
            found.append(Flaw("有一条工作要点是空的，请填写内容或删除。", node))
        elif len(node.body or node.title) > POINT:
            found.append(Flaw(f"工作要点“{node}”超过 {POINT} 字，请拆分。", node))
    elif kind != NodeKind.TEXT:
        if not node.title.strip():
            found.append(Flaw(f"有一个{kind.label}没有标题（第 {node.line_from or '—'} 行），请补上标题或删除。", node))
        if len(node.title) > TITLE:
            found.append(Flaw(f"{kind.label}“{node}”的标题超过 {TITLE} 字，请改短。", node))
    if kind == NodeKind.STAGE and not (node.from_date and node.to_date):
        found.append(Flaw(f"阶段“{node}”没有起止日期，请填写开始和结束日期。", node))
    elif kind == NodeKind.STAGE and node.from_date and node.to_date and node.to_date < node.from_date:
        found.append(Flaw(f"阶段“{node}”的结束日期早于开始日期，请更正。", node))
    return found


def _repeated(nodes: list[DraftNode]) -> list[Flaw]:
    """Numbers given twice where the plan needs them to be different."""
    found: list[Flaw] = []
    for kind in NUMBERED:
        found += _twice([node for node in nodes if node.kind == kind])
    tasks = [node for node in nodes if node.kind == NodeKind.TASK]
    for parent in dict.fromkeys(node.parent_id for node in tasks):
        found += _twice([node for node in tasks if node.parent_id == parent])
    return found


def _twice(nodes: list[DraftNode]) -> list[Flaw]:
    counts = Counter(node.no for node in nodes if node.no)
    return [
        Flaw(f"{NodeKind(node.kind).label}“{node}”的序号 {node.no} 与别的重复，请修改序号或点“重新编号”。", node)
        for node in nodes
        if node.no and counts[node.no] > 1
    ]
