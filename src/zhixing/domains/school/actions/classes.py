"""Open classes, give them tutors, and close them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.kernel.people.models import Assignment, Role, Unit, User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import ClassStatus
from ..models import ClassGroup, ClassTutorship

CLASS = "class"
TUTOR_ROLE = "class_tutor"


def open_class_group(values: Mapping[str, Any], *, by: User | None, at: datetime) -> ClassGroup:
    """Open a class with a unit of its own under its department's.

    ``values``: fields of ClassGroup (``department`` is by default the one that offers the major) and, optionally,
    ``tutor`` (a User) from ``tutor_since`` (by default the day of ``at``).
    """
    facts = dict(values)
    tutor, since = facts.pop("tutor", None), facts.pop("tutor_since", None)
    facts["department"] = facts.get("department") or getattr(facts.get("major"), "department", None)
    if facts["department"] is None:
        raise ValidationError({"department": "请选择班级所属的部门。"})
    with transaction.atomic():
        unit = Unit(name=str(facts.get("name", "")), kind=CLASS, parent=facts["department"].unit)
        row = add_row(ClassGroup(unit=add_row(unit, by=by, at=at), **facts), by=by, at=at)
        if tutor is not None:
            change_tutor(row, tutor=tutor, since=since or timezone.localdate(at), reason="开班", by=by, at=at)
    return row


def correct_class_group(
    row: ClassGroup, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> ClassGroup:
    """Amend a class; its unit keeps the same name and follows it to another department."""
    with transaction.atomic():
        row = amend_row(row, values, by=by, at=at, seen_version=seen_version)
        amend_row(row.unit, {"name": row.name, "parent": row.department.unit}, by=by, at=at)
    return row


def change_tutor(
    class_group: ClassGroup, *, tutor: User | None, since: date, by: User | None, at: datetime, reason: str = ""
) -> ClassGroup:
    """Hand a class to another tutor from ``since``; the old one's rights over it end the day before.

    ``tutor`` None leaves the class without one. History is kept. Raises ValidationError when the new tutor is the
    old one, has left, or would begin before the old one did.
    """
    with transaction.atomic():
        row = ClassGroup.objects.select_for_update().get(pk=class_group.pk)
        _refuse_tutor(row, tutor)
        for held in ClassTutorship.objects.open().filter(class_group=row).select_related("assignment"):
            _end_tutorship(held, since)
        if tutor is not None:
            _begin_tutorship(row, tutor, since, by, reason)
        before = str(row.tutor or "")
        row.tutor = tutor
        row.version += 1
        row.save(update_fields=["tutor", "version"])
        changes = {"tutor": [before, str(tutor or "")], "since": str(since)}
        record(action="tutor", by=by, at=at, on=row, reason=reason, changes=changes)
    class_group.tutor, class_group.version = row.tutor, row.version
    return class_group


def graduate_class_group(class_group: ClassGroup, *, on: date, by: User, at: datetime) -> ClassGroup:
    """Close a class whose students have finished."""
    return _end(class_group, ClassStatus.GRADUATED, on, by, at)


def dissolve_class_group(class_group: ClassGroup, *, on: date, by: User, at: datetime) -> ClassGroup:
    """Close a class whose students have gone to other classes."""
    return _end(class_group, ClassStatus.DISSOLVED, on, by, at)


def _end(row: ClassGroup, status: str, on: date, by: User, at: datetime) -> ClassGroup:
    with transaction.atomic():
        if row.tutor_id:
            change_tutor(row, tutor=None, since=on + timedelta(days=1), by=by, at=at, reason="班级结束")
        inner = ("status", "ended_date")
        row = amend_row(row, {"status": status, "ended_date": on}, by=by, at=at, action="close", inner=inner)
        amend_row(row.unit, {"closed_on": on}, by=by, at=at, action="close")
    return row


def _refuse_tutor(row: ClassGroup, tutor: User | None) -> None:
    if row.status != ClassStatus.RUNNING:
        raise ValidationError({"tutor": f"班级“{row.name}”已结束，不能再任命班主任。"})
    if tutor is not None and tutor.pk == row.tutor_id:
        raise ValidationError({"tutor": f"{tutor.name}已经是这个班的班主任。"})
    if tutor is not None and (not tutor.is_active or tutor.leaves_on is not None):
        raise ValidationError({"tutor": f"{tutor.name}的账号已停用或即将停用，请另选一位。"})


def _end_tutorship(held: ClassTutorship, since: date) -> None:
    last_day = since - timedelta(days=1)
    if last_day < held.starts_on:
        raise ValidationError({"since": f"起始日期应晚于现任班主任的任职起始日期（{held.starts_on}）。"})
    held.ends_on = last_day
    held.save(update_fields=["ends_on"])
    if held.assignment is not None:
        held.assignment.ends_on = last_day
        held.assignment.save(update_fields=["ends_on"])


def _begin_tutorship(row: ClassGroup, tutor: User, since: date, by: User | None, reason: str) -> None:
    role = Role.objects.get(code=TUTOR_ROLE)
    assignment = Assignment.objects.create(user=tutor, role=role, unit=row.unit, starts_on=since, approved_by=by)
    ClassTutorship.objects.create(class_group=row, tutor=tutor, assignment=assignment, starts_on=since, reason=reason)
