"""What must be true before the site may start; each failure names the remedy (security decisions E-01 … E-10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections, models
from django.urls import URLPattern, URLResolver, get_resolver

from ..base.records import Record
from .access import declared_access
from .sealing import SealedField
from .walls import expected_guards, guard_names, tenant_models

SENSITIVE = re.compile(r"(id_number|id_no|phone|bank|card_no|address|disability|health_note|hardship_note)$")
NETWORK_ADDRESSES = {"people.Session.address"}
GLOBAL_MODELS = {
    "people.Tenant", "people.TenantKey", "people.User", "people.Session", "people.SecondFactor", "people.Attempt",
    "trail.AuditEvent", "trail.Anchor", "jobs.Worker",
    "contenttypes.ContentType", "auth.Permission", "auth.Group", "sessions.Session",
}  # fmt: skip


def walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address of the site: (route, view)."""
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


@register(Tags.security)
def every_address_is_declared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E-01: a view without an access declaration."""
    if not settings.ROOT_URLCONF:
        return []
    return [
        Error(f"地址 {route!r} 没有访问声明", hint="用 @access(...) 或页面类声明谁能访问。", id="zhixing.E01")
        for route, view in walk(get_resolver().url_patterns)
        if declared_access(view) is None
    ]


@register(Tags.models)
def every_model_is_walled(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E-02, E-03, E-04: not a Record and not listed as global; a unique key without tenant; a plain sensitive field."""
    found: list[CheckMessage] = []
    for model in apps.get_models():
        if not issubclass(model, Record) and model._meta.label not in GLOBAL_MODELS:
            found.append(Error(f"{model._meta.label} 既不属于单位，也未登记为全局", obj=model, id="zhixing.E02"))
        if issubclass(model, Record):
            found += _loose_keys(model)
        found += _plain_personal(model)
    return found


def _loose_keys(model: type[models.Model]) -> list[CheckMessage]:
    tied = {field.name for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)}
    loose = [f.name for f in model._meta.concrete_fields if f.unique and f.name not in {"id", "uid"} | tied]
    loose += [
        constraint.name
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and not tied & set(constraint.fields)
    ]
    return [Error(f"唯一键 {name} 没有包含所属单位", obj=model, id="zhixing.E03") for name in loose]


def _plain_personal(model: type[models.Model]) -> list[CheckMessage]:
    return [
        Error(f"{model._meta.label}.{field.name} 像是个人敏感信息，应当加密", obj=model, id="zhixing.E04")
        for field in model._meta.concrete_fields
        if SENSITIVE.search(field.name)
        and not isinstance(field, SealedField)
        and f"{model._meta.label}.{field.name}" not in NETWORK_ADDRESSES
    ]


@register(Tags.database)
def database_is_guarded(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """E-05, E-09: missing walls; SQLite without the settings that survive a power cut."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        tables = set(connection.introspection.table_names())
        if not {model._meta.db_table for model in tenant_models()} <= tables:
            continue
        if missing := expected_guards() - guard_names(connection):
            found.append(
                Error(f"数据库缺少 {len(missing)} 个跨单位防护", hint="运行 zhixing migrate 重建。", id="zhixing.E05")
            )
        if connection.vendor == "sqlite":
            found += _sqlite_settings(connection)
    return found


def _sqlite_settings(connection: Any) -> list[CheckMessage]:
    wanted: dict[str, set[Any]] = {"journal_mode": {"wal", "memory"}, "synchronous": {2}, "foreign_keys": {1}}
    found: list[CheckMessage] = []
    with connection.cursor() as cursor:
        for name, lawful in wanted.items():
            cursor.execute(f"PRAGMA {name}")
            if (value := cursor.fetchone()[0]) not in lawful:
                found.append(Error(f"SQLite {name}={value}，断电可能丢数据", id="zhixing.E09"))
    return found
