"""Change the school's facts, campuses, departments and posts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhixing.kernel.people.models import Unit, User
from zhixing.kernel.trail.writing import add_row, amend_row

from ..models import Campus, ClassGroup, Department, Post, School

DEPARTMENT = "department"
USCC_FORM = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def enter_school(values: Mapping[str, Any], *, by: User | None, at: datetime) -> School:
    """Enter the facts of the school for the first time."""
    _judge_school(values)
    return add_row(School(**values), by=by, at=at)


def correct_school(row: School, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int) -> School:
    _judge_school(values)
    return amend_row(row, values, by=by, at=at, seen_version=seen_version)


def add_campus(values: Mapping[str, Any], *, by: User | None, at: datetime) -> Campus:
    return add_row(Campus(**values), by=by, at=at)


def correct_campus(row: Campus, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int) -> Campus:
    return amend_row(row, values, by=by, at=at, seen_version=seen_version)


def add_department(values: Mapping[str, Any], *, by: User | None, at: datetime) -> Department:
    """Open a department together with its unit."""
    parent = values.get("parent")
    with transaction.atomic():
        unit = Unit(kind=DEPARTMENT, name=str(values.get("name", "")), parent=parent.unit if parent else None)
        unit.position = values.get("position") or 0
        return add_row(Department(unit=add_row(unit, by=by, at=at), **values), by=by, at=at)


def correct_department(
    row: Department, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> Department:
    """Amend a department; its unit follows. A department with others below it keeps its place."""
    with transaction.atomic():
        if "parent" in values and values["parent"] != row.parent:
            _refuse_move(row.unit, values["parent"])
        row = amend_row(row, values, by=by, at=at, seen_version=seen_version)
        parent = row.parent.unit if row.parent else None
        amend_row(row.unit, {"name": row.name, "position": row.position, "parent": parent}, by=by, at=at)
    return row


def appoint_head(department: Department, *, head: User | None, by: User | None, at: datetime) -> Department:
    """Name the head of a department; the role that goes with it is granted on the roles page."""
    amend_row(department.unit, {"head": head}, by=by, at=at, action="appoint")
    return department


def close_department(department: Department, *, on: date, by: User, at: datetime) -> Department:
    """Close a department that has no running class and no open unit below it any more."""
    unit = department.unit
    running = ClassGroup.objects.running().filter(unit__path__startswith=unit.path)
    below = Unit.objects.under(unit).filter(kind=DEPARTMENT, closed_on=None).exclude(pk=unit.pk)
    names = [*running.values_list("name", flat=True)[:10], *below.values_list("name", flat=True)[:10]]
    if names:
        raise ValidationError(f"部门“{unit.name}”还有下属：{'、'.join(names)}。请先调整到其他部门，再撤销。")
    amend_row(unit, {"closed_on": on}, by=by, at=at, action="close")
    return department


def add_post(values: Mapping[str, Any], *, by: User | None, at: datetime) -> Post:
    return add_row(Post(**values), by=by, at=at)


def correct_post(row: Post, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int) -> Post:
    return amend_row(row, values, by=by, at=at, seen_version=seen_version)


def _judge_school(values: Mapping[str, Any]) -> None:
    faults: dict[str, str] = {}
    if not re.fullmatch(r"\d{10}", str(values.get("official_code", "0" * 10)), re.ASCII):
        faults["official_code"] = "学校标识码应为 10 位数字。"
    if not re.fullmatch(r"[1-9]\d{5}", str(values.get("region_code", "100000")), re.ASCII):
        faults["region_code"] = "行政区划代码应为 6 位数字。"
    uscc = str(values.get("uscc") or "")
    if uscc and not _uscc_holds(uscc):
        faults["uscc"] = "统一社会信用代码不正确：应为 18 位，且末位校验码相符。"
    if faults:
        raise ValidationError(faults)


def _uscc_holds(code: str) -> bool:
    """GB 32100-2015 (DM-010)."""
    if not USCC_FORM.fullmatch(code):
        return False
    total = sum(USCC_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    return USCC_ALPHABET[-total % 31] == code[17]


def _refuse_move(unit: Unit, parent: Department | None) -> None:
    """A unit with others below it keeps its place: their paths say where they are."""
    if parent is not None and parent.unit.path.startswith(unit.path):
        raise ValidationError({"parent": "部门不能归到自己或自己的下级之下。"})
    if Unit.objects.under(unit).exclude(pk=unit.pk).exists():
        raise ValidationError({"parent": "这个部门还有下级部门或班级，请先调整下级，再改变上级。"})
