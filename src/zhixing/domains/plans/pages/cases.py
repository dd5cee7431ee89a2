"""典型案例: the workshop in which a case is written, illustrated, reviewed and adopted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.indicators.standings import standings
from zhixing.kernel.pages import Column, Deed, DetailPage, Facts, ListPage, Menu, Request, Tab, ViewPreset
from zhixing.kernel.pages.words import tag
from zhixing.kernel.people.models import User

from ..actions.cases import add_picture, begin_case, correct_case, remove_picture
from ..choices import CaseState, PlanLevel
from ..models import SECTIONS, CasePicture, CaseStudy, Task
from ..procedures import take_case
from ..queries.bindings import bindings
from ..queries.cases import demand, figures_of, filled, pictures_of, words_by_section
from ..queries.live import plain
from .forms import ReasonForm, open_units
from .stages import PresetPage

COLOURS = {"draft": "grey", "submitted": "amber", "reviewed": "blue", "adopted": "green"}
WIDE = tuple(Column(name, width="wide") for name, _ in SECTIONS)


class PictureForm(forms.Form):
    """A picture with its caption."""

    upload = forms.FileField(label="图片", help_text="JPG 或 PNG。")
    caption = forms.CharField(label="图片说明", max_length=80)


class RecommendForm(forms.Form):
    """The school's word on a case."""

    recommendation = forms.CharField(
        label="推荐意见", required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写入推荐表。",
    )  # fmt: skip


def step(name: str) -> Any:
    """A deed's action that takes the step of this name."""

    def act(case: CaseStudy, *, by: User, at: datetime, **values: Any) -> None:
        take_case(name, case, by=by, at=at, **values)

    return act


def illustrate(case: CaseStudy, *, by: User, at: datetime, upload: Any, caption: str) -> str:
    add_picture(case, upload=upload, caption=caption, by=by, at=at)
    return f"已添加图片“{caption}”。"


def in_state(*states: str) -> Any:
    return lambda case: case.state in states


def state_word(value: str | None) -> Any:
    return tag(str(CaseState(value).label), COLOURS[value]) if value else ""


DEEDS = (
    Deed("picture", "添加图片", illustrate, permission="plans.casestudy.change", form=PictureForm, icon="photo-plus",
         many=False, when=in_state(CaseState.DRAFT)),
    Deed("submit", "提交审核", step("submit"), permission="plans.casestudy.submit", icon="send",
         when=in_state(CaseState.DRAFT), many=False),
    Deed("review", "审核通过", step("review"), permission="plans.casestudy.review", form=RecommendForm,
         icon="circle-check", when=in_state(CaseState.SUBMITTED), many=False),
    Deed("adopt", "采用", step("adopt"), permission="plans.casestudy.adopt", icon="award",
         when=in_state(CaseState.REVIEWED), many=False, confirm="采用后内容和其中的数据固定，可印发上报。"),
    Deed("send_back", "退回修改", step("send_back"), permission="plans.casestudy.send_back", form=ReasonForm,
         icon="arrow-back-up", danger=True, when=in_state(CaseState.SUBMITTED, CaseState.REVIEWED), many=False),
)  # fmt: skip


class CaseList(ListPage):
    model = CaseStudy
    title = "典型案例"
    menu = Menu("提升计划", "典型案例", "bulb", 48)
    columns = (
        Column("title", link=True, width="wide"), Column("state", render=state_word), Column("task__title", "任务"),
        Column("unit__name", "部门"), Column("author__name", "撰写人"), "reviewed_at", "adopted_at",
    )  # fmt: skip
    filters = ("state", "unit")
    search = ("title", "author__name")
    primary = "add"
    presets = (ViewPreset("待审核", "state=submitted"), ViewPreset("已采用", "state=adopted"))
    hint = "固定结构：实施背景、主要做法、取得成效、经验总结；文中的数据从指标读取，采用时固定。"
    empty = "还没有典型案例。哪项工作有成效，就从哪项写起，点“新增”。"


class CaseDetail(DetailPage):
    model = CaseStudy
    template = "plans/stage_case.html"
    facts = (
        Facts("案例", (Column("task__title", "任务"), Column("unit__name", "部门"), Column("author__name", "撰写人"),
                     "contact", Column("reviewed_by__name", "审核人"), "reviewed_at",
                     Column("adopted_by__name", "采用人"), "adopted_at", Column("recommendation", width="wide"))),
    )  # fmt: skip
    deeds = DEEDS
    tabs = ("passages", "evidence", "trail")

    def context(self, request: Request, row: Any) -> dict[str, Any]:
        figures = figures_of(row)
        wanted = demand(timezone.localdate())
        return {
            "sections": [(heading, filled(getattr(row, name), figures), count) for name, heading, count in
                         words_by_section(row)],
            "count": row.word_count, "demand": wanted, "pictures": pictures_of(row),
            "figures": figures, "state_tag": state_word(row.state),
            "fits": wanted.low <= row.word_count <= wanted.high,
        }  # fmt: skip

    def edit_address(self, request: Request, row: Any) -> str:
        return super().edit_address(request, row) if row.state == CaseState.DRAFT else ""


class CaseEdit(PresetPage):
    model = CaseStudy
    preset = "task"
    groups = (
        Facts("案例", ("task", "title", "unit", "contact")),
        Facts("正文（数据写成“{指标名}”，打印时自动换成数值）", WIDE),
    )
    create = begin_case
    change = correct_case

    def choices(self, request: Request, field: str) -> Any:
        if field == "unit":
            return open_units()
        return Task.objects.standing().filter(action__plan__level=PlanLevel.SCHOOL).select_related("action")

    def form(self, request: Request, row: Any, data: Any) -> forms.Form:
        made = super().form(request, row, data)
        made.fields["unit"].required = False
        made.fields["unit"].help_text = "不填时为您所在的部门。"
        for name, _ in SECTIONS:
            made.fields[name].widget.attrs["rows"] = "10"
        return made


class CaseFiguresTab(Tab):
    """The figures that may be put into the text, those of the task first."""

    on = CaseStudy
    title = "可用数据"
    order = 10
    permission = "indicators.reading.view"
    template = "plans/_stage_figures.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        binding = bindings().get(row.task.kind)
        own = set(binding.counted_by(indicators.codes())) if binding else set()
        held = standings(indicators.codes(), timezone.localdate())
        titles = [one.title for one in indicators]
        lines = [
            {
                "name": one.indicator.title if titles.count(one.indicator.title) == 1 else one.indicator.code,
                "title": one.indicator.title, "value": plain(one.value), "unit": one.indicator.unit,
                "own": one.indicator.code in own, "on": one.read_on,
            }
            for one in held.values() if one.value is not None
        ]  # fmt: skip
        return {"lines": sorted(lines, key=lambda line: not line["own"])}


class CasePicturesTab(Tab):
    on = CaseStudy
    title = "图片"
    order = 5
    template = "plans/_stage_pictures.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        may = row.state == CaseState.DRAFT and request.user.can("change", row)
        return {
            "pictures": pictures_of(row), "demand": demand(timezone.localdate()),
            "may_remove": may and request.user.holds("plans.casepicture.change"),
        }  # fmt: skip


class CasePictureDetail(DetailPage):
    model = CasePicture
    title = "案例图片"
    template = "plans/stage_picture.html"
    facts = (Facts("图片", ("caption", Column("case__title", "典型案例"), "position")),)
    deeds = (
        Deed("remove", "删除图片", remove_picture, permission="plans.casepicture.change", icon="trash", danger=True,
             many=False, confirm="删除这张图片？",
             when=lambda row: row.case.state == CaseState.DRAFT and row.removed_at is None),
    )  # fmt: skip
