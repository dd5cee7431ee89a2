"""The door from outside: what strangers, thieves and class mates try, and that honest people still get in."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.test import Client

from zhixing.kernel.people import hashing, throttle, twofactor
from zhixing.kernel.people.models import Session, Unit, User
from zhixing.kernel.trail.models import AuditEvent

SECRET = "松柏 orchid 逆流 tram"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of tries in a test: the cost of one hash is not what is tested there."""
    monkeypatch.setattr(hashing.CappedArgon2Hasher, "time_cost", 1)
    monkeypatch.setattr(hashing.CappedArgon2Hasher, "memory_cost", 64)
    from zhixing.kernel.people import signin

    signin._nobody.cache_clear()


@pytest.fixture
def person(make_user: Any) -> Callable[..., User]:
    """``person("teacher", account="li")``: someone who knows the password SECRET."""

    def make(role: str = "teacher", **fields: Any) -> User:
        user: User = make_user(role, **fields)
        user.password = make_password(SECRET)
        user.save(update_fields=["password"])
        return user

    return make


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def sign_in(account: str, password: str = SECRET, client: Client | None = None, address: str = "10.0.0.9") -> Any:
    client = client or Client()
    response = client.post(
        "/sign-in/", {"account": account, "password": password, "next": "/account/"}, REMOTE_ADDR=address
    )
    response.signed_in = response.status_code == 302  # type: ignore[attr-defined]
    return response


def test_the_page_needs_no_query_and_is_in_chinese(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        page = Client().get("/sign-in/")
    assert page.status_code == 200
    assert "账号或手机号" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"


def test_one_signs_in_by_account_or_phone_or_with_the_code_of_the_school(person: Any, school: Any) -> None:
    person(account="libai", phone="13800138000")
    for typed in ("libai", "LiBai", " libai ", "13800138000", f"libai@{school.code}", "ｌｉｂａｉ"):
        assert sign_in(typed).headers["Location"] == "/account/", typed


def test_a_shared_account_name_needs_the_code_of_the_school(person: Any, school: Any, other_school: Any) -> None:
    person(account="libai")
    theirs = person(account="libai", tenant=other_school)
    assert not sign_in("libai").signed_in
    client = Client()
    assert sign_in(f"libai@{other_school.code}", client=client).signed_in
    assert client.session["_auth_user_id"] == str(theirs.pk)


def test_an_unknown_account_gets_the_same_answer(person: Any) -> None:
    person(account="libai")
    known, unknown = (sign_in(account, "wrong").content.decode() for account in ("libai", "nobody"))
    token = 'name="csrfmiddlewaretoken" value="'
    strip = lambda text: text.split(token)[0] + text.split(token)[1][64:]  # noqa: E731
    assert strip(known) == strip(unknown).replace("nobody", "libai")
    assert "不正确" in known


@pytest.mark.slow
def test_an_unknown_account_takes_the_same_time(person: Any) -> None:
    person(account="libai")
    spent: dict[str, list[float]] = {"libai": [], "nobody": []}
    for round_ in range(200):
        for account, times in spent.items():
            throttle.Attempt.objects.all().delete()
            start = time.perf_counter()
            assert not sign_in(account, f"wrong {round_}").signed_in
            times.append(time.perf_counter() - start)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert abs(known - unknown) < 0.010


def test_a_lock_after_five_failures_ends_after_a_quarter_of_an_hour(person: Any, clock: Any) -> None:
    person(account="libai")
    for _ in range(4):
        assert "不正确" in sign_in("libai", "wrong").content.decode()
    assert sign_in("libai", "wrong").status_code == 200
    assert "尝试次数过多" in sign_in("libai").content.decode()
    clock.shift(timedelta(minutes=16))
    assert sign_in("libai").signed_in


def test_four_failures_lock_nobody(person: Any) -> None:
    person(account="libai")
    for _ in range(4):
        sign_in("libai", "wrong")
    assert sign_in("libai").signed_in


def test_an_unknown_account_locks_like_a_known_one(db: None, school: Any) -> None:
    answers = [sign_in("nobody", "wrong").content.decode() for _ in range(6)]
    assert ["尝试次数过多" in answer for answer in answers] == [False] * 5 + [True]


def test_a_class_mate_can_not_lock_the_owner_out(person: Any, cheap_hashes: None) -> None:
    person(account="libai")
    phone = Client()
    assert sign_in("libai", client=phone, address="10.1.1.1").signed_in
    phone.post("/sign-out/")
    for number in range(40):  # from the same shared address, and from everywhere
        sign_in("libai", f"guess {number}", address="10.1.1.1")
        sign_in("libai", f"guess {number}", address=f"10.2.0.{number}")
    assert not sign_in("libai", address="10.1.1.1").signed_in, "the strange device rests"
    assert not sign_in("libai", address="10.9.9.9").signed_in, "the account as a whole rests for strange devices"
    assert sign_in("libai", client=phone, address="10.1.1.1").signed_in
    assert sign_in("libai", client=phone, address="10.77.0.1").signed_in


def test_a_known_device_is_limited_too_and_a_forged_mark_is_none(person: Any) -> None:
    person(account="libai")
    phone = Client()
    sign_in("libai", client=phone)
    phone.post("/sign-out/")
    for _ in range(5):
        sign_in("libai", "wrong", client=phone)
    assert "尝试次数过多" in sign_in("libai", client=phone).content.decode()
    assert sign_in("libai", address="10.3.3.3").signed_in
    forged = Client()
    forged.cookies["device"] = phone.cookies["device"].value[:-2] + "xx"
    for _ in range(5):
        sign_in("libai", "wrong", client=forged, address="10.4.4.4")
    assert not sign_in("libai", client=forged, address="10.4.4.4").signed_in


def test_an_administrator_releases_a_lock(person: Any) -> None:
    user = person(account="libai")
    for _ in range(5):
        sign_in("libai", "wrong")
    assert not sign_in("libai").signed_in
    assert throttle.clear(throttle.subject_of(user)) > 0
    assert sign_in("libai").signed_in


def test_a_sprayed_password_is_noticed_by_fifty_accounts(person: Any, make_user: Any, cheap_hashes: None) -> None:
    victim = person(account="victim")
    for number in range(50):
        sign_in(f"guess{number}", SECRET, address=f"10.5.{number}.1")
    assert not sign_in("victim", SECRET, address="10.6.6.6").signed_in
    assert AuditEvent.objects.filter(action="people.spray_detected").exists() or (
        AuditEvent._base_manager.filter(action="people.spray_detected", tenant=None).exists()
    )
    victim.set_password("another 词语 harbour")
    victim.save()
    assert sign_in("victim", "another 词语 harbour", address="10.6.6.6").signed_in


@pytest.mark.slow
def test_a_thousand_honest_people_behind_one_address_are_not_held_up(make_user: Any, cheap_hashes: None) -> None:
    people = [make_user("student", account=f"s{number}") for number in range(1000)]
    for number, user in enumerate(people):
        user.password = make_password(f"phrase {number} lantern 词")
    User.accounts.bulk_update(people, ["password"])
    refused = []
    for number in range(1000):
        if number % 10 == 0:  # every tenth mistypes once, as people do
            sign_in(f"s{number}", f"phrase {number} lantern")
        if not sign_in(f"s{number}", f"phrase {number} lantern 词").signed_in:
            refused.append(number)
    assert refused == []


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example", "https://evil.example/", "\\\\evil.example", "/\\evil.example", "javascript:alert(1)",
        "/\t/evil.example", "http:///evil.example", "///evil.example",
    ],
)  # fmt: skip
def test_no_one_is_led_off_the_site(person: Any, wanted: str) -> None:
    person(account="libai")
    for address in ("/sign-in/", "/sign-in/?next=" + wanted):
        answer = Client().post(address, {"account": "libai", "password": SECRET, "next": wanted})
        assert answer.headers["Location"] == "/"


def test_the_session_id_changes_at_sign_in_and_at_step_up(person: Any) -> None:
    user = person(account="libai")
    client = Client()
    client.cookies["sid"] = "a" * 32
    sign_in("libai", client=client)
    first = client.cookies["sid"].value
    assert first != "a" * 32
    assert client.post("/step-up/", {"password": SECRET, "next": "/account/"}).status_code == 302
    second = client.cookies["sid"].value
    assert second != first
    assert list(Session.objects.filter(user=user).values_list("session_key", flat=True)) == [second]


def test_sessions_end_by_idleness_and_by_age(person: Any, make_user: Any, clock: Any) -> None:
    person(account="libai")
    client = Client()
    sign_in("libai", client=client)
    clock.shift(timedelta(minutes=29))
    assert client.get("/account/").status_code == 200
    clock.shift(timedelta(minutes=31))
    assert client.get("/account/").status_code == 302
    sign_in("libai", client=client)
    for _ in range(24):
        clock.shift(timedelta(minutes=29))
        assert client.get("/account/").status_code == 200
    client.post("/step-up/", {"password": SECRET})  # a new id does not start the clock again
    clock.shift(timedelta(minutes=29))
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize(("role", "minutes"), [("system_admin", 15), ("class_tutor", 30), ("student", 60)])
def test_how_long_a_session_may_lie_unused(person: Any, clock: Any, role: str, minutes: int) -> None:
    person(role, account="libai")
    client = Client()
    sign_in("libai", client=client)
    clock.shift(timedelta(minutes=minutes - 1))
    assert client.get("/set-password/").status_code == 200
    clock.shift(timedelta(minutes=minutes + 1))
    assert client.get("/set-password/").status_code == 302


def test_a_new_password_ends_every_other_session(person: Any) -> None:
    user = person(account="libai")
    here, there = Client(), Client()
    sign_in("libai", client=here)
    sign_in("libai", client=there, address="10.8.8.8")
    new = "江南 kettle 风筝 moss"
    changed = here.post("/set-password/", {"current": SECRET, "password": new, "again": new})
    assert changed.status_code == 302, changed.content.decode()
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert Session.objects.filter(user=user).count() == 1
    assert not sign_in("libai").signed_in
    assert sign_in("libai", new).signed_in


def test_signing_out_needs_a_post_and_clears_what_the_browser_kept(person: Any) -> None:
    person(account="libai")
    client = Client(enforce_csrf_checks=True)
    page = client.get("/sign-in/")
    token = page.context["csrf_token"] if page.context else page.cookies["csrf"].value
    client.post("/sign-in/", {"account": "libai", "password": SECRET, "csrfmiddlewaretoken": str(token)})
    old = client.cookies["sid"].value
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 403
    assert Session.objects.filter(session_key=old).exists()
    answer = client.post("/sign-out/", {"csrfmiddlewaretoken": client.cookies["csrf"].value})
    assert '"cache"' in answer.headers["Clear-Site-Data"]
    assert not Session.objects.filter(session_key=old).exists()


def test_people_who_left_or_whose_school_is_closed_are_shut_out(person: Any, school: Any) -> None:
    user = person(account="libai")
    client = Client()
    sign_in("libai", client=client)
    assert client.get("/account/").status_code == 200
    User.objects.filter(pk=user.pk).update(leaves_on=datetime(2020, 1, 1).date())
    assert client.get("/account/").status_code == 302
    assert "不正确" in sign_in("libai").content.decode()
    User.objects.filter(pk=user.pk).update(leaves_on=None)
    assert sign_in("libai").signed_in
    type(school).objects.filter(pk=school.pk).update(is_active=False)
    assert not sign_in("libai").signed_in


def test_rights_end_with_the_next_request(person: Any, school: Any) -> None:
    from zhixing.kernel.people.models import Assignment

    user = person("system_admin", account="libai")
    unit = Unit.objects.create(name="教务科", kind="department")
    assert user.can("view", unit)
    Assignment.objects.filter(user=user).delete()
    assert not User.objects.get(pk=user.pk).can("view", unit)


class TestSecondFactor:
    def enrol(self, user: User, at: datetime) -> tuple[Any, list[str]]:
        factor = twofactor.begin(user)
        codes = twofactor.confirm(user=user, code=self.code(factor, at - timedelta(seconds=30)), by=user, at=at)
        assert len(codes) == 10
        return factor, codes

    def code(self, factor: Any, at: datetime) -> str:
        generator = twofactor.TOTP(twofactor._open(factor), 6, twofactor.SHA1(), 30)
        return generator.generate(int(at.timestamp())).decode()

    def test_administrators_set_it_up_before_anything_else(self, person: Any, clock: Any) -> None:
        user = person("registrar", account="libai")
        client = Client()
        sign_in("libai", client=client)
        assert client.get("/account/").headers["Location"] == "/second-factor/"
        page = client.get("/second-factor/").content.decode()
        assert "二维码" in page
        picture = client.get("/second-factor/qr.svg")
        assert picture.headers["Content-Type"] == "image/svg+xml"
        assert b"<script" not in picture.content
        assert client.post("/second-factor/", {"code": "000000"}).status_code == 200
        assert client.get("/account/").status_code == 302
        factor = twofactor.begin(user)
        done = client.post("/second-factor/", {"code": self.code(factor, NOW)}).content.decode()
        assert "备用码" in done
        assert client.get("/account/").status_code == 200
        assert client.get("/second-factor/qr.svg").status_code == 404, "the seed is never shown again"

    def test_a_code_opens_once(self, person: Any, clock: Any) -> None:
        user = person("registrar", account="libai")
        factor, _ = self.enrol(user, NOW)
        code = self.code(factor, NOW)
        first, second = Client(), Client()
        sign_in("libai", client=first)
        sign_in("libai", client=second, address="10.8.8.8")
        assert first.post("/second-factor/", {"code": code}).status_code == 302
        assert first.get("/account/").status_code == 200
        assert second.post("/second-factor/", {"code": code}).status_code == 200
        assert second.get("/account/").headers["Location"] == "/second-factor/"
        clock.shift(timedelta(seconds=30))
        assert (
            second.post("/second-factor/", {"code": self.code(factor, NOW + timedelta(seconds=30))}).status_code == 302
        )

    def test_a_recovery_code_opens_once(self, person: Any, clock: Any) -> None:
        user = person("registrar", account="libai")
        _, codes = self.enrol(user, NOW)
        assert twofactor.verify(user=user, code=codes[3], at=NOW)
        assert not twofactor.verify(user=user, code=codes[3], at=NOW)
        assert twofactor.verify(user=user, code=codes[4].upper().replace("-", " "), at=NOW)

    def test_guessing_codes_rests_after_five(self, person: Any, clock: Any) -> None:
        user = person("registrar", account="libai")
        factor, _ = self.enrol(user, NOW)
        for _ in range(5):
            assert not twofactor.verify(user=user, code="123456", at=NOW)
        with pytest.raises(twofactor.TooManyTries):
            twofactor.verify(user=user, code=self.code(factor, NOW), at=NOW)

    def test_old_and_future_codes_are_refused(self, person: Any) -> None:
        user = person("registrar", account="libai")
        factor, _ = self.enrol(user, NOW)
        for shift in (-90, -60, 60, 90):
            assert not twofactor.verify(user=user, code=self.code(factor, NOW + timedelta(seconds=shift)), at=NOW)
        assert twofactor.verify(user=user, code=self.code(factor, NOW + timedelta(seconds=30)), at=NOW)

    def test_the_seed_is_not_in_the_database(self, person: Any) -> None:
        user = person("registrar", account="libai")
        factor, codes = self.enrol(user, NOW)
        secret = twofactor.secret_text(factor)
        factor.refresh_from_db()
        row = f"{factor.seed} {factor.recovery_digests}"
        assert secret not in row
        assert not any(code.replace("-", "") in row for code in codes)

    def test_a_step_up_asks_for_the_code_of_whoever_has_one(self, person: Any, clock: Any) -> None:
        user = person("registrar", account="libai")
        factor, _ = self.enrol(user, NOW)
        client = Client()
        sign_in("libai", client=client)
        client.post("/second-factor/", {"code": self.code(factor, NOW)})
        clock.shift(timedelta(minutes=6))
        assert client.post("/step-up/", {"password": SECRET}).status_code == 200
        answer = client.post("/step-up/", {"code": self.code(factor, NOW + timedelta(minutes=6)), "next": "/account/"})
        assert answer.headers["Location"] == "/account/"
