"""Accounts that close by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhixing.kernel.people.accounts import close_left_accounts, create_user, reopen_user
from zhixing.kernel.people.activation import issue_codes
from zhixing.kernel.people.models import Assignment, User


@pytest.mark.parametrize(
    ("fields", "closed"),
    [
        ({"leaves_on": -1}, True), ({"leaves_on": 0}, False), ({"leaves_on": None}, False),
        ({"last_login": -91}, True), ({"last_login": -89}, False), ({"last_login": None}, False),
    ],
)  # fmt: skip
def test_leavers_and_the_long_silent_are_closed(make_user: Any, fields: dict[str, Any], closed: bool) -> None:
    now, today = timezone.now(), timezone.localdate()
    user = make_user("teacher")
    for name, days in fields.items():
        start: Any = today if name == "leaves_on" else now
        User.objects.filter(pk=user.pk).update(**{name: None if days is None else start + timedelta(days=days)})
    assert close_left_accounts(today) == int(closed)
    assert User.objects.get(pk=user.pk).is_active is not closed
    assert close_left_accounts(today) == 0


def test_a_reopened_account_is_not_closed_again_the_same_night(make_user: Any, at: Any) -> None:
    admin, user = make_user("system_admin"), make_user("teacher")
    User.objects.filter(pk=user.pk).update(last_login=at - timedelta(days=100))
    assert close_left_accounts(at.date()) == 1
    reopen_user(User.objects.get(pk=user.pk), by=admin, at=at, reason="返校")
    assert close_left_accounts(at.date()) == 0


def test_an_ended_office_no_longer_excludes_another(make_user: Any, at: Any) -> None:
    user = make_user("system_admin")
    Assignment.objects.filter(user=user).update(ends_on=at.date() - timedelta(days=1))
    close_left_accounts(timezone.localdate())
    assert Assignment.objects.get(user=user).exclusive_group is None


def test_no_way_of_opening_an_account_gives_a_guessable_password(make_user: Any, at: Any) -> None:
    """A-16: whatever people derive passwords from opens nothing."""
    user = create_user({"account": "20260101", "name": "张三", "phone": "13912345678"}, by=None, at=at)
    code = issue_codes(users=[user], by=None, at=at)[0].code
    for guess in ("20260101", "zhangsan", "13912345678", "345678", "123456", "", code):
        assert not user.check_password(guess)
    assert len(code.replace("-", "")) >= 14
