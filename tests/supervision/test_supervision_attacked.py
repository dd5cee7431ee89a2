"""Ways around supervision: days moved afterwards, one's own work settled, a quorum made by asking fewer people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tests.supervision.conftest import paper
from zhixing.domains.supervision.actions import (
    add_decision,
    ask_extension,
    call_meeting,
    change_decision,
    decide_extension,
    keep_feedback,
    reassign,
    settle_decision,
)
from zhixing.domains.supervision.actions.meetings import invite, quorum_of
from zhixing.domains.supervision.models import Decision, Meeting, Order, OrderExtension
from zhixing.domains.supervision.procedures import order_decisions, take
from zhixing.kernel.base.records import EditConflict

pytestmark = pytest.mark.django_db
WORDS = "已完成全部修订并印发执行，检查表同步更新，会议记录附后。"


def asked(cast: Any, order: Order) -> OrderExtension:
    return ask_extension(
        order, asked_due_date=cast.work_days(40), reason="教研组外出培训", progress="已完成初稿",
        by=cast.teaching_head, at=cast.at,
    )  # fmt: skip


def test_an_extension_is_not_granted_once_the_order_is_settled(cast: Any, issued: Any) -> None:
    order = take("sign", issued(), by=cast.teaching_head, at=cast.at)
    request, late = asked(cast, order), cast.at + timedelta(days=40)
    keep_feedback(order, kind="final", progress=WORDS, by=cast.teaching_head, at=late, proof=paper())
    order = take("answer", order, by=cast.teaching_head, at=late)
    order = take("settle", order, by=cast.director, at=late, mark="good", note="好")
    with pytest.raises(ValidationError, match="不能再延期"):
        decide_extension(request, granted=True, by=cast.director, at=late)
    assert Order.objects.get(pk=order.pk).due_date == order.due_date
    assert decide_extension(
        OrderExtension.objects.get(), granted=False, opinion="已办结", by=cast.director, at=late
    ).verdict == "refused"  # fmt: skip


def test_an_extension_is_decided_once(cast: Any, issued: Any) -> None:
    request = asked(cast, take("sign", issued(), by=cast.teaching_head, at=cast.at))
    old = OrderExtension.objects.get(pk=request.pk)
    decide_extension(request, granted=True, by=cast.director, at=cast.at)
    with pytest.raises(EditConflict):
        decide_extension(old, granted=False, opinion="不同意延期", by=cast.director, at=cast.at)
    assert OrderExtension.objects.get().verdict == "accepted"


def test_an_owner_does_not_pass_on_what_waits_for_review_to_settle_it_himself(cast: Any, issued: Any) -> None:
    order = take("sign", issued(owner=cast.director), by=cast.director, at=cast.at)
    keep_feedback(order, kind="final", progress=WORDS, by=cast.teaching_head, at=cast.at, proof=paper())
    order = take("answer", order, by=cast.teaching_head, at=cast.at)
    with pytest.raises(ValidationError, match="责任人不能自己改派"):
        reassign(order, owner=cast.teaching_head, by=cast.director, at=cast.at, reason="改派他人")


@pytest.fixture
def meeting(cast: Any) -> Meeting:
    values = {"kind": "administrative", "title": "", "at": cast.at + timedelta(hours=1), "place": "会议室",
              "chair": cast.principal, "recorder": cast.clerk, "topics_until": cast.today}  # fmt: skip
    return call_meeting(values, by=cast.clerk, at=cast.at)


@pytest.fixture
def decision(cast: Any, meeting: Meeting) -> Decision:
    Meeting.objects.filter(pk=meeting.pk).update(state="held", held_at=cast.at, year=cast.today.year, number=1)
    values = {"text": "教务科修订检查办法", "lead": cast.teaching, "owner": cast.teaching_head,
              "due_date": cast.work_days(10)}  # fmt: skip
    return add_decision(Meeting.objects.get(pk=meeting.pk), values, by=cast.clerk, at=cast.at)


def test_a_decision_is_ordered_once_even_from_an_old_copy(cast: Any, decision: Decision) -> None:
    old = Decision.objects.get(pk=decision.pk)
    order_decisions([decision], by=cast.director, at=cast.at)
    with pytest.raises(EditConflict):
        order_decisions([old], by=cast.director, at=cast.at)
    assert Order.objects.count() == 1


def test_a_fulfilled_decision_keeps_its_day(cast: Any, decision: Decision, client_of: Any) -> None:
    with pytest.raises(ValidationError, match="早于会议"):
        change_decision(decision, {"due_date": cast.work_days(-30)}, by=cast.clerk, at=cast.at)
    decision = Decision.objects.get(pk=decision.pk)
    settle_decision(decision, state="fulfilled", note="已落实", by=cast.director, at=cast.at)
    sent = {"text": decision.text, "lead": str(cast.teaching.uid), "owner": str(cast.teaching_head.uid),
            "due_date": str(cast.work_days(60)), "seen_version": str(decision.version)}  # fmt: skip
    client_of(cast.clerk).post(f"/supervision/decision/{decision.uid}/edit/", sent)
    assert Decision.objects.get().due_date == decision.due_date
    with pytest.raises(ValidationError, match="不能再改"):
        change_decision(Decision.objects.get(), {"due_date": cast.work_days(60)}, by=cast.clerk, at=cast.at)


def test_nobody_is_left_out_of_a_meeting_whose_agenda_is_signed(cast: Any, meeting: Meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(state="ready")
    meeting = Meeting.objects.get(pk=meeting.pk)
    expected = quorum_of(meeting, cast.today).expected
    with pytest.raises(ValidationError, match="不能减少"):
        invite(meeting, members=[], by=cast.clerk, at=cast.at)
    assert quorum_of(meeting, cast.today).expected == expected
