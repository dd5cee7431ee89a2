"""A document read line by line becomes the draft of a plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from zhixing.kernel.outlines.folding import plain
from zhixing.kernel.outlines.grammar import Grammar
from zhixing.kernel.outlines.lines import Line, Source, Span
from zhixing.kernel.outlines.outline import Node, Outline, outline
from zhixing.kernel.outlines.reading import read_document
from zhixing.kernel.outlines.text_reading import read_text

from . import words
from .columns import HEADINGS
from .dates import period_in
from .draft import DraftAction, DraftDuty, DraftSafeguard, DraftSection, DraftStage, DraftTask, PlanDraft, SectionRole
from .duties import duties_in, task_tables
from .furniture import SIGNATURE, furniture_in
from .heads import Head, head_of
from .matching import actions_from, matched
from .nodes import Reading, action_of, numbered, safeguards_of, stages_of, task_of, whole_text
from .principles import principles_in
from .roles import Part, heading_by_words, parts_of
from .suspicions import look_over
from .titles import key, tidied, undated

GRAMMAR = Grammar(counters=words.COUNTERS, heading_by_words=heading_by_words)
_ATTACHMENTS_TRIED = 8
_FLAT = re.compile(rf"(?:{'|'.join(words.KINDS_OF_ACTION[:3])})$")


def read_plan(given: str | Path | bytes, *, name: str = "") -> PlanDraft:
    """The plan in a file (.docx, .txt, .xlsx, .csv; bytes need a ``name``). Raises DocumentRefused in Chinese."""
    return parse(read_document(given, name=name, headings=HEADINGS))


def read_pasted(text: str) -> PlanDraft:
    """The plan in pasted text. Raises DocumentRefused for text without a word."""
    return parse(read_text(text))


def parse(source: Source) -> PlanDraft:
    """The draft of a plan from the lines of its document. Never fails: what isn't understood is in ``warnings``."""
    reading = Reading(source, warnings=list(source.warnings))
    furniture = furniture_in(source.lines)
    body, attached = _parted([line for line in source.lines if line.no not in furniture])
    tree = _untitled(outline(body, GRAMMAR), source)
    reading.warnings += tree.warnings
    head = head_of(tree.preface)
    parts = parts_of(tree.nodes)
    reading.year = _first_year(head, parts)
    draft = _drafted(head, parts, reading)
    draft = _with_tables(draft, reading)
    sections = [
        *_head_sections(head, reading), *_sections(parts, reading), *_attachments(attached, reading),
        *_furniture(furniture, source, reading),
    ]  # fmt: skip
    draft = replace(draft, sections=tuple(sorted(sections, key=lambda section: section.line_from)))
    if not tree.nodes and not draft.duties:
        reading.warn(0, "没有认出任何带编号的标题；请让每个标题、每段文字单独成行", "全文")
    look_over(draft, reading)
    ordered = sorted(dict.fromkeys(reading.warnings), key=lambda doubt: doubt.line)
    return replace(draft, warnings=tuple(ordered))


def _untitled(tree: Outline, source: Source) -> Outline:
    """The tree without a title that has the style of a heading, so that the whole plan hangs from it."""
    first = tree.nodes[0] if tree.nodes else None
    if first is None or first.number is not None or not words.DOCUMENT.search(undated(first.title.text)[0]):
        return tree
    lines = source.lines[first.own.line_from - 1 : first.own.line_to]
    told = tuple(line for line in lines if line.kind != "blank")
    return replace(tree, preface=(*tree.preface, *told), nodes=(*first.children, *tree.nodes[1:]))


def _parted(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The plan and, from the first “附件” after its last part on, what is attached to it."""
    marks = [at for at, line in enumerate(lines) if line.kind == "paragraph" and _is_attachment(line)]
    for at in marks[:_ATTACHMENTS_TRIED]:
        before = outline(lines[:at], GRAMMAR)
        if any(part.role in ("actions", "stages", "safeguards") for part in parts_of(before.nodes)):
            return list(lines[:at]), list(lines[at:])
    return [line for at, line in enumerate(lines) if at not in marks], [lines[at] for at in marks]


def _is_attachment(line: Line) -> bool:
    return bool(words.ATTACHMENT.match(plain(line.text))) and not line.text.rstrip().endswith("。")


def _first_year(head: Head, parts: Sequence[Part]) -> int:
    if head.period and head.period.first:
        return head.period.first.first.year
    for part in parts:
        for child in part.node.children if part.role == "stages" else ():
            period = period_in(child.title.text)
            if period and period.first:
                return period.first.first.year
    return 0


def _drafted(head: Head, parts: Sequence[Part], reading: Reading) -> PlanDraft:
    actions: list[DraftAction] = []
    stages: list[DraftStage] = []
    goals = "\n".join(_text(part, reading) for part in parts if part.role == "goals").strip()
    safeguards: list[DraftSafeguard] = []
    for part in parts:
        if part.role == "actions":
            actions += _actions(part, reading, len(actions))
        elif part.role == "stages":
            stages += stages_of(part.node, reading)
        elif part.role == "safeguards":
            safeguards += safeguards_of(part.node, reading, len(safeguards))
    period_from, period_to = _period(head, stages, goals, reading)
    return PlanDraft(
        title=head.title, period_from=period_from, period_to=period_to,
        principles=principles_in([part.node for part in parts], head.others), goals=goals, actions=tuple(actions),
        stages=tuple(stages), safeguards=tuple(safeguards), duties=(), sections=(), warnings=(), source=reading.source,
    )  # fmt: skip


def _text(part: Part, reading: Reading) -> str:
    return whole_text(part.node, reading.source)


def _actions(part: Part, reading: Reading, before: int) -> list[DraftAction]:
    """The actions of a part: its children, or the part itself, or, for a flat list of tasks, one that gathers them."""
    node = part.node
    if part.is_action:
        number = node.number if node.number is not None else before + 1
        tasks = tuple(task_of(no, child, reading) for no, child in numbered(node.children))
        return [action_of(number, node, reading, tasks=tasks)]
    children = node.children
    flat = children and not any(child.children for child in children)
    if flat and not any(_FLAT.search(key(child.title.text)) for child in children):
        tasks = tuple(task_of(no, child, reading) for no, child in numbered(children))
        gathered = action_of(before + 1, node, reading, tasks=tasks)
        reading.warn(node.heading.line_from, "任务没有分行动，全部归在这个标题下")
        return [replace(gathered, confidence=0.6, notes=(*gathered.notes, "文件没有分行动"))]
    actions: list[DraftAction] = []
    last, running = 0, _running_on(children)
    for number, child in numbered(children, before):
        below: list[DraftTask] = []
        for no, grandchild in numbered(child.children, last if running else 0):
            below.append(task_of(no, grandchild, reading))
            last = no
        actions.append(_rejoined(action_of(number, child, reading, tasks=tuple(below))))
    return actions


def _running_on(children: Sequence[Node]) -> bool:
    """Whether tasks are numbered through all actions, so that one without a number goes on with the count."""
    firsts = [child.children[0].number for child in children if child.children]
    return len(firsts) > 1 and all(first is not None and first > 1 for first in firsts[1:])


def _rejoined(action: DraftAction) -> DraftAction:
    """A heading broken in two paragraphs, of which the second is no more than “行动。”, is one again."""
    first, _, rest = action.body.partition("\n")
    broken = len(first) <= 12 and _FLAT.search(key(first)) and not _FLAT.search(key(action.title))
    if not broken:
        return action
    notes = (*action.notes, "标题分在两行，已合成一行")
    return replace(action, title=tidied(action.title + first), body=rest, notes=notes, confidence=0.8)


def _period(head: Head, stages: Sequence[DraftStage], goals: str, reading: Reading) -> tuple[str, str]:
    """The plan's years: under its title, else from its stages, else “到…年” of its goals."""
    if head.period:
        return head.period.as_exact
    months = [month for stage in stages for month in (stage.from_month, stage.to_month) if month]
    if months:
        reading.warn(0, "标题没有写起止年份，按各阶段的时间推算", head.title or "全文")
        return min(months), max(months)
    period = period_in(goals)
    if period:
        reading.warn(0, "标题没有写起止年份，按工作目标里的时间推算", head.title or "全文")
        return period.as_exact
    return "", ""


def _with_tables(draft: PlanDraft, reading: Reading) -> PlanDraft:
    tables, doubts = task_tables(reading.source.lines)
    reading.warnings += doubts
    title = next((table.title for table in tables if table.title), "")
    draft = _titled_by_table(draft, title, reading) if title else draft
    duties: list[DraftDuty] = []
    for table in tables:
        for each in duties_in(table, year=reading.year):
            if isinstance(each, DraftDuty):
                duties.append(each)
            else:
                reading.warnings.append(each)
    if not duties:
        return draft
    if draft.tasks:
        actions, told = matched(draft.actions, duties, reading)
    else:
        actions, told = actions_from(duties, draft.actions, reading)
    return replace(draft, actions=actions, duties=told)


def _titled_by_table(draft: PlanDraft, title: str, reading: Reading) -> PlanDraft:
    """Title and years from the row above a table's headings, where the document has none elsewhere."""
    name, period = undated(title)
    years = period.as_exact if period else ("", "")
    if period and period.first and not reading.year:
        reading.year = period.first.first.year
    if not draft.period_from and not draft.period_to:
        draft = replace(draft, period_from=years[0], period_to=years[1])
    return draft if draft.title else replace(draft, title=name)


def _section(role: SectionRole, title: str, body: str, span: Span, reading: Reading, no: int = 0) -> DraftSection:
    verbatim = reading.source.verbatim(span)
    return DraftSection(no=no, title=title, body=body, span=span, verbatim=verbatim, role=role)


def _head_sections(head: Head, reading: Reading) -> list[DraftSection]:
    """What stands above the first part, the title once more included."""
    found: list[DraftSection] = []
    for line in head.repeats:
        reading.warn(line.no, "标题重复，只取一次")
        found.append(_section("furniture", "重复的标题", line.text.strip(), line.span, reading))
    found += (_section("preamble", "标题", line.text.strip(), line.span, reading) for line in head.titles)
    found += (
        _section("preamble", "", line.text.strip(), line.span, reading) for line in head.others if line.kind != "row"
    )
    return found


def _sections(parts: Sequence[Part], reading: Reading) -> list[DraftSection]:
    """The parts that are told as they stand, and the headings over those that are taken apart."""
    found: list[DraftSection] = []
    for part in parts:
        node, title = part.node, tidied(part.node.title.text)
        taken_apart = part.role in ("actions", "stages", "safeguards")
        if part.role == "other" and node.span.line_to > node.own.line_from:
            reading.warn(node.heading.line_from, "没有认出这一部分的性质，原文已保留，可在核对时改归类")
        span = node.own if taken_apart else node.span
        body = node.body.text if taken_apart else _text(part, reading)
        if not part.is_action:
            found.append(_section(part.role, title, body, span, reading, node.number or 0))
    return found


def _attachments(lines: Sequence[Line], reading: Reading) -> list[DraftSection]:
    """Each attachment from its “附件” on; tables in it are read as tables."""
    found: list[DraftSection] = []
    group: list[Line] = []
    for line in (*lines, None):
        if group and (line is None or (line.kind == "paragraph" and _is_attachment(line))):
            span = group[0].span + group[-1].span
            body = "\n".join(each.text for each in group[1:] if each.text.strip())
            found.append(_section("attachment", tidied(group[0].text), body, span, reading))
            group = []
        if line is not None and (group or line.kind != "blank"):
            group.append(line)
    return found


def _furniture(furniture: dict[int, str], source: Source, reading: Reading) -> list[DraftSection]:
    found = []
    for number, kind in sorted(furniture.items()):
        line = source.lines[number - 1]
        found.append(_section("furniture", kind, line.text.strip(), line.span, reading))
        if kind != SIGNATURE:
            reading.warn(number, f"{kind}，没有当作方案内容")
    return found
