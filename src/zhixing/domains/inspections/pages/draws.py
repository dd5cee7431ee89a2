"""Random draws: announce, draw, check, and let anyone draw them again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from zhixing.kernel.base.records import DataClass
from zhixing.kernel.pages import Column, Deed, DetailPage, Facts, ListPage, Menu, Page, Panel, Request, Tab
from zhixing.kernel.pages.forms import dress
from zhixing.kernel.people.models import User

from ..actions import announce_draw, draw_lots, judge_item, replace_draw
from ..choices import DrawState, Population, Verdict
from ..models import DrawItem, RandomDraw
from .raising import raise_deed


class SeedForm(forms.Form):
    """A number that nobody could know when the population was published."""

    seed = forms.CharField(
        label="随机种子", min_length=4, max_length=120, help_text="按公布总体时说定的出处，照抄公开数字。"
    )


class AgainForm(forms.Form):
    """Why the draw is set aside."""

    reason = forms.CharField(label="重抽理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class VerdictForm(forms.Form):
    """What was seen."""

    verdict = forms.ChoiceField(label="检查结果", choices=[c for c in Verdict.choices if c[0] != Verdict.WAITING])
    note = forms.CharField(label="情况", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class DrawForm(forms.Form):
    """What is drawn from, and how many."""

    title = forms.CharField(label="抽查主题", max_length=120)
    population = forms.ChoiceField(label="抽查总体", choices=Population.choices)
    listed = forms.CharField(
        label="自定名单", required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="总体选“自定名单”时填写：每行一个，逗号或制表符后可写分层，如“教案，第一学期”。",
    )  # fmt: skip
    seed_origin = forms.CharField(
        label="种子出处", max_length=200,
        help_text="先说定种子取自哪里、哪一天的公开数字，如“11 月 30 日双色球开奖号码”；抽取时不能更换。",
    )  # fmt: skip
    sample_size = forms.IntegerField(label="抽取总数", min_value=1, initial=10)
    per_stratum = forms.IntegerField(label="每层至少", min_value=0, initial=1)


def _draw(row: RandomDraw, *, by: User, at: datetime, **values: Any) -> str:
    drawn = draw_lots(row, by=by, at=at, **values)
    count = DrawItem.objects.filter(draw=drawn, is_drawn=True).count()
    return f"已从 {drawn.population_count} 个对象中抽取 {count} 个。"


class DrawList(ListPage):
    model = RandomDraw
    title = "随机抽查"
    menu = Menu("检查整改", "随机抽查", "dice-3", 62)
    columns = (
        Column("title", link=True), Column("population"), Column("population_count", numeric=True),
        Column("sample_size", numeric=True), Column("state"), Column("announced_at"), Column("drawn_at"),
        Column("seed", default=False), Column("replace_reason", default=False),
    )  # fmt: skip
    filters = ("state", "population", "announced_at")
    search = ("title",)
    order = ("-announced_at",)
    primary = ("公布抽查总体", "inspections.draw.new")
    empty = "还没有随机抽查。先公布抽查总体，再用公开的数字抽取，谁都可以重算核对。"


class NewDraw(Page):
    """Announce a population."""

    path = "inspections/randomdraw/new/"
    name = "inspections.draw.new"
    title = "公布抽查总体"
    permission = "inspections.randomdraw.add"
    template = "inspections/draw_new.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        return {"form": dress(DrawForm())}

    def post(self, request: Request, **kwargs: Any) -> Any:
        form = dress(DrawForm(request.POST))
        if form.is_valid():
            try:
                draw = announce_draw(**form.cleaned_data, by=request.user, at=timezone.now())
            except ValidationError as error:
                for field, messages in error.update_error_dict({}).items():
                    form.add_error(field if field in form.fields else None, messages)
            else:
                return HttpResponseRedirect(reverse("inspections.randomdraw.detail", args=[draw.uid]))
        return {"form": form}


class DrawDetail(DetailPage):
    model = RandomDraw
    facts = (
        Facts(
            "总体",
            (
                "title",
                "population",
                "population_count",
                "population_digest",
                "seed_origin",
                "announced_at",
                "announced_by",
            ),
        ),
        Facts("抽取", ("sample_size", "per_stratum", "seed", "drawn_at", "drawn_by", "state")),
        Facts("重抽", ("replaces", "replace_reason")),
    )
    deeds = (
        Deed(
            "draw", "公布种子并抽取", _draw, permission="inspections.randomdraw.draw", form=SeedForm, icon="dice-3",
            when=lambda row: row.state == DrawState.ANNOUNCED, many=False,
        ),
        Deed(
            "again", "作废重抽", lambda row, **kwargs: str(replace_draw(row, **kwargs)) + " 已重新公布总体。",
            permission="inspections.randomdraw.replace", form=AgainForm, icon="rotate", danger=True, many=False,
            when=lambda row: row.state != DrawState.REPLACED,
        ),
    )  # fmt: skip
    tabs = ("evidence", "trail")


class DrawnTab(Tab):
    on = RandomDraw
    title = "抽中对象"
    order = 1
    template = "inspections/_drawn.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        items = DrawItem.objects.all().visible_to(request.user).filter(draw=row, is_drawn=True)
        return {"items": items.order_by("stratum", "rank")}


class ProofPanel(Panel):
    """How anyone can draw the same lots."""

    on = RandomDraw
    title = "如何核对"
    order = 10
    template = "inspections/_proof.html"


class DrawItemList(ListPage):
    model = DrawItem
    title = "抽查对象"
    columns = (
        Column("label", link=True), Column("draw__title", "抽查"), Column("stratum"),
        Column("unit__name", "部门或班级"),
        Column("is_drawn"), Column("verdict"), Column("note"), Column("checked_by__name", "检查人"),
        Column("checked_at", default=False), Column("rank", default=False),
    )  # fmt: skip
    filters = ("draw", "is_drawn", "verdict", "stratum")
    search = ("label",)
    order = ("-draw__announced_at", "stratum", "rank")
    batch = (
        Deed("judge", "登记检查结果", judge_item, permission="inspections.drawitem.judge", form=VerdictForm,
             icon="clipboard-check", when=lambda row: row.is_drawn),
    )  # fmt: skip
    empty = "没有抽查对象。"


class DrawItemDetail(DetailPage):
    model = DrawItem
    data_class = DataClass.PERSONAL
    facts = (
        Facts("对象", ("label", "draw", "stratum", "unit", "is_drawn", "rank")),
        Facts("检查", ("verdict", "note", "checked_by", "checked_at")),
    )
    deeds = (*DrawItemList.batch, raise_deed("inspections.drawitem", when=lambda row: row.is_drawn))
    tabs = ("findings", "evidence", "trail")
