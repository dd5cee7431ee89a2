"""What every kept thing of a tenant has in common, and the one door to its rows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from .tenancy import ScopeMissing, WrongTenant, current_tenant, scope_is_open

M = TypeVar("M", bound=models.Model)


class DataClass(StrEnum):
    """How much harm a leak would do; decides masking, sealing and logging."""

    PUBLIC = "P0"
    INTERNAL = "P1"
    PERSONAL = "P2"
    SENSITIVE = "P3"
    SEALED = "P4"


@dataclass(frozen=True)
class Reach:
    """Where in a record its unit and its people are found; lookups as in a queryset filter.

    ``unit`` leads to a Unit, ``own`` and ``ward`` to a User. A path that is absent gives that kind of reach no rows.
    ``shared_units`` and ``shared_with`` are further paths of the first two kinds, through many rows if need be: a
    record that several units work on, or a meeting of several people. What a sharer may not do, a step refuses.
    """

    unit: str = ""
    own: str = ""
    ward: str = ""
    shared_units: tuple[str, ...] = ()
    shared_with: tuple[str, ...] = ()


class EditConflict(Exception):
    """Someone else saved the record first; str() is fit for the user's eyes."""


class Rows(models.QuerySet[M]):
    """The only door to a table from a page: rows the asker may see."""

    def visible_to(self, user: Any, action: str = "view") -> Self:
        """Rows on which this user may do ``action``: none at all unless a role grants it."""
        narrowed: Self = user.grants.narrow(self, f"{self.model._meta.label_lower}.{action}")
        return narrowed

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        rows = list(objs)
        for row in rows:
            row._settle_tenant()  # type: ignore[attr-defined]
        return super().bulk_create(rows, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        if "tenant" in kwargs or "tenant_id" in kwargs:
            raise WrongTenant("a row never changes its tenant")
        return super().update(**kwargs)


class ScopedManager(models.Manager.from_queryset(Rows)):  # type: ignore[misc]
    """Rows of the tenant in scope; without a scope it refuses to guess."""

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        tenant = current_tenant()
        if tenant is not None and not scope_is_open():
            return rows.filter(tenant_id=tenant)
        if scope_is_open():
            return rows
        raise ScopeMissing(f"{self.model._meta.label}: no tenant in scope")


def manager_of(rows: type[Rows[Any]]) -> Any:
    """The scoped manager that also offers the adjectives of ``rows``: ``objects = manager_of(StudentRows)``."""
    return type(f"{rows.__name__}Manager", (ScopedManager.from_queryset(rows),), {})()


class Record(models.Model):
    """A row that belongs to one tenant, has a name no one can guess, and notices two people editing at once."""

    tenant = models.ForeignKey(
        settings.TENANT_MODEL, models.PROTECT, verbose_name="所属单位", related_name="+", editable=False
    )
    uid = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    reach: ClassVar[Reach] = Reach()
    """How roles that don't cover the whole tenant find their rows here."""
    personal: ClassVar[dict[str, DataClass]] = {}
    """Fields about a person, by class; everything not named is INTERNAL."""

    objects: ClassVar[Any] = ScopedManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._settle_tenant()
        fields: Sequence[str] | None = kwargs.get("update_fields")
        if fields is not None:
            companions = [f.name for f in self._meta.concrete_fields if getattr(f, "source", None) in fields]
            kwargs["update_fields"] = {*fields, *companions, "updated_at"}
        super().save(*args, **kwargs)

    def save_if_unchanged(self, seen_version: int, fields: Iterable[str]) -> None:
        """Save ``fields`` only if the row still has the version the editor was shown; raises EditConflict."""
        # Together: between the two a reader would see the new version with the old values, and believe it had won.
        with transaction.atomic():
            won = type(self)._default_manager.filter(pk=self.pk, version=seen_version).update(version=F("version") + 1)
            if not won:
                raise EditConflict(f"“{self}”刚被别人修改过，您的修改没有保存。请核对最新内容后再改。")
            self.version = seen_version + 1
            self.save(update_fields=[*fields])

    def _settle_tenant(self) -> None:
        tenant = current_tenant()
        if self.tenant_id is None:
            if tenant is None:
                raise ScopeMissing(f"{self._meta.label}: no tenant in scope to save into")
            self.tenant_id = tenant
        elif not scope_is_open() and tenant != self.tenant_id:
            raise WrongTenant(f"{self._meta.label} of tenant {self.tenant_id} inside the scope of {tenant}")


def none_of(rows: Rows[M]) -> Rows[M]:
    """No rows, as a queryset that still joins and pages like the rest."""
    return rows.filter(Q(pk__in=()))
