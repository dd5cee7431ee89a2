"""`zhixing createadmin`: a school and its first administrators, or an operator of the platform."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from datetime import datetime
from typing import Any

NEEDS_DJANGO = True
HELP = "建立第一个管理员账号"
PASSWORD_FROM = "ZHIXING_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zhixing createadmin`."""
    parser.add_argument("account", help="登录账号，如 admin")
    parser.add_argument("--name", default="", help="姓名（默认与账号相同）")
    parser.add_argument("--school", default="", metavar="代码", help="学校代码；不存在时与 --school-name 一起新建")
    parser.add_argument("--school-name", default="", metavar="名称", help="新建学校的名称")
    parser.add_argument(
        "--role",
        default="system_admin",
        choices=["system_admin", "security_admin", "audit_admin", "principal"],
        help="角色（默认 system_admin，系统管理员）",
    )
    parser.add_argument("--operator", action="store_true", help="建立平台运维账号，不属于任何学校")


def run(options: argparse.Namespace) -> int:
    """Create the account; the password is asked for, or taken from ZHIXING_ADMIN_PASSWORD. 1 with the reason."""
    from django.core.exceptions import ValidationError  # app ready
    from django.db import transaction
    from django.utils import timezone

    if bool(options.school) == options.operator:
        print("请用 --school 代码 指定学校，或用 --operator 建立平台运维账号（二选一）。", file=sys.stderr)
        return 2
    try:
        with transaction.atomic():
            user = _operator(options) if options.operator else _administrator(options, timezone.now())
            _give_password(user, timezone.now())
    except ValidationError as error:
        print("；".join(error.messages), file=sys.stderr)
        return 1
    sign = f"{user.account}@{'platform' if options.operator else user.tenant.code}"
    print(f"已建立账号 {user.account}（登录时也可写成 {sign}）。首次登录须设置两步验证。")
    return 0


def _administrator(options: argparse.Namespace, at: datetime) -> Any:
    from django.core.exceptions import ValidationError  # app ready

    from zhixing.kernel.base.tenancy import tenant_scope
    from zhixing.kernel.people.accounts import create_user
    from zhixing.kernel.people.models import Assignment, Role, Tenant
    from zhixing.kernel.people.roles import furnish_roles
    from zhixing.kernel.trail.record import record

    tenant = Tenant.objects.filter(code=options.school).first()
    if tenant is None:
        if not options.school_name:
            raise ValidationError(f"没有代码为 {options.school} 的学校。新建学校请加 --school-name 名称。")
        tenant = Tenant.objects.create(code=options.school, name=options.school_name)
    furnish_roles(tenant)
    with tenant_scope(tenant.pk):
        user = create_user({"account": options.account, "name": options.name or options.account}, by=None, at=at)
        role = Role.objects.get(code=options.role)
        Assignment.objects.create(user=user, role=role)
        record(action="people.assign_role", by=None, at=at, on=user, changes={"role": [None, role.title]})
    return user


def _operator(options: argparse.Namespace) -> Any:
    from django.core.exceptions import ValidationError  # app ready

    from zhixing.kernel.people.models import User

    if User.accounts.filter(tenant=None, account=options.account).exists():
        raise ValidationError("这个平台账号已存在。")
    user = User(account=options.account, name=options.name or options.account)
    user.set_unusable_password()
    user.save()
    return user


def _give_password(user: Any, at: datetime) -> None:
    from django.core.exceptions import ValidationError  # app ready

    from zhixing.kernel.people.passwords import advice, set_password

    password = os.environ.get(PASSWORD_FROM, "")
    if not password:
        print(advice())
        password = getpass.getpass("密码：")
        if getpass.getpass("再输入一次：") != password:
            raise ValidationError("两次输入的密码不一致。")
    set_password(user=user, password=password, by=user, at=at)
