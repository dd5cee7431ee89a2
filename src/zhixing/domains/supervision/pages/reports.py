"""科室月报: the calendar of departments and months, each report with what the system knows already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
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
    Panel,
    Request,
    Tab,
    ViewPreset,
)
from zhixing.kernel.people.models import User

from ..actions import add_problem, open_reports, raise_problems, remind_report, submit_report, write_report
from ..choices import ReportState
from ..models import MonthlyReport
from ..queries.monthly import month_facts, previous_month
from ..queries.months import month_of, shifted, titled
from .forms import ProblemForm
from .words import badge_of, late_mark, likeness_mark

MONTHS = 12
COPIED = 90


def _open(report: MonthlyReport) -> bool:
    return report.state == ReportState.OPEN


def submit(report: MonthlyReport, *, by: User, at: datetime) -> str:
    done = submit_report(report, by=by, at=at)
    told = ["月报已报送，数据已固定。"]
    if done.late_days:
        told.append(f"迟报 {done.late_days} 个工作日。")
    if done.similarity > COPIED:
        told.append(f"与上月重复 {done.similarity}%，疑似照抄，办公室会看到这个提示。")
    return "".join(told)


def problem(report: MonthlyReport, *, by: User, at: datetime, text: str, cause: str = "") -> None:
    add_problem(report, text=text, cause=cause, by=by, at=at)


def to_ledger(report: MonthlyReport, *, by: User, at: datetime) -> str:
    found = raise_problems(report, by=by, at=at)
    return f"已列入问题台账 {len(found)} 条。" if found else "没有需要列入台账的问题。"


def chase(report: MonthlyReport, *, by: User, at: datetime) -> None:
    remind_report(report, "催报")


SUBMIT = Deed(
    "submit", "报送", submit, permission="supervision.monthlyreport.submit", icon="send", when=_open,
    confirm="报送后，数据和文字都固定下来，不能再改。",
)  # fmt: skip
PROBLEM = Deed(
    "problem", "添加问题", problem, permission="supervision.monthlyreport.change", form=ProblemForm,
    icon="alert-circle", when=_open,
)  # fmt: skip
LEDGER = Deed(
    "ledger", "问题列入台账", to_ledger, permission="supervision.monthlyreport.change", icon="list-check",
    confirm="还没有列入台账的问题全部列入，由办公室交办整改。",
)  # fmt: skip
CHASE = Deed("chase", "催报", chase, permission="supervision.monthlyreport.chase", icon="bell-ringing", when=_open)


def _late(rows: QuerySet[MonthlyReport], value: str) -> QuerySet[MonthlyReport]:
    return rows.late(timezone.localdate()) if value == "1" else rows  # type: ignore[attr-defined]


class ReportList(ListPage):
    model = MonthlyReport
    title = "科室月报"
    menu = Menu("督办会议", "科室月报", "report", 58)
    columns = (
        Column("unit__name", "部门", link=True), Column("month", render=titled),
        Column("due_date"), Column("state", render=badge_of(ReportState)), Column("submitted_by__name", "报送人"),
        Column("submitted_at"), Column("late_days", "迟报", render=late_mark),
        Column("similarity", "与上月重复", render=likeness_mark),
    )  # fmt: skip
    filters = ("state", "unit", "month", Filter("late", "迟报", options=(("1", "已过期限未报"),), apply=_late))
    order = ("-month", "unit__position")
    batch = (CHASE,)
    presets = (ViewPreset("待报", "state=open"), ViewPreset("已过期限未报", "late=1"))
    empty = "还没有月报。每月 25 日起系统自动为各部门开放月报；也可在“汇报日历”开放。"


class ReportDetail(DetailPage):
    model = MonthlyReport
    facts = (
        Facts("月报", ("unit", Column("month", render=titled), "due_date", "state",
                     "submitted_by", "submitted_at", Column("late_days", render=late_mark),
                     Column("similarity", render=likeness_mark))),
        Facts("部门填写", (Column("progress", width="wide"), Column("difficulties", width="wide"),
                       Column("plans", width="wide"))),
    )  # fmt: skip
    deeds = (PROBLEM, LEDGER, SUBMIT, CHASE)
    tabs = ("files", "trail")

    def edit_address(self, request: Request, row: Any) -> str:
        return super().edit_address(request, row) if _open(row) else ""


class ReportEdit(EditPage):
    model = MonthlyReport
    groups = (
        Facts("部门填写", (Column("progress", width="wide"), Column("difficulties", width="wide"),
                       Column("plans", width="wide"))),
    )  # fmt: skip
    change = write_report


class KnownTab(Tab):
    """Live while the report is open, as frozen once it was handed in."""

    on = MonthlyReport
    title = "本部门数据"
    order = 10
    template = "supervision/_known.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        frozen = row.state == ReportState.SUBMITTED
        known = row.payload if frozen else month_facts(row.unit, row.month, timezone.localdate())
        return {"known": known, "frozen": frozen}


class ProblemsTab(Tab):
    on = MonthlyReport
    title = "存在问题"
    order = 20
    template = "supervision/_problems.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"problems": row.problems.select_related("finding")}


class LastMonthPanel(Panel):
    """What was said last month, so that it isn't said again."""

    on = MonthlyReport
    title = "上月怎么说的"
    order = 20
    template = "supervision/_last_month.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        mine = MonthlyReport.objects.all().visible_to(request.user, "view")
        return {"last": mine.filter(unit=row.unit, month=previous_month(row.month)).first()}


@dataclass
class Row:
    """One department of the calendar; ``cells`` are (lamp, words, report uid) by month."""

    unit: str
    cells: list[tuple[str, str, Any]] = field(default_factory=list)
    on_time: int = 0
    due: int = 0


def calendar_rows(reports: Any, months: list[date], today: date) -> list[Row]:
    """Departments by months from one query."""
    found: dict[str, dict[date, tuple[str, str, Any]]] = {}
    fields = ("unit__name", "month", "state", "due_date", "late_days", "uid")
    for name, month, state, due, late, uid in (
        reports.filter(month__in=months).order_by("unit__position").values_list(*fields)
    ):
        found.setdefault(name, {})[month] = (*_cell(state, due, late, today), uid)
    rows = []
    for name, cells in found.items():
        row = Row(name, [cells.get(month, ("", "", None)) for month in months])
        row.due = sum(lamp in ("done", "amber", "red") for lamp, _, _ in row.cells)
        row.on_time = sum(lamp == "done" for lamp, _, _ in row.cells)
        rows.append(row)
    return rows


def _cell(state: str, due: date, late: int, today: date) -> tuple[str, str]:
    if state == ReportState.SUBMITTED:
        return ("amber", f"迟 {late} 日") if late else ("done", "按期")
    return ("red", "未报") if due < today else ("grey", "待报")


class ReportCalendar(Page):
    """汇报日历: who reported when, department by month."""

    path = "supervision/reports/"
    name = "supervision.reports"
    title = "汇报日历"
    menu = Menu("督办会议", "汇报日历", "calendar-stats", 57)
    permission = "supervision.monthlyreport.view"
    template = "supervision/calendar.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        return self.shown(request)

    def post(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        """Open this month's reports now, without waiting for the day."""
        if not request.user.holds("supervision.monthlyreport.add"):
            return self.shown(request, "您没有开放月报的权限。", "fault")
        made = open_reports(timezone.localdate(), by=request.user, at=timezone.now())
        return self.shown(request, f"已为 {len(made)} 个部门开放本月月报。" if made else "本月月报已经开放过了。")

    def shown(self, request: Request, message: str = "", kind: str = "done") -> Mapping[str, Any]:
        today = timezone.localdate()
        months = [shifted(month_of(today), -back) for back in range(MONTHS - 1, -1, -1)]
        reports = MonthlyReport.objects.all().visible_to(request.user, "view")
        first = reports.order_by("month").values_list("month", flat=True).first()
        months = [month for month in months if first is None or month >= first]
        rows = calendar_rows(reports, months, today)
        late = reports.late(today).select_related("unit").order_by("due_date", "unit__position")[:50]
        return {
            "months": months, "rows": rows, "late": late, "message": message, "message_kind": kind,
            "may_open": request.user.holds("supervision.monthlyreport.add"),
        }  # fmt: skip
