"""行政办公会 from the call for topics to decisions that are carried out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.supervision.conftest import paper
from zhixing.domains.supervision import checks
from zhixing.domains.supervision.actions import (
    add_decision,
    arrange,
    call_meeting,
    change_decision,
    invite,
    note_attendance,
    propose_topic,
    quorum_of,
    review_topic,
    settle_decision,
    sign_in,
    write_minutes,
)
from zhixing.domains.supervision.models import Decision, Meeting, Order, Topic
from zhixing.domains.supervision.procedures import MeetingCourse, order_decisions, take, take_meeting
from zhixing.domains.supervision.procedures.ordering import order_points
from zhixing.kernel.notices.models import Notice
from zhixing.kernel.procedures import StepRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def called(cast):
    def make(**changes):
        at = cast.at + timedelta(days=3)
        values = {
            "kind": "administrative",
            "at": at,
            "place": "三楼会议室",
            "chair": cast.principal,
            "recorder": cast.clerk,
            "topics_until": timezone.localdate(at) - timedelta(days=1),
            **changes,
        }
        return call_meeting(values, by=cast.director, at=cast.at)

    return make


@pytest.fixture
def held(cast, called):
    """A meeting that has taken place with everybody there."""

    def make(kind="plan", **changes):
        meeting = called(**changes)
        topic = propose_topic(meeting, {"title": "提升计划推进情况", "kind": kind}, by=cast.teaching_head, at=cast.at)
        review_topic(topic, state="accepted", by=cast.director, at=cast.at)
        meeting = take_meeting("submit_agenda", meeting, by=cast.director, at=cast.at)
        meeting = take_meeting("sign_agenda", meeting, by=cast.principal, at=cast.at)
        everyone = dict.fromkeys(meeting.attendances.values_list("user_id", flat=True), ("present", ""))
        note_attendance(meeting, presences=everyone, by=cast.clerk, at=cast.at)
        return take_meeting("hold", meeting, by=cast.director, at=cast.at)

    return make


@pytest.fixture
def decided(cast, held):
    """… with two decisions that can be ordered and one that can't."""
    meeting = held()
    due = timezone.localdate(meeting.at) + timedelta(days=20)
    for text, unit, person in (("修订听课制度", cast.teaching, cast.teaching_head), ("检修电路", cast.safety, None)):
        add_decision(meeting, {"text": text, "lead": unit, "owner": person, "due_date": due}, by=cast.clerk, at=cast.at)
    add_decision(meeting, {"text": "提高认识，抓好落实"}, by=cast.clerk, at=cast.at)
    return meeting


def sign(cast, meeting):
    write_minutes(meeting, minutes="会议要求各部门抓好落实。", discussions={}, by=cast.clerk, at=cast.at)
    meeting = take_meeting("write_minutes", meeting, by=cast.clerk, at=cast.at)
    return take_meeting("sign_minutes", meeting, by=cast.principal, at=cast.at)


def test_leaders_and_heads_are_called_and_asked_for_topics(cast, called):
    meeting = called()
    there = {seat.user for seat in meeting.attendances.all()}
    assert {cast.principal, cast.secretary, cast.teaching_head, cast.safety_head, cast.director} <= there
    assert meeting.attendances.get(user=cast.clerk).is_guest
    assert Notice.objects.filter(user=cast.teaching_head, title__startswith="征集议题").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"at": -1}, "at"), ({"topics_until": 9}, "topics_until"), ({"recorder": "chair"}, "recorder")],
)
def test_bad_calls(cast, called, changes, field):
    if "at" in changes:
        changes = {"at": cast.at - timedelta(days=1)}
    elif "topics_until" in changes:
        changes = {"topics_until": cast.today + timedelta(days=9)}
    else:
        changes = {"recorder": cast.principal}
    with pytest.raises(ValidationError) as refused:
        called(**changes)
    assert field in refused.value.message_dict
    assert not Meeting.objects.exists()


def test_topics_close_on_their_day(cast, called):
    meeting = called()
    topic = propose_topic(meeting, {"title": "调整课表"}, by=cast.teaching_head, at=cast.at, papers=paper("方案.txt"))
    assert (topic.unit, topic.state) == (cast.teaching, "proposed")
    late = cast.at + timedelta(days=5)
    with pytest.raises(ValidationError, match="截止"):
        propose_topic(meeting, {"title": "临时议题"}, by=cast.teaching_head, at=late)
    assert propose_topic(meeting, {"title": "急件", "unit": cast.office}, by=cast.director, at=late).position == 2


def test_topics_are_reviewed_with_a_reason_and_arranged(cast, called):
    meeting = called()
    first, second = (
        propose_topic(meeting, {"title": title}, by=cast.teaching_head, at=cast.at) for title in ("甲议题", "乙议题")
    )
    with pytest.raises(ValidationError, match="理由"):
        review_topic(first, state="declined", by=cast.director, at=cast.at)
    review_topic(first, state="deferred", by=cast.director, at=cast.at, reply="材料不全")
    review_topic(second, state="accepted", by=cast.director, at=cast.at)
    arrange(meeting, positions={second.pk: 1, first.pk: 2}, by=cast.director, at=cast.at)
    assert [topic.title for topic in Topic.objects.order_by("position")] == ["乙议题", "甲议题"]
    assert Notice.objects.filter(user=cast.teaching_head, title="议题：甲议题").count() == 1


def test_an_agenda_needs_reviewed_topics_and_the_chairs_word(cast, called):
    meeting = called()
    with pytest.raises(StepRefused, match="还没有列入议程"):
        take_meeting("submit_agenda", meeting, by=cast.director, at=cast.at)
    topic = propose_topic(meeting, {"title": "调整课表"}, by=cast.teaching_head, at=cast.at)
    with pytest.raises(StepRefused, match="没有审过"):
        take_meeting("submit_agenda", meeting, by=cast.director, at=cast.at)
    review_topic(topic, state="accepted", by=cast.director, at=cast.at)
    meeting = take_meeting("submit_agenda", meeting, by=cast.director, at=cast.at)
    with pytest.raises(StepRefused, match="主持人"):
        take_meeting("sign_agenda", meeting, by=cast.director, at=cast.at)
    meeting = take_meeting("sign_agenda", meeting, by=cast.principal, at=cast.at)
    assert meeting.agenda_signed_by == cast.principal
    with pytest.raises(ValidationError, match="议程已经提交"):
        review_topic(topic, state="declined", by=cast.director, at=cast.at, reply="不议了")


def test_no_meeting_without_quorum_unless_it_is_said_why(cast, called):
    meeting = called()
    topic = propose_topic(meeting, {"title": "调整课表"}, by=cast.teaching_head, at=cast.at)
    review_topic(topic, state="accepted", by=cast.director, at=cast.at)
    take_meeting("submit_agenda", meeting, by=cast.director, at=cast.at)
    meeting = take_meeting("sign_agenda", meeting, by=cast.principal, at=cast.at)
    with pytest.raises(StepRefused, match="没有登记到会"):
        take_meeting("hold", meeting, by=cast.director, at=cast.at)
    seats = list(meeting.attendances.order_by("pk").values_list("user_id", flat=True))
    away = {user: ("leave" if place else "present", "出差") for place, user in enumerate(seats)}
    note_attendance(meeting, presences=away, by=cast.clerk, at=cast.at)
    assert not quorum_of(meeting, cast.today).met
    with pytest.raises(StepRefused, match="法定人数"):
        take_meeting("hold", meeting, by=cast.director, at=cast.at)
    meeting = take_meeting("hold", meeting, by=cast.director, at=cast.at, note="防汛紧急会议")
    assert meeting.quorum_met is False
    assert list(checks.quorum_missed.run()) == [meeting]


def test_the_pack_is_made_and_frozen(cast, held, issued):
    issued(at=cast.ago(12), due_date=cast.work_days(-2), subject="逾期的事")
    meeting = held()
    assert [one["subject"] for one in meeting.pack["orders"]] == ["逾期的事"]
    assert (meeting.number, meeting.title) == (1, f"{meeting.year}年第1次行政办公会")
    assert meeting.reviews_plan
    issued(at=cast.ago(12), due_date=cast.work_days(-2), subject="后来的事")
    assert len(Meeting.objects.get().pack["orders"]) == 1


def test_minutes_are_the_recorders_to_write_and_the_chairs_to_sign(cast, decided):
    meeting = Meeting.objects.get()
    with pytest.raises(ValidationError, match="记录人"):
        write_minutes(meeting, minutes="抢着写", discussions={}, by=cast.director, at=cast.at)
    write_minutes(meeting, minutes="会议要求各部门抓好落实。", discussions={}, by=cast.clerk, at=cast.at)
    meeting = take_meeting("write_minutes", meeting, by=cast.clerk, at=cast.at)
    for person in (cast.director, cast.secretary):
        with pytest.raises(StepRefused, match="主持人"):
            take_meeting("sign_minutes", meeting, by=person, at=cast.at)
    back = take_meeting("return_minutes", meeting, by=cast.principal, at=cast.at, opinion="补充分工")
    assert back.state == "held"
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.update(signed_by=cast.clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.update(recorder=cast.principal)


def test_decisions_become_orders_in_one_act_and_follow_them(cast, decided):
    sign(cast, Meeting.objects.get())
    done = order_decisions(Decision.objects.order_by("no"), by=cast.director, at=cast.at)
    assert len(done.made) == 2
    assert "第3号（没有承办部门）" in done.told()
    assert [one.state for one in Decision.objects.order_by("no")] == ["ordered", "ordered", "open"]
    again = order_decisions(Decision.objects.order_by("no"), by=cast.director, at=cast.at)
    assert not again.made, "never twice"
    first = Order.objects.get(decisions__no=1)
    assert (first.source_kind, first.owner, first.sponsor) == ("decision", cast.teaching_head, cast.principal)
    take("sign", first, by=cast.teaching_head, at=cast.at)
    take("answer", first, by=cast.teaching_head, at=cast.at)
    take("settle", first, by=cast.director, at=cast.at, mark="good", note="已落实")
    assert Decision.objects.get(no=1).state == "fulfilled"
    take("withdraw", Order.objects.get(decisions__no=2), by=cast.director, at=cast.at, opinion="改由总务办理")
    assert Decision.objects.get(no=2).state == "open"
    assert len(order_decisions(Decision.objects.filter(no=2), by=cast.director, at=cast.at).made) == 1


def test_a_clerk_drafts_but_does_not_hand_out(cast, decided):
    done = order_decisions(Decision.objects.filter(no=1), by=cast.clerk, at=cast.at)
    assert [order.state for order in done.made] == ["drafted"]
    with pytest.raises(ValidationError, match="权限"):
        order_decisions(Decision.objects.filter(no=2), by=cast.safety_head, at=cast.at)


def test_signed_words_stand(cast, decided):
    meeting, vague = sign(cast, Meeting.objects.get()), Decision.objects.get(no=3)
    with pytest.raises(ValidationError, match="已经签发"):
        add_decision(meeting, {"text": "再加一条"}, by=cast.clerk, at=cast.at)
    with pytest.raises(ValidationError, match="不能再改"):
        change_decision(vague, {"text": "换一种说法"}, by=cast.clerk, at=cast.at)
    assert list(checks.decision_without_duty.run()) == [vague]
    due = cast.today + timedelta(days=30)
    change_decision(vague, {"lead": cast.office, "due_date": due}, by=cast.clerk, at=cast.at)
    assert not checks.decision_without_duty.run().exists()


def test_settling_without_an_order_needs_another_ones_word(cast, decided):
    first = Decision.objects.get(no=1)
    with pytest.raises(ValidationError, match="责任人"):
        settle_decision(first, state="fulfilled", note="做完了", by=cast.teaching_head, at=cast.at)
    with pytest.raises(ValidationError, match="依据"):
        settle_decision(first, state="fulfilled", note="", by=cast.director, at=cast.at)
    settle_decision(first, state="fulfilled", note="现场查看属实", by=cast.director, at=cast.at)
    assert Decision.objects.get(no=1).fulfilled_at == cast.at


def test_signing_in_is_for_the_invited_on_the_day(cast, called, make_user):
    meeting = called(at=cast.at + timedelta(seconds=1), topics_until=cast.today)
    topic = propose_topic(meeting, {"title": "调整课表"}, by=cast.teaching_head, at=cast.at)
    review_topic(topic, state="accepted", by=cast.director, at=cast.at)
    take_meeting("submit_agenda", meeting, by=cast.director, at=cast.at)
    meeting = take_meeting("sign_agenda", meeting, by=cast.principal, at=cast.at)
    assert sign_in(meeting, by=cast.teaching_head, at=cast.at).presence == "present"
    with pytest.raises(ValidationError, match="参会名单"):
        sign_in(meeting, by=make_user("teacher"), at=cast.at)
    with pytest.raises(ValidationError, match="当天"):
        sign_in(meeting, by=cast.safety_head, at=cast.at + timedelta(days=2))


def test_guests_are_seated_apart_and_chair_and_recorder_stay(cast, called, make_user):
    meeting, guest = called(), make_user("teacher")
    invite(meeting, members=[cast.teaching_head], guests=[guest], by=cast.director, at=cast.at)
    seats = dict(meeting.attendances.values_list("user_id", "is_guest"))
    assert seats == {cast.principal.pk: False, cast.teaching_head.pk: False, guest.pk: True, cast.clerk.pk: True}
    assert guest.can("view", meeting)
    assert not cast.safety_head.can("view", meeting)


def test_long_silence_about_the_plan_is_a_finding(cast, held):
    meeting = held(kind="business")
    assert list(checks.plan_not_reviewed.run()) == [meeting]
    Meeting.objects.update(reviews_plan=True)
    assert not checks.plan_not_reviewed.run().exists()
    Meeting.objects.update(at=cast.at - timedelta(weeks=5))
    assert checks.plan_not_reviewed.run().exists()


def test_points_become_orders_once(cast, make_user):
    from zhixing.domains.plans.models import Action, Plan, Task, WorkPoint

    plan = Plan.objects.create(title="提升方案")
    task = Task.objects.create(action=Action.objects.create(plan=plan, no=1, title="行动一"), no=1, title="任务一")
    point = WorkPoint.objects.create(
        task=task,
        no=1,
        text="修订规章制度",
        lead=cast.teaching,
        owner=cast.teaching_head,
        due_date=cast.work_days(-3),
        state="in_effect",
    )
    done = order_points([point], by=cast.director, at=cast.at)
    assert (done.made[0].work_point, done.made[0].due_date) == (point, cast.work_days(5))
    assert "已有在办" in order_points([point], by=cast.director, at=cast.at).told()


def test_every_step_has_a_permission_that_some_role_holds(school):
    from zhixing.kernel.people.grants import matches
    from zhixing.kernel.people.models import Role

    for step in MeetingCourse.steps:
        code = MeetingCourse.permission(step)
        assert any(
            matches(tuple(patterns), code)
            for role in Role.objects.all()
            for extent, patterns in role.permissions.items()
            if extent != "grant"
        ), code
