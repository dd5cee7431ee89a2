"""Take students into the register, one by one or many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhixing.kernel.base.bulk import insert_rows
from zhixing.kernel.base.text import pinyin_keys
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.record import record_many
from zhixing.kernel.trail.writing import add_row

from ..choices import ChangeKind, Status
from ..models import Guardian, StatusEntry, Student
from .identity import judge_identity


def enrol_student(
    values: Mapping[str, Any], *, by: User | None, at: datetime, status: str = Status.ENROLLED,
    effective_date: date | None = None, judged: bool = False,
) -> Student:  # fmt: skip
    """Enter one student with a first entry in the history.

    ``values``: fields of Student, besides ``guardians``, a list of fields of Guardian. Cohort, major, study length
    and directory edition come from the class where they aren't given. ``judged`` says that the rules have been run
    over the row already (a previewed import), so that faulty numbers are kept and become findings instead of being
    refused. Raises ValidationError by field; an ID number that only another school has is as good as any other.
    """
    facts, family = _prepared(values)
    if not judged:
        _judge(facts)
    with transaction.atomic():
        student = Student(status=status, **facts)
        student.status_date = effective_date or student.entry_date or timezone.localdate(at)
        add_row(student, by=by, at=at, action="enrol")
        _entry(student, by, at).save()
        for member in _family(student, family):
            add_row(member, by=by, at=at)
    return student


def enrol_students(
    rows: Sequence[Mapping[str, Any]], *, by: User | None, at: datetime, status: str = Status.ENROLLED
) -> list[Student]:
    """Enter many students whose rows have been judged already; all of them or none.

    The same result as ``enrol_student(…, judged=True)`` for each, in a few statements. Raises ValidationError when a
    number or a student number is there twice.
    """
    prepared = [_prepared(values) for values in rows]
    students = [Student(status=status, **facts) for facts, _ in prepared]
    for student in students:
        student.name_keys = pinyin_keys(student.name)
        student.status_date = student.entry_date or timezone.localdate(at)
    try:
        with transaction.atomic():
            insert_rows(students, with_keys=True)
            insert_rows([_entry(student, by, at) for student in students])
            families = zip(students, (family for _, family in prepared), strict=True)
            insert_rows([member for student, family in families for member in _family(student, family)])
            told = ((student, {"name": [None, student.name]}) for student in students)
            record_many(told, action="enrol", by=by, at=at)
    except IntegrityError as error:
        raise ValidationError("这批学生中有身份证件号、学号或学籍号与已有学生重复，未写入任何一行。") from error
    return students


def _family(student: Student, members: Sequence[Mapping[str, Any]]) -> list[Guardian]:
    return [Guardian(student=student, **{"position": position, **member}) for position, member in enumerate(members, 1)]


def _prepared(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Fields of the student, completed from the class, and the family."""
    facts = dict(values)
    family = [dict(member) for member in facts.pop("guardians", None) or ()]
    group = facts.get("class_group")
    if group is not None:
        facts["cohort"] = facts.get("cohort") or group.cohort
        facts["major"] = facts.get("major") or group.major
        facts["study_length"] = facts.get("study_length") or group.study_length
    major = facts.get("major")
    if major is not None:
        facts["directory_version"] = facts.get("directory_version") or major.directory_version
    return facts, family


def _judge(facts: Mapping[str, Any]) -> None:
    faults = {}
    if not str(facts.get("name") or "").strip():
        faults["name"] = "请填写姓名。"
    if facts.get("class_group") is None:
        faults["class_group"] = "请选择班级。"
    if faults:
        raise ValidationError(faults)
    judge_identity(
        facts,
        document_kind=str(facts.get("document_kind") or ""),
        birth_date=facts.get("birth_date"),
        sex=str(facts.get("sex") or ""),
    )


def _entry(student: Student, by: User | None, at: datetime) -> StatusEntry:
    assert student.status_date is not None
    return StatusEntry(
        student=student, kind=ChangeKind.ENTRY, to_status=student.status, to_class=student.class_group,
        to_major=student.major, effective_date=student.status_date, entered_by=by, entered_at=at,
    )  # fmt: skip
