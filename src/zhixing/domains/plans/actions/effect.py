"""A reviewed draft becomes the plan: everything in one transaction, or nothing with the reasons why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from zhixing.kernel.people.models import User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import NodeKind, PlanLevel, PlanState, PointState, StageState, VersionState
from ..models import Action, DraftNode, Plan, PlanStage, PlanVersion, Safeguard, Task, WorkPoint, WorkPointSupport
from ..queries.bindings import recognise
from ..queries.comparison import goes_with_the_text, kept_matches, rows_in_effect
from ..queries.drafts import flaws
from ..queries.names import Names
from .plans import adopt_national_plan, propose_matches
from .reading import first_day, last_day

ASIDE = 100_000
"""Numbers are moved out of the way by this much first, so that two items may swap theirs."""
ORIGIN = ("verbatim", "line_from", "line_to", "taken_from")


class NotReady(ValidationError):
    """The draft can't take effect yet: the message lists what must be put right."""


@transaction.atomic
def take_effect(version: PlanVersion, *, by: User, at: datetime) -> Plan:
    """Make the draft the plan in effect. Matched records keep their duties and history; what is gone is withdrawn.

    Raises NotReady with every reason, ValidationError for a version that isn't being reviewed.
    """
    version = PlanVersion.objects.select_for_update().select_related("plan").get(pk=version.pk)
    if version.state != VersionState.REVIEWING:
        raise ValidationError(f"“{version}”{version.get_state_display()}，不能再次生效。")
    found = flaws(version)
    if found:
        raise NotReady([flaw.words for flaw in found])
    plan = _plan(version, by, at)
    _Effect(version, plan, by, at).run()
    PlanVersion.objects.filter(plan=plan, state=VersionState.EFFECTIVE).update(state=VersionState.REPLACED)
    version.state, version.settled_by, version.settled_at = VersionState.EFFECTIVE, by, at
    version.save(update_fields=["state", "settled_by", "settled_at"])
    if plan.level == PlanLevel.SCHOOL:
        propose_matches(plan, by=by, at=at)
    record(action="plans.take_effect", by=by, at=at, on=plan, changes={"edition": version.edition})
    return plan


@transaction.atomic
def drop_version(version: PlanVersion, *, by: User, at: datetime, reason: str = "") -> PlanVersion:
    """Give a draft up; its text stays readable."""
    version = PlanVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != VersionState.REVIEWING:
        raise ValidationError(f"“{version}”{version.get_state_display()}，不能放弃。")
    version.state, version.settled_by, version.settled_at = VersionState.DROPPED, by, at
    version.save(update_fields=["state", "settled_by", "settled_at"])
    record(action="plans.drop", by=by, at=at, on=version, reason=reason)
    return version


def _plan(version: PlanVersion, by: User, at: datetime) -> Plan:
    """The plan with what the document says of it; the first version makes it effective."""
    plan, told = version.plan, version.outline
    values: dict[str, Any] = {
        "period_from": first_day(told.get("period_from", "")) or plan.period_from,
        "period_to": last_day(told.get("period_to", "")) or plan.period_to,
        "principles": told.get("principles") or plan.principles,
        "goals": told.get("goals") or plan.goals,
    }
    if plan.state == PlanState.DRAFT:
        values |= {"state": PlanState.EFFECTIVE, "effective_at": at}
        if plan.level == PlanLevel.SCHOOL and plan.parent is None:
            values["parent"] = adopt_national_plan(by=by, at=at)
    return amend_row(plan, values, by=by, at=at, action="take_effect", inner=tuple(values))


class _Effect:
    """One version taking effect."""

    def __init__(self, version: PlanVersion, plan: Plan, by: User, at: datetime) -> None:
        self.version, self.plan, self.by, self.at = version, plan, by, at
        self.nodes = list(version.standing_nodes)
        self.before = rows_in_effect(plan)
        self.pairs = kept_matches(self.nodes, plan)
        self.made: dict[int, Any] = {}
        self.names = Names()

    def run(self) -> None:
        self.put_numbers_aside()
        self.withdraw_what_is_gone()
        stages = [self.stage(node, n) for n, node in enumerate(self.of(NodeKind.STAGE), 1)]
        for n, node in enumerate(self.of(NodeKind.SAFEGUARD), 1):
            self.item(node, Safeguard, {"plan": self.plan, "no": node.no or n, "body": node.body})
        for n, node in enumerate(self.of(NodeKind.ACTION), 1):
            self.item(node, Action, {"plan": self.plan, "no": node.no or n, "intro": node.body})
        last = 0
        for node in self.in_tree(NodeKind.TASK):
            last = node.no or last + 1
            values = {"action": self.made[node.parent_id or 0], "no": last, "body": node.body}
            self.item(node, Task, values, fresh={"kind": recognise(node.title)})
        for node in self.in_tree(NodeKind.POINT):
            self.point(node, stages)

    def of(self, kind: str) -> list[DraftNode]:
        return [node for node in self.nodes if node.kind == kind]

    def in_tree(self, kind: str) -> list[DraftNode]:
        """Nodes of a kind in reading order: by their parents' order, then by their own."""
        rank = {node.pk: n for n, node in enumerate(self.nodes)}
        above = {node.pk: node for node in self.nodes}

        def place(node: DraftNode) -> tuple[int, ...]:
            upper = above.get(node.parent_id or 0)
            return (*place(upper), rank[node.pk]) if upper else (rank[node.pk],)

        return sorted(self.of(kind), key=place)

    def put_numbers_aside(self) -> None:
        """Plain updates: the numbers come back at once, so there is nothing to tell the trail."""
        for rows in (
            Action.objects.standing().filter(plan=self.plan),
            Task.objects.standing().filter(action__plan=self.plan),
            PlanStage.objects.standing().filter(plan=self.plan),
            Safeguard.objects.standing().filter(plan=self.plan),
        ):
            rows.update(no=F("no") + ASIDE)
        self.before = rows_in_effect(self.plan)
        self.pairs = kept_matches(self.nodes, self.plan)

    def withdraw_what_is_gone(self) -> None:
        kept = {row.uid for row in self.pairs.values()}
        gone_tasks = [row for row in self.before[NodeKind.TASK] if row.uid not in kept]
        homeless = {row.pk for row in gone_tasks}
        for row in self.before[NodeKind.POINT]:
            if row.uid not in kept and (row.task_id in homeless or goes_with_the_text(row)):
                self.amend(row, {"state": PointState.WITHDRAWN}, "withdraw")
        for kind in (NodeKind.TASK, NodeKind.ACTION, NodeKind.STAGE, NodeKind.SAFEGUARD):
            for row in self.before[kind]:
                if row.uid in kept:
                    continue
                if kind == NodeKind.STAGE and row.state != StageState.OPEN:
                    raise NotReady([f"阶段“{row}”已经关闭，新文本不能删去它。"])
                self.amend(row, {"withdrawn_at": self.at, "no": row.no - ASIDE}, "withdraw")

    def amend(self, row: Any, values: dict[str, Any], action: str = "change") -> Any:
        reason = f"方案第{self.version.edition}版"
        return amend_row(row, values, by=self.by, at=self.at, action=action, reason=reason, inner=tuple(values))

    def item(self, node: DraftNode, model: Any, values: dict[str, Any], fresh: dict[str, Any] | None = None) -> Any:
        """Amend the matched record, or add one."""
        values = {
            **values, "title": node.title, "verbatim": node.verbatim, "line_from": node.line_from,
            "line_to": node.line_to, "taken_from": self.version,
        }  # fmt: skip
        row = self.pairs.get(node.pk)
        made = self.amend(row, values) if row is not None else add_row(
            model(**values, **(fresh or {})), by=self.by, at=self.at
        )  # fmt: skip
        self.made[node.pk] = made
        return made

    def stage(self, node: DraftNode, n: int) -> PlanStage:
        values = {"plan": self.plan, "no": node.no or n, "from_date": node.from_date, "to_date": node.to_date,
                  "body": node.body}  # fmt: skip
        row = self.pairs.get(node.pk)
        if row is not None and row.state == StageState.CLOSED:
            told = (node.title, node.from_date, node.to_date)
            if told != (row.title, row.from_date, row.to_date):
                raise NotReady([f"阶段“{row}”已经关闭，新文本不能改它的名称和起止日期。"])
        made = self.item(node, PlanStage, values)
        assert isinstance(made, PlanStage)
        return made

    def point(self, node: DraftNode, stages: list[PlanStage]) -> None:
        task, row, text = self.made[node.parent_id or 0], self.pairs.get(node.pk), node.body or node.title
        values = {"task": task, "no": node.no or node.position or 1, "text": text, "verbatim": node.verbatim or text}
        if row is not None:
            self.amend(row, values)
            return
        duties, supports = self.duties(node.duties)
        duties["stage"] = _stage_of(duties.get("due_date"), stages)
        made = add_row(WorkPoint(**values, **duties), by=self.by, at=self.at)
        for unit in supports:
            WorkPointSupport.objects.create(work_point=made, unit=unit)

    def duties(self, told: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
        """What the document says of duties as fields; names that mean nothing here go into the note."""
        lead = self.names.unit(told.get("lead", ""))
        owner = self.names.person(told.get("owner", ""), lead)
        sponsor = self.names.person(told.get("sponsor", ""))
        supports, strange = self.names.several(told.get("support", ""))
        named = (("牵头部门", "lead", lead), ("责任人", "owner", owner), ("责任领导", "sponsor", sponsor))
        unknown = [f"{word}“{told[key]}”" for word, key, found in named if told.get(key) and found is None]
        unknown += [f"配合部门“{name}”" for name in strange]
        note = told.get("remark", "")
        if unknown:
            note = f"{note} 文本写明的{'、'.join(unknown)}在系统中没有找到，请指定。".strip()
        start, due = _date(told.get("start")), _date(told.get("due"))
        if start and due and due < start:
            start = None
        values = {
            "lead": lead, "owner": owner, "sponsor": sponsor, "start_date": start, "due_date": due,
            "recurrence": (told.get("recurrence") or told.get("due_text", "") if not due else "")[:60],
            "expected_evidence": told.get("evidence", "")[:300], "note": note[:300],
            "negative": bool(told.get("negative")),
        }  # fmt: skip
        return values, [unit for unit in supports if unit != lead]


def _stage_of(due: date | None, stages: list[PlanStage]) -> PlanStage | None:
    """The stage in whose days the point is due."""
    return next((stage for stage in stages if due and stage.from_date <= due <= stage.to_date), None)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
