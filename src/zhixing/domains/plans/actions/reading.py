"""A document comes in: kept as it is, read into a draft tree, and laid beside the plan in effect."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhixing.kernel.base.records import DataClass
from zhixing.kernel.base.text import normalise
from zhixing.kernel.files.store import store
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.record import record

from ..choices import NodeKind, VersionState
from ..documents.draft import DraftAction, DraftDuty, DraftTask, PlanDraft
from ..documents.draft import DraftNode as ReadNode
from ..models import DraftNode, Plan, PlanVersion
from ..queries.comparison import matched

MOST_NODES = 3000


@transaction.atomic
def take_in(
    plan: Plan, draft: PlanDraft, *, by: User, at: datetime, upload: Any = None, file_name: str = ""
) -> PlanVersion:
    """Keep a document that was read as the plan's next edition, to be reviewed; the file itself where there is one.

    Raises ValidationError while another edition is still being reviewed, and for a document without a single node.
    """
    if PlanVersion.objects.filter(plan=plan, state=VersionState.REVIEWING).exists():
        raise ValidationError("这个方案已有一份校对中的文本，请先让它生效或放弃。")
    last = plan.editions.order_by("-edition").values_list("edition", flat=True).first() or 0
    version = PlanVersion(
        plan=plan, edition=last + 1, file_name=file_name[:200], read_by=by, read_at=at,
        source_text="\n".join(line.text for line in draft.source.lines),
        outline={
            "title": draft.title, "period_from": draft.period_from, "period_to": draft.period_to,
            "principles": list(draft.principles), "goals": draft.goals,
        },
        warnings=[{"line": one.line, "text": one.text, "why": one.why} for one in draft.warnings],
    )  # fmt: skip
    version.save()
    if upload is not None:
        upload.seek(0)
        version.file = store(
            upload, name=file_name, purpose="方案文本", on=version, by=by, data_class=DataClass.INTERNAL
        )  # fmt: skip
        version.save(update_fields=["file"])
    nodes = _Planter(version).plant(draft)
    if not nodes:
        raise ValidationError("没有从文本中认出任何行动、任务、阶段或保障措施。请检查文件内容是否为方案正文。")
    pair_with_plan(version, nodes)
    record(action="plans.read", by=by, at=at, on=version, changes={"nodes": len(nodes)})
    return version


def pair_with_plan(version: PlanVersion, nodes: Iterable[DraftNode]) -> int:
    """Propose for every node which record of the plan it continues; returns how many were paired."""
    every = list(nodes)
    pairs = matched(every, version.plan)
    for node in every:
        row = pairs.get(node.pk)
        if row is not None:
            node.matched_type, node.matched_uid = row._meta.label_lower, row.uid
    DraftNode.objects.bulk_update([node for node in every if node.pk in pairs], ["matched_type", "matched_uid"])
    return len(pairs)


def first_day(text: str) -> date | None:
    """ "2018" or "2018-03" as the first day meant; None for none."""
    year, _, month = text.partition("-")
    return date(int(year), int(month or 1), 1) if year.isdigit() else None


def last_day(text: str) -> date | None:
    """ "2018" or "2018-03" as the last day meant."""
    year, _, month = text.partition("-")
    if not year.isdigit():
        return None
    number = int(month or 12)
    return date(int(year), number, calendar.monthrange(int(year), number)[1])


class _Planter:
    """Writes the nodes of a draft, level by level, so that each knows its parent's key."""

    def __init__(self, version: PlanVersion) -> None:
        self.version = version
        self.made: list[DraftNode] = []

    def plant(self, draft: PlanDraft) -> list[DraftNode]:
        position = 0
        actions = [self.node(NodeKind.ACTION, one, n) for n, one in enumerate(draft.actions, 1)]
        stages = [
            self.node(
                NodeKind.STAGE, one, len(actions) + n,
                from_date=first_day(one.from_month), to_date=last_day(one.to_month),
            )
            for n, one in enumerate(draft.stages, 1)
        ]  # fmt: skip
        position = len(actions) + len(stages)
        guards = [self.node(NodeKind.SAFEGUARD, one, position + n) for n, one in enumerate(draft.safeguards, 1)]
        position += len(guards)
        others = [one for one in draft.sections if one.role in ("other", "attachment")]
        texts = [self.node(NodeKind.TEXT, one, position + n) for n, one in enumerate(others, 1)]
        self.write([*actions, *stages, *guards, *texts])
        self._tasks(draft.actions, actions, draft.duties)
        return self.made

    def _tasks(self, actions: Iterable[DraftAction], parents: list[DraftNode], duties: Iterable[DraftDuty]) -> None:
        by_task: dict[int, list[DraftDuty]] = {}
        for duty in duties:
            by_task.setdefault(duty.task_no, []).append(duty)
        read = [(parent, n, task) for parent, one in zip(parents, actions, strict=True)
                for n, task in enumerate(one.tasks, 1)]  # fmt: skip
        tasks = [self.node(NodeKind.TASK, task, n, parent=parent) for parent, n, task in read]
        self.write(tasks)
        points = []
        for node, (_, _, task) in zip(tasks, read, strict=True):
            points += self._points(node, task, by_task.get(task.no, []) if task.no else [])
        self.write(points)

    def _points(self, node: DraftNode, task: DraftTask, duties: list[DraftDuty]) -> list[DraftNode]:
        """The rows of a task table where there are any, otherwise what the task's sentences propose."""
        charged = _charges(task)
        made: list[DraftNode] = []
        for n, point in enumerate(task.points, 1):
            told = dict(charged)
            if point.zero_target:
                told["negative"] = True
            made.append(self.node(NodeKind.POINT, point, n, parent=node, duties=told))
        rows = [duty for duty in duties if duty.body.strip()]
        if rows and any(duty.lead or duty.owner for duty in rows):
            made = []
        made += [
            self.node(NodeKind.POINT, duty, n, parent=node, duties=_told(duty))
            for n, duty in enumerate(rows, len(made) + 1)
        ]
        whole = [duty for duty in duties if not duty.body.strip()]
        for node_made in made if whole else ():
            node_made.duties = {**_told(whole[0]), **node_made.duties}
        return made

    def node(self, kind: NodeKind, read: ReadNode, position: int, **values: Any) -> DraftNode:
        """One node as it was read. A point has its words in ``body``."""
        title, body = ("", read.body or read.title) if kind == NodeKind.POINT else (read.title, read.body)
        return DraftNode(
            plan_version=self.version, kind=kind, position=position, no=read.no or None, title=normalise(title)[:200],
            body=body.strip(), verbatim=read.verbatim, line_from=read.line_from, line_to=read.line_to,
            note="；".join(read.notes)[:300], **values,
        )  # fmt: skip

    def write(self, nodes: list[DraftNode]) -> None:
        if len(self.made) + len(nodes) > MOST_NODES:
            raise ValidationError(f"文本认出的节点超过 {MOST_NODES} 个，请确认是不是方案正文。")
        self.made += DraftNode.objects.bulk_create(nodes)


def _told(duty: DraftDuty) -> dict[str, Any]:
    """What a row of a task table says about duties, as plain data."""
    deadline = duty.deadline
    found = {
        "lead": "、".join(duty.lead), "support": "、".join(duty.support), "sponsor": "、".join(duty.sponsor),
        "owner": "、".join(duty.owner), "evidence": duty.evidence, "remark": duty.remark,
        "start": _day(duty.start or (deadline.start if deadline else None)),
        "due": _day(deadline.end if deadline else None),
        "recurrence": deadline.rule if deadline and deadline.kind in ("recurring", "event") else "",
        "due_text": duty.due_text,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def _charges(task: DraftTask) -> dict[str, Any]:
    """Who and when, as the text of a task says for all its points."""
    found: dict[str, Any] = {}
    for charge in task.charges:
        found.setdefault(charge.role, "、".join(charge.names))
    for deadline in task.deadlines:
        if deadline.kind == "fixed" and deadline.end:
            found.setdefault("due", _day(deadline.end))
        elif deadline.kind in ("recurring", "event"):
            found.setdefault("recurrence", deadline.rule)
    return found


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
