"""What each part of a plan document is for, told by its heading and by what stands under it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from zhixing.kernel.outlines.folding import plain
from zhixing.kernel.outlines.lines import Line
from zhixing.kernel.outlines.outline import Node

from . import words
from .dates import period_in
from .draft import SectionRole
from .titles import key

_STAGE = re.compile(r"阶段|^第[一二三四五六七八九十\d]+步")
_KIND = re.compile(rf"(?:{'|'.join(words.KINDS_OF_ACTION)})$")
_STAGE_LINE = re.compile(r"^.{2,16}阶段\s*[:(。]?")
_ACTION_LINE = re.compile(r"^[\u3400-\u9fff“”\"、]{4,20}行动[。:]?$")
_MOST_BOLD = 30
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A node of the outline with the role it plays; ``is_action``: the node itself is one action, not a list."""

    role: SectionRole
    node: Node
    is_action: bool = False


def heading_by_words(line: Line) -> int:
    """Whether a line without a number is a heading: 1 a part of the plan, 2 an action, stage or bold line, 0 none."""
    text = plain(line.text).strip()
    if not text or len(text) > 60:
        return 0
    if words.ALONE.fullmatch(text.replace(" ", "")):
        return 1
    if _ACTION_LINE.match(text) and not words.PLAN.search(text):
        return 2
    if len(text) <= 45 and _STAGE_LINE.match(text) and period_in(text, year=2000) and not text.endswith("。"):
        return 2
    bold = line.look.bold and not line.look.centred and len(text) <= _MOST_BOLD
    return 2 if bold and not re.search(r"[。;,:]$", text) and not words.DOCUMENT.search(text) else 0


def parts_of(nodes: Sequence[Node]) -> list[Part]:
    """The parts of the document in order, each with its role. A heading over several parts is looked through."""
    found = list(_parts(nodes, 0))
    if not any(part.role == "actions" for part in found):
        found = _actions_on_top(found)
    return found


def _parts(nodes: Sequence[Node], depth: int) -> Iterator[Part]:
    for node in nodes:
        role = role_of(node)
        inner = [role_of(child) for child in node.children]
        told = {each for each in inner if each in ("goals", "actions", "stages", "safeguards")}
        several = role in ("other", "preamble") and bool(told) and depth < _DEEPEST
        both = (role == "goals" and "actions" in told) or (role == "actions" and told >= {"goals", "actions"})
        if several or both:
            yield Part("other" if both else role, _without_children(node))
            yield from _parts(node.children, depth + 1)
        else:
            yield Part(role, node)


def _without_children(node: Node) -> Node:
    return replace(node, children=(), span=node.own)


def role_of(node: Node) -> SectionRole:
    """The role of one node by its heading; where that leaves it open, by its children."""
    title = plain(node.title.text).replace(" ", "")
    if words.ATTACHMENT.match(title) and node.kind.startswith("counter 附"):
        return "attachment"
    as_stages = _are_stages(node.children)
    if words.STAGES.search(title) and not words.ACTIONS.search(title):
        return "safeguards" if node.children and not as_stages and words.SAFEGUARDS.search(title) else "stages"
    if words.ORGANISING.search(title):
        return "stages" if as_stages or not _are_safeguards(node.children) else "safeguards"
    by_word: list[SectionRole] = []
    for role, pattern in _ORDER:
        if pattern.search(title):
            by_word.append(role)
    if by_word[:2] == ["actions", "goals"]:
        return "actions" if any(child.children for child in node.children) else _first_word(title)
    if by_word:
        return "stages" if by_word[0] in ("actions", "safeguards") and as_stages else by_word[0]
    return "stages" if as_stages and len(node.children) > 1 else "other"


_ORDER: tuple[tuple[SectionRole, re.Pattern[str]], ...] = (
    ("actions", words.ACTIONS),
    ("goals", words.GOALS),
    ("safeguards", words.SAFEGUARDS),
    ("preamble", words.PREAMBLE),
)


def _first_word(title: str) -> SectionRole:
    """“目标任务” tells goals, “任务目标” tasks, where nothing below tells otherwise."""
    goal, task = words.GOALS.search(title), words.ACTIONS.search(title)
    return "goals" if goal and task and goal.start() < task.start() else "actions"


def _are_stages(nodes: Sequence[Node]) -> bool:
    hits = sum(bool(_STAGE.search(node.title.text) or node.kind == "counter 阶段") for node in nodes)
    return bool(nodes) and hits * 2 >= len(nodes)


def _are_safeguards(nodes: Sequence[Node]) -> bool:
    pattern = re.compile(r"领导|宣传|督|检查|保障|考核|经费|责任|机制|组织|氛围")
    return bool(nodes) and sum(bool(pattern.search(node.title.text)) for node in nodes) * 2 >= len(nodes)


def _actions_on_top(found: list[Part]) -> list[Part]:
    """Where no part is called tasks: those without a role that are actions by name, or have tasks under them."""
    named = [part for part in found if part.role == "other" and _KIND.search(key(part.node.title.text))]
    chosen = named or [part for part in found if part.role == "other" and len(part.node.children) > 1]
    picked = {id(part) for part in chosen}
    return [Part("actions", part.node, is_action=True) if id(part) in picked else part for part in found]
