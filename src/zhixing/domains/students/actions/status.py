"""Move students between states, classes and majors; each move leaves an entry in the history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.domains.school.choices import ClassStatus
from zhixing.domains.school.models import ClassGroup
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.writing import amend_row

from ..choices import GONE, LAWFUL_MOVES, ON_ROLL, ChangeKind, Status
from ..models import StatusEntry, Student

STATUS = ("status", "status_date")

KIND_OF_MOVE = {
    Status.ARRIVED: ChangeKind.OTHER,
    Status.PENDING: ChangeKind.OTHER,
    Status.ADMITTED: ChangeKind.PLACE_RESTORED,
    Status.SUSPENDED: ChangeKind.SUSPENSION,
    Status.TRANSFERRED_OUT: ChangeKind.TRANSFER_OUT,
    Status.WITHDRAWN: ChangeKind.WITHDRAWAL,
    Status.EXPELLED: ChangeKind.EXPULSION,
    Status.DECEASED: ChangeKind.DEATH,
    Status.COMPLETED: ChangeKind.COMPLETION,
    Status.GRADUATED: ChangeKind.GRADUATION,
    Status.PLACE_GIVEN_UP: ChangeKind.PLACE_CANCELLED,
    Status.PLACE_KEPT: ChangeKind.PLACE_KEPT,
}
NEEDS_REASON = {Status.SUSPENDED, Status.WITHDRAWN, Status.EXPELLED, Status.TRANSFERRED_OUT}
NEEDS_DOCUMENT = {
    Status.EXPELLED: "开除学籍须填写主管部门核准或备案文号。",
    Status.DECEASED: "死亡须填写证明文件编号。",
}


class MoveRefused(ValidationError):
    """The state machine or its papers don't allow this move."""


def change_status(
    student: Student, *, to: str, on: date, by: User | None, at: datetime, reason: str = "", document_no: str = "",
    partner_school: str = "",
) -> Student:  # fmt: skip
    """Move a student to another state from ``on``; accounts of those who leave stop opening after that day.

    Raises MoveRefused with the reason in Chinese: an unlawful move, a date before the last one or in the future, or
    papers that are missing (DM-042 … DM-044).
    """
    target = Status(to)
    with transaction.atomic():
        row = Student.objects.select_for_update().get(pk=student.pk)
        _refuse_move(row, target, on, at, reason, document_no, partner_school)
        former = Status(row.status)
        kind = _kind(former, target)
        entry = StatusEntry(
            student=row, kind=kind, from_status=former, to_status=target, from_class=row.class_group,
            to_class=row.class_group, from_major=row.major, to_major=row.major, effective_date=on, reason=reason[:300],
            document_no=document_no, partner_school=partner_school, entered_by=by, entered_at=at,
        )  # fmt: skip
        entry.save()
        values = {"status": target, "status_date": on}
        amend_row(row, values, by=by, at=at, action="status", reason=reason, inner=STATUS)
        _follow(row, target, on, at)
    _refresh(student, row, STATUS)
    return student


def change_class(
    student: Student, *, class_group: ClassGroup, on: date, by: User | None, at: datetime, reason: str = ""
) -> Student:
    """Move a student to another class of the same major."""
    if student.major_id and class_group.major_id != student.major_id:
        raise MoveRefused({"class_group": f"“{class_group.name}”的专业不同，请办理转专业。"})
    return _transfer(student, class_group, ChangeKind.CLASS_CHANGE, on, reason, by, at)


def change_major(
    student: Student, *, class_group: ClassGroup, on: date, reason: str, by: User | None, at: datetime
) -> Student:
    """Move a student to a class of another major; the reason is kept (XJ-036)."""
    if class_group.major_id == student.major_id:
        raise MoveRefused({"class_group": f"“{class_group.name}”的专业与原专业相同，请办理转班级。"})
    if len(reason.strip()) < 2:
        raise MoveRefused({"reason": "转专业须写明原因。"})
    return _transfer(student, class_group, ChangeKind.MAJOR_CHANGE, on, reason, by, at)


def _transfer(
    student: Student, group: ClassGroup, kind: ChangeKind, on: date, reason: str, by: User | None, at: datetime
) -> Student:
    with transaction.atomic():
        row = Student.objects.select_for_update().get(pk=student.pk)
        if row.status not in ON_ROLL:
            raise MoveRefused(f"{row.name}当前是“{row.get_status_display()}”，不能调整班级。")
        if row.class_group_id == group.pk:
            raise MoveRefused({"class_group": f"{row.name}已经在“{group.name}”。"})
        if group.status != ClassStatus.RUNNING:
            raise MoveRefused({"class_group": f"“{group.name}”已经结束，请另选班级。"})
        _refuse_date(row, on, at)
        entry = StatusEntry(
            student=row, kind=kind, from_status=row.status, to_status=row.status, from_class=row.class_group,
            to_class=group, from_major=row.major, to_major=group.major, effective_date=on, reason=reason[:300],
            entered_by=by, entered_at=at,
        )  # fmt: skip
        entry.save()
        values: dict[str, Any] = {
            "class_group": group,
            "major": group.major,
            "directory_version": group.major.directory_version,
            "cohort": group.cohort,
        }
        amend_row(row, values, by=by, at=at, action="class", reason=reason)
        if row.user is not None:
            row.user.unit = group.unit
            row.user.save(update_fields=["unit"])
    _refresh(student, row, values)
    return student


def _kind(former: Status, target: Status) -> ChangeKind:
    if target is Status.ENROLLED:
        return ChangeKind.RESUMPTION if former is Status.SUSPENDED else ChangeKind.ENTRY
    return KIND_OF_MOVE[target]


def _refuse_move(
    row: Student, target: Status, on: date, at: datetime, reason: str, document_no: str, partner_school: str
) -> None:
    if target not in LAWFUL_MOVES.get(row.status, ()):
        raise MoveRefused({"to": f"{row.name}当前是“{row.get_status_display()}”，不能变为“{target.label}”。"})
    if target in NEEDS_REASON and len(reason.strip()) < 2:
        raise MoveRefused({"reason": f"“{target.label}”须写明原因。"})
    if target in NEEDS_DOCUMENT and not document_no.strip():
        raise MoveRefused({"document_no": NEEDS_DOCUMENT[target]})
    if target is Status.TRANSFERRED_OUT and not partner_school.strip():
        raise MoveRefused({"partner_school": "转出须填写转入学校。"})
    _refuse_date(row, on, at)


def _refuse_date(row: Student, on: date, at: datetime) -> None:
    if on > timezone.localdate(at):
        raise MoveRefused({"on": "生效日期不能晚于今天。"})
    last = row.status_entries.order_by("-effective_date").values_list("effective_date", flat=True).first()
    if last is not None and on < last:
        raise MoveRefused({"on": f"生效日期不能早于上一次异动（{last}）。"})


def _follow(row: Student, target: Status, on: date, at: datetime) -> None:
    """The account goes with the status."""
    if row.user is None:
        return
    gone = target in GONE
    row.user.leaves_on = on if gone else None
    row.user.is_active = not gone or on >= timezone.localdate(at)
    row.user.save(update_fields=["leaves_on", "is_active"])


def _refresh(student: Student, row: Student, names: Any) -> None:
    """The caller's copy shows what was written to the locked one."""
    for name in names:
        setattr(student, name, getattr(row, name))
    student.version = row.version
