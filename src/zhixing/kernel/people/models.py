"""Who there is, where they belong, and what they may see and do."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ..base.records import DataClass, Reach, Record, Rows, ScopedManager, manager_of
from ..base.text import pinyin_keys
from .grants import Grants
from .sealing import LoginIndexField, SealedField


class Tenant(models.Model):
    """One organisation whose rows are walled off from all others."""

    uid = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=100)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位"

    def __str__(self) -> str:
        return self.name


class TenantKey(models.Model):
    """A data or index key of one tenant, wrapped by the master key that lives outside the database."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, verbose_name="单位", related_name="+")
    purpose = models.CharField("用途", max_length=20)
    wrapped = models.TextField("密钥密文")
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "数据密钥"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "purpose"], condition=Q(retired_at=None), name="people_one_live_key"
            )
        ]


class UnitRows(Rows["Unit"]):
    def of_kind(self, kind: str) -> UnitRows:
        return self.filter(kind=kind)

    def under(self, unit: Unit) -> UnitRows:
        """The unit itself and everything below it."""
        return self.filter(path__startswith=unit.path)


class Unit(Record):
    """A part of a tenant: a department, a group. Its path makes "this and all below" one prefix test."""

    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=20, db_index=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级", null=True, blank=True, related_name="children"
    )
    path = models.CharField("路径", max_length=200, db_index=True, editable=False, default="")
    head = models.ForeignKey(
        "people.User", models.PROTECT, verbose_name="负责人", null=True, blank=True, related_name="+"
    )
    position = models.PositiveIntegerField("次序", default=0)
    closed_on = models.DateField("撤销日期", null=True, blank=True)

    reach = Reach(unit=".")
    objects: ClassVar[Any] = manager_of(UnitRows)

    class Meta:
        verbose_name = verbose_name_plural = "部门"
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path != self.path:
            self.path = path
            type(self).objects.filter(pk=self.pk).update(path=path)


class Role(Record):
    """A named bundle of permissions; shipped in site/roles.toml, editable by each tenant."""

    code = models.CharField("代码", max_length=40)
    title = models.CharField("名称", max_length=40)
    description = models.CharField("说明", max_length=200, blank=True)
    permissions = models.JSONField("权限", default=dict)
    exclusive_group = models.CharField("互斥组", max_length=20, blank=True)
    needs_second_factor = models.BooleanField("须两步验证", default=False)
    home = models.CharField("首页", max_length=40, blank=True)
    position = models.PositiveIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "角色"
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="people_role_code")]

    def __str__(self) -> str:
        return self.title


class UserManager(ScopedManager):
    def get_by_natural_key(self, account: str) -> User:
        found: User = self.get(account=account)
        return found


class User(AbstractBaseUser):
    """A person who can sign in. Operators of the platform belong to no tenant."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, verbose_name="所属单位", null=True, blank=True, related_name="+", editable=False
    )
    uid = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    account = models.CharField("账号", max_length=40)
    name = models.CharField("姓名", max_length=60)
    name_keys = models.CharField("姓名拼音", max_length=120, blank=True, editable=False)
    phone = SealedField("手机号", kind="phone")
    phone_login = LoginIndexField("手机号登录索引", source="phone")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="部门", null=True, blank=True, related_name="+")
    is_active = models.BooleanField("启用", default=True)
    leaves_on = models.DateField("离职或离校日期", null=True, blank=True)
    must_set_password = models.BooleanField("须设置密码", default=True)
    password_set_at = models.DateTimeField("密码设置时间", null=True, editable=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    USERNAME_FIELD = "account"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    reach = Reach(unit="unit", own=".")
    personal: ClassVar[dict[str, DataClass]] = {"name": DataClass.PERSONAL, "phone": DataClass.SENSITIVE}

    objects = UserManager()
    accounts = models.Manager()
    """Unscoped: for the sign-in back end and the session only (tests/test_shape.py lists the callers)."""

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        default_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "account"], name="people_account_in_tenant"),
            models.UniqueConstraint(fields=["account"], condition=Q(tenant=None), name="people_operator_account"),
            models.UniqueConstraint(fields=["tenant", "phone_login"], name="people_phone_in_tenant"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_keys = pinyin_keys(self.name)
        fields = kwargs.get("update_fields")
        if fields is not None:
            extra = {"phone_login"} if "phone" in fields else set()
            kwargs["update_fields"] = {*fields, *extra, *({"name_keys"} if "name" in fields else ())}
        super().save(*args, **kwargs)

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_set_at = timezone.now() if raw_password else None

    @cached_property
    def grants(self) -> Grants:
        """What the user's running assignments allow; read once a request."""
        return Grants.of(self)

    def can(self, action: str, obj: Any) -> bool:
        """Whether this user may do ``action`` on this very row; TypeError for None, so no row means no answer."""
        if obj is None:
            raise TypeError("can() needs a row; ask holds() about a permission as such")
        return bool(type(obj)._default_manager.all().visible_to(self, action).filter(pk=obj.pk).exists())

    def holds(self, permission: str) -> bool:
        """Whether any assignment grants this permission on at least some rows."""
        return self.grants.holds(permission)


class AssignmentRows(Rows["Assignment"]):
    def running(self, on: Any) -> AssignmentRows:
        """Assignments in force on the day."""
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gte=on))


class Assignment(Record):
    """One role held by one person, over the whole tenant or over one unit, from a day to a day."""

    user = models.ForeignKey(User, models.PROTECT, verbose_name="用户", related_name="assignments")
    role = models.ForeignKey(Role, models.PROTECT, verbose_name="角色", related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="管辖范围", null=True, blank=True, related_name="+")
    exclusive_group = models.CharField("互斥组", max_length=20, null=True, blank=True, editable=False)  # noqa: DJ001 - null: no group, and no place in the unique key
    starts_on = models.DateField("起始日期", null=True, blank=True)
    ends_on = models.DateField("终止日期", null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="授权人", null=True, blank=True, related_name="+"
    )

    reach = Reach(unit="user__unit", own="user")
    objects: ClassVar[Any] = manager_of(AssignmentRows)

    class Meta:
        verbose_name = verbose_name_plural = "任职与授权"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "exclusive_group"],
                condition=Q(exclusive_group__isnull=False),
                name="people_one_of_the_three_administrators",
                violation_error_message="系统管理员、安全管理员、审计管理员不能由同一人兼任。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="people_assignment_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        ended = self.ends_on is not None and self.ends_on < timezone.localdate()
        self.exclusive_group = None if ended else self.role.exclusive_group or None
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "exclusive_group"}
        super().save(*args, **kwargs)


class Session(AbstractBaseSession):
    """A sign-in that is still open, shown to its owner and revocable by him."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="用户", null=True, related_name="sessions")
    device = models.CharField("设备", max_length=120, blank=True)
    address = models.CharField("网络地址", max_length=45, blank=True)
    created_at = models.DateTimeField("登录时间", default=timezone.now)
    seen_at = models.DateTimeField("最近使用", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录会话"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from .sessions import SessionStore  # app ready

        return SessionStore


class SecondFactor(models.Model):
    """A person's time-based code generator; its seed is sealed under a key of the platform."""

    user = models.OneToOneField(User, models.CASCADE, verbose_name="用户", related_name="second_factor")
    seed = models.TextField("种子密文")
    confirmed_at = models.DateTimeField("启用时间", null=True)
    last_counter = models.BigIntegerField("最近用过的时间片", default=0)
    recovery_digests = models.JSONField("备用码摘要", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "两步验证"


class ActivationCode(Record):
    """A one-time secret on paper that lets a person set the first password; only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="用户", related_name="+")
    digest = models.CharField("摘要", max_length=64, db_index=True)
    expires_at = models.DateTimeField("有效至")
    used_at = models.DateTimeField("使用时间", null=True)
    issued_by = models.ForeignKey(User, models.PROTECT, verbose_name="签发人", null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "激活码"
        constraints = [models.UniqueConstraint(fields=["tenant", "digest"], name="people_activation_digest")]


class Attempt(models.Model):
    """Failed sign-ins, counted by a keyed digest of who, from where and with what; names no one."""

    key = models.CharField("键", max_length=64, unique=True)
    count = models.PositiveIntegerField("次数", default=0)
    since = models.DateTimeField("起算时间")
    locked_until = models.DateTimeField("锁定至", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录失败计数"
