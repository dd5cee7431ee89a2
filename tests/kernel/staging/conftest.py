"""A school with a department, two majors and a class, and ways to take a file all the way in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from tests.kernel.staging.rolls import person, upload, workbook


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def registrar(make_user: Callable[..., Any]) -> Any:
    return make_user("registrar")


@pytest.fixture
def places(school: Any, registrar: Any, at: datetime) -> dict[str, Any]:
    """One teaching department with two majors and the class 26数控1班."""
    from zhixing.domains.school.actions import add_department, add_major, open_class_group

    department = add_department({"name": "机电部", "kind": "teaching"}, by=registrar, at=at)
    majors = {}
    for code, name in (("660103", "数控技术应用"), ("730701", "电子商务")):
        values = {
            "code": code, "name": name, "directory_version": "2021", "department": department, "is_offered": True
        }  # fmt: skip
        majors[name] = add_major(values, by=registrar, at=at)
    values = {"name": "26数控1班", "cohort": 2026, "major": majors["数控技术应用"], "department": department}
    group = open_class_group(values, by=registrar, at=at)
    return {"department": department, "majors": majors, "class": group}


@pytest.fixture
def bring(places: Any, registrar: Any, at: datetime) -> Callable[..., Any]:
    """``bring(rows)``: upload the rows and have them read; the staged batch."""
    from zhixing.domains.students.sheets import StudentSheet
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.sheets.staging import receive

    def make(
        rows: Any, *, by: Any = None, data: bytes | None = None, name: str = "学生名单.xlsx", sheet: Any = None
    ) -> Any:
        made = data if data is not None else workbook(rows)
        received = receive(upload(made, name), name=name, sheet=sheet or StudentSheet, by=by or registrar, at=at)
        run_pending()
        received.batch.refresh_from_db()
        return received.batch

    return make


@pytest.fixture
def applied(bring: Callable[..., Any], registrar: Any, at: datetime) -> Callable[..., Any]:
    """``applied(rows)``: all the way into the register; the batch with its receipt."""
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.sheets.apply import ask_to_apply

    def make(rows: Any, *, by: Any = None, **kwargs: Any) -> Any:
        batch = bring(rows, by=by, **kwargs)
        ask_to_apply(batch, by=by or registrar, at=at)
        run_pending()
        batch.refresh_from_db()
        return batch

    return make


@pytest.fixture
def roll() -> Callable[[int], list[dict[str, str]]]:
    return lambda count: [person(number) for number in range(1, count + 1)]
