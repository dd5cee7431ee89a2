"""From lines to a tree: which line opens what, under which, and what is amiss with the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from .grammar import LETTERS, RANKS, Grammar, Mark
from .levels import Levels
from .lines import Doubt, Line, Span
from .stretches import Stretch
from .titles import title_end
from .wrapping import broken_width, goes_on


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """Something a line opened, with all that stands under it.

    ``label`` is the number as written, ``number`` its value. ``title`` and ``body`` (the rest of the paragraph and the
    paragraphs up to the first child) keep their places; ``rows`` are rows of tables standing among them. ``heading``
    is the span of the opening paragraph, ``own`` that plus the body, ``span`` all, children included.
    """

    kind: str
    label: str
    number: int | None
    depth: int
    title: Stretch
    body: Stretch
    heading: Span
    own: Span
    span: Span
    children: tuple[Node, ...] = ()
    rows: tuple[Line, ...] = ()
    confidence: float = 1.0

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the order of the document."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """A document as a tree: the lines before the first mark, the nodes, and what is doubtful, by line."""

    preface: tuple[Line, ...]
    nodes: tuple[Node, ...]
    warnings: tuple[Doubt, ...] = ()

    def walk(self) -> Iterator[Node]:
        """All nodes in the order of the document."""
        for node in self.nodes:
            yield from node.walk()


class _Open:
    """A node being gathered."""

    def __init__(self, mark: Mark, first: Line, depth: int, note_confidence: float) -> None:
        self.mark, self.depth, self.confidence = mark, depth, note_confidence
        self.lines = [first]
        self.paragraphs: list[list[Line]] = []
        self.rows: list[Line] = []
        self.children: list[_Open] = []


def outline(lines: Sequence[Line], grammar: Grammar | None = None) -> Outline:
    """The tree of ``lines`` (a document's, or some of them, in order).

    Levels are inferred from what is open, never from the mark alone: a new shape of number opens a level under the
    current one, a known shape closes what is deeper. Numbers missing, repeated or out of order are told in
    ``warnings``; nothing is left out.
    """
    grammar = grammar or Grammar()
    marks = _counted([grammar.mark_of(line) for line in lines])
    width = broken_width(lines)
    levels = Levels([mark for mark in marks if mark])
    preface: list[Line] = []
    roots: list[_Open] = []
    stack: list[_Open] = []
    before: Line | None = None
    for line, mark in zip(lines, marks, strict=True):
        if line.kind == "blank":
            continue
        if mark:
            depth, confidence = levels.place(mark, line)
            del stack[depth:]
            node = _Open(mark, line, depth, confidence)
            (stack[-1].children if stack else roots).append(node)
            stack.append(node)
        elif not stack:
            preface.append(line)
        else:
            _take(stack[-1], line, before, width)
        before = line
    return Outline(preface=tuple(preface), nodes=tuple(map(_closed, roots)), warnings=tuple(levels.warnings))


def _take(node: _Open, line: Line, before: Line | None, width: int) -> None:
    if line.kind == "row":
        node.rows.append(line)
    elif before is not None and goes_on(before, line, width):
        (node.paragraphs[-1] if node.paragraphs else node.lines).append(line)
    else:
        node.paragraphs.append([line])


def _counted(marks: list[Mark | None]) -> list[Mark | None]:
    """The marks without weak ones that stand in no sequence: the first needs a second, the others a forerunner."""
    later: dict[str, int] = {}
    for mark in marks:
        if mark and mark.number == 2:
            later[mark.kind] = later.get(mark.kind, 0) + 1
    last: dict[str, int] = {}
    kept: list[Mark | None] = []
    for mark in map(partial(_as_letter, last), marks):
        if mark and mark.number == 2:
            later[mark.kind] -= 1
        if mark and mark.weak and mark.number is not None:
            opens = mark.number == 1 and later.get(mark.kind, 0) > 0
            if not opens and last.get(mark.kind) != mark.number - 1 and mark.number != 9:
                kept.append(None)
                continue
        if mark and mark.number is not None:
            last[mark.kind] = mark.number
        kept.append(mark)
    return kept


def _as_letter(last: dict[str, int], mark: Mark | None) -> Mark | None:
    """“I.” after “H.” is a letter, no Roman numeral."""
    letter = mark.label[:1] if mark and mark.kind == "Ⅰ" and len(mark.label) == 2 else ""
    number = LETTERS(letter) if letter else None
    if mark is None or number is None or last.get("A") != number - 1:
        return mark
    return replace(mark, kind="A", number=number, rank=RANKS["A"])


def _closed(root: _Open) -> Node:
    """The finished node; children first, without recursion, since a hostile document may nest as deep as it likes."""
    finished: dict[int, Node] = {}
    order: list[_Open] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(node.children)
    for node in reversed(order):
        finished[id(node)] = _node(node, tuple(finished.pop(id(child)) for child in node.children))
    return finished[id(root)]


def _node(node: _Open, children: tuple[Node, ...]) -> Node:
    first = node.lines[0]
    opening = Stretch.joined([Stretch.of(first, node.mark.start), *map(Stretch.of, node.lines[1:])], glue="")
    bold = first.look.bold_until - node.mark.start
    end, start, sure = title_end(opening.text, bold)
    rest = opening.cut(start).strip()
    paragraphs = [Stretch.joined(map(Stretch.of, lines), glue="") for lines in node.paragraphs]
    body = Stretch.joined([rest, *(paragraph.strip() for paragraph in paragraphs)])
    own_lines = [*node.lines, *chain.from_iterable(node.paragraphs), *node.rows]
    heading = node.lines[0].span + node.lines[-1].span
    own = heading + max(own_lines, key=lambda line: line.no).span
    return Node(
        kind=node.mark.kind, label=node.mark.label, number=node.mark.number, depth=node.depth,
        title=opening.cut(0, end).strip(), body=body, heading=heading, own=own,
        span=own + children[-1].span if children else own, children=children, rows=tuple(node.rows),
        confidence=round(min(sure, node.confidence), 2),
    )  # fmt: skip
