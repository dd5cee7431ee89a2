"""Rows of task tables find their tasks; a document that is all table becomes actions and tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from zhixing.kernel.outlines.lines import Span
from zhixing.kernel.outlines.wording import likeness

from .draft import DraftAction, DraftDuty, DraftPoint, DraftTask
from .nodes import Reading
from .points import forbids
from .titles import key

_ALIKE = 0.6
_COMPARED = 40
_MOST_COMPARISONS = 40_000


def matched(
    actions: Sequence[DraftAction], duties: Sequence[DraftDuty], reading: Reading
) -> tuple[tuple[DraftAction, ...], tuple[DraftDuty, ...]]:
    """The actions with the points their table gives them, and the duties with the number of their task."""
    places = {(action.no, task.no): task for action in actions for task in action.tasks}
    keys = [(key(task.title), where) for where, task in places.items()]
    found: dict[str, tuple[int, int] | None] = {}
    told: list[DraftDuty] = []
    for duty in duties:
        name = key(duty.title)
        if name not in found:
            found[name] = _place(name, keys, by_likeness=len(found) * len(keys) < _MOST_COMPARISONS)
            if found[name] is None:
                reading.warn(duty.line_from, f"任务表里的“{duty.title[:30]}”没有对上方案里的任务", duty.verbatim)
        where = found[name]
        told.append(replace(duty, action_no=where[0], task_no=where[1]) if where else duty)
    rows: dict[tuple[int, int], list[DraftDuty]] = {}
    for duty in told:
        rows.setdefault((duty.action_no, duty.task_no), []).append(duty)
    return tuple(_with_points(action, rows) for action in actions), tuple(told)


def _place(name: str, keys: Sequence[tuple[str, tuple[int, int]]], *, by_likeness: bool) -> tuple[int, int] | None:
    """The task of that title: the same, one that holds the other, or the most alike that is alike enough."""
    if len(name) < 2:
        return None
    for title, where in keys:
        if title == name:
            return where
    for title, where in keys:
        if len(title) >= 4 and len(name) >= 4 and (title in name or name in title):
            return where
    best, at = 0.0, None
    if not by_likeness:
        return None
    for title, where in keys:
        if (alike := likeness(title[:_COMPARED], name[:_COMPARED])) > best:
            best, at = alike, where
    return at if best >= _ALIKE else None


def _with_points(action: DraftAction, rows: dict[tuple[int, int], list[DraftDuty]]) -> DraftAction:
    tasks = []
    for task in action.tasks:
        own = rows.get((action.no, task.no), [])
        points = tuple(points_of(own))
        tasks.append(replace(task, points=points) if points else task)
    return replace(action, tasks=tuple(tasks))


def points_of(duties: Iterable[DraftDuty]) -> Iterable[DraftPoint]:
    """The work points that rows of a table name, each once."""
    seen: set[str] = set()
    for duty in duties:
        if duty.body and duty.body not in seen:
            seen.add(duty.body)
            yield DraftPoint(
                no=len(seen), title="", body=duty.body, span=duty.span, verbatim=duty.verbatim, origin="table",
                zero_target=forbids(duty.body), confidence=0.9,
            )  # fmt: skip


def actions_from(
    duties: Sequence[DraftDuty], known: Sequence[DraftAction], reading: Reading
) -> tuple[tuple[DraftAction, ...], tuple[DraftDuty, ...]]:
    """Actions and tasks of a plan whose tasks stand in a table only; rows without an action are gathered under one.

    ``known`` are actions that the text names; tasks go to the one their row names.
    """
    grouped: dict[str, dict[str, list[DraftDuty]]] = {}
    for duty in duties:
        tasks = grouped.setdefault(duty.action if duty.action != duty.title else "", {})
        tasks.setdefault(duty.title, []).append(duty)
    actions = list(known)
    places = {key(action.title): at for at, action in reversed(list(enumerate(known)))}
    last_action = max((action.no for action in known), default=0)
    told: list[DraftDuty] = []
    last = 0
    for name, tasks in grouped.items():
        at = places.get(key(name))
        number = last_action + 1 if at is None else actions[at].no
        made: list[DraftTask] = []
        for title, rows in tasks.items():
            last += 1
            told += (replace(row, action_no=number, task_no=last) for row in rows)
            made.append(_task(last, title, rows, reading))
        if at is None:
            last_action = number
            actions.append(replace(_action(number, name, made, reading), tasks=tuple(made)))
        else:
            actions[at] = replace(actions[at], tasks=tuple(made))
    return tuple(actions), tuple(told)


def _action(number: int, name: str, tasks: Sequence[DraftTask], reading: Reading) -> DraftAction:
    span = _around(task.span for task in tasks)
    return DraftAction(
        no=number, title=name or "任务", body="", span=span, verbatim=reading.source.verbatim(span),
        confidence=0.9 if name else 0.5, notes=() if name else ("任务表没有写行动，归在一起",),
    )  # fmt: skip


def _task(number: int, title: str, rows: Sequence[DraftDuty], reading: Reading) -> DraftTask:
    body = "\n".join(dict.fromkeys(row.body for row in rows if row.body))
    span = _around(row.span for row in rows)
    points = tuple(points_of(rows)) or tuple(points_of(_as_points(rows)))
    return DraftTask(
        no=number, title=title or body[:20] or f"任务{number}", body=body, span=span,
        verbatim=reading.source.verbatim(span), points=points, confidence=0.9 if title else 0.5,
        deadlines=tuple(dict.fromkeys(row.deadline for row in rows if row.deadline)),
    )  # fmt: skip


def _as_points(rows: Sequence[DraftDuty]) -> Iterable[DraftDuty]:
    """A table without a column of work points: the task is the one thing to do."""
    return (replace(row, body=row.title) for row in rows)


def _around(spans: Iterable[Span]) -> Span:
    first, *others = spans
    for span in others:
        first = first + span
    return first
