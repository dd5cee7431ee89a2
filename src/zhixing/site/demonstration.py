"""The demonstration school: every app's sample records in the order of the storeys, accounts, notices, readings."""

from __future__ import annotations

import base64
import inspect
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.checks.verification import verify_records
from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.indicators.models import Reading
from zhixing.kernel.indicators.readings import read_with_units
from zhixing.kernel.notices.send import notify
from zhixing.kernel.people import twofactor
from zhixing.kernel.people.accounts import create_user
from zhixing.kernel.people.models import Assignment, Role, SecondFactor, Tenant, User
from zhixing.kernel.people.passwords import judge_password, set_password
from zhixing.kernel.people.roles import furnish_roles
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.sealer import seal_pending

CODE, SUFFIX = "demo", "（演示）"
STOREYS = ("school", "staff", "students", "rectification", "inspections", "plans", "supervision", "portal")
AFTER_STAFF, AFTER_STUDENTS = "staff", "students"
PEOPLE = STOREYS[: STOREYS.index(AFTER_STAFF) + 1]
"""Departments, people and their accounts; everything else is still to be done."""
OPERATOR = "operator"
READING_DAYS = 60
WORDS = (
    "qing", "shan", "lan", "tian", "song", "feng", "yun", "hai", "zhu", "lin", "mei", "xue", "hua", "yue", "chun",
    "jiang", "bai", "lu", "qiu", "shuang", "xing", "he", "cao", "yuan", "gu", "dao", "xi", "yang", "yan", "nan",
)  # fmt: skip

Tell = Callable[[str], None]


class NotFurnished(Exception):
    """The demonstration school can't be made here; str() is fit for the user's eyes."""


@dataclass(frozen=True)
class DemoAccount:
    """One account to try a role with."""

    role: str
    title: str
    account: str
    name: str
    second_factor: bool


def present() -> Tenant | None:
    """The demonstration school, where there is one."""
    return Tenant.objects.filter(code=CODE).first()


def others_present() -> bool:
    """Whether any real school is in this database."""
    return Tenant.objects.exclude(code=CODE).exists()


def furnish(
    *, at: datetime, students: int, seed: int, password: str = "", tell: Tell = lambda step: None,
    storeys: Iterable[str] = STOREYS,
) -> tuple[list[DemoAccount], str, list[dict[str, Any]]]:  # fmt: skip
    """Make the school in one transaction: its accounts, their common password, and the key to its faults.

    ``storeys``: the apps that get sample records; ``PEOPLE`` leaves a school where the work is still to begin.
    """
    rnd = Random(seed)  # noqa: S311 - sample data, not secrets
    password = password or new_password()
    key: list[dict[str, Any]] = []
    with transaction.atomic():
        tenant = Tenant.objects.create(code=CODE, name=import_module("zhixing.domains.school.demo").NAME + SUFFIX)
        furnish_roles(tenant)
        with tenant_scope(tenant.pk):
            accounts = _Accounts(password, at)
            for label in storeys:
                tell(f"布置 {label}")
                options = {"at": at, "students": students, "seed": seed, "key": key}
                made = _furnish_app(label, tenant, rnd, **options)
                key += _entries(made)
                if label == AFTER_STAFF:
                    accounts.of_staff()
                elif label == AFTER_STUDENTS:
                    accounts.of_families()
            tell("核查")
            verify_records(by=None, at=at)
            tell("读数与消息")
            _readings(rnd, at)
            _greet(accounts.users)
        accounts.operator()
    tell("审计链")
    while seal_pending():
        pass
    return accounts.list(), password, key


def _furnish_app(label: str, tenant: Tenant, rnd: Random, **options: Any) -> Any:
    """Call an app's demo room with what it asks for."""
    name = f"zhixing.domains.{label}.demo"
    if find_spec(name) is None:
        raise NotFurnished(f"缺少 {name}，无法布置演示学校。")
    function = import_module(name).furnish
    wanted = inspect.signature(function).parameters
    takes_all = any(parameter.kind is parameter.VAR_KEYWORD for parameter in wanted.values())
    given = {key: value for key, value in options.items() if takes_all or key in wanted}
    return function(tenant, rnd, **given)


def _entries(made: Any) -> list[dict[str, Any]]:
    """The key of one app as plain entries."""
    return [asdict(one) if is_dataclass(one) and not isinstance(one, type) else dict(one) for one in made or ()]


class _Accounts:
    """One account per role: somebody of the school who holds it, else somebody new."""

    def __init__(self, password: str, at: datetime) -> None:
        self.password, self.at = password, at
        self.roles = {role.code: role for role in Role.objects.all()}
        self.users: dict[str, User] = {}

    def of_staff(self) -> None:
        """Everybody but the families and the operator, who come later."""
        for code in self.roles:
            if code not in ("student", "guardian", "platform_operator"):
                self._open(code)

    def of_families(self) -> None:
        from zhixing.domains.students.actions import open_guardian_account, open_student_account  # app ready
        from zhixing.domains.students.models import Guardian, Student

        students = Student.objects.present().exclude(class_group=None).filter(user=None)
        student = students.filter(guardians__is_guardian=True).order_by("pk").first()
        if student is None:
            return
        self._ready("student", open_student_account(student, by=None, at=self.at))
        guardian = Guardian.objects.filter(student=student, is_guardian=True).first()
        if guardian is not None:
            self._ready("guardian", open_guardian_account(guardian, by=None, at=self.at))

    def operator(self) -> None:
        """The operator belongs to no school."""
        user = User.accounts.filter(tenant=None, account=OPERATOR).first()
        if user is None:
            user = User(account=OPERATOR, name="平台运维")
            user.set_unusable_password()
            user.save()
        self._ready("platform_operator", user)

    def list(self) -> list[DemoAccount]:
        shown = []
        for code, role in self.roles.items():
            if user := self.users.get(code):
                needs = role.needs_second_factor
                shown.append(DemoAccount(code, role.title, user.account, user.name, needs))
        return shown

    def _open(self, code: str) -> None:
        held = User.objects.filter(assignments__role__code=code, is_active=True)
        taken = [user.pk for user in self.users.values()]
        found = held.filter(account=code.replace("_", "-")).first() or held.exclude(pk__in=taken).order_by("pk").first()
        self._ready(code, found or self._newcomer(code))

    def _newcomer(self, code: str) -> User:
        role = self.roles[code]
        values = {"account": code.replace("_", "-"), "name": f"{role.title[:6]}甲"}
        user = create_user(values, by=None, at=self.at)
        Assignment.objects.create(user=user, role=role)
        record(action="people.assign_role", by=None, at=self.at, on=user, changes={"role": [None, role.title]})
        return user

    def _ready(self, code: str, user: User) -> None:
        set_password(user=user, password=self.password, by=user, at=self.at)
        if self.roles[code].needs_second_factor:
            twofactor.begin(user)
            SecondFactor.objects.filter(user=user).update(confirmed_at=self.at)
        self.users[code] = user


def _readings(rnd: Random, at: datetime) -> None:
    """Today's readings as measured; those of the weeks before lead up to them."""
    today = timezone.localdate(at)
    past: list[Reading] = []
    for indicator in indicators:
        now = read_with_units(indicator, today)[0]
        if now.part is None:
            continue
        drift = Decimal(rnd.choice((-6, -4, -2, 2)))
        for days in range(1, READING_DAYS):
            share = 1 + drift * days / (100 * READING_DAYS) + Decimal(rnd.randrange(-4, 5)) / 1000
            part = max(Decimal(0), (now.part * share).quantize(Decimal(1)))
            if now.whole is not None and now.part <= now.whole:
                part = min(part, now.whole)
            value = (
                None if now.value is None or not now.part else (now.value * part / now.part).quantize(Decimal("0.1"))
            )
            past.append(
                Reading(
                    indicator=indicator.code, on=today - timedelta(days=days), value=value, part=part, whole=now.whole
                )
            )
    Reading.objects.bulk_create(past, batch_size=500)


def _greet(users: dict[str, User]) -> None:
    """A few messages, so that nobody's page is empty."""
    school = [user for code, user in users.items() if code not in ("student", "guardian")]
    notify(school, "学籍核查已完成", body="昨夜核查发现的问题已列在“核查中心”，请按期整改。", url="/")
    notify(users.values(), "欢迎使用知行演示学校", body="这里的人和事都是虚构的，可以放心试用。", url="/")


def new_password() -> str:
    """Easy to read out, hard to guess: four unrelated syllables and a number, new for every installation."""
    while True:
        password = "-".join(secrets.choice(WORDS) for _ in range(4)) + f"-{secrets.randbelow(9000) + 1000}"
        if not judge_password(password):
            return password


def second_factor_code(account: str) -> str:
    """The six digits that an account of the demonstration school needs now. NotFurnished where there is none."""
    user = User.accounts.filter(tenant=present(), account=account).first()
    user = user or User.accounts.filter(tenant=None, account=account).first()
    factor = SecondFactor.objects.filter(user=user).first() if user and present() else None
    if factor is None:
        raise NotFurnished(f"演示学校里没有需要两步验证的账号 {account}。")
    seed = base64.b32decode(twofactor.secret_text(factor))
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

    made = TOTP(seed, twofactor.DIGITS, SHA1(), twofactor.SECONDS, enforce_key_length=False)  # noqa: S303 - RFC 6238
    return made.generate(time.time()).decode()


def clear_everything() -> None:
    """Empty a database that holds nothing but the demonstration school, and make its tables anew."""
    if others_present():
        raise NotFurnished("数据库里有演示学校以外的学校，不能重新布置。")
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor, connection.constraint_checks_disabled():
        for table in tables:
            cursor.execute(f'DROP TABLE IF EXISTS "{table}"{" CASCADE" if connection.vendor == "postgresql" else ""}')
    call_command("migrate", interactive=False, verbosity=0)
    anchors = Path(settings.AUDIT_ANCHOR_FILE)
    if anchors.exists():  # they tell of chains that are no more
        anchors.replace(anchors.with_name(f"{anchors.name}.{int(time.time())}"))


def write_accounts(accounts: Iterable[DemoAccount], password: str) -> Path:
    """Leave the accounts where `zhixing serve` looks for them, readable by the owner only."""
    path = Path(settings.VAR) / "demo_accounts.txt"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(handle, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(account_lines(accounts, password)) + "\n")
    return path


def account_lines(accounts: Iterable[DemoAccount], password: str) -> Iterator[str]:
    """The accounts in words."""
    yield f"演示账号（密码都是 {password} ）："
    for one in accounts:
        mark = "  需要两步验证" if one.second_factor else ""
        yield f"  {one.title}　账号 {one.account}（{one.name}）{mark}"
    yield "需要两步验证的账号，用 zhixing demo --code 账号 查看当前的 6 位验证码。"
    yield "先看什么：班主任登录看本班待整改的问题；学籍员登录打开“核查中心”，按规则下钻到每一行；校长登录看全校数字。"
