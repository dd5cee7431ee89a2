"""Every change of meaning in the staff register: to employ, to move, to qualify, to let go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhixing.domains.school.actions import change_tutor
from zhixing.domains.school.models import Department, Post
from zhixing.kernel.base.id_numbers import birth_date_in, passes_check
from zhixing.kernel.files.store import store
from zhixing.kernel.people.models import Assignment, Session, User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from .choices import GONE, StaffStatus
from .models import Appointment, Qualification, StaffMember
from .queries import Duties, open_duties

DAY = timedelta(days=1)
PLACE = ("department", "post")


class DutiesOpen(ValidationError):
    """Somebody can't leave yet: the message lists what would be orphaned."""

    def __init__(self, duties: Duties) -> None:
        super().__init__(["以下事项尚无人接手，请先指定接手人：", *duties.lines()])
        self.duties = duties


def employ(
    values: Mapping[str, Any], *, by: User | None, at: datetime, with_account: bool = False, phone: str = ""
) -> StaffMember:
    """Enter a new member of staff; with an account named after the staff number if wanted.

    ``phone`` is only needed where it isn't among the values. The person's first appointment begins on joining.
    """
    _judge_identity(values)
    with transaction.atomic():
        row = add_row(StaffMember(**values), by=by, at=at)
        since = row.joined_date or timezone.localdate(at)
        Appointment.objects.create(staff=row, department=row.department, post=row.post, starts_on=since)
        if with_account:
            open_account(row, phone=str(values.get("phone") or phone), by=by, at=at)
    return row


def correct_staff_member(
    row: StaffMember, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> StaffMember:
    """Amend a record. Another department or post also counts as a move from today; the account follows."""
    _judge_identity(values)
    was = {name: getattr(row, f"{name}_id") for name in PLACE}
    with transaction.atomic():
        row = amend_row(row, values, by=by, at=at, seen_version=seen_version)
        if any(getattr(row, f"{name}_id") != was[name] for name in PLACE):
            _appoint(row, timezone.localdate(at))
        _update_account(row, str(values.get("phone") or ""))
    return row


def move(
    staff: StaffMember, *, department: Department, post: Post | None, on: date, by: User, at: datetime, reason: str = ""
) -> StaffMember:
    """Put somebody into another department or post from ``on``; the former appointment ends the day before."""
    if staff.status in GONE:
        raise ValidationError(f"{staff.name}已离校，不能调动。")
    with transaction.atomic():
        staff = amend_row(staff, {"department": department, "post": post}, by=by, at=at, action="move", reason=reason)
        _appoint(staff, on)
        _update_account(staff, "")
    return staff


def set_away(staff: StaffMember, *, away: bool, by: User, at: datetime, reason: str = "") -> StaffMember:
    """Mark somebody as on secondment or long leave, or back from it."""
    if staff.status in GONE:
        raise ValidationError(f"{staff.name}已离校。")
    status = StaffStatus.AWAY if away else StaffStatus.WORKING
    return amend_row(staff, {"status": status}, by=by, at=at, action="away", reason=reason, inner=("status",))


def leave(
    staff: StaffMember, *, on: date, successor: StaffMember | None, by: User, at: datetime, reason: str = "",
    retires: bool = False,
) -> StaffMember:  # fmt: skip
    """Let somebody go: ``on`` is the last day of service, after which the account no longer opens.

    Open findings, class tutorships, departments and majors go to ``successor``. Raises DutiesOpen while something
    would be orphaned, ValidationError for a successor who can't take over.
    """
    if staff.status in GONE:
        raise ValidationError(f"{staff.name}已于 {staff.left_date} 离校。")
    duties = open_duties(staff.user)
    if duties and successor is None:
        raise DutiesOpen(duties)
    heir = _heir(staff, successor)
    with transaction.atomic():
        if staff.user is not None and heir is not None:
            _hand_over(duties, staff.user, heir, on, by, at)
        values = {
            "status": StaffStatus.RETIRED if retires else StaffStatus.LEFT,
            "left_date": on,
            "left_reason": reason[:200],
        }
        row = amend_row(staff, values, by=by, at=at, action="leave", reason=reason, inner=tuple(values))
        Appointment.objects.filter(staff=row, ends_on=None, starts_on__lte=on).update(ends_on=on)
        _close_account(row, on, at)
    return row


def open_account(staff: StaffMember, *, by: User | None, at: datetime, phone: str = "", account: str = "") -> User:
    """Give a member of staff an account, by default the staff number; roles are granted on the roles page."""
    account = account or staff.staff_no
    if staff.user is not None:
        raise ValidationError(f"{staff.name}已有账号 {staff.user.account}。")
    if User.objects.filter(account=account).exists():
        raise ValidationError(f"账号 {account} 已被占用，请先核对工号。")
    user = User(tenant_id=staff.tenant_id, account=account, name=staff.name, unit=staff.department.unit, phone=phone)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
            amend_row(staff, {"user": user}, by=by, at=at, action="open_account", inner=("user",))
    except IntegrityError as error:
        raise ValidationError({"phone": "这个手机号已有别的账号登记，请核对。"}) from error
    return user


def add_qualification(values: Mapping[str, Any], *, by: User | None, at: datetime) -> Qualification:
    return add_row(Qualification(**values), by=by, at=at)


def correct_qualification(
    row: Qualification, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> Qualification:
    return amend_row(row, values, by=by, at=at, seen_version=seen_version)


def attach_scan(qualification: Qualification, *, scan: Any, by: User, at: datetime) -> Qualification:
    """Keep the scan of a certificate (an uploaded picture or PDF)."""
    with transaction.atomic():
        file = store(scan, name=scan.name, purpose="资格证书", on=qualification, by=by)
        return amend_row(qualification, {"scan": file}, by=by, at=at, action="attach", inner=("scan",))


def _judge_identity(values: Mapping[str, Any]) -> None:
    """What was just typed must hold together; what was kept before is for the checks."""
    number = values.get("id_number")
    if not isinstance(number, str) or not number or "*" in number:
        return
    number = number.strip().upper()
    born = birth_date_in(number)
    if not passes_check(number) or born is None:
        raise ValidationError({"id_number": "身份证号不正确：应为 18 位，日期存在且末位校验码相符。"})
    if isinstance(values.get("birth_date"), date) and values["birth_date"] != born:
        raise ValidationError({"birth_date": f"与身份证号中的出生日期（{born}）不一致。"})
    sex = values.get("sex")
    if sex and sex != ("男" if int(number[16]) % 2 else "女"):
        raise ValidationError({"sex": "与身份证号中的性别不一致。"})


def _appoint(row: StaffMember, on: date) -> None:
    """End the running appointment the day before and begin the next; on the same day it is simply rewritten."""
    held = Appointment.objects.filter(staff=row, ends_on=None).first()
    if held is not None and held.starts_on >= on:
        held.department, held.post = row.department, row.post
        held.save(update_fields=["department", "post"])
        return
    if held is not None:
        held.ends_on = on - DAY
        held.save(update_fields=["ends_on"])
    Appointment.objects.create(staff=row, department=row.department, post=row.post, starts_on=on)


def _update_account(row: StaffMember, phone: str) -> None:
    user = row.user
    if user is None:
        return
    user.name, user.unit = row.name, row.department.unit
    fields = ["name", "unit"]
    if phone and "*" not in phone:
        user.phone = phone
        fields.append("phone")
    user.save(update_fields=fields)


def _close_account(row: StaffMember, on: date, at: datetime) -> None:
    user = row.user
    if user is None:
        return
    user.leaves_on = on
    user.is_active = on >= timezone.localdate(at)
    user.save(update_fields=["leaves_on", "is_active"])
    Assignment.objects.filter(user=user, starts_on__gt=on).delete()
    for assignment in Assignment.objects.filter(user=user).running(on):
        assignment.ends_on = on
        assignment.save(update_fields=["ends_on"])
    if not user.is_active:
        Session.objects.filter(user=user).delete()


def _heir(staff: StaffMember, successor: StaffMember | None) -> User | None:
    if successor is None:
        return None
    if successor.pk == staff.pk:
        raise ValidationError({"successor": "接手人不能是离校人本人。"})
    user = successor.user
    if successor.status != StaffStatus.WORKING or user is None or not user.is_active or user.leaves_on:
        raise ValidationError({"successor": f"{successor.name}不在岗或没有可用账号，请另选接手人。"})
    return user


def _hand_over(duties: Duties, giver: User, heir: User, on: date, by: User, at: datetime) -> None:
    for finding in duties.findings:
        if finding.verifier_id == heir.pk:
            raise ValidationError({"successor": f"{heir.name}是问题“{finding.title}”的复查人，不能同时整改，请另选。"})
        finding.owner, finding.version = heir, finding.version + 1
        finding.save(update_fields=["owner", "version"])
        changes = {"owner": [giver.name, heir.name]}
        record(action="hand_over", by=by, at=at, on=finding, reason=f"{giver.name}离校", changes=changes)
    for class_group in duties.classes:
        change_tutor(class_group, tutor=heir, since=on + DAY, by=by, at=at, reason=f"{giver.name}离校")
    for row in (*duties.units, *duties.majors):
        amend_row(row, {"head": heir}, by=by, at=at, action="appoint", reason=f"{giver.name}离校")
    for duty, rows in duties.others:
        for row in rows:
            duty.hand_over(row, to=heir, by=by, at=at, reason=f"{giver.name}离校")
