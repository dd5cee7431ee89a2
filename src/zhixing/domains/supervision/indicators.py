"""What is counted about supervision."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q

from zhixing.kernel.indicators import Count, Ratio, indicator

from .choices import DONE, DecisionState, FeedbackKind, OrderState, ReportState, Verdict
from .models import Decision, Meeting, MonthlyReport, Order, OrderFeedback

BY = ("lead__name", "source_kind", "work_point__task__action__title")
THEME = "督办"
NOT_COUNTED = (OrderState.DRAFTED, OrderState.WITHDRAWN)


@indicator(
    "督办办结率", unit="%", by=BY, target=90, theme=THEME, units="lead", basis="提升计划“加强督促检查”",
    opens="supervision.order.list",
)  # fmt: skip
def settled_rate(on: date) -> Ratio:
    """已办结（含已归档）的督办单 ÷ 已交办的督办单；撤项的不计。"""
    return Ratio(of=Order.objects.exclude(state__in=NOT_COUNTED), part=Q(state__in=DONE))


@indicator(
    "督办按期办结率", unit="%", by=BY, target=90, theme=THEME, units="lead", basis="提升计划“加强督促检查”",
    opens="supervision.order.list?open=0",
)  # fmt: skip
def on_time_rate(on: date) -> Ratio:
    """时限已到的督办单中，按期反馈并审核办结的所占比例；以反馈日期计，审核用时不算承办部门的。"""
    due = Order.objects.exclude(state__in=NOT_COUNTED).filter(due_date__lte=on)
    return Ratio(of=due, part=Q(state__in=DONE, answered_at__date__lte=F("due_date")))


@indicator(
    "逾期督办事项数", unit="件", by=BY, target=0, better="less", theme=THEME, units="lead",
    opens="supervision.order.list?overdue=1",
)  # fmt: skip
def overdue_order_count(on: date) -> Count:
    """已过时限、还没有反馈的在办督办单数。"""
    return Count(of=Order.objects.overdue(on))


@indicator(
    "督办反馈退回率", unit="%", by=("order__lead__name",), better="less", theme=THEME, units="order__lead",
    opens="supervision.order.list?state=returned",
)  # fmt: skip
def returned_rate(on: date) -> Ratio:
    """办结申请中被审核退回的所占比例；待审的不计。"""
    judged = OrderFeedback.objects.filter(kind=FeedbackKind.FINAL).exclude(verdict__in=("", Verdict.WAITING))
    return Ratio(of=judged, part=Q(verdict=Verdict.REFUSED))


@indicator(
    "汇报按期率", unit="%", by=("unit__name",), target=95, theme=THEME, units="unit",
    basis="提升计划“加强组织领导”：定期汇报", opens="supervision.monthlyreport.list",
)  # fmt: skip
def report_on_time_rate(on: date) -> Ratio:
    """应报日期已到的科室月报中，按期报送的所占比例。"""
    due = MonthlyReport.objects.filter(due_date__lte=on)
    return Ratio(of=due, part=Q(state=ReportState.SUBMITTED, late_days=0))


@indicator(
    "决议落实率", unit="%", by=("lead__name", "meeting__title"), target=90, theme=THEME, units="lead",
    basis="提升计划“加强督促检查”：行政办公会督办", opens="supervision.decision.list",
)  # fmt: skip
def decision_fulfilled_rate(on: date) -> Ratio:
    """已落实的决议 ÷ 全部决议；认定无须落实的不计。"""
    return Ratio(of=Decision.objects.exclude(state=DecisionState.VOID), part=Q(state=DecisionState.FULFILLED))


@indicator(
    "会议督办次数", unit="次", by=("kind",), theme=THEME, basis="提升计划“加强督促检查”：在行政办公会上定期督办",
    opens="supervision.meeting.list?reviews_plan=1",
)  # fmt: skip
def plan_review_count(on: date) -> Count:
    """本年度研究过提升计划的会议次数。"""
    return Count(of=Meeting.objects.held().filter(reviews_plan=True, at__year=on.year, at__date__lte=on))
