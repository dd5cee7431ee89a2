"""The pages of accounts, roles and assignments, as their users meet them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from zhixing.kernel.people.activation import issue_codes
from zhixing.kernel.people.models import ActivationCode, Assignment, Role, Session, Unit, User
from zhixing.kernel.trail.models import AuditEvent

GOOD = "松柏 orchid 逆流 tram"
CODE = re.compile(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}")


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("system_admin", "/people/user/"), ("system_admin", "/people/user/add/"),
        ("system_admin", "/people/assignment/"), ("system_admin", "/people/assignment/add/"),
        ("system_admin", "/people/role/"), ("system_admin", "/people/activation/"),
        ("security_admin", "/people/role/"), ("audit_admin", "/trail/overview/"), ("audit_admin", "/trail/auditevent/"),
        ("student", "/account/"), ("teacher", "/account/"),
    ],
)  # fmt: skip
def test_each_page_opens_for_those_who_need_it(make_user: Any, client_of: Any, role: str, address: str) -> None:
    client = client_of(make_user(role))
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("role", ["teacher", "student", "registrar", "class_tutor", "bureau_inspector", "audit_admin"])
@pytest.mark.parametrize("address", ["/people/user/add/", "/people/assignment/", "/people/role/"])
def test_and_for_nobody_else(make_user: Any, client_of: Any, role: str, address: str) -> None:
    assert client_of(make_user(role)).get(address).status_code == 403


@pytest.mark.parametrize("role", ["teacher", "principal", "registrar", "system_admin", "security_admin"])
def test_the_whole_trail_is_for_the_audit_administrator(make_user: Any, client_of: Any, role: str) -> None:
    user = make_user(role)
    assert client_of(user).get("/trail/auditevent/").status_code == 403
    assert AuditEvent._base_manager.filter(action="access", result="refused", actor=user).exists()


def test_an_account_is_opened_and_amended(make_user: Any, client_of: Any, school: Any) -> None:
    unit = Unit.objects.create(name="教务科", kind="department")
    client = client_of(make_user("system_admin"))
    sent = {"account": "zhangsan", "name": "张三", "phone": "13800138000", "unit": str(unit.uid), "leaves_on": ""}
    made = client.post("/people/user/add/", sent)
    assert made.status_code == 302, made.content.decode()
    user = User.objects.get(account="zhangsan")
    assert (user.unit, str(user.phone), user.name_keys) == (unit, "138****8000", "zhangsan zs")
    assert not user.has_usable_password()
    assert "138****8000" in client.get(f"/people/user/{user.uid}/").content.decode()
    changed = client.post(
        f"/people/user/{user.uid}/edit/", {**sent, "phone": "", "name": "张三丰", "seen_version": user.version}
    )
    assert changed.status_code == 302, changed.content.decode()
    user.refresh_from_db()
    assert (user.name, user.name_keys, str(user.phone)) == ("张三丰", "zhangsanfeng zsf", "138****8000")
    stale = client.post(f"/people/user/{user.uid}/edit/", {**sent, "name": "李四", "seen_version": 1})
    assert stale.status_code == 409


@pytest.mark.parametrize("account", ["a", "13800138000", "有空格 x", "x@y", "ZhangSan"])
def test_bad_or_taken_accounts_are_refused(make_user: Any, client_of: Any, account: str) -> None:
    make_user("teacher", account="zhangsan")
    answer = client_of(make_user("system_admin")).post("/people/user/add/", {"account": account, "name": "张三"})
    assert answer.status_code == 422


def test_a_class_tutor_prints_slips_of_his_class_only(make_user: Any, client_of: Any) -> None:
    mine = Unit.objects.create(name="幼师一班", kind="class")
    other = Unit.objects.create(name="幼师二班", kind="class")
    tutor = make_user("class_tutor", unit=mine)
    pupil = make_user("student", unit=mine, name="王小明")
    stranger = make_user("student", unit=other, name="李小红")
    boss = make_user("department_head", unit=mine, name="赵主任")
    User.objects.update(must_set_password=True)
    User.objects.filter(pk=tutor.pk).update(must_set_password=False)
    page = client_of(tutor).post("/people/activation/", {"unit": str(mine.uid)}).content.decode()
    assert "王小明" in page
    assert not {"李小红", "赵主任", tutor.name} & set(re.findall(r"<strong>(.+?)</strong>", page))
    assert len(CODE.findall(page)) == 1
    refused = client_of(tutor).post("/people/activation/", {"user": str(stranger.uid)}).content.decode()
    assert not CODE.findall(refused)
    assert not ActivationCode.objects.filter(user__in=[stranger, boss]).exists()
    assert ActivationCode.objects.filter(user=pupil).count() == 1


def test_a_slip_opens_the_account_once(make_user: Any, client: Any, at: Any) -> None:
    user = make_user("student", account="s001")
    old = issue_codes(users=[user], by=None, at=at)[0].code
    code = issue_codes(users=[user], by=None, at=at)[0].code
    sent = {"password": GOOD, "again": GOOD}
    assert "已使用或已过期" in client.post("/activate/", {**sent, "code": old}).content.decode(), "reissue voids"
    weak = client.post("/activate/", {"code": code, "password": "123456", "again": "123456"})
    assert "太短" in weak.content.decode()
    for _ in range(5):
        client.post("/sign-in/", {"account": "s001", "password": "forgotten"})
    assert client.post("/activate/", {**sent, "code": code.lower().replace("-", "")}).status_code == 302
    assert client.get("/account/").status_code == 200
    client.cookies.clear()
    assert client.post("/activate/", {**sent, "code": code}).status_code == 200
    assert client.post("/sign-in/", {"account": "s001", "password": GOOD}).status_code == 302


def test_the_security_administrator_changes_single_rights(make_user: Any, client_of: Any) -> None:
    role = Role.objects.get(code="teacher")
    client = client_of(make_user("security_admin"))
    assert "查看明文" in client.get(f"/people/role/{role.uid}/?edit=1").content.decode()
    sent = {"seen_version": role.version, "people.unit.view": "", "people.user.view": "unit+own"}
    assert "请填写修改原因" in client.post(f"/people/role/{role.uid}/", {**sent, "reason": ""}).content.decode()
    answer = client.post(f"/people/role/{role.uid}/", {**sent, "reason": "教师不看部门"})
    assert answer.status_code == 302, answer.content.decode()[-600:]
    person = make_user("teacher", unit=Unit.objects.create(name="部", kind="department"))
    assert not person.holds("people.unit.view")
    assert person.holds("people.user.view")
    refused = client.post(
        f"/people/role/{role.uid}/",
        {"seen_version": role.version + 1, "people.role.change": "tenant", "reason": "试试"},
    )
    assert refused.status_code == 200
    assert "超出" in refused.content.decode()
    assert not make_user("teacher").holds("people.role.change")


def test_roles_are_given_and_ended_on_pages(make_user: Any, client_of: Any) -> None:
    client, person = client_of(make_user("system_admin")), make_user()
    page = client.get(f"/people/assignment/add/?user={person.uid}").content.decode()
    assert str(person.uid) in page
    sent = {"user": str(person.uid), "starts_on": "", "ends_on": ""}
    teacher, registrar = (Role.objects.get(code=code) for code in ("teacher", "registrar"))
    assert client.post("/people/assignment/add/", {**sent, "role": str(teacher.uid)}).status_code == 302
    refused = client.post("/people/assignment/add/", {**sent, "role": str(registrar.uid)})
    assert refused.status_code == 422
    assert "无权授予" in refused.content.decode()
    held = Assignment.objects.get(user=person)
    assert (held.role, held.approved_by.name) == (teacher, held.approved_by.name)
    ended = client.post(f"/people/assignment/{held.uid}/deed/end/", {"confirmed": "1", "reason": "调岗"})
    assert ended.status_code == 200
    assert not User.objects.get(pk=person.pk).holds("school.classgroup.view")


def test_one_sees_and_ends_ones_own_sessions_only(make_user: Any, client: Any) -> None:
    from django.test import Client

    me, other = make_user("teacher", account="me"), make_user("teacher", account="you")
    User.objects.filter(pk__in=[me.pk, other.pk]).update(password=make_password(GOOD))
    clients = {}
    for account, agent in (("me", "Windows Edg"), ("me", "iPhone MicroMessenger"), ("you", "Android Chrome")):
        clients[agent] = Client(headers={"User-Agent": agent})
        assert clients[agent].post("/sign-in/", {"account": account, "password": GOOD}).status_code == 302
    mine = clients["Windows Edg"]
    page = mine.get("/account/").content.decode()
    assert "Windows · Edge" in page
    assert "iPhone · 微信" in page
    assert "安卓" not in page
    stranger = Session.objects.get(user=other)
    mine.post("/account/", {"deed": "end_one", "started": stranger.created_at.isoformat()})
    assert Session.objects.filter(user=other).exists()
    mine.post("/account/", {"deed": "end_others"})
    assert Session.objects.filter(user=me).count() == 1
    assert clients["iPhone MicroMessenger"].get("/account/").status_code == 302


def test_the_audit_administrator_verifies_the_chain(make_user: Any, client_of: Any) -> None:
    answer = client_of(make_user("audit_admin")).post("/trail/overview/")
    assert "审计链完整" in answer.content.decode()


def test_a_closed_account_is_out_at_once(make_user: Any, client_of: Any) -> None:
    admin, person = make_user("system_admin"), make_user("teacher")
    his = client_of(person)
    assert his.get("/account/").status_code == 200
    done = client_of(admin).post(f"/people/user/{person.uid}/deed/close/", {"confirmed": "1", "reason": "离职"})
    assert done.status_code == 200, done.content.decode()
    assert his.get("/account/").status_code == 302


def test_a_factor_is_reset_by_another_administrator_only(make_user: Any, client_of: Any, at: Any) -> None:
    from zhixing.kernel.people import twofactor
    from zhixing.kernel.people.models import SecondFactor

    person = make_user("registrar")
    twofactor.begin(person)
    SecondFactor.objects.filter(user=person).update(confirmed_at=at)
    address, sent = f"/people/user/{person.uid}/deed/reset_factor/", {"confirmed": "1", "reason": "手机丢失"}
    assert client_of(make_user("system_admin")).post(address, sent).status_code == 403
    assert SecondFactor.objects.filter(user=person).exists()
    assert client_of(make_user("security_admin")).post(address, sent).status_code == 200
    assert not SecondFactor.objects.filter(user=person).exists()
