"""People in the school's service."""

from __future__ import annotations

from datetime import date
from typing import Any

from zhixing.domains.staff import actions
from zhixing.domains.staff.models import StaffMember

from .clock import NOW, NUMBERS
from .school import a_department


def a_teacher(name: str = "", *, with_account: bool = False, **values: Any) -> StaffMember:
    number = next(NUMBERS)
    facts: dict[str, Any] = {
        "staff_no": f"T{number:05d}", "name": name or f"李老{number}", "sex": "女",
        "joined_date": date(2020, 9, 1), **values,
    }  # fmt: skip
    if "department" not in facts:
        facts["department"] = a_department()
    return actions.employ(facts, by=None, at=NOW, with_account=with_account)
