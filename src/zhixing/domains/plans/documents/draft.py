"""The plan as its document tells it, every node with its place and its own words. Nothing here touches a record.

Every node has ``no`` (its number in the document, 0 where it has none), ``title`` (without number, dates and final
full stop), ``body`` (what follows the title), ``span`` (its place in ``PlanDraft.source``) and ``verbatim`` (the
document's words at that place, title and body together).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from zhixing.kernel.outlines.lines import Doubt, Source, Span

DeadlineKind = Literal["fixed", "recurring", "event", "open", "unclear"]
SectionRole = Literal["preamble", "goals", "actions", "stages", "safeguards", "attachment", "furniture", "other"]
PointOrigin = Literal["sentence", "item", "table"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftNode:
    """What all nodes share. ``confidence`` 0–1 says how sure the reading of this node is; ``notes`` why it is not."""

    no: int
    title: str
    body: str
    span: Span
    verbatim: str
    confidence: float = 1.0
    notes: tuple[str, ...] = ()

    @property
    def line_from(self) -> int:
        return self.span.line_from

    @property
    def line_to(self) -> int:
        return self.span.line_to


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """When something is due, as far as the words say.

    fixed: by ``end`` (and from ``start`` where given); recurring: again and again (``rule`` = “每月” and the like);
    event: before or after something that happens (“每年招生前”); open: for good (“长期坚持”); unclear: not understood.
    ``start`` and ``end`` are the first and the last day meant; ``verbatim`` the document's words.
    """

    kind: DeadlineKind
    verbatim: str
    rule: str = ""
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """Who is named as responsible: ``role`` lead | support | sponsor | owner, ``names`` as written."""

    role: Literal["lead", "support", "sponsor", "owner"]
    names: tuple[str, ...]
    verbatim: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftPoint(DraftNode):
    """A proposed work point: its words are ``body``, ``title`` is empty. ``no`` counts from 1 within the task.

    ``zero_target``: the words forbid something (杜绝、不得、改变、消除 …), so an indicator of target 0 belongs to it.
    """

    origin: PointOrigin = "sentence"
    zero_target: bool = False

    @property
    def text(self) -> str:
        return self.body


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftDuty(DraftNode):
    """A row of a task table (任务分解表): ``title`` is the task, ``body`` the work point or measure.

    ``action_no`` and ``task_no`` are the task of the plan it was matched to (0: none); ``lead`` … as written, several
    names split.
    ``others`` are cells under headings that mean nothing to us: (heading, text).
    """

    action_no: int = 0
    task_no: int = 0
    action: str = ""
    goal: str = ""
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    sponsor: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    due_text: str = ""
    start: date | None = None
    deadline: Deadline | None = None
    evidence: str = ""
    remark: str = ""
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftTask(DraftNode):
    """A task (任务) of an action; ``no`` as the document numbers it, running on across actions where it does."""

    points: tuple[DraftPoint, ...] = ()
    charges: tuple[Charge, ...] = ()
    deadlines: tuple[Deadline, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftAction(DraftNode):
    """An action (行动); ``body`` is what stands between its heading and its first task: the intro."""

    tasks: tuple[DraftTask, ...] = ()
    charges: tuple[Charge, ...] = ()
    deadlines: tuple[Deadline, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftStage(DraftNode):
    """A stage (阶段); months as "YYYY-MM", both included, "" where the document doesn't say."""

    from_month: str = ""
    to_month: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftSafeguard(DraftNode):
    """A safeguard (保障措施)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftSection(DraftNode):
    """A part of the document beside its actions, stages and safeguards, so that every line has its place.

    ``role`` actions, stages or safeguards: the heading over these and what stands before the first of them.
    """

    role: SectionRole = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanDraft:
    """A whole plan as its document tells it.

    ``period_from`` and ``period_to`` are as exact as the document: "2018", or "2018-03" where it names months; "" where
    it names none. ``principles`` are the basic principles, pairs of four characters joined by “、” as the document
    writes them; ``goals`` the whole text of the goals. ``sections`` are all other parts in order, page furniture too.
    """

    title: str
    period_from: str
    period_to: str
    principles: tuple[str, ...]
    goals: str
    actions: tuple[DraftAction, ...]
    stages: tuple[DraftStage, ...]
    safeguards: tuple[DraftSafeguard, ...]
    duties: tuple[DraftDuty, ...]
    sections: tuple[DraftSection, ...]
    warnings: tuple[Doubt, ...]
    source: Source

    @property
    def tasks(self) -> tuple[DraftTask, ...]:
        """The tasks of all actions, in order."""
        return tuple(task for action in self.actions for task in action.tasks)
