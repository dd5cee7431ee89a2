"""Fields and majors."""

from __future__ import annotations

from typing import Any

from zhixing.kernel.pages import Column, Deed, DetailPage, EditPage, Facts, ListPage, Menu, ViewPreset

from .. import actions
from ..models import Major, MajorField
from .forms import OfferForm


def offer(major: Major, *, department: Any, since: int | None, by: Any, at: Any) -> None:
    actions.offer_major(major, department=department, since=since, by=by, at=at)


class MajorList(ListPage):
    model = Major
    menu = Menu("教学", "专业", "books", 10)
    columns = (
        "code", Column("name", link=True), "directory_version", Column("field__name", "专业大类"), "is_offered",
        Column("department__name", "开办部门"), "study_length", "is_agricultural", "certainty",
        Column("out_of_directory", default=False), Column("filing_no", default=False),
        Column("head__name", "专业负责人", default=False), Column("opened_year", default=False),
    )  # fmt: skip
    filters = ("is_offered", "directory_version", "field", "department", "certainty", "is_agricultural")
    search = ("name", "code")
    order = ("-is_offered", "-directory_version", "code")
    primary = "add"
    sheet = "school.MajorSheet"
    batch = (Deed("offer", "设为本校开设", offer, form=OfferForm, icon="plus"),)
    presets = (ViewPreset("本校开设", "is_offered=1"), ViewPreset("目录外专业", "out_of_directory=1"))
    mark_findings = True
    hint = "代码标有“依据待核”的，请对照正式公布的专业目录核对。同一代码在 2010、2021 两版目录中可能是不同专业。"
    empty = "还没有专业。请从“导入”放入国家专业目录，或点“新增专业”。"


class MajorDetail(DetailPage):
    model = Major
    facts = (
        Facts("专业目录", ("code", "name", "directory_version", Column("field__name", "专业大类"), "certainty",
                       "is_agricultural", "is_controlled", "out_of_directory", "filing_no")),
        Facts("本校开设", ("is_offered", Column("department__name", "开办部门"), Column("head__name", "专业负责人"),
                       "study_length", "opened_year")),
    )  # fmt: skip
    deeds = (
        Deed("offer", "设为本校开设", offer, form=OfferForm, icon="plus", many=False,
             when=lambda row: not row.is_offered),
    )  # fmt: skip
    tabs = ("findings", "files", "trail")


class MajorEdit(EditPage):
    model = Major
    groups = (
        Facts("专业目录", ("code", "name", "directory_version", "field", "certainty", "is_agricultural",
                       "is_controlled", "out_of_directory", "filing_no")),
        Facts("本校开设", ("is_offered", "department", "head", "study_length", "opened_year")),
    )  # fmt: skip
    create = actions.add_major
    change = actions.correct_major


class FieldList(ListPage):
    model = MajorField
    title = "专业大类"
    columns = ("code", Column("name", link=True), "directory_version")
    filters = ("directory_version",)
    search = ("name", "code")
    order = ("-directory_version", "code")
    primary = "add"
    empty = "还没有专业大类。"


class FieldDetail(DetailPage):
    model = MajorField
    facts = (Facts("专业大类", ("code", "name", "directory_version")),)
    tabs = ("trail",)


class FieldEdit(EditPage):
    model = MajorField
    groups = (Facts("专业大类", ("code", "name", "directory_version")),)
    create = actions.add_field
    change = actions.correct_field
