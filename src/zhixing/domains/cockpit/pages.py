"""The first page: what waits for me, how my lamps stand, the school's figures, what changed since I was last here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from markupsafe import Markup

from zhixing.kernel.checks.models import OPEN, Finding, Stage, VerificationRun
from zhixing.kernel.notices.models import Notice
from zhixing.kernel.notices.send import open_todos
from zhixing.kernel.pages import Menu, Page, Panel, Request, panels, render_text

from .queries import figures, lamps, last_visit, news

SHOWN_TODOS = 8


class Home(Page):
    """One's own workbench, laid out from the panels that apps offer and that the person may see."""

    path = ""
    name = "home"
    title = "工作台"
    menu = Menu("工作台", "工作台", "layout-dashboard", 10)
    template = "cockpit/home.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        offered = sorted((panel for panel in panels if panel.on == "home"), key=lambda panel: panel.order)
        cards = []
        for kind in offered:
            panel = kind()
            if panel.allowed(request) and (context := panel.context(request)) is not None:
                html = Markup(render_text(request, panel.template, {**context, "panel": panel}))  # noqa: S704 - our own rendered template
                cards.append((panel, html))
        return {"cards": cards, "greeting": greeting(), "since": last_visit(request.user, at=timezone.now())}


def greeting() -> str:
    """A word that fits the hour."""
    hour = timezone.localtime().hour
    return "早上好" if hour < 11 else "中午好" if hour < 14 else "下午好" if hour < 18 else "晚上好"


class TodoPanel(Panel):
    on = "home"
    title = "我的待办"
    order = 10
    size = 6
    template = "cockpit/_todos.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        todos = open_todos(request.user)
        unread = Notice.objects.filter(user=request.user, is_todo=False, read_at=None).order_by("-pk")
        return {
            "todos": todos[:SHOWN_TODOS],
            "todo_count": todos.count(),
            "unread": unread[:4],
            "today": timezone.localdate(),
            "soon": timezone.localdate() + timedelta(days=3),
        }


class LampPanel(Panel):
    on = "home"
    title = "问题与整改"
    order = 20
    size = 6
    permission = "checks.finding.view"
    template = "cockpit/_lamps.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        may_assign = request.user.holds("checks.finding.assign")
        return {"lamps": lamps(request.user, timezone.localdate()), "may_assign": may_assign}


class FigurePanel(Panel):
    on = "home"
    title = "学校数据"
    order = 30
    size = 12
    permission = "indicators.reading.view"
    template = "cockpit/_figures.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        return {"figures": figures(timezone.localdate())}


class NewsPanel(Panel):
    on = "home"
    title = "上次来访以后"
    order = 40
    size = 6
    permission = "checks.finding.view"
    template = "cockpit/_news.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        now = timezone.now()
        since = last_visit(request.user, at=now) or now - timedelta(days=7)
        return {"news": news(request.user, since)}


class TrendPanel(Panel):
    on = "home"
    title = "核查问题走势"
    order = 50
    size = 6
    permission = "checks.verificationrun.view"
    template = "cockpit/_trend.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        runs = list(VerificationRun.objects.all().visible_to(request.user).order_by("-at")[:60])
        runs.reverse()
        points = [(timezone.localtime(run.at).strftime("%m-%d"), run.title, sum(run.counts.values())) for run in runs]
        points = [point for point in points if point[1] in busiest(points)]
        waiting = Finding.objects.filter(stage__in=OPEN).exclude(stage=Stage.CLOSURE_REQUESTED).visible_to(request.user)
        return {"chart_option": course_chart(points), "points": points, "open_count": waiting.count()}


def busiest(points: list[tuple[str, str, int]], most: int = 4) -> set[str]:
    """The kinds of run that found most; a line for each still reads on a phone."""
    found: Counter[str] = Counter()
    for _, title, count in points:
        found[title] += count
    return {title for title, count in found.most_common(most) if count}


def course_chart(points: list[tuple[str, str, int]]) -> dict[str, Any]:
    """An ECharts option: faults per day, the last run of the day counting, a line for each kind of run."""
    titles = list(dict.fromkeys(title for _, title, _ in points))
    days = list(dict.fromkeys(day for day, _, _ in points))
    last = {(day, title): count for day, title, count in points}
    return {
        "grid": {"left": 40, "right": 16, "top": 56, "bottom": 28},
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0},
        "xAxis": {"type": "category", "data": days},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"name": title, "type": "line", "connectNulls": True, "data": [last.get((day, title)) for day in days]}
            for title in titles
        ],
    }
