"""Parts of the outline become nodes of the draft: actions, tasks and their points, stages, safeguards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from zhixing.kernel.outlines.folding import plain
from zhixing.kernel.outlines.lines import Doubt, Source
from zhixing.kernel.outlines.outline import Node
from zhixing.kernel.outlines.stretches import Stretch

from .charges import charges_in
from .dates import Period
from .deadlines import deadlines_in
from .draft import Charge, Deadline, DraftAction, DraftPoint, DraftSafeguard, DraftStage, DraftTask
from .points import forbids, propose
from .titles import tidied, undated

_STAGE_OPENS = re.compile(r"(?:[^,，。:：]{0,30}?[,，:：为是]?)?(?P<title>[^,，。:：、为是()（）]{2,16}阶段)")
_ORDINAL_ONLY = re.compile(r"第[一二三四五六七八九十\d]+(?:阶段|步)$")
_TIME_LABEL = re.compile(r"[(（【]?\s*(?:完成时限|完成时间|完成期限|时限|时间节点|时间要求|截止时间)\s*[:：]")
_SENTENCES = re.compile(r"[。；;\n]")
_LABELLED = re.compile(r"[^,，。]{2,8}[:：]")
_BODY_HEAD = 40


@dataclass
class Reading:
    """A document being read: its source, the plan's first year where known, and the doubts so far."""

    source: Source
    year: int = 0
    warnings: list[Doubt] = field(default_factory=list)

    def warn(self, line: int, why: str, text: str = "") -> None:
        shown = text or (self.source.lines[line - 1].text if line else "")
        self.warnings.append(Doubt(line=line, text=shown.strip()[:60], why=why))


def whole_text(node: Node, source: Source) -> str:
    """All words under a heading: its body, then whatever stands below, verbatim."""
    return "\n".join(filter(None, [node.body.text, *(source.verbatim(child.span) for child in node.children)]))


def numbered(nodes: Sequence[Node], start: int = 0) -> Iterator[tuple[int, Node]]:
    """The nodes with their numbers; one without a number gets the one that follows."""
    last = start
    for node in nodes:
        last = node.number if node.number is not None else last + 1
        yield last, node


def notes_of(node: Node) -> tuple[str, ...]:
    return ("标题和正文的界线不确定",) if node.confidence < 0.7 else ()


def action_of(number: int, node: Node, reading: Reading, *, tasks: tuple[DraftTask, ...]) -> DraftAction:
    """An action: its intro is what stands before its first task."""
    charges, deadlines = _named_in(node.body.text, reading.year)
    return DraftAction(
        no=number, title=_title(node, reading), body=node.body.text, span=node.own,
        verbatim=reading.source.verbatim(node.own), confidence=node.confidence, notes=notes_of(node), tasks=tasks,
        charges=charges, deadlines=deadlines,
    )  # fmt: skip


def task_of(number: int, node: Node, reading: Reading) -> DraftTask:
    """A task with its points: its own sub-items where the document has them, else what its sentences say."""
    text = whole_text(node, reading.source)
    charges, deadlines = _named_in(text, reading.year)
    return DraftTask(
        no=number, title=_title(node, reading), body=text, span=node.span,
        verbatim=reading.source.verbatim(node.span), confidence=node.confidence, notes=notes_of(node),
        points=tuple(_points(node, reading)) or (_whole_as_point(node, reading),), charges=charges, deadlines=deadlines,
    )  # fmt: skip


def _title(node: Node, reading: Reading) -> str:
    title = tidied(node.title.text)
    if not title:
        reading.warn(node.heading.line_from, "这个编号后面没有标题")
    return title or node.label


def _points(node: Node, reading: Reading) -> Iterator[DraftPoint]:
    number = 0
    for stretch, zero in propose(_without_charges(node.body)):
        number += 1
        yield _point(number, stretch, zero, reading, sure=0.7)
    for child in node.children:
        number += 1
        words = whole_text(child, reading.source)
        title = tidied(child.title.text)
        text = words.strip() if words.startswith(title) or not title else f"{title}：{words}" if words else title
        yield DraftPoint(
            no=number, title="", body=text.rstrip("。；; \n"), span=child.span,
            verbatim=reading.source.verbatim(child.span), confidence=child.confidence, origin="item",
            zero_target=forbids(text),
        )  # fmt: skip


def _whole_as_point(node: Node, reading: Reading) -> DraftPoint:
    """A task of which no sentence tells a duty is one point: its text, else its title."""
    stretch = node.body.strip(" \n。；;") or node.title.strip(" \n。；;") or node.title
    span = stretch.span() if stretch else node.heading
    text = " ".join(stretch.text.split()) or node.label
    return DraftPoint(
        no=1, title="", body=text, span=span, verbatim=reading.source.verbatim(span), confidence=0.5,
        zero_target=forbids(text),
    )  # fmt: skip


def _point(number: int, stretch: Stretch, zero: bool, reading: Reading, *, sure: float) -> DraftPoint:
    span = stretch.span()
    return DraftPoint(
        no=number, title="", body=" ".join(stretch.text.split()), span=span, verbatim=reading.source.verbatim(span),
        confidence=sure, zero_target=zero,
    )  # fmt: skip


def _without_charges(body: Stretch) -> Stretch:
    """The text without the names of who is responsible and the time limit that stand labelled at its end."""
    text = body.text
    starts = [start for charge, start, _ in charges_in(text) if not charge.verbatim.startswith("由")]
    starts += [hit.start() for hit in _TIME_LABEL.finditer(text)]
    for start in sorted(starts):
        rest = [piece for piece in _SENTENCES.split(text[start:]) if piece.strip(" )）】。")]
        if all(_LABELLED.match(piece.strip(" (（【")) for piece in rest[1:]):
            return body.cut(0, len(text[:start].rstrip(" (（【")))
    return body


def _named_in(text: str, year: int) -> tuple[tuple[Charge, ...], tuple[Deadline, ...]]:
    return tuple(charge for charge, _, _ in charges_in(text)), tuple(deadlines_in(text, year=year))


def stages_of(node: Node, reading: Reading) -> Iterator[DraftStage]:
    """The stages under a heading: one for each numbered part, else one for each paragraph that names a stage."""
    if not node.children:
        yield from _stages_in_prose(node, reading)
        return
    year, month = reading.year, 0
    for number, child in numbered(node.children):
        title, period = undated(child.title.text, year=year, month=month)
        body = whole_text(child, reading.source)
        if period is None:
            _, period = undated(body[:_BODY_HEAD], year=year, month=month)
        stage = _stage(number, title or child.label.strip("：: "), body, child, period, reading)
        if period and (edge := period.last or period.first):
            year, month = edge.last.year, edge.last.month
        yield stage


def _stage(number: int, title: str, body: str, node: Node, period: Period | None, reading: Reading) -> DraftStage:
    from_month, to_month = period.months if period else ("", "")
    if period is None:
        reading.warn(node.heading.line_from, "没有认出这个阶段的起止时间")
    if _ORDINAL_ONLY.search(node.label) and not title:
        title = node.label
    return DraftStage(
        no=number, title=title, body=body, span=node.span, verbatim=reading.source.verbatim(node.span),
        confidence=node.confidence if period else min(node.confidence, 0.7), notes=notes_of(node),
        from_month=from_month, to_month=to_month,
    )  # fmt: skip


def _stages_in_prose(node: Node, reading: Reading) -> Iterator[DraftStage]:
    """“2018年3月至5月为宣传发动阶段，…”, a paragraph each."""
    number, at = 0, 0
    year, month = reading.year, 0
    for paragraph in node.body.text.split("\n"):
        stretch = node.body.cut(at, at + len(paragraph))
        at += len(paragraph) + 1
        named = _STAGE_OPENS.match(plain(paragraph))
        _, period = undated(paragraph[: _BODY_HEAD + 20], year=year, month=month)
        if named is None or period is None:
            continue
        number += 1
        if edge := period.last or period.first:
            year, month = edge.last.year, edge.last.month
        span = stretch.span()
        from_month, to_month = period.months
        yield DraftStage(
            no=number, title=undated(named.group("title"))[0], body=paragraph.strip(), span=span,
            verbatim=reading.source.verbatim(span), confidence=0.7, from_month=from_month, to_month=to_month,
        )  # fmt: skip
    if not number:
        reading.warn(node.heading.line_from, "这一部分没有认出任何阶段")


def safeguards_of(node: Node, reading: Reading, last: int = 0) -> Iterator[DraftSafeguard]:
    """The safeguards under a heading; one of the heading's own where it has text and no parts."""
    parts = list(numbered(node.children, last)) if node.children else [(last + 1, node)]
    for number, child in parts:
        if child is node and not node.body.text:
            reading.warn(node.heading.line_from, "这一部分没有内容")
        yield DraftSafeguard(
            no=number, title=_title(child, reading), body=whole_text(child, reading.source), span=child.span,
            verbatim=reading.source.verbatim(child.span), confidence=child.confidence, notes=notes_of(child),
        )  # fmt: skip
