"""A school with departments and people, and a plan of its own in effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.plans.texts import SMALL


@dataclass
class Scene:
    """People of the school under test and what they have made."""

    director: Any
    clerk: Any
    owner: Any
    head: Any
    sponsor: Any
    academic: Any
    affairs: Any
    plan: Any = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def now(self) -> Any:
        return timezone.now()

    @property
    def today(self) -> date:
        return timezone.localdate()

    def points(self) -> Any:
        from zhixing.domains.plans.models import WorkPoint

        return WorkPoint.objects.of_plan(self.plan).order_by("task__no", "no")

    def give(self, point: Any, due: int = 30, **duties: Any) -> Any:
        """The point with all its duties, due so many days from today, in effect."""
        from zhixing.domains.plans.actions import assign
        from zhixing.domains.plans.procedures import take

        given = {"lead": self.academic, "owner": self.owner, "sponsor": self.sponsor,
                 "due_date": self.today + timedelta(days=due), "start_date": self.today - timedelta(days=60),
                 **duties}  # fmt: skip
        point = assign(point, by=self.director, at=self.now, **given)
        return take("put_in_effect", point, by=self.director, at=self.now)

    def prove(self, point: Any, by: Any = None) -> Any:
        """Evidence on the point."""
        from zhixing.kernel.files.evidence import add_evidence

        return add_evidence(
            title="工作总结", on=point, by=by or self.owner, at=self.now, medium="paper", shelf="档案室"
        )


@pytest.fixture
def scene(school: Any, make_user: Callable[..., Any]) -> Scene:
    from zhixing.domains.school.actions import add_department
    from zhixing.domains.staff.models import StaffMember

    director = make_user("office_director", name="赵主任")
    at = timezone.now()
    academic = add_department({"name": "教务科"}, by=director, at=at)
    affairs = add_department({"name": "学生科"}, by=director, at=at)
    people = {
        "clerk": make_user("office_clerk", name="钱干事"),
        "owner": make_user("teacher", unit=academic.unit, name="孙责任"),
        "head": make_user("department_head", unit=academic.unit, name="李科长"),
        "sponsor": make_user("teacher", name="周校长"),
    }
    academic.unit.head = people["head"]
    academic.unit.save()
    for number, user in enumerate(people.values(), 1):
        StaffMember.objects.create(
            staff_no=f"T{number:03d}", name=user.name, sex="男", department=academic, user=user, kind="2"
        )
    return Scene(director=director, academic=academic.unit, affairs=affairs.unit, **people)


@pytest.fixture
def planned(scene: Scene) -> Scene:
    """The small plan in effect."""
    from zhixing.domains.plans.actions import create_plan, take_effect, take_in
    from zhixing.domains.plans.documents import read_pasted

    plan = create_plan({"title": "管理提升实施方案"}, by=scene.director, at=scene.now)
    version = take_in(plan, read_pasted(SMALL), by=scene.director, at=scene.now)
    scene.plan = take_effect(version, by=scene.director, at=scene.now)
    return scene
