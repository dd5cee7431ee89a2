"""Task tables (任务分解表): which column is what, and each row as a duty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from zhixing.kernel.outlines.folding import plain
from zhixing.kernel.outlines.lines import Doubt, Line

from .charges import names_in
from .columns import COLUMN_OF
from .deadlines import deadline_of
from .draft import DraftDuty
from .titles import tidied

_NAMES_THE_TASK = ("task", "point", "action")
_SAYS_WHO_OR_WHEN = ("lead", "owner", "due", "sponsor", "evidence", "support", "start")
_ITEM = re.compile(r"(?:^|(?<=[\n。；;]))\s*(?:[（(]?\d{1,2}[）)、.．]|[①-⑳]|[一二三四五六七八九十]{1,2}、)\s*(?!\d)")
_NUMBER = re.compile(r"^[（(]?\s*([一二三四五六七八九十]{1,3}|\d{1,3})\s*[）)]?\s*[、.．:：\s]*")
_TOTAL = re.compile(r"合计|总计|小计")


@dataclass(frozen=True, slots=True)
class TaskTable:
    """A recognised table: the column at each position, its headings, its rows, and what stands above the headings."""

    columns: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[Line, ...]
    title: str = ""


def column_of(heading: str) -> str:
    """What a heading means: a column of our own, or "" for none."""
    bare = re.sub(r"[\s*:、,]+|\(.*?\)", "", plain(heading))
    if bare in COLUMN_OF:
        return COLUMN_OF[bare]
    parts = [COLUMN_OF.get(part, "") for part in re.split(r"[/及和与或(]", re.sub(r"[\s*:,]+|\)", "", plain(heading)))]
    return next((part for part in parts if part), "")


def task_tables(lines: Sequence[Line]) -> tuple[list[TaskTable], list[Doubt]]:
    """The task tables of a document. A table without headings goes on with the one before if it is as wide.

    Tables that are none are told in the doubts, with what they hold.
    """
    tables: list[TaskTable] = []
    doubts: list[Doubt] = []
    rows = [line for line in lines if line.kind == "row"]
    for _, group in groupby(rows, key=lambda line: line.table):
        table = list(group)
        found = _headed(table)
        before = tables[-1] if tables else None
        if found is None and before and len(table[0].cells) == len(before.columns):
            found = TaskTable(before.columns, before.headings, tuple(table))
        if found is None:
            doubts.append(_unknown(table))
        else:
            tables.append(found)
    return tables, doubts


def _headed(table: list[Line]) -> TaskTable | None:
    """The table with its headings, which may take two rows and stand below a title."""
    for at in range(min(3, len(table))):
        if any(len(set(filter(None, line.cells))) > 2 for line in table[:at]):
            return None  # what stands above a heading is a title or a date, never a row of data
        cells = table[at].cells
        columns = [column_of(cell) for cell in cells]
        below = [column_of(cell) for cell in table[at + 1].cells] if at + 1 < len(table) else []
        rows = table[at + 1 :]
        two_rows = len(below) == len(columns) and sum(map(bool, below)) >= 2 and sum(map(bool, columns)) >= 2
        if two_rows and len(set(cells)) < len(cells):
            cells = tuple(second or first for first, second in zip(cells, table[at + 1].cells, strict=True))
            columns = [lower or upper for upper, lower in zip(columns, below, strict=True)]
            rows = table[at + 2 :]
        columns = _unique(columns)
        if any(name in columns for name in _NAMES_THE_TASK) and any(name in columns for name in _SAYS_WHO_OR_WHEN):
            title = "".join(dict.fromkeys(cell for line in table[:at] for cell in line.cells if cell))
            return TaskTable(tuple(columns), cells, tuple(rows), title)
    return None


def _unique(columns: list[str]) -> list[str]:
    """Each column once: a second “lead” is support where there is none, any other second one means nothing."""
    seen: set[str] = set()
    kept: list[str] = []
    for name in columns:
        meant = "support" if name == "lead" and "lead" in seen and "support" not in columns else name
        kept.append("" if meant in seen else meant)
        seen.add(meant)
    return kept


def _unknown(table: list[Line]) -> Doubt:
    words = f"表格（{len(table)} 行）没有认出任务、责任部门、时限等标题，没有当作任务表读取"
    return Doubt(line=table[0].no, text=table[0].text[:60], why=words)


def duties_in(table: TaskTable, *, year: int = 0) -> Iterator[DraftDuty | Doubt]:
    """The rows of a table as duties; a row over the whole width names the action of those below."""
    action = ""
    last: dict[str, str] = {}
    for line in table.rows:
        filled = {cell for cell in line.cells if cell}
        if [column_of(cell) for cell in line.cells] == [column_of(cell) for cell in table.headings]:
            continue  # the headings once more, on a new page
        if len(filled) == 1 and len(line.cells) > 2:
            action, last = tidied(_NUMBER.sub("", next(iter(filled)))), {}
            continue
        if any(_TOTAL.search(cell) for cell in line.cells[:2]):
            yield Doubt(line=line.no, text=line.text[:60], why="合计行，没有当作任务读取")
            continue
        values = {name: cell for name, cell in zip(table.columns, line.cells, strict=False) if name}
        for name in ("action", "task"):
            if values.get(name):
                last[name] = values[name]
            elif name in table.columns and not (name == "action" and values.get("task") and not last):
                values[name] = last.get(name, "")
        others = tuple(
            (heading, cell)
            for heading, name, cell in zip(table.headings, table.columns, line.cells, strict=False)
            if not name and cell
        )
        values.setdefault("action", action)
        yield from _duties(line, values, others, year)


def _duties(line: Line, values: dict[str, str], others: tuple[tuple[str, str], ...], year: int) -> Iterator[DraftDuty]:
    """One duty for every item of the point's cell; dates given item by item go with their item."""
    if not values.get("task"):
        values["task"] = values.get("action", "") if not values.get("point") else ""
        if not values["task"]:
            values["task"] = values.get("action", "")
    points = items_of(values.get("point", "")) or [""]
    times = items_of(values.get("due", ""))
    number = re.search(r"\d{1,3}", values.get("no", ""))
    title = _NUMBER.match(values["task"])
    for at, point in enumerate(points):
        due = times[at] if len(times) == len(points) else values.get("due", "")
        deadline = deadline_of(due, year=year)
        begun = deadline_of(values.get("start", ""), year=year)
        yield DraftDuty(
            no=int(number.group()) if number else 0,
            title=tidied(values["task"][title.end() if title else 0 :]),
            body=point, span=line.span, verbatim=line.text, action=tidied(_NUMBER.sub("", values.get("action", ""))),
            goal=values.get("goal", ""), lead=names_in(values.get("lead", "")),
            support=names_in(values.get("support", "")), sponsor=names_in(values.get("sponsor", "")),
            owner=names_in(values.get("owner", "")), due_text=due, deadline=deadline,
            start=(begun.start or begun.end) if begun else deadline.start if deadline else None,
            evidence=values.get("evidence", ""), remark=values.get("remark", ""), others=others,
        )  # fmt: skip


def items_of(cell: str) -> list[str]:
    """The items of a cell: numbered ones, else its lines; their numbers and final marks taken off."""
    if not cell.strip():
        return []
    marks = list(_ITEM.finditer(cell))
    if len(marks) >= 2:
        ends = [mark.start() for mark in marks[1:]] + [len(cell)]
        head = [cell[: marks[0].start()]] if cell[: marks[0].start()].strip() else []
        pieces = head + [cell[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    else:
        pieces = [_ITEM.sub("", piece, count=1) for piece in cell.split("\n")]
    return [tidied(piece) for piece in pieces if tidied(piece)]
