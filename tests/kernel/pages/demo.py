"""Pages over a kernel model, declared as an app would, and the addresses that serve them in these tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from markupsafe import Markup

from zhixing.kernel.pages import Column, Deed, DetailPage, EditPage, Facts, Filter, ListPage, Menu, ViewPreset
from zhixing.kernel.people.models import Unit, User
from zhixing.site import urls


class Why(forms.Form):
    reason = forms.CharField(label="原因", max_length=20)


def close_unit(row: Unit, *, by: User, at: datetime, reason: str = "") -> str:
    if row.kind == "school":
        raise ValidationError("学校本身不能撤销。")
    row.closed_on = at.date()
    row.save(update_fields=["closed_on"])
    return f"{row.name}已撤销：{reason}"


def rename_all(rows: list[Unit], *, by: User, at: datetime) -> str:
    for row in rows:
        row.name = f"新{row.name}"
        row.save(update_fields=["name"])
    return f"改名 {len(rows)} 个"


CLOSE = Deed("close", "撤销", close_unit, form=Why, danger=True, when=lambda row: row.closed_on is None)
RENAME = Deed("rename", "统一改名", rename_all, bulk=True)


def add_unit(values: dict[str, Any], *, by: User, at: datetime) -> Unit:
    if values["name"] == "重名":
        raise ValidationError({"name": "已经有这个部门。"})
    unit = Unit(**values)
    unit.save()
    return unit


def change_unit(row: Unit, values: dict[str, Any], *, by: User, at: datetime, seen_version: int) -> Unit:
    for name, value in values.items():
        setattr(row, name, value)
    row.save_if_unchanged(seen_version, list(values))
    return row


class UnitList(ListPage):
    model = Unit
    slug = "trial"
    title = "部门与班级"
    menu = Menu("队伍", "试验部门", "sitemap", 90)
    columns = (
        "name",
        Column("kind", render=lambda value: Markup("<b>{}</b>").format(value)),
        "parent",
        Column("head__name", "负责人"),
        "position",
        "closed_on",
        Column("created_at", default=False),
    )
    filters = (
        "parent",
        "kind",
        "closed_on",
        Filter("late", "靠后", options=(("1", "是"),), apply=lambda rows, value: rows.filter(position__gt=1)),
    )
    search = ("name",)
    order = ("position",)
    presets = (ViewPreset("没有负责人", "head__isnull=1"),)
    batch = (CLOSE, RENAME)
    primary = "add"
    mark_findings = True


class UnitDetail(DetailPage):
    model = Unit
    slug = "trial"
    facts = (Facts("基本信息", ("name", "kind", "parent", "head", "position", "closed_on", "created_at")),)
    deeds = (CLOSE,)
    tabs = ("findings", "files", "passages", "trail")


class UnitEdit(EditPage):
    model = Unit
    slug = "trial"
    groups = (Facts("基本信息", ("name", "kind", "parent", "position", "closed_on")),)
    create = add_unit
    change = change_unit


class PeopleList(ListPage):
    model = User
    slug = "crowd"
    title = "人员"
    columns = ("account", "name", "phone", "is_active", "last_login")
    search = ("name", "name_keys", "account")
    order = ("account",)


PAGES = (UnitList, UnitDetail, UnitEdit, PeopleList)
urlpatterns = [*urls.urlpatterns, *[pattern for page in PAGES for pattern in page.addresses()]]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
