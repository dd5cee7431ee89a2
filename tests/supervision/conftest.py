"""A school with an office, three departments with heads, and leaders."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhixing.domains.school import actions as school_actions
from zhixing.domains.supervision.actions import begin_order, keep_feedback
from zhixing.domains.supervision.procedures import take
from zhixing.domains.supervision.queries.clock import WorkDays
from zhixing.kernel.people.models import Unit, User


@dataclass
class Cast:
    """Everybody a story of supervision needs."""

    at: datetime
    office: Unit
    teaching: Unit
    safety: Unit
    principal: User
    secretary: User
    director: User
    clerk: User
    teaching_head: User
    safety_head: User

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def work_days(self, count: int) -> date:
        return WorkDays().shifted(self.today, count)

    def ago(self, work_days: int) -> datetime:
        """A moment that many work days before."""
        return self.at - timedelta(days=(self.today - self.work_days(-work_days)).days)


def department(name: str, position: int, at: datetime) -> Unit:
    row = school_actions.add_department({"name": name, "kind": "office", "position": position}, by=None, at=at)
    return row.unit


@pytest.fixture
def cast(school: Any, make_user: Any) -> Cast:
    at = timezone.now()
    units = [department(name, place, at) for place, name in enumerate(("办公室", "教务科", "安全保卫科"), 1)]
    office, teaching, safety = units
    people = Cast(
        at=at, office=office, teaching=teaching, safety=safety,
        principal=make_user("principal", name="校长甲"), secretary=make_user("party_secretary", name="书记乙"),
        director=make_user("office_director", name="主任丙"), clerk=make_user("office_clerk", name="干事丁"),
        teaching_head=make_user("department_head", unit=teaching, name="教务戊"),
        safety_head=make_user("department_head", unit=safety, name="安全己"),
    )  # fmt: skip
    for unit, head in ((office, people.director), (teaching, people.teaching_head), (safety, people.safety_head)):
        unit.head = head
        unit.save()
    return people


@pytest.fixture
def begin(cast: Cast) -> Any:
    """``begin(**changes)``: a draft by the clerk for the teaching office, due in ten work days."""

    def make(at: datetime | None = None, supports: Any = (), source: Any = None, **changes: Any) -> Any:
        values = {
            "subject": "修订教学常规检查办法", "demand": "完成修订并经教研组讨论，附会议记录。", "lead": cast.teaching,
            "due_date": cast.work_days(10), "sponsor": cast.secretary, **changes,
        }  # fmt: skip
        return begin_order(values, by=cast.clerk, at=at or cast.at, supports=supports, source=source)

    return make


@pytest.fixture
def issued(cast: Cast, begin: Any) -> Any:
    """``issued(**changes)``: handed out by the director."""

    def make(at: datetime | None = None, **changes: Any) -> Any:
        return take("issue", begin(at=at, **changes), by=cast.director, at=at or cast.at)

    return make


@pytest.fixture
def answered(cast: Cast, issued: Any) -> Any:
    """``answered(proof=True)``: signed and answered by the head, waiting for the office."""

    def make(at: datetime | None = None, proof: bool = True, **changes: Any) -> Any:
        at = at or cast.at
        order = take("sign", issued(at=at, **changes), by=cast.teaching_head, at=at)
        words = "已召开教研组会议三次，修订稿经讨论通过，现行文印发各教研组执行，检查表同步更新。"
        keep_feedback(
            order, kind="final", progress=words, by=cast.teaching_head, at=at, proof=paper() if proof else None
        )
        return take("answer", order, by=cast.teaching_head, at=at)

    return make


def paper(name: str = "会议记录.txt", text: str = "会议记录：一致通过修订稿。") -> Any:
    file = io.BytesIO(text.encode())
    file.name = name
    return file
