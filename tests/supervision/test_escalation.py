"""催办 by work days: each level once, the loudest that is due, cards copied, thresholds that a school may move."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from zhixing.domains.supervision.actions import decide_extension, escalate, remind
from zhixing.domains.supervision.actions.extensions import ask_extension
from zhixing.domains.supervision.jobs import escalate_orders
from zhixing.domains.supervision.models import Order, Reminder
from zhixing.domains.supervision.procedures import take
from zhixing.domains.supervision.queries.clock import Clock, WorkDays, late_by
from zhixing.kernel.checks import Check
from zhixing.kernel.notices.models import Notice
from zhixing.kernel.standards.edits import set_standard

pytestmark = pytest.mark.django_db


def due(cast, issued, days, begun=20, **more):
    at = cast.ago(begun)
    return take("sign", issued(at=at, due_date=cast.work_days(days), **more), by=cast.teaching_head, at=at)


@pytest.mark.parametrize(
    ("days", "level", "card"),
    [
        (5, None, "none"),
        (3, "soon", "none"),
        (0, "soon", "none"),
        (-1, "urge", "none"),
        (-3, "yellow", "yellow"),
        (-6, "yellow", "yellow"),
        (-7, "red", "red"),
    ],
)
def test_levels_follow_work_days(cast, issued, days, level, card):
    order = due(cast, issued, days)
    escalate(cast.at)
    order.refresh_from_db()
    assert list(Reminder.objects.values_list("level", flat=True)) == ([level] if level else [])
    assert order.card == card


def test_each_level_comes_once_and_the_loudest_is_enough(cast, issued):
    due(cast, issued, -8)
    assert escalate(cast.at).reminded == {"red": 1}
    assert escalate(cast.at).count == 0
    assert Reminder.objects.count() == 1


def test_cards_go_to_the_sponsor_and_red_to_the_head_of_the_school_too(cast, issued):
    due(cast, issued, -4)
    escalate(cast.at)
    reminder = Reminder.objects.get()
    assert (reminder.to, reminder.copied_to, reminder.late_days) == (cast.teaching_head, cast.secretary, 4)
    assert Notice.objects.filter(user=cast.secretary, title__startswith="黄牌").count() == 1
    assert not Notice.objects.filter(user=cast.principal, title__startswith="黄牌").exists()
    escalate(cast.at + timedelta(days=(cast.work_days(4) - cast.today).days))
    assert Notice.objects.filter(user=cast.principal, title__startswith="红牌").count() == 1
    assert Notice.objects.filter(user=cast.secretary, title__startswith="红牌").count() == 1


def test_unsigned_orders_are_chased_to_sign(cast, issued):
    issued(at=cast.ago(3), due_date=cast.work_days(10))
    assert escalate(cast.at).reminded == {"sign": 1}


def test_what_waits_for_the_office_is_left_alone(cast, answered):
    answered(at=cast.ago(15), due_date=cast.work_days(-8))
    assert escalate(cast.at).count == 0


def test_an_extension_takes_the_card_away(cast, issued):
    at = cast.ago(10)
    order = take("sign", issued(at=at, due_date=cast.work_days(-3)), by=cast.teaching_head, at=at)
    words = {"reason": "等设备到货", "progress": "已经完成一半"}
    asked = ask_extension(order, asked_due_date=cast.work_days(5), by=cast.teaching_head, at=cast.ago(4), **words)
    escalate(cast.at)
    order.refresh_from_db()
    assert order.card == "yellow"
    decide_extension(asked, granted=True, by=cast.director, at=cast.at)
    order.refresh_from_db()
    assert (order.card, order.due_date) == ("none", cast.work_days(5))


def test_a_school_may_move_the_thresholds(cast, issued):
    set_standard(
        "order_red",
        4,
        valid_from=cast.today - timedelta(days=30),
        valid_to=None,
        source="校督办办法",
        reason="从严要求",
        by=cast.principal,
        at=cast.at,
    )
    order = due(cast, issued, -4)
    escalate(cast.at)
    order.refresh_from_db()
    assert order.card == "red"


def test_reminding_by_hand(cast, issued, answered):
    order = due(cast, issued, 6)
    remind(order, text="请本周内反馈。", by=cast.clerk, at=cast.at)
    remind(order, text="", by=cast.clerk, at=cast.at)
    assert [one.is_automatic for one in Reminder.objects.all()] == [False, False]
    with pytest.raises(ValidationError, match="不用催办"):
        remind(answered(subject="另一件"), text="", by=cast.clerk, at=cast.at)


def test_the_daily_job_rests_on_days_off(cast, issued, monkeypatch):
    due(cast, issued, -8)
    monkeypatch.setattr(WorkDays, "is_work_day", lambda self, day: False)
    assert escalate_orders.work(None) == {"count": 0}


def test_the_clock_counts_as_the_calendar_does(cast):
    from zhixing.domains.school.queries import add_work_days, work_days_between

    days = WorkDays()
    for start in (date(2026, 9, 28), date(2026, 2, 10)):
        for count in (-7, -1, 1, 3, 12):
            assert days.shifted(start, count) == add_work_days(start, count)
        assert days.between(start, start + timedelta(days=20)) == work_days_between(start, start + timedelta(days=20))


def test_lamps(cast, issued):
    clock = Clock.of(cast.today)
    assert clock.lamp("signed", cast.work_days(-1)) == "red"
    assert clock.lamp("answered", cast.work_days(-1)) != "red"
    assert clock.lamp("signed", cast.work_days(2)) == "amber"
    assert clock.lamp("signed", cast.work_days(9)) == "green"
    assert clock.lamp("archived", cast.work_days(-9)) == "done"
    assert clock.lamp("drafted", cast.work_days(9)) == "grey"
    order = due(cast, issued, -5)
    assert late_by([order], cast.today) == {order.pk: 5}


def test_an_owner_who_left_is_a_finding(cast, issued):
    from zhixing.domains.supervision import checks

    order = due(cast, issued, 5)
    assert isinstance(checks.order_owner_left, Check)
    assert not checks.order_owner_left.breaks(order)
    cast.teaching_head.is_active = False
    cast.teaching_head.save()
    assert list(checks.order_owner_left.run()) == [Order.objects.get(pk=order.pk)]
