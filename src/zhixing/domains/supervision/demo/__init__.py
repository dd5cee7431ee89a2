"""Five months of supervision in the demonstration school: orders, meetings and reports in every state, by real verbs.

What is wrong on purpose is in the key; each entry names the check that must find it and what it must find.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

from zhixing.kernel.people.models import Tenant

from .. import actions
from ..models import Decision, Order
from .meetings import meetings
from .orders import months_before, orders_now, orders_of_the_plan
from .reports import circulars, reports
from .scene import Scene, scene_of


def furnish(school: Tenant, rnd: Random, *, at: datetime) -> list[dict[str, Any]]:
    """Furnish the tenant in scope; needs the school's, the staff's and, for orders from the plan, the plans' demo."""
    scene = scene_of(rnd, at)
    months_before(scene)
    orders_now(scene)
    orders_of_the_plan(scene)
    meetings(scene)
    actions.escalate(scene.ago(5))
    actions.escalate(scene.ago(0))
    reports(scene)
    circulars(scene)
    plant_overdue(scene)
    return scene.key


def plant_overdue(scene: Scene) -> None:
    """What is overdue by now, whoever made it so: orders, and decisions that wait for them."""
    overdue: Sequence[Order] = list(Order.objects.overdue(scene.today))
    scene.plant("order_overdue", "due_date", *overdue)
    late = Decision.objects.overdue(scene.today).filter(meeting__state="signed")
    if late.exists():
        scene.plant("decision_overdue", "due_date", *late)
