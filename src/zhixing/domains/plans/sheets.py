"""任务分解表: the duties of a plan as a spreadsheet, in and out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from zhixing.kernel.base.records import Record
from zhixing.kernel.base.text import normalise
from zhixing.kernel.people.models import User
from zhixing.kernel.procedures.declare import procedures
from zhixing.kernel.sheets.conversion import Convert
from zhixing.kernel.sheets.declare import Problem, Values
from zhixing.kernel.sheets.model_sheet import UNKNOWN, ModelSheet

from . import actions
from .choices import ALIVE, PointState
from .models import PlanStage, Task, WorkPoint
from .queries import effective_plan
from .queries.likeness import bare
from .queries.names import Names

SUPPORTS = "supports"
PROGRESS = "plans.PointProgress"
"""Asked of the registry: sheets and procedures stand side by side."""


class DutySheet(ModelSheet):
    """One work point a row, found by its task and its words; a row that has all it needs takes effect."""

    model = WorkPoint
    title = "任务分解表"
    columns = {
        "任务": "task", "工作要点": "text", "牵头部门": "lead", "责任人": "owner", "完成时限": "due_date",
        "责任领导": "sponsor", "配合部门": SUPPORTS, "开始": "start_date", "阶段": "stage",
        "预期成果/佐证材料": "expected_evidence", "周期": "recurrence", "权重": "weight", "备注": "note",
        "行动": "action", "状态": "state",
    }  # fmt: skip
    synonyms = {
        "task": ("工作任务", "任务名称", "重点任务"),
        "text": ("具体措施", "工作内容", "主要内容", "工作要求"),
        "lead": ("责任部门", "牵头单位", "承办部门", "责任单位"),
        "owner": ("联系人", "具体责任人"),
        "due_date": ("完成时间", "时间节点", "时限", "截止日期"),
        "sponsor": ("分管领导", "分管校领导"),
        SUPPORTS: ("协办", "协办部门", "参与部门", "配合单位"),
        "start_date": ("开始日期", "起始时间", "开始时间"),
        "expected_evidence": ("佐证材料", "预期成果", "成果形式", "验收要点"),
    }
    required = ("task", "text")
    key = ()
    label = "text"
    shown_first = ("task", "lead", "owner", "due_date")
    select = ("task__action", "lead", "owner", "sponsor", "stage")
    inward = frozenset({"action", "state"})
    day_formats = {"due_date": "%Y-%m-%d", "start_date": "%Y-%m-%d"}

    @cached_property
    def names(self) -> Names:
        return Names()

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """The plan's tasks by title, by bare title and by number; a number or title borne twice leads to none."""
        found: dict[str, Task] = {}
        twice: set[str] = set()
        rows = Task.objects.standing().filter(action__plan=effective_plan(), action__withdrawn_at=None)
        for task in rows.select_related("action"):
            for name in {normalise(task.title), bare(task.title), str(task.no), f"{task.no}.{normalise(task.title)}"}:
                if name in found:
                    twice.add(name)
                found[name] = task
        return {name: task for name, task in found.items() if name not in twice}

    @cached_property
    def stages(self) -> dict[str, PlanStage]:
        """The plan's stages by title and by number."""
        rows = PlanStage.objects.standing().filter(plan=effective_plan())
        return {name: row for row in rows for name in (row.title, str(row.no))}

    def task_named(self, text: str) -> Task | None:
        return self.tasks.get(normalise(text)) or self.tasks.get(bare(text))

    def _by_name(self, name: str) -> Convert:
        """Names are taken as people write them: 教务 for 教务科, a staff number where two bear one name."""
        looks: dict[str, Callable[[str], Any]] = {
            "task": self.task_named, "lead": self.names.unit, "stage": self.stages.get,
        }  # fmt: skip
        look = looks.get(name, self.names.person)
        word = self.model_fields[name].verbose_name

        def convert(text: str) -> Any:
            row = look(text)
            if row is not None:
                return row
            if name in ("owner", "sponsor") and len(self.names.people.get(normalise(text), ())) > 1:
                raise ValueError(f"有几位都叫“{text}”，请改填工号")
            raise ValueError(f"没有名为“{text}”的{word}")

        return convert

    def find(self, rows: Sequence[Values]) -> list[Record | None]:
        """By task and words; where the task has no such words the row is a new point."""
        known: dict[tuple[int, str], WorkPoint] = {}
        points = self.records_known().filter(task__action__plan=effective_plan(), state__in=ALIVE)
        for point in points:
            known[(point.task_id, bare(point.text))] = point
        found: list[Record | None] = []
        for values in rows:
            task = self.task_named(values.get("task", ""))
            found.append(known.get((task.pk, bare(values.get("text", "")))) if task else None)
        return found

    def problems(self, values: Values, row: Record | None) -> list[Problem]:
        found = super().problems(values, row)
        if effective_plan() is None:
            return [Problem(column="task", message="学校还没有执行中的方案，请先导入方案并生效", code=UNKNOWN)]
        if values.get(SUPPORTS):
            strange = self.names.several(values[SUPPORTS])[1]
            found += [self.fault(SUPPORTS, name, f"没有名为“{name}”的部门", UNKNOWN) for name in strange]
        facts = self.facts(values)[0]
        start, due = facts.get("start_date"), facts.get("due_date")
        if start and due and due < start:
            found.append(Problem(column="due_date", message="完成时限早于开始日期"))
        settled = isinstance(row, WorkPoint) and row.state == PointState.ACCEPTED
        if settled and row is not None and self.changed(row, values):
            told = "这条要点已完成验收，不能用表格修改"
            found.append(Problem(column="text", message=told, code="plans.point_settled", title="要点已办结"))
        return found

    def unit_path(self, values: Values) -> str:
        unit = self.names.unit(values.get("lead", ""))
        return unit.path if unit else ""

    def spelt(self, name: str, text: str) -> str:
        if name == SUPPORTS:
            return "、".join(unit.name for unit in self.names.several(text)[0])
        if name == "text":
            return text
        return super().spelt(name, text)

    def changed(self, row: Record, values: Values) -> Values:
        """Words that differ in their marks only say the same."""
        found = super().changed(row, values)
        assert isinstance(row, WorkPoint)
        if bare(found.get("text", "")) == bare(row.text):
            found.pop("text", None)
        return found

    def create(self, values: Values, *, by: User, at: datetime) -> Record:
        point = actions.add_point(self.facts(values)[0], by=by, at=at)
        return self._completed(point, values, by, at)

    def change(self, row: Record, values: Values, *, by: User, at: datetime) -> Record:
        assert isinstance(row, WorkPoint)
        changed = self.changed(row, values)
        facts = self.facts(changed)[0]
        facts.pop("task", None)
        point = actions.correct_point(row, facts, by=by, at=at, seen_version=row.version)
        return self._completed(point, changed, by, at)

    def _completed(self, point: WorkPoint, values: Values, by: User, at: datetime) -> WorkPoint:
        if values.get(SUPPORTS):
            actions.set_supports(point, units=self.names.several(values[SUPPORTS])[0], by=by, at=at)
        if point.state == PointState.DRAFT and not actions.missing_duties(point):
            moved = procedures[PROGRESS].take("put_in_effect", point, by=by, at=at)
            assert isinstance(moved, WorkPoint)
            return moved
        return point

    def remove(self, row: Record, *, by: User, at: datetime) -> None:
        assert isinstance(row, WorkPoint)
        if row.state in (PointState.SUBMITTED, PointState.ACCEPTED):
            raise ValidationError(f"“{row}”{row.get_state_display()}，不能整批撤销。")
        row.supports.all().delete()
        row.hand_overs.all().delete()
        super().remove(row, by=by, at=at)

    def records(self) -> Any:
        return self.records_known().filter(task__action__plan=effective_plan(), state__in=ALIVE)

    def export_rows(self, rows: Iterable[Any], columns: Iterable[str] = ()) -> Iterator[Values]:
        """Besides the fields: the action, the state in words, and the supporting departments."""
        every = list(rows)
        helped: dict[int, list[str]] = {}
        pairs = WorkPoint.objects.filter(pk__in=[row.pk for row in every], supports__isnull=False)
        for key, name in pairs.order_by("supports__pk").values_list("pk", "supports__unit__name"):
            helped.setdefault(key, []).append(name)
        for row, values in zip(every, super().export_rows(every, columns), strict=True):
            values |= {
                "task": row.task.title, SUPPORTS: "、".join(helped.get(row.pk, ())), "action": row.task.action.title,
                "state": row.get_state_display(), "lead": str(row.lead or ""),
                "stage": row.stage.title if row.stage else "",
            }  # fmt: skip
            wanted = set(columns)
            yield {name: text for name, text in values.items() if not wanted or name in wanted}
