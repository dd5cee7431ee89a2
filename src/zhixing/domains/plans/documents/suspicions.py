"""What a careful reader would ask about: a heading that breaks the pattern, stages that leave gaps, stray quotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from zhixing.kernel.outlines.counting import number_of
from zhixing.kernel.outlines.folding import plain

from .draft import DraftNode, DraftStage, PlanDraft
from .nodes import Reading

_SHARE, _FEWEST = 0.7, 3
_COUNTED = re.compile(r"([二两三四五六七八九十]|\d{1,2})个(阶段|重点领域|行动|方面|专项行动)")
_LONG_QUOTE = re.compile(r"“([^”]{26,})”")
_MOST = 200
_LONGEST = 5_000


def look_over(draft: PlanDraft, reading: Reading) -> None:
    """Add the doubts about a finished draft to the reading's warnings."""
    _odd_heading(draft.actions, reading)
    _odd_heading(draft.stages, reading)
    _stage_times(draft.stages, draft, reading)
    _counts(draft, reading)
    _quotes(draft, reading)
    _missing_parts(draft, reading)
    for action in draft.actions:
        if not action.tasks:
            reading.warn(action.line_from, "这个行动下面没有认出任务")
    _repeated(draft.actions, reading)
    for action in draft.actions:
        _repeated(action.tasks, reading)


def _odd_heading(nodes: Sequence[DraftNode], reading: Reading) -> None:
    """Where nearly all headings of a level end alike (“…行动”), one that doesn't is taken and warned of."""
    if len(nodes) < _FEWEST:
        return
    endings = Counter(node.title[-2:] for node in nodes)
    ending, count = endings.most_common(1)[0]
    if count == len(nodes) or count < _SHARE * len(nodes):
        return
    for node in nodes:
        if not node.title.endswith(ending):
            last = node.title[-2:]
            why = f"同级标题都以“{ending}”结尾，这里是“{last}”，可能是笔误；已按原文读取"
            reading.warn(node.line_from, why)


def _stage_times(stages: Sequence[DraftStage], draft: PlanDraft, reading: Reading) -> None:
    for stage in stages:
        if stage.from_month and stage.to_month and stage.from_month > stage.to_month:
            reading.warn(stage.line_from, "阶段的结束时间早于开始时间")
    for before, stage in pairwise(stages):
        if before.to_month and stage.from_month:
            due = _next_month(before.to_month)
            if stage.from_month > due:
                reading.warn(
                    stage.line_from, f"与上一阶段之间有空档（上一阶段到 {before.to_month}，这里从 {stage.from_month}）"
                )
            elif stage.from_month < before.to_month:
                reading.warn(
                    stage.line_from, f"与上一阶段时间重叠（上一阶段到 {before.to_month}，这里从 {stage.from_month}）"
                )
    if stages and draft.period_from and stages[0].from_month and stages[0].from_month < draft.period_from:
        reading.warn(stages[0].line_from, f"第一阶段从 {stages[0].from_month} 开始，早于方案年限 {draft.period_from}")
    if stages and draft.period_to and stages[-1].to_month[: len(draft.period_to)] > draft.period_to:
        reading.warn(stages[-1].line_from, f"最后阶段到 {stages[-1].to_month} 结束，晚于方案年限 {draft.period_to}")


def _next_month(month: str) -> str:
    year, at = int(month[:4]), int(month[5:])
    return f"{year + at // 12}-{at % 12 + 1:02d}"


def _counts(draft: PlanDraft, reading: Reading) -> None:
    """“分三个阶段” with two stages, “5个重点领域” over four tasks."""
    for section in draft.sections:
        if section.role == "stages":
            _count(section, {"阶段": len(draft.stages)}, reading)
        if section.role == "actions":
            _count(section, dict.fromkeys(("行动", "专项行动"), len(draft.actions)), reading)
    for action in draft.actions:
        if action.tasks:
            _count(action, dict.fromkeys(("重点领域", "方面"), len(action.tasks)), reading)


def _count(node: DraftNode, real: dict[str, int], reading: Reading) -> None:
    for hit in _COUNTED.finditer(plain(node.body)):
        said = number_of(hit.group(1).replace("两", "二"))
        counted = real.get(hit.group(2))
        if counted and said and said != counted:
            reading.warn(node.line_from, f"文中说“{hit.group()}”，实际读到 {counted} 个", hit.group())


def _quotes(draft: PlanDraft, reading: Reading) -> None:
    told = 0
    for line in draft.source.lines:
        if line.kind != "paragraph" or told >= _MOST or len(line.text) > _LONGEST:
            continue
        if line.text.count("“") != line.text.count("”") or line.text.count("《") != line.text.count("》"):
            reading.warn(line.no, "引号或书名号没有成对")
            told += 1
        elif (hit := _LONG_QUOTE.search(line.text)) and re.search(r"[,，;；。]", hit.group(1)):
            reading.warn(line.no, "引号里的文字很长，引号的位置可能不对", hit.group())
            told += 1


def _missing_parts(draft: PlanDraft, reading: Reading) -> None:
    if not draft.actions:
        reading.warn(0, "没有认出任务部分（如“三、主要任务”），请检查标题和编号", "全文")
    if not draft.stages and not draft.duties:
        reading.warn(0, "没有认出实施阶段", "全文")
    if not draft.safeguards and not draft.duties:
        reading.warn(0, "没有认出保障措施", "全文")
    if not draft.title:
        reading.warn(0, "没有认出方案标题", "全文")
    if not draft.period_from and not draft.period_to:
        reading.warn(0, "没有认出方案的起止年份", "全文")


def _repeated(nodes: Iterable[DraftNode], reading: Reading) -> None:
    seen: dict[str, int] = {}
    for node in nodes:
        if node.title in seen:
            reading.warn(node.line_from, f"标题与第 {seen[node.title]} 行重复")
        seen.setdefault(node.title, node.line_from)
