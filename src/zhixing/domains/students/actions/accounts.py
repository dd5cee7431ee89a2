"""Accounts of students and guardians; the first password is set with an activation code printed per class."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from zhixing.kernel.people.models import Assignment, Role, User
from zhixing.kernel.trail.record import record

from ..choices import GONE
from ..models import Guardian, Student


def open_student_account(student: Student, *, by: User | None, at: datetime) -> User:
    """An account named after the student number, with the role of a student."""
    if student.user is not None:
        return student.user
    if not student.student_no:
        raise ValidationError({"student_no": f"{student.name}还没有学号，请先填写学号再开通账号。"})
    if student.status in GONE:
        raise ValidationError(f"{student.name}已离校，不能开通账号。")
    with transaction.atomic():
        user = _account(student, student.student_no, student.name, "student", by)
        student.user = user
        student.save(update_fields=["user"])
        record(action="open_account", by=by, at=at, on=student, changes={"user": [None, user.account]})
    return user


def open_guardian_account(guardian: Guardian, *, by: User | None, at: datetime) -> User:
    """An account for a guardian; one person with several children (the same phone number) keeps one account."""
    if guardian.user is not None:
        return guardian.user
    student = guardian.student
    if not guardian.is_guardian:
        raise ValidationError(f"{guardian.name}不是监护人，不能开通家长账号。")
    if not student.student_no:
        raise ValidationError(f"学生{student.name}还没有学号，请先填写学号再开通家长账号。")
    with transaction.atomic():
        user = _account_of_sibling(guardian)
        if user is None:
            user = _account(student, f"{student.student_no}-{guardian.position}", guardian.name, "guardian", by)
        guardian.user = user
        guardian.save(update_fields=["user"])
        record(action="open_account", by=by, at=at, on=guardian, changes={"user": [None, user.account]})
    return user


def _account_of_sibling(guardian: Guardian) -> User | None:
    if not guardian.phone_index:
        return None
    same = Guardian.objects.filter(phone_index=guardian.phone_index, name=guardian.name, user__is_active=True)
    found = same.select_related("user").first()
    return found.user if found else None


def _account(student: Student, account: str, name: str, role: str, by: User | None) -> User:
    if User.objects.filter(account=account).exists():
        raise ValidationError(f"账号 {account} 已被占用，请先核对学号。")
    unit = student.class_group.unit if student.class_group else None
    user = User(tenant_id=student.tenant_id, account=account, name=name, unit=unit)
    user.set_unusable_password()
    user.save()
    Assignment.objects.create(user=user, role=Role.objects.get(code=role), approved_by=by)
    return user
