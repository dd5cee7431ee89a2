"""What passwords are taken and refused, per profile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhixing.kernel.people.models import User
from zhixing.kernel.people.passwords import is_outdated, judge_password, unguessable

GOOD = [
    "松柏 orchid 逆流 tram",
    "mfkGw9-tulip-vase",
    "Ki7!vurm_Osel",
    "雨过天青云破处这般颜色做将来",
    "correct horse battery",
]
GUESSED = [
    "123456", "password1234", "P@ssw0rd2026!", "qwertyuiop123", "1qaz2wsx3edc", "woaini520520", "zhixing2026!!",
    "aaaaaaaaaaaa", "abcabcabcabc", "admin@admin12", "xuesheng2026", "!@#$%^&*()_+", "20080305abcXY!", "13912345678aA!",
]  # fmt: skip


@pytest.mark.parametrize("password", GOOD)
def test_a_password_nobody_guesses_is_taken(password: str) -> None:
    assert judge_password(password) == [], unguessable(password)


@pytest.mark.parametrize("password", GUESSED)
@pytest.mark.parametrize("profile", ["asvs", "dengbao3"])
def test_what_everybody_tries_is_refused(settings: Any, profile: str, password: str) -> None:
    settings.PROFILE = profile
    assert judge_password(password)


@pytest.mark.parametrize(
    ("password", "taken"), [("Kv7!gTmq2w", True), ("kvtgtmqbwzp", False), ("Kv7!gTmq2", False), ("KvtgTmq2wz", True)]
)
def test_dengbao3_wants_ten_characters_of_three_kinds(settings: Any, password: str, taken: bool) -> None:
    settings.PROFILE = "dengbao3"
    assert (judge_password(password) == []) is taken


def test_asvs_wants_twelve_and_no_kinds(settings: Any) -> None:
    settings.PROFILE = "asvs"
    assert judge_password("kvtgtmqbwzp")
    assert judge_password("kvtgtmqbwzph") == []


@pytest.mark.parametrize(
    "password", ["ouyangna-Kv7gTmq", "OuYangNa kvtgtmq", "欧阳娜 kvtgtmqbwz", "kvtg-oyn2024a-mqbw", "xyz-345678-kvtgtm"]
)
def test_no_ones_own_name_account_or_phone(make_user: Any, password: str) -> None:
    user: User = make_user("teacher", name="欧阳娜", account="oyn2024a", phone="13912345678")
    assert judge_password(password, user)
    assert judge_password("mfkGw9-tulip-vase", user) == []


def test_profile_dengbao3_asks_for_a_new_password_in_time(make_user: Any, settings: Any) -> None:
    now = timezone.now()
    teacher, admin = make_user("teacher"), make_user("system_admin")
    for user in (teacher, admin):
        user.password_set_at = now - timedelta(days=100)
    settings.PROFILE = "asvs"
    assert not is_outdated(admin, now)
    settings.PROFILE = "dengbao3"
    assert is_outdated(admin, now)
    assert not is_outdated(teacher, now)
    assert is_outdated(teacher, now + timedelta(days=90))
