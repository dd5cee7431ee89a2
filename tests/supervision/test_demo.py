"""The demonstration school's supervision: every state is there, and the checks find exactly what was planted."""

from __future__ import annotations

from random import Random

import pytest
import time_machine

from tests.factories.clock import NOW
from zhixing.domains.school import demo as school_demo
from zhixing.domains.staff import demo as staff_demo
from zhixing.domains.supervision import checks as supervision_checks
from zhixing.domains.supervision import demo
from zhixing.domains.supervision.choices import CircularState, MeetingState, OrderState, ReportState
from zhixing.domains.supervision.models import Circular, Decision, Meeting, MonthlyReport, Order, Reminder
from zhixing.kernel.checks import Check

SEED = 20260901


@pytest.fixture
def key(school):
    rnd = Random(SEED)
    with time_machine.travel(NOW, tick=False):
        school_demo.furnish(school, rnd, at=NOW)
        staff_demo.furnish(school, rnd, at=NOW)
        return demo.furnish(school, rnd, at=NOW)


@time_machine.travel(NOW, tick=False)
def test_every_check_finds_just_what_was_planted(key):
    wanted = {entry["rule"]: entry["objects"] for entry in key}
    assert len(wanted) == len(key), "one line of the key for each rule"
    found = {}
    for check in (thing for thing in vars(supervision_checks).values() if isinstance(thing, Check)):
        found[check.code] = sorted(str(row) for row in check.run())
        assert found[check.code] == wanted.get(check.code, []), check.code
    never = {code for code, rows in found.items() if not rows}
    assert never <= {
        "supervision.order_owner_left",
        "supervision.report_tampered",
        "supervision.circular_tampered",
        "supervision.quorum_missed",
        "supervision.decision_overdue",
    }, never


@time_machine.travel(NOW, tick=False)
def test_every_state_can_be_seen(key):
    states = set(Order.objects.values_list("state", flat=True))
    assert states == set(OrderState.values)
    assert {"yellow", "red"} <= set(Order.objects.values_list("card", flat=True))
    assert {"excellent", "good", "pass", "fail"} <= set(Order.objects.values_list("mark", flat=True))
    assert {"collecting", "held", "signed"} <= set(Meeting.objects.values_list("state", flat=True))
    assert MeetingState.SIGNED in set(Meeting.objects.values_list("state", flat=True))
    assert set(MonthlyReport.objects.values_list("state", flat=True)) == set(ReportState.values)
    assert set(Circular.objects.values_list("state", flat=True)) == set(CircularState.values)
    assert {"open", "ordered", "fulfilled"} <= set(Decision.objects.values_list("state", flat=True))
    assert {"soon", "yellow", "red", "sign"} <= set(Reminder.objects.values_list("level", flat=True))
