"""Indicators: where each stands, how it came there, what it should be, and the rows behind every number."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils import timezone

from ..base.records import DataClass
from ..indicators.benchmarks import benchmarks, benchmarks_for
from ..indicators.declare import Indicator, indicators
from ..indicators.models import Period, Reading, Target
from ..indicators.pictures import HEIGHT, WIDTH, spark, trend_option, written
from ..indicators.readings import NotReadable, trend
from ..indicators.standings import Standing, standing, standings
from ..indicators.targets import set_target, withdraw_target
from ..people.grants import Extent
from ..people.models import Unit
from .editing import blame
from .errors import bad_question
from .filters import BadQuestion
from .forms import dress
from .freezing import freeze_indicator
from .indicator_rows import breakdown, by_titles, by_units, opens_at, rows_shown
from .page import Page, Request
from .rendering import render
from .standing import ways_of
from .values import Menu

COURSE = 365
SHOWN = 60
LAMPS = (("red", "未达标"), ("amber", "接近目标"), ("green", "达标"), ("none", "未设目标或无读数"))
SEE = "indicators.reading.view"
ITEM = "indicators/<str:code>/"


def place_of(user: Any) -> Unit | None:
    """The part of the school whose figures someone sees: None for the whole; Http404 where it is none."""
    ways = ways_of(user, Reading, "view")
    if (Extent.TENANT, "") in ways:
        return None
    path = next((path for extent, path in ways if extent is Extent.UNIT and path), "")
    found: Unit | None = Unit.objects.filter(path=path).first() if path else None
    if found is None:
        raise Http404
    return found


def unit_of(request: Request) -> Unit | None:
    """The unit asked for in the address, within what the asker sees; without one, all that the asker sees."""
    place = place_of(request.user)
    if not (asked := request.GET.get("unit", "")):
        return place
    try:
        found: Unit | None = Unit.objects.filter(uid=uuid.UUID(asked)).first()
    except ValueError:
        found = None
    if found is None or (place is not None and not found.path.startswith(place.path)):
        raise Http404
    return found


def declared(code: str) -> Indicator:
    found = indicators.get(code)
    if found is None:
        raise Http404
    return found


def theme_of(indicator: Indicator) -> str:
    """The heading an indicator stands under."""
    return indicator.theme or str(apps.get_app_config(indicator.code.split(".")[0]).verbose_name)


class IndicatorsPage(Page):
    """Every indicator by theme, from kept readings only: nothing is counted when the page is opened."""

    path = "indicators/"
    name = "indicators.board"
    title = "指标"
    menu = Menu("质量", "指标", "chart-histogram", 10)
    permission = SEE
    template = "indicators/board.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        place, lamp = place_of(request.user), request.GET.get("lamp", "")
        if lamp and lamp not in dict(LAMPS):
            return bad_question(request, "没有这个条件")
        codes = [one.code for one in indicators if place is None or one.units]
        every = standings(codes, timezone.localdate(), place)
        counts = dict.fromkeys(dict(LAMPS), 0)
        themes: dict[str, list[dict[str, Any]]] = {}
        for one in every.values():
            counts[one.lamp or "none"] += 1
            if not lamp or (one.lamp or "none") == lamp:
                themes.setdefault(theme_of(one.indicator), []).append(_line(one))
        newest = max((one.read_on for one in every.values() if one.read_on), default=None)
        return {
            "themes": themes, "counts": [(key, words, counts[key]) for key, words in LAMPS], "lamp": lamp,
            "place": place, "total": len(codes), "newest": newest, "wide": WIDTH, "tall": HEIGHT,
        }  # fmt: skip


def _line(one: Standing) -> dict[str, Any]:
    return {
        "code": one.indicator.code, "title": one.indicator.title, "unit": one.indicator.unit, "lamp": one.lamp,
        "value": written(one.value), "target": written(one.target) if one.target is not None else "",
        "better": one.indicator.better, "spark": spark(one.trend), "change": one.change,
        "benchmark": one.benchmark, "part": one.part, "whole": one.whole,
    }  # fmt: skip


class IndicatorPage(Page):
    """One indicator: formula, basis, course, units beside each other, targets, readings."""

    path = ITEM
    name = "indicators.indicator"
    title = "指标"
    permission = SEE
    template = "indicators/indicator.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        one, unit = declared(kwargs["code"]), unit_of(request)
        today, user = timezone.localdate(), request.user
        now = standing(one.code, today, unit)
        course = trend(one.code, COURSE, unit)
        beside = benchmarks_for(one.code)
        lines = [("目标", now.target)] if now.target is not None else []
        lines += [(f"{mark.year}年{mark.scope}", mark.value) for mark in beside if mark.unit == one.unit]
        readings = Reading.objects.filter(indicator=one.code, unit=unit).select_related("frozen_by")
        return {
            "title": one.title, "one": one, "now": now, "unit": unit, "theme": theme_of(one), "beside": beside,
            "value": written(now.value), "written": written, "opens": opens_at(one.opens),
            "course_chart": trend_option(course, one.title, one.unit, lines) if len(course) > 1 else None,
            "course": [(str(day), written(value)) for day, value in reversed(course)],
            "units": by_units(one, now, unit, user), "cuts": by_titles(one, today),
            "targets": _targets(one.code, unit), "frozen": readings.frozen().order_by("-frozen_at")[:SHOWN],
            "periods": dict(Period.choices), "query": f"?unit={unit.uid}" if unit else "",
            "may_set": user.holds("indicators.target.add"), "may_take_back": user.holds("indicators.target.change"),
            "may_freeze": user.holds("files.evidence.add"), "stale": now.read_on is not None and now.read_on < today,
        }  # fmt: skip


def _targets(code: str, unit: Unit | None) -> Any:
    rows = Target.objects.filter(indicator=code).select_related("unit", "set_by").order_by("-pk")
    return rows.filter(unit=unit)[:SHOWN] if unit is not None else rows[:SHOWN]


class IndicatorBreakdown(Page):
    """The value by one of its paths, counted now; fetched when it is opened."""

    path = f"{ITEM}by/<int:number>/"
    name = "indicators.breakdown"
    title = "指标分组"
    permission = SEE
    template = "indicators/_breakdown.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        one, unit = declared(kwargs["code"]), unit_of(request)
        if not 0 <= kwargs["number"] < len(one.by):
            raise Http404
        try:
            found = breakdown(one, kwargs["number"], unit, timezone.localdate())
        except NotReadable:
            raise Http404 from None
        return {"one": one, **found}


class IndicatorRows(Page):
    """The rows behind a number, as far as the asker may see them."""

    path = f"{ITEM}rows/"
    name = "indicators.rows"
    title = "指标明细"
    permission = SEE
    data_class = DataClass.PERSONAL
    template = "indicators/rows.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        one, unit = declared(kwargs["code"]), unit_of(request)
        try:
            found = rows_shown(one, unit, request)
        except (BadQuestion, NotReadable) as error:
            return bad_question(request, str(error))
        return {"title": f"{one.title} · 明细", "one": one, "unit": unit, **found}


class TargetForm(forms.Form):
    value = forms.DecimalField(label="目标值", max_digits=16, decimal_places=4)
    label = forms.CharField(label="阶段或周期", max_length=60, required=False, help_text="如“全面实施阶段”“2019 年”。")
    from_date = forms.DateField(label="起始日期")
    to_date = forms.DateField(label="终止日期", required=False, help_text="一直有效的不填。")
    reason = forms.CharField(
        label="设定依据", max_length=300, widget=forms.Textarea, help_text="文件、会议或领导批示。"
    )


class TargetSet(Page):
    path = f"{ITEM}target/"
    name = "indicators.target"
    title = "设定目标"
    permission = "indicators.target.add"
    template = "indicators/_target.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        one, unit = declared(kwargs["code"]), unit_of(request)
        form = TargetForm(initial={"from_date": timezone.localdate()})
        return {"one": one, "unit": unit, "form": dress(form)}

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        one, unit = declared(kwargs["code"]), unit_of(request)
        form = TargetForm(request.POST)
        if form.is_valid():
            try:
                set_target(indicator=one.code, unit=unit, by=request.user, at=timezone.now(), **form.cleaned_data)
                return render(request, "files/_done.html", {"words": "目标已设定，原来的目标保留在目标记录中。"})
            except ValidationError as fault:
                blame(form, fault)
        return render(request, self.template, {"one": one, "unit": unit, "form": dress(form)}, 422)


class TargetTakenBack(Page):
    path = "indicators/targets/<uuid:uid>/withdraw/"
    name = "indicators.target_withdraw"
    title = "撤销目标"
    permission = "indicators.target.change"
    template = "indicators/_withdraw.html"

    def _target(self, request: Request, uid: Any) -> Target:
        found: Target | None = Target.objects.all().visible_to(request.user, "change").filter(uid=uid).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        return {"target": self._target(request, kwargs["uid"]), "fault": ""}

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        target = self._target(request, kwargs["uid"])
        try:
            withdraw_target(target, reason=request.POST.get("reason", ""), by=request.user, at=timezone.now())
        except ValidationError as fault:
            return render(request, self.template, {"target": target, "fault": "；".join(fault.messages)}, 422)
        return render(request, "files/_done.html", {"words": "目标已撤销。"})


class FreezeForm(forms.Form):
    title = forms.CharField(label="题名", max_length=200)
    on = forms.DateField(label="读数日期", help_text="过去的日期只能取当天已保存的读数，不能补算。")
    period = forms.ChoiceField(label="周期", choices=Period.choices)
    label = forms.CharField(
        label="周期名称", max_length=60, required=False, help_text="如“2019 年 3 月”“2018—2019 学年第一学期”。"
    )


class IndicatorFrozen(Page):
    """Fix the reading and keep it, with its parts and rows, as evidence."""

    path = f"{ITEM}freeze/"
    name = "indicators.freeze"
    title = "冻结为佐证"
    permission = "files.evidence.add"
    data_class = DataClass.PERSONAL
    template = "indicators/_freeze.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        one, unit = declared(kwargs["code"]), self._unit(request)
        today = timezone.localdate()
        form = FreezeForm(initial={"title": f"{one.title}（{today}）", "on": today, "period": Period.DAY})
        return {"one": one, "unit": unit, "form": dress(form)}

    def _unit(self, request: Request) -> Unit | None:
        if not request.user.holds(SEE):
            raise Http404
        return unit_of(request)

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        one, unit = declared(kwargs["code"]), self._unit(request)
        form = FreezeForm(request.POST)
        if form.is_valid():
            try:
                made = freeze_indicator(one, unit, by=request.user, at=timezone.now(), **form.cleaned_data)
                return render(request, "files/_done.html", {"words": "读数已冻结，并存为佐证快照。", "made": made})
            except (NotReadable, ValidationError) as fault:
                blame(form, fault)
        return render(request, self.template, {"one": one, "unit": unit, "form": dress(form)}, 422)


class BenchmarksPage(Page):
    """What others reach, with where it is from; also values whose indicator is still to come."""

    path = "indicators/benchmarks/"
    name = "indicators.benchmarks"
    title = "参照值"
    permission = SEE
    template = "indicators/benchmarks.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        since = timezone.localdate() - timedelta(days=365)
        lines = [
            (mark, [indicators[code] for code in mark.indicators if code in indicators], mark.year < since.year)
            for mark in benchmarks()
        ]
        return {"lines": lines, "written": written}
