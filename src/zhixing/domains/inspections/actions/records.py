"""Keep inspections, appraisals, complaints and letters of superiors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.kernel.base.records import Record
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import ComplaintState, NoticeState
from ..models import AppraisalItem, BureauNotice, Complaint, PublicAppraisal, SiteInspection

Facts = dict[str, Any]


def _adds(model: type[Record], judge: Callable[[Facts, datetime], None]) -> Callable[..., Any]:
    def add(values: Facts, *, by: User, at: datetime) -> Record:
        judge(values, at)
        return add_row(model(**values), by=by, at=at)

    return add


def _changes(judge: Callable[[Facts, datetime], None]) -> Callable[..., Any]:
    def change(row: Record, values: Facts, *, by: User, at: datetime, seen_version: int | None = None) -> Record:
        judge({field.name: getattr(row, field.name) for field in row._meta.concrete_fields} | values, at)
        return amend_row(row, values, by=by, at=at, seen_version=seen_version)

    return change


def _not_to_come(*names: str) -> Callable[[Facts, datetime], None]:
    """These days must have come already, and a date of reply can't lie before the day of receipt."""

    def judge(values: Facts, at: datetime) -> None:
        faults = {
            name: "日期不能晚于今天。" for name in names if values.get(name) and values[name] > timezone.localdate(at)
        }
        due, since = values.get("due_date"), values.get("received_on")
        if due and since and due < since:
            faults["due_date"] = "期限不能早于收到日期。"
        if faults:
            raise ValidationError(faults)

    return judge


_seen, _received = _not_to_come("on"), _not_to_come("received_on")
add_inspection, change_inspection = _adds(SiteInspection, _seen), _changes(_seen)
add_appraisal, change_appraisal = _adds(PublicAppraisal, _seen), _changes(_seen)
add_complaint, change_complaint = _adds(Complaint, _received), _changes(_received)
add_notice, change_notice = _adds(BureauNotice, _received), _changes(_received)


@transaction.atomic
def add_appraisal_item(appraisal: PublicAppraisal, *, by: User, at: datetime, **values: Any) -> AppraisalItem:
    """One question with its counts; ValidationError where more answered than there are valid sheets."""
    item = AppraisalItem(appraisal=appraisal, **values)
    if item.answer_count > appraisal.valid_count:
        raise ValidationError(
            {"satisfied_count": f"三项合计 {item.answer_count}，超过有效份数 {appraisal.valid_count}，请核对。"}
        )
    return add_row(item, by=by, at=at)


def answer_complaint(row: Complaint, *, answer: str, by: User, at: datetime) -> Complaint:
    """Keep the answer that was given; ValidationError where it says nothing."""
    _said(answer)
    facts = {"answer": answer, "answered_at": at, "answered_by": by, "state": ComplaintState.ANSWERED}
    return amend_row(row, facts, by=by, at=at, action="inspections.answer", inner=facts)


def answer_notice(row: BureauNotice, *, answer: str, by: User, at: datetime) -> BureauNotice:
    """Keep what was answered to the superior."""
    _said(answer)
    facts = {"answer": answer, "answered_at": at, "state": NoticeState.ANSWERED}
    return amend_row(row, facts, by=by, at=at, action="inspections.answer", inner=facts)


def _said(answer: str) -> None:
    if len(answer.strip()) < 5:
        raise ValidationError({"answer": "请写明办理结果（不少于 5 个字）。"})
