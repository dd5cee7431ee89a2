"""A school with an office and a teaching department, people who write, review, publish and study."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from tests.factories import a_teacher
from zhixing.domains.portal import actions
from zhixing.domains.portal.models import Article, MicroLesson
from zhixing.domains.portal.procedures import take, take_lesson
from zhixing.domains.school import actions as school_actions
from zhixing.kernel.people.models import Unit, User

BODY = "学校召开动员会，部署实施方案。\n一、主要做法\n- 分解任务\n- 明确责任\n（一）下一步\n各部门制定推进计划。"
QUESTIONS = [
    {
        "text": f"第{n}问？",
        "option_a": "甲",
        "option_b": "乙",
        "option_c": "丙",
        "right": "B",
        "explanation": "见正文。",
    }
    for n in (1, 2, 3)
]


@dataclass
class Cast:
    """Everybody a story of the column needs."""

    at: datetime
    office: Unit
    teaching: Unit
    director: User
    principal: User
    clerk: User
    head: User
    teacher: User
    rows: list[Any]

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def ago(self, days: float) -> datetime:
        return self.at - timedelta(days=days)


@pytest.fixture
def cast(school: Any, make_user: Any) -> Cast:
    at = timezone.now()
    made = [
        school_actions.add_department({"name": name, "kind": "office", "position": place}, by=None, at=at)
        for place, name in enumerate(("办公室", "教务科"), 1)
    ]
    office, teaching = (row.unit for row in made)
    people = Cast(
        at=at, office=office, teaching=teaching, director=make_user("office_director", name="主任丙"),
        principal=make_user("principal", name="校长甲"), clerk=make_user("office_clerk", name="干事丁"),
        head=make_user("department_head", unit=teaching, name="教务戊"),
        teacher=make_user("teacher", name="教师庚"), rows=made,
    )  # fmt: skip
    for user, department in (
        (people.director, made[0]), (people.clerk, made[0]), (people.head, made[1]), (people.teacher, made[1]),
    ):  # fmt: skip
        row = a_teacher(user.name, department=department)
        type(row).objects.filter(pk=row.pk).update(user=user)
    return people


@pytest.fixture
def draft(cast: Cast) -> Any:
    """``draft(**changes)``: an article by the head of the teaching department."""

    def make(at: datetime | None = None, **changes: Any) -> Article:
        values = {"kind": "news", "title": "管理提升行动启动", "unit": cast.teaching, "body": BODY, **changes}
        return actions.write_article(values, by=cast.head, at=at or cast.at)

    return make


@pytest.fixture
def reviewed(cast: Cast, draft: Any) -> Any:
    """``reviewed(**changes)``: handed in, and passed by the office."""

    def make(at: datetime | None = None, **changes: Any) -> Article:
        at = at or cast.at
        article = take("submit", draft(at=at, **changes), by=cast.head, at=at)
        return take("review", article, by=cast.director, at=at)

    return make


@pytest.fixture
def published(cast: Cast, reviewed: Any) -> Any:
    """``published(**changes)``: out, on the principal's word."""

    def make(at: datetime | None = None, **changes: Any) -> Article:
        return take("publish", reviewed(at=at, **changes), by=cast.principal, at=at or cast.at)

    return make


@pytest.fixture
def lesson(cast: Cast) -> Any:
    """``lesson(out=True, **changes)``: a lesson of the teaching department, published by the office."""

    def make(out: bool = True, at: datetime | None = None, units: Any = (), **changes: Any) -> MicroLesson:
        at = at or cast.at
        values = {
            "title": "一页看懂方案", "body": BODY, "minutes": 5, "unit": cast.teaching,
            "due_date": cast.today + timedelta(days=7), **changes,
        }  # fmt: skip
        made = actions.write_lesson(values, by=cast.head, at=at)
        actions.set_questions(made, QUESTIONS, by=cast.head, at=at)
        actions.set_targets(made, units=units, by=cast.head, at=at)
        if not out:
            return MicroLesson.objects.get(pk=made.pk)
        made = take_lesson("submit", made, by=cast.head, at=at)
        return take_lesson("publish", made, by=cast.director, at=at)

    return make


def picture(name: str = "现场.jpg", kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> Any:
    """A small lawful picture as an upload."""
    file = io.BytesIO()
    Image.new("RGB", size, "#1661ab").save(file, kind)
    file.seek(0)
    file.name = name
    return file
