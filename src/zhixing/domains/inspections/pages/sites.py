"""Site inspections."""

from __future__ import annotations

from zhixing.kernel.pages import Column, DetailPage, EditPage, Facts, ListPage, Menu, ViewPreset

from ..actions import add_inspection, change_inspection
from ..models import SiteInspection
from .raising import raise_deed

RAISE = raise_deed("inspections.siteinspection")


class InspectionList(ListPage):
    model = SiteInspection
    title = "检查记录"
    menu = Menu("检查整改", "检查记录", "checkup-list", 60)
    columns = (
        Column("title", link=True), Column("kind"), Column("on"), Column("unit__name", "被检查部门"), Column("place"),
        Column("leader__name", "检查人"), Column("team", default=False), Column("basis", default=False),
    )  # fmt: skip
    filters = ("kind", "unit", "on", "leader")
    search = ("title", "place", "team")
    order = ("-on",)
    primary = "add"
    presets = (ViewPreset("上级检查", "kind=superior"), ViewPreset("科室自查", "kind=self"))
    empty = "还没有检查记录。检查后点“新增”登记，发现的问题直接进入问题台账。"


class InspectionDetail(DetailPage):
    model = SiteInspection
    facts = (
        Facts("检查", ("kind", "title", "on", "place", "unit", "leader", "team")),
        Facts("依据与情况", ("basis", "scope", "summary")),
    )
    deeds = (RAISE,)
    tabs = ("findings", "evidence", "trail")


class InspectionEdit(EditPage):
    model = SiteInspection
    groups = (
        Facts("检查", ("kind", "title", "on", "place", "unit", "leader", "team")),
        Facts("依据与情况", ("basis", "scope", "summary")),
    )
    create = add_inspection
    change = change_inspection
