"""Procedures: a stage changes only by a declared step, taken by someone who holds it, and every step is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction

from ..base.records import Record
from ..base.registry import Registry
from ..checks.declare import Check
from ..people.models import User
from ..trail.record import record
from .models import Passage


class StepRefused(Exception):
    """The step can't be taken now; str() is fit for the user's eyes."""


Guard = Callable[[Any, User], str]
Effect = Callable[..., None]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One move. ``guard`` gives a reason to refuse or an empty text; ``apply`` sets the columns the move needs."""

    name: str
    label: str
    source: tuple[str, ...]
    target: str
    needs_opinion: bool = False
    blocked_by: tuple[Check, ...] = ()
    guard: Guard | None = None
    apply: Effect | None = None
    then: Effect | None = None


class Procedure:
    """A table of steps over one stage column of one model. Subclasses only fill in the attributes."""

    model: ClassVar[type[Record]]
    title: ClassVar[str] = ""
    stage_field: ClassVar[str] = "stage"
    steps: ClassVar[tuple[Step, ...]] = ()

    @classmethod
    def code(cls) -> str:
        return f"{cls.__module__.split('.')[2]}.{cls.__name__}"

    @classmethod
    def permission(cls, step: Step) -> str:
        return f"{cls.model._meta.label_lower}.{step.name}"

    @classmethod
    def step(cls, name: str) -> Step:
        return next(step for step in cls.steps if step.name == name)

    @classmethod
    def open_steps(cls, row: Record, by: User) -> list[Step]:
        """The steps this person could take on this record now."""
        stage = getattr(row, cls.stage_field)
        return [
            step
            for step in cls.steps
            if stage in step.source
            and by.holds(cls.permission(step))
            and by.can(step.name, row)
            and not (step.guard and step.guard(row, by))
        ]

    @classmethod
    @transaction.atomic
    def take(cls, name: str, row: Record, *, by: User | None, at: datetime, opinion: str = "", **values: Any) -> Record:
        """Move ``row`` by the step ``name``; the moved row. ``values`` go to the step's ``apply``.

        ``by`` is None for the system itself. Raises StepRefused with the rule's own words.
        """
        step = cls.step(name)
        if by is not None and not by.can(step.name, row):
            raise StepRefused(f"您没有对“{row}”做“{step.label}”的权限。")
        row = cls.model._default_manager.select_for_update().get(pk=row.pk)
        before = getattr(row, cls.stage_field)
        cls._admit(step, row, by, opinion)
        setattr(row, cls.stage_field, step.target)
        if step.apply:
            step.apply(row, by=by, at=at, **values)
        row.version += 1
        row.save()
        Passage.objects.create(
            procedure=cls.code(), step=name, label=step.label, object_type=row._meta.label_lower, object_uid=row.uid,
            source=before, target=step.target, by=by, at=at, opinion=opinion[:400],
        )  # fmt: skip
        moved = {cls.stage_field: [before, step.target]}
        record(action=f"step.{name}", by=by, at=at, on=row, reason=opinion, changes=moved)
        if step.then:
            step.then(row, by=by, at=at)
        return row

    @classmethod
    def _admit(cls, step: Step, row: Record, by: User | None, opinion: str) -> None:
        stage = getattr(row, cls.stage_field)
        if stage not in step.source:
            field: Any = row._meta.get_field(cls.stage_field)
            shown = dict(field.flatchoices).get(stage, stage)
            raise StepRefused(f"“{row}”当前是“{shown}”，不能“{step.label}”。请刷新页面查看最新状态。")
        if step.needs_opinion and len(opinion.strip()) < 2:
            raise StepRefused(f"“{step.label}”须写明理由（不少于 2 个字）。")
        if by is not None and step.guard and (why := step.guard(row, by)):
            raise StepRefused(why)
        for check in step.blocked_by:
            if check.breaks(row):
                raise StepRefused(f"{check.title}：{check.remedy}")


procedures: Registry[type[Procedure]] = Registry("procedure")


def passages_of(row: Record) -> Any:
    """The steps a record has been through, oldest first."""
    return Passage.objects.filter(object_type=row._meta.label_lower, object_uid=row.uid).select_related("by")
