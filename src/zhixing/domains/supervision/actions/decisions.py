"""决议: written down, followed through their orders, or set aside with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zhixing.kernel.people.models import User
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import DONE, IN_HAND, DecisionState, MeetingState, OrderState
from ..models import Decision, Meeting, Order

FIELDS = ("text", "topic", "lead", "owner", "due_date")


@transaction.atomic
def add_decision(meeting: Meeting, values: Mapping[str, Any], *, by: User | None, at: datetime) -> Decision:
    """Write down what the meeting decided; before its minutes are signed only."""
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    _still_open(meeting)
    last = Decision.objects.filter(meeting=meeting).aggregate(last=Max("no"))["last"] or 0
    decision = Decision(meeting=meeting, no=last + 1, **{name: values[name] for name in FIELDS if name in values})
    _fits(decision)
    return add_row(decision, by=by, at=at)


def change_decision(
    decision: Decision, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int | None = None
) -> Decision:
    """Put a decision right. Once the minutes are signed its words stand; who and by when may still be settled."""
    wanted = {name: values[name] for name in FIELDS if name in values}
    if decision.meeting.state == MeetingState.SIGNED and wanted.get("text", decision.text) != decision.text:
        raise ValidationError({"text": "纪要已经签发，决议内容不能再改。"})
    if decision.order_id and decision.state == DecisionState.ORDERED:
        raise ValidationError("这条决议已转督办，请在督办单上办理。")
    if decision.state in (DecisionState.FULFILLED, DecisionState.VOID):
        raise ValidationError(f"这条决议{decision.get_state_display()}，不能再改。")
    due = wanted.get("due_date", decision.due_date)
    if "due_date" in wanted and due and due < timezone.localdate(decision.meeting.at):
        raise ValidationError({"due_date": "时限不能早于会议日期。"})
    topic = wanted.get("topic", decision.topic)
    if topic is not None and topic.meeting_id != decision.meeting_id:
        raise ValidationError({"topic": "所选议题不是这次会议的议题。"})
    return amend_row(decision, wanted, by=by, at=at, seen_version=seen_version)


def _still_open(meeting: Meeting) -> None:
    if meeting.state == MeetingState.SIGNED:
        raise ValidationError("纪要已经签发，不能再增加决议。")
    if meeting.state not in (MeetingState.HELD, MeetingState.MINUTES):
        raise ValidationError("会议登记召开以后才能记录决议。")


def _fits(decision: Decision) -> None:
    faults = {}
    if len(decision.text.strip()) < 2:
        faults["text"] = "请写明决议内容。"
    if decision.due_date and decision.due_date < timezone.localdate(decision.meeting.at):
        faults["due_date"] = "时限不能早于会议日期。"
    if decision.topic is not None and decision.topic.meeting_id != decision.meeting_id:
        faults["topic"] = "所选议题不是这次会议的议题。"
    if faults:
        raise ValidationError(faults)


def follow(order: Order, *, by: User | None, at: datetime) -> None:
    """The decisions that an order carries out stand as the order does."""
    if order.state in DONE:
        state, when = DecisionState.FULFILLED, at
    else:
        state, when = (DecisionState.ORDERED if order.state in IN_HAND else DecisionState.OPEN), None
    for decision in Decision.objects.filter(order=order).exclude(state=state):
        values = {"state": state, "fulfilled_at": when}
        amend_row(decision, values, by=by, at=at, action="follow", inner=tuple(values))


def settle_decision(decision: Decision, *, state: str, note: str, by: User, at: datetime) -> Decision:
    """Say that a decision without an order is carried out, or needs nothing done; with a reason, never by its owner."""
    if state not in (DecisionState.FULFILLED, DecisionState.VOID):
        raise ValidationError({"state": "请选择已落实或无须落实。"})
    if decision.order_id and decision.order is not None and decision.order.state != OrderState.WITHDRAWN:
        raise ValidationError("这条决议已转督办，落实情况随督办单变化。")
    if len(note.strip()) < 2:
        raise ValidationError({"note": "请写明依据（不少于 2 个字）。"})
    if decision.owner_id == by.pk:
        raise ValidationError("责任人不能自己认定决议已落实。")
    values = {"state": state, "note": note.strip(), "fulfilled_at": at if state == DecisionState.FULFILLED else None}
    return amend_row(decision, values, by=by, at=at, action="settle", reason=note, inner=tuple(values))
