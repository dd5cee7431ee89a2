"""公开指标: which stored figures strangers see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.indicators.pictures import written
from zhixing.kernel.indicators.standings import standings
from zhixing.kernel.pages import Menu, Page, Request

from ..actions import set_figures
from ..models import PublicFigure


class FiguresPage(Page):
    """Every indicator by theme with its newest stored value; a tick makes it public."""

    path = "portal/figures/"
    name = "portal.figures"
    title = "公开指标"
    menu = Menu("公开", "公开指标", "eye-check", 70)
    permission = "portal.publicfigure.change"
    template = "portal/figures.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        return self.shown()

    def post(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponseBase:
        try:
            set_figures(request.POST.getlist("indicator"), by=request.user, at=timezone.now())
        except ValidationError as error:
            return {**self.shown(), "message": "；".join(error.messages), "message_kind": "fault"}
        return redirect("portal.figures")

    def shown(self) -> dict[str, Any]:
        marked = set(PublicFigure.objects.values_list("indicator", flat=True))
        found = standings([one.code for one in indicators], timezone.localdate())
        themes: dict[str, list[Any]] = {}
        for one in indicators:
            theme = one.theme or str(apps.get_app_config(one.code.split(".")[0]).verbose_name)
            stands = found[one.code]
            shown = written(stands.value) if stands.value is not None else ""
            themes.setdefault(theme, []).append((one, stands, shown, one.code in marked))
        return {"themes": list(themes.items()), "count": len(marked)}
