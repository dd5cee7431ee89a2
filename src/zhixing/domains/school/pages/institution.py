"""The school, its campuses, departments and posts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from zhixing.kernel.pages import (
    Column,
    Deed,
    DetailPage,
    EditPage,
    Facts,
    ListPage,
    Menu,
    Request,
    Tab,
    ViewPreset,
)

from .. import actions
from ..models import Campus, Department, Post, School
from .forms import DayForm, HeadForm


class SchoolList(ListPage):
    """One school a tenant: where its facts are entered, this leads straight to them."""

    model = School
    title = "学校概况"
    menu = Menu("系统", "学校概况", "building", 10)
    columns = ("name", "official_code", "kind")
    primary = "add"
    empty = "还没有登记学校概况。请点右上角“新增学校概况”，填写学校全称和标识码。"

    def answer(self, request: Request, **kwargs: Any) -> HttpResponse:
        row = self.rows(request).first()
        if row is not None:
            return HttpResponseRedirect(reverse("school.school.detail", args=[row.uid]))
        return super().answer(request, **kwargs)


class SchoolDetail(DetailPage):
    model = School
    title = "学校概况"
    facts = (
        Facts("基本信息", ("name", "short_name", "official_code", "uscc", "kind", "ownership", "supervised_by",
                       "principal_name", "founded_date")),
        Facts("联系方式", ("region_code", "location", "office_line", "website")),
        Facts("学校简介", (Column("note", width="wide"),)),
    )  # fmt: skip
    tabs = ("files", "trail")


class SchoolEdit(EditPage):
    model = School
    groups = (
        Facts("基本信息", ("name", "short_name", "official_code", "uscc", "kind", "ownership", "supervised_by",
                       "principal_name", "founded_date")),
        Facts("联系方式", ("region_code", "location", "office_line", "website")),
        Facts("学校简介", (Column("note", width="wide"),)),
    )  # fmt: skip
    create = actions.enter_school
    change = actions.correct_school


class CampusList(ListPage):
    model = Campus
    menu = Menu("系统", "校区与教学点", "map-pin", 20)
    columns = (
        Column("name", link=True), "kind", "location", Column("land_area", numeric=True),
        Column("building_area", numeric=True), "opened_date", "closed_date",
    )  # fmt: skip
    filters = ("kind",)
    search = ("name", "location")
    order = ("kind", "name")
    primary = "add"
    empty = "还没有登记校区。请新增校本部，再补充分校区和教学点。"


class CampusDetail(DetailPage):
    model = Campus
    facts = (Facts("校区", ("name", "kind", "location", "land_area", "building_area", "opened_date", "closed_date")),)
    tabs = ("files", "trail")


class CampusEdit(EditPage):
    model = Campus
    groups = (Facts("校区", ("name", "kind", "location", "land_area", "building_area", "opened_date", "closed_date")),)
    create = actions.add_campus
    change = actions.correct_campus


class DepartmentList(ListPage):
    model = Department
    menu = Menu("队伍", "部门", "sitemap", 10)
    columns = (
        Column("name", link=True), "kind", Column("parent__name", "上级部门"), Column("unit__head__name", "负责人"),
        "location", "office_line", Column("unit__closed_on", "撤销日期", default=False),
    )  # fmt: skip
    filters = ("kind", "parent")
    search = ("name",)
    order = ("position",)
    primary = "add"
    presets = (ViewPreset("没有负责人", "unit__head__isnull=1"),)
    mark_findings = True
    empty = "还没有部门。请先新增各职能科室和教学部门，班级和教职工都归在部门之下。"


class DepartmentDetail(DetailPage):
    model = Department
    facts = (
        Facts("部门", ("name", "kind", Column("parent__name", "上级部门"), Column("unit__head__name", "负责人"),
                     "location", "office_line", Column("unit__closed_on", "撤销日期"))),
        Facts("主要职责", (Column("duties", width="wide"),)),
    )  # fmt: skip
    deeds = (
        Deed("appoint", "指定负责人", actions.appoint_head, form=HeadForm, icon="user-star", many=False),
        Deed("close", "撤销部门", actions.close_department, form=DayForm, icon="circle-off", danger=True, many=False,
             when=lambda row: row.unit.closed_on is None),
    )  # fmt: skip
    tabs = ("findings", "files", "trail")


class DepartmentEdit(EditPage):
    model = Department
    groups = (
        Facts("部门", ("name", "kind", "parent", "position", "location", "office_line")),
        Facts("主要职责", (Column("duties", width="wide"),)),
    )
    create = actions.add_department
    change = actions.correct_department


class BelowTab(Tab):
    on = Department
    title = "下级与岗位"
    order = 40
    template = "school/_below.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        below = row.children.all().visible_to(request.user, "view").select_related("unit__head")
        posts = row.posts.all().visible_to(request.user, "view").filter(closed_date=None)
        return {"below": below, "posts": posts}


class PostList(ListPage):
    model = Post
    menu = Menu("队伍", "岗位", "id-badge", 20)
    columns = (
        Column("name", link=True), "kind", Column("department__name", "所属部门"), Column("headcount", numeric=True),
        "is_leading", "closed_date",
    )  # fmt: skip
    filters = ("kind", "department", "is_leading")
    search = ("name",)
    order = ("department__position", "pk")
    primary = "add"
    empty = "还没有岗位。请按机构编制方案新增岗位。"


class PostDetail(DetailPage):
    model = Post
    facts = (
        Facts(
            "岗位",
            ("name", "kind", Column("department__name", "所属部门"), "headcount", "is_leading", "closed_date",
             Column("duties", width="wide")),
        ),
    )  # fmt: skip
    tabs = ("trail",)


class PostEdit(EditPage):
    model = Post
    groups = (
        Facts("岗位", ("name", "kind", "department", "headcount", "is_leading", "closed_date",
                     Column("duties", width="wide"))),
    )  # fmt: skip
    create = actions.add_post
    change = actions.correct_post
