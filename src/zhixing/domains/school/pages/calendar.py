"""Academic years, terms, teaching weeks and the school's calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from zhixing.kernel.pages import Column, Deed, DetailPage, EditPage, Facts, ListPage, Menu, Panel, Request, Tab

from .. import actions
from ..models import AcademicYear, CalendarDay, Term
from ..queries import teaching_week_on, teaching_weeks, term_on
from .forms import ReasonForm


class AcademicYearList(ListPage):
    model = AcademicYear
    title = "学年学期"
    menu = Menu("教学", "学年学期", "calendar", 30)
    columns = (Column("name", link=True), "starts_on", "ends_on")
    order = ("-starts_on",)
    primary = "add"
    mark_findings = True
    empty = "还没有学年。请新增本学年，再设置秋季、春季学期。"


class AcademicYearDetail(DetailPage):
    model = AcademicYear
    facts = (Facts("学年", ("name", "starts_on", "ends_on")),)
    tabs = ("findings", "trail")


class AcademicYearEdit(EditPage):
    model = AcademicYear
    groups = (Facts("学年", ("name", "starts_on", "ends_on")),)
    create = actions.add_academic_year
    change = actions.correct_academic_year


class TermsTab(Tab):
    on = AcademicYear
    title = "学期与教学周"
    order = 10
    template = "school/_terms.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        terms = row.terms.all().visible_to(request.user, "view").select_related("academic_year").order_by("starts_on")
        return {
            "terms": [(term, teaching_weeks(term)) for term in terms],
            "may_add": request.user.holds("school.term.add"),
            "may_change": request.user.holds("school.term.change"),
        }


class TermList(ListPage):
    model = Term
    title = "学期"
    columns = (
        Column("academic_year__name", "学年", link=True), "season", "starts_on", "teaching_starts_on", "ends_on",
    )  # fmt: skip
    filters = ("academic_year", "season")
    order = ("-starts_on",)
    primary = "add"
    empty = "还没有学期。请新增学期并填写开学、上课和放假日期。"


class TermDetail(DetailPage):
    model = Term
    facts = (
        Facts("学期", (Column("academic_year__name", "学年"), "season", "starts_on", "teaching_starts_on", "ends_on")),
    )
    tabs = ("trail",)


class TermEdit(EditPage):
    model = Term
    groups = (Facts("学期", ("academic_year", "season", "starts_on", "teaching_starts_on", "ends_on")),)
    create = actions.add_term
    change = actions.correct_term


class CalendarDayList(ListPage):
    model = CalendarDay
    title = "校历调整"
    menu = Menu("教学", "校历调整", "calendar-event", 40)
    columns = (Column("date", link=True), "is_work_day", Column("reason", width="wide"))
    filters = ("date", "is_work_day")
    search = ("reason",)
    order = ("-date",)
    primary = "add"
    batch = (
        Deed("restore", "恢复国家日历", actions.restore_day, permission="school.calendarday.change", form=ReasonForm,
             icon="rotate"),
    )  # fmt: skip
    hint = "工作日按国务院放假通知推算；学校另有安排的，在这里登记，整改期限随之推算。"
    empty = "没有调整。工作日按国务院办公厅放假通知推算，学校另有安排时在这里登记。"


class CalendarDayDetail(DetailPage):
    model = CalendarDay
    title = "校历调整"
    facts = (Facts("校历调整", ("date", "is_work_day", "reason")),)
    deeds = (Deed("restore", "恢复国家日历", actions.restore_day, form=ReasonForm, icon="rotate", many=False),)
    tabs = ("trail",)


class CalendarDayEdit(EditPage):
    model = CalendarDay
    groups = (Facts("校历调整", ("date", "is_work_day", "reason")),)
    create = actions.override_day
    change = actions.revise_override


class WeeksPanel(Panel):
    """Which teaching week it is, on everyone's first page."""

    on = "home"
    title = "教学周"
    order = 45
    size = 6
    permission = "school.term.view"
    template = "school/_week.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        today = timezone.localdate()
        return {"term": term_on(today), "week": teaching_week_on(today)}
