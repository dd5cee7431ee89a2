"""Roles and who holds them: seeded from site/roles.toml, changed by the school, given out within one's own rights."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from ..base.records import Record
from ..base.tenancy import tenant_scope
from .grants import GRANT, Extent, matches
from .models import Assignment, Role, Tenant, Unit, User
from .witness import tell

ACTIONS = (
    "view", "add", "change", "delete", "import", "reveal", "export", "export_plain", "approve", "assign", "verify",
)  # fmt: skip
SENSITIVE = {"reveal", "export", "export_plain"}
EXTENTS = tuple(extent.value for extent in Extent)
Permissions = dict[str, list[str]]


@cache
def shipped_roles() -> dict[str, dict[str, Any]]:
    """The roles of settings.ROLES_FILE as columns of Role, by code; what everyone may do is added to each."""
    data = tomllib.loads(Path(settings.ROLES_FILE).read_text("utf-8"))
    everyone: dict[str, list[str]] = data.get("everyone", {})
    found: dict[str, dict[str, Any]] = {}
    for position, (code, role) in enumerate(data["roles"].items()):
        permissions = {
            key: [*role.get(key, []), *everyone.get(key, [])]
            for key in (*EXTENTS, GRANT)
            if role.get(key) or everyone.get(key)
        }
        found[code] = {
            "title": role["title"],
            "description": role.get("description", ""),
            "permissions": permissions,
            "exclusive_group": role.get("group", ""),
            "needs_second_factor": bool(role.get("second_factor")) or is_sensitive(permissions),
            "home": role.get("home", ""),
            "position": position,
        }
    return found


def furnish_roles(tenant: Tenant) -> int:
    """Give a tenant the shipped roles it lacks; returns how many. What the tenant has edited stays as it is."""
    with tenant_scope(tenant.pk):
        present = set(Role.objects.values_list("code", flat=True))
        missing = [Role(code=code, **columns) for code, columns in shipped_roles().items() if code not in present]
        Role.objects.bulk_create(missing)
    return len(missing)


def universe(extra: Iterable[str] = ()) -> list[str]:
    """Every permission code there can be: each model's usual actions, and what roles name literally."""
    codes = {
        f"{model._meta.label_lower}.{action}"
        for model in apps.get_models()
        if issubclass(model, Record) or hasattr(model, "reach")
        for action in ACTIONS
    }
    shipped = (p for role in shipped_roles().values() for patterns in role["permissions"].values() for p in patterns)
    literal = {pattern.lstrip("-") for pattern in (*shipped, *extra)}
    return sorted(codes | {code for code in literal if "*" not in code})


def rights_of(permissions: Permissions) -> set[tuple[str, str]]:
    """Every (extent, code) that these patterns open; the extent "grant" for what may only be handed out."""
    known = universe(pattern for patterns in permissions.values() for pattern in patterns)
    return {
        (extent, code) for extent, patterns in permissions.items() for code in known if matches(tuple(patterns), code)
    }


def is_sensitive(permissions: Permissions) -> bool:
    """Whether the patterns open personal data plainly (reveal) or in bulk (export): such roles need a second factor."""
    for extent, patterns in permissions.items():
        if extent in (GRANT, Extent.OWN, Extent.WARD):
            continue
        for action in SENSITIVE:
            codes = [f"{model._meta.label_lower}.{action}" for model in apps.get_models() if hasattr(model, "reach")]
            if any(matches(tuple(patterns), code) for code in codes):
                return True
    return False


def beyond(giver: User, permissions: Permissions) -> list[str]:
    """The codes among these rights that the giver may not hand out; one's own data are one's own to see and take."""
    return sorted(
        {
            code
            for extent, code in rights_of(permissions)
            if not (extent in (Extent.OWN, Extent.WARD) and code.rpartition(".")[2] in SENSITIVE)
            and not giver.grants.may_hand_out(code)
        }
    )


def change_role(
    *, role: Role, permissions: Permissions, by: User, at: datetime, seen_version: int, reason: str
) -> Role:
    """Rewrite what a role may do. Nobody widens a role he holds, or adds what he may not hand out.

    Raises PermissionError, ValidationError (unknown extent, blank reason) or EditConflict; messages are for the user.
    """
    if not by.grants.holds_everywhere("people.role.change"):
        raise PermissionError("您没有修改角色权限的权限。")
    if len(reason.strip()) < 2:
        raise ValidationError({"reason": "请填写修改原因，原因会记入审计。"})
    if strange := set(permissions) - {*EXTENTS, GRANT}:
        raise ValidationError({"permissions": f"未知的范围：{'、'.join(sorted(strange))}"})
    added = rights_of(permissions) - rights_of(role.permissions)
    if added and role.code in by.grants.roles():
        raise PermissionError("不能给自己担任的角色增加权限，请由其他安全管理员办理。")
    refused = sorted({code for _, code in added if not by.grants.may_hand_out(code)})
    if refused:
        raise PermissionError(
            f"这些权限超出您可授予的范围：{'、'.join(refused[:5])}{' 等' if len(refused) > 5 else ''}。"
        )
    before = role.permissions
    with transaction.atomic():
        role.permissions = permissions
        role.needs_second_factor = role.needs_second_factor or is_sensitive(permissions)
        role.save_if_unchanged(seen_version, ["permissions", "needs_second_factor"])
        tell(
            action="people.change_role", by=by, at=at, on=role, reason=reason,
            changes={"permissions": [_spelt(before), _spelt(permissions)]},
        )  # fmt: skip
    return role


def assign_role(
    *, user: User, role: Role, by: User, at: datetime, unit: Unit | None = None, starts_on: date | None = None,
    ends_on: date | None = None,
) -> Assignment:  # fmt: skip
    """Give a person a role, over a unit or the whole tenant, from a day to a day; ``by`` answers for it.

    Raises PermissionError (oneself; rights beyond what ``by`` may hand out) or ValidationError (exclusion, dates,
    the same twice).
    """
    _may_assign(by, user, role)
    needs_unit = "unit" in role.permissions and "tenant" not in role.permissions
    if needs_unit and unit is None:
        raise ValidationError({"unit": "这个角色须指定管辖的部门或班级。"})
    assignment = Assignment(user=user, role=role, unit=unit, starts_on=starts_on, ends_on=ends_on, approved_by=by)
    if Assignment.objects.running(timezone.localdate(at)).filter(user=user, role=role, unit=unit).exists():
        raise ValidationError({"role": f"{user} 已有“{role}”的同样授权。"})
    try:
        with transaction.atomic():
            assignment.save()
            tell(action="people.assign_role", by=by, at=at, on=user, changes={"role": [None, _described(assignment)]})
    except IntegrityError as error:
        if ends_on and starts_on and ends_on < starts_on:
            raise ValidationError({"ends_on": "终止日期不能早于起始日期。"}) from error
        raise ValidationError({"role": "系统管理员、安全管理员、审计管理员不能由同一人兼任。"}) from error
    return assignment


def end_assignment(*, assignment: Assignment, by: User, at: datetime, reason: str) -> Assignment:
    """Take a role away as of now: its last day was yesterday."""
    _may_assign(by, assignment.user, assignment.role)
    yesterday = timezone.localdate(at) - timedelta(days=1)
    with transaction.atomic():
        assignment.ends_on = yesterday
        if assignment.starts_on and assignment.starts_on > yesterday:
            assignment.starts_on = yesterday
        assignment.save(update_fields=["ends_on", "starts_on"])
        tell(
            action="people.end_assignment", by=by, at=at, on=assignment.user, reason=reason,
            changes={"role": [_described(assignment), None]},
        )  # fmt: skip
    return assignment


def _may_assign(by: User, user: User, role: Role) -> None:
    if not by.grants.holds_everywhere("people.assignment.add"):
        raise PermissionError("您没有授权的权限。")
    if by.pk == user.pk:
        raise PermissionError("不能给自己授权或撤销自己的授权，请由他人办理。")
    if role.exclusive_group and any(held.exclusive_group == role.exclusive_group for held in by.grants.held):
        raise PermissionError("管理员不能任命管理员，请由校长授权。")
    if refused := beyond(by, role.permissions):
        raise PermissionError(f"“{role}”含有您无权授予的权限（如 {refused[0]}）。重要岗位由安全管理员或校长授权。")


def _described(assignment: Assignment) -> str:
    period = f"{assignment.starts_on or ''}～{assignment.ends_on or ''}"
    return f"{assignment.role}｜{assignment.unit or '全校'}｜{period}"


def _spelt(permissions: Permissions) -> str:
    return "；".join(f"{extent}: {' '.join(patterns)}" for extent, patterns in sorted(permissions.items()))


def holder(role: str) -> User:
    """Somebody active who holds the role; LookupError where nobody does."""
    held = User.objects.filter(assignments__role__code=role, is_active=True).order_by("pk").first()
    if not isinstance(held, User):
        raise LookupError(f"nobody holds the role {role}")
    return held
