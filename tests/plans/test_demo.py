"""The demonstration plan: the shape that was promised, points in every state, exactly the faults of its key."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import time_machine

from tests.factories.clock import NOW
from zhixing.domains.plans import checks as plan_checks
from zhixing.domains.plans import demo
from zhixing.domains.plans.models import DutyLetter, HandOver, Plan, PlanStage, Safeguard, Task, WorkPoint
from zhixing.domains.plans.queries import coverage, standing, the_day
from zhixing.domains.school import demo as school_demo
from zhixing.domains.staff import demo as staff_demo
from zhixing.kernel.checks import Check
from zhixing.kernel.checks.models import Finding


@pytest.fixture
def key(school: Any) -> list[dict[str, Any]]:
    rnd = Random(7)
    with time_machine.travel(NOW, tick=False):
        school_demo.furnish(school, rnd, at=NOW)
        staff_demo.furnish(school, rnd, at=NOW)
        return demo.furnish(school, rnd, at=NOW)


@time_machine.travel(NOW, tick=False)
def test_the_plan_has_the_known_shape_and_finds_just_what_was_planted(key: list[dict[str, Any]]) -> None:
    plan = Plan.objects.of_school().effective().get()
    now = standing(plan, the_day(), None)
    assert [len(line.tasks) for line in now.actions] == [5, 3, 2, 3, 2, 2]
    assert [line.task.no for line in now.tasks] == list(range(1, 18))
    assert all(line.task.kind for line in now.tasks)
    assert PlanStage.objects.filter(plan=plan).count() == Safeguard.objects.filter(plan=plan).count() == 3
    assert all(now.tally.colours.values()), now.tally.colours
    assert set(WorkPoint.objects.values_list("state", flat=True)) == {
        "draft", "in_effect", "submitted", "accepted", "withdrawn",
    }  # fmt: skip
    assert [line.asked.title for line in coverage(plan) if line.state == "gap"] == ["财务管理规范"]
    assert HandOver.objects.exists()
    assert DutyLetter.objects.filter(signed_at=None).exists()
    assert DutyLetter.objects.exclude(signed_at=None).exists()
    wanted = {entry["rule"]: entry["objects"] for entry in key}
    every = [thing for thing in vars(plan_checks).values() if isinstance(thing, Check)]
    for check in every:
        assert sorted(str(row) for row in check.run()) == wanted.get(check.code, []), check.code
        assert wanted.get(check.code), f"nothing planted for {check.code}"
    assert Task.objects.get(action__plan=plan, kind="systems_use").points.alive().count() == 0
    assert set(wanted) <= set(Finding.objects.values_list("rule", flat=True))
