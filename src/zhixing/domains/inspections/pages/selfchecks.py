"""自查: reference points, rounds, and each department's answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from zhixing.kernel.pages import (
    Column,
    Deed,
    DetailPage,
    EditPage,
    Facts,
    Filter,
    ListPage,
    Menu,
    Page,
    Request,
    Tab,
    ViewPreset,
)
from zhixing.kernel.pages.forms import dress
from zhixing.kernel.people.models import User

from ..actions import add_point, answer_check, change_point, close_round, load_points, open_round
from ..choices import Conclusion, RoundState
from ..models import ReferencePoint, SelfCheck, SelfCheckRound


class AnswerForm(forms.Form):
    """One point's conclusion."""

    conclusion = forms.ChoiceField(label="结论", choices=[c for c in Conclusion.choices if c[0] != Conclusion.WAITING])
    note = forms.CharField(
        label="情况说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不符合或基本符合的，写明具体问题；系统据此登记问题台账。",
    )  # fmt: skip


class RoundForm(forms.Form):
    """A new round."""

    title = forms.CharField(label="名称", max_length=120, help_text="如“2026—2027 学年第一学期专项自查”。")
    due_date = forms.DateField(label="截止日期")


ANSWER = Deed(
    "answer", "自查", answer_check, permission="inspections.selfcheck.answer", form=AnswerForm, icon="checkbox",
    when=lambda row: row.round.state == RoundState.OPEN,
)  # fmt: skip


class ReferencePointList(ListPage):
    model = ReferencePoint
    title = "管理参考点"
    menu = Menu("检查整改", "管理参考点", "list-details", 72)
    columns = (
        Column("code", link=True), Column("group"), Column("text"), Column("evidence_hint", default=False),
        Column("unit__name", "自查部门"), Column("source_text", default=False), Column("certainty"),
        Column("retired_date", default=False),
    )  # fmt: skip
    filters = ("group", "unit", Filter("used", "在用", options=(("1", "在用"), ("0", "已停用")),
                                       apply=lambda rows, v: rows.filter(retired_date__isnull=v == "1")))  # fmt: skip
    search = ("code", "text")
    order = ("code",)
    primary = "add"
    hint = "示例参考点是本系统整理的，不是上级原文；请按上级下发的参考点修改，并指定自查部门。"
    empty = "还没有参考点。到“自查轮次”点“载入示例参考点”，或点“新增”录入上级下发的参考点。"


class ReferencePointDetail(DetailPage):
    model = ReferencePoint
    facts = (
        Facts("参考点", ("code", "group", "text", "evidence_hint", "unit")),
        Facts("出处", ("source_text", "certainty", "kind", "retired_date")),
    )
    tabs = ("findings", "trail")


class ReferencePointEdit(EditPage):
    model = ReferencePoint
    groups = (
        Facts("参考点", ("code", "group", "text", "evidence_hint", "unit")),
        Facts("出处", ("source_text", "certainty", "kind", "retired_date")),
    )
    create = add_point
    change = change_point


def _close(row: SelfCheckRound, *, by: User, at: datetime) -> None:
    close_round(row, by=by, at=at)


class RoundList(ListPage):
    model = SelfCheckRound
    title = "自查轮次"
    menu = Menu("检查整改", "专项自查", "checks", 70)
    columns = (
        Column("title", link=True), Column("opened_on"), Column("due_date"), Column("state"),
        Column("opened_by__name", "发起人"), Column("closed_at", default=False),
    )  # fmt: skip
    filters = ("state", "opened_on")
    search = ("title",)
    order = ("-opened_on",)
    primary = ("发起自查", "inspections.round.new")
    empty = "还没有开展自查。点“发起自查”，各部门逐条对照参考点回答。"


class NewRound(Page):
    """Open a round; the points of the product can be loaded first."""

    path = "inspections/selfcheckround/new/"
    name = "inspections.round.new"
    title = "发起自查"
    permission = "inspections.selfcheckround.add"
    template = "inspections/round_new.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        return self.shown(dress(RoundForm()))

    def post(self, request: Request, **kwargs: Any) -> Any:
        if request.POST.get("load") == "1":
            count = load_points(by=request.user, at=timezone.now())
            return {**self.shown(dress(RoundForm())), "message": f"已载入 {count} 个示例参考点。"}
        form = dress(RoundForm(request.POST))
        if form.is_valid():
            try:
                opened = open_round(**form.cleaned_data, by=request.user, at=timezone.now())
            except ValidationError as error:
                for field, messages in error.update_error_dict({}).items():
                    form.add_error(field if field in form.fields else None, messages)
            else:
                return HttpResponseRedirect(reverse("inspections.selfcheckround.detail", args=[opened.uid]))
        return self.shown(form)

    def shown(self, form: Any) -> Mapping[str, Any]:
        """The form with how many points there are, and how many have no department yet."""
        points = ReferencePoint.objects.filter(retired_date=None)
        counted = points.aggregate(whole=Count("pk"), homeless=Count("pk", filter=Q(unit=None)))
        return {"form": form, "count": counted["whole"], "homeless": counted["homeless"]}


class RoundDetail(DetailPage):
    model = SelfCheckRound
    facts = (Facts("自查", ("title", "opened_on", "due_date", "state", "opened_by", "closed_at")),)
    deeds = (
        Deed(
            "close", "结束本轮", _close, permission="inspections.selfcheckround.close", icon="lock", many=False,
            confirm="结束后不能再改答案。确定结束吗？", when=lambda row: row.state == RoundState.OPEN,
        ),
    )  # fmt: skip
    tabs = ("evidence", "trail")


class RoundTab(Tab):
    on = SelfCheckRound
    title = "自查结果"
    order = 1
    template = "inspections/_round.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        mine = SelfCheck.objects.all().visible_to(request.user).filter(round=row)
        groups = (
            mine.order_by("point__group")
            .values("point__group")
            .annotate(
                whole=Count("pk"),
                **{c.value: Count("pk", filter=Q(conclusion=c)) for c in Conclusion},
            )
        )
        return {"groups": groups, "conclusions": Conclusion.choices}


class SelfCheckList(ListPage):
    model = SelfCheck
    title = "自查项目"
    columns = (
        Column("point__code", "编号", link=True), Column("point__group", "管理环节"), Column("point__text", "参考点"),
        Column("point__evidence_hint", "查什么", default=False), Column("unit__name", "自查部门"),
        Column("conclusion"), Column("note"), Column("answered_by__name", "自查人", default=False),
        Column("answered_at", default=False), Column("round__title", "轮次"),
    )  # fmt: skip
    filters = ("conclusion", "round", "unit")
    search = ("point__text", "point__code")
    order = ("-round__opened_on", "point__code")
    batch = (ANSWER,)
    presets = (ViewPreset("未自查", "conclusion=waiting"), ViewPreset("不符合", "conclusion=unfit"))
    empty = "没有需要自查的参考点。"


class SelfCheckDetail(DetailPage):
    model = SelfCheck
    facts = (
        Facts("参考点", (Column("point__text", "参考点"), Column("point__evidence_hint", "查什么"), "round", "unit")),
        Facts("自查", ("conclusion", "note", "answered_by", "answered_at")),
    )
    deeds = (ANSWER,)
    tabs = ("evidence", "trail")
