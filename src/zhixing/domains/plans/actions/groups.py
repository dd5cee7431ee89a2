"""The leading group, its members and its office; duty letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.kernel.people.models import User
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import RUNNING, PointState
from ..models import DutyLetter, GroupMember, LeadingGroup, Plan, WorkPoint


def form_group(values: Mapping[str, Any], *, by: User | None, at: datetime) -> LeadingGroup:
    return add_row(LeadingGroup(**values), by=by, at=at)


def correct_group(
    group: LeadingGroup, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> LeadingGroup:
    return amend_row(group, values, by=by, at=at, seen_version=seen_version)


def add_member(values: Mapping[str, Any], *, by: User | None, at: datetime) -> GroupMember:
    """Somebody joins the group."""
    user = values["user"]
    if not user.is_active:
        raise ValidationError({"user": f"{user.name}的账号已停用，请另选他人。"})
    return add_row(GroupMember(**values), by=by, at=at)


def correct_member(
    member: GroupMember, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> GroupMember:
    return amend_row(member, values, by=by, at=at, seen_version=seen_version)


def end_membership(member: GroupMember, *, by: User, at: datetime, on: date | None = None) -> GroupMember:
    """Somebody leaves the group: ``on`` is the last day."""
    if member.ends_on is not None:
        raise ValidationError(f"{member}已于 {member.ends_on} 退出。")
    return amend_row(member, {"ends_on": on or timezone.localdate(at)}, by=by, at=at, action="leave")


@transaction.atomic
def make_letters(plan: Plan, *, year: int, by: User | None, at: datetime) -> list[DutyLetter]:
    """A letter for each owner of points that are due or running in the year; signed ones stay, others are made anew."""
    if not 2000 <= year <= 2100:
        raise ValidationError({"year": "请填写四位年份。"})
    signed = set(DutyLetter.objects.filter(plan=plan, year=year, signed_at__isnull=False).values_list("user_id"))
    by_owner = points_by_owner(plan, year)
    if not by_owner:
        raise ValidationError(f"{year} 年没有已生效并明确责任人的工作要点，无法生成责任书。")
    made = []
    for owner, points in by_owner.items():
        if (owner.pk,) in signed:
            continue
        DutyLetter.objects.filter(plan=plan, year=year, user=owner).delete()
        letter = DutyLetter(user=owner, plan=plan, year=year, points=[line(point) for point in points], made_at=at)
        made.append(add_row(letter, by=by, at=at, action="make"))
    return made


def points_by_owner(plan: Plan, year: int) -> dict[User, list[WorkPoint]]:
    """Points in effect whose time touches the year, by owner."""
    rows = WorkPoint.objects.of_plan(plan).filter(state__in=RUNNING, due_date__gte=date(year, 1, 1))
    rows = rows.exclude(start_date__gt=date(year, 12, 31)).exclude(
        state=PointState.ACCEPTED, accepted_at__date__lt=date(year, 1, 1)
    )
    found: dict[User, list[WorkPoint]] = {}
    wanted = rows.select_related("owner", "task", "lead", "task__action").order_by("owner__name", "task__no", "no")
    for point in wanted:
        found.setdefault(point.owner, []).append(point)
    return found


def line(point: WorkPoint) -> dict[str, Any]:
    """A point as a letter keeps it."""
    return {
        "uid": str(point.uid), "task": point.task.title, "text": point.text, "lead": str(point.lead or ""),
        "start": str(point.start_date or ""), "due": str(point.due_date or ""), "evidence": point.expected_evidence,
        "recurrence": point.recurrence,
    }  # fmt: skip


def sign_letter(letter: DutyLetter, *, by: User, at: datetime) -> DutyLetter:
    """The letter has been signed on paper; from now on it stays as it is."""
    if letter.signed_at is not None:
        raise ValidationError(f"{letter}已签订。")
    values = {"signed_at": at, "witness": by}
    return amend_row(letter, values, by=by, at=at, action="sign", inner=tuple(values))


def sign_letters(letters: Iterable[DutyLetter], *, by: User, at: datetime) -> str:
    """Several letters signed on one occasion."""
    rows = list(letters)
    for letter in rows:
        sign_letter(letter, by=by, at=at)
    return f"已登记 {len(rows)} 份责任书签订。"
