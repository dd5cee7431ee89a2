"""What is counted about findings and their closure."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q

from zhixing.kernel.checks.models import OPEN, Finding, Stage
from zhixing.kernel.indicators import Count, Ratio, indicator

BY = ("unit__name", "source")
LIST = "checks.finding.list"
COUNTED = ~Q(stage__in=(Stage.DISMISSED, Stage.WAIVED))
BASIS = "管理水平提升行动：问题逐条整改、对账销号"
UNIT = "unit"


@indicator(
    "整改率", unit="%", by=BY, target=95, basis=BASIS, opens=LIST, units=UNIT,
    formula="已销号的问题数 ÷ 应整改的问题数（不含误报和豁免）× 100%。",
)  # fmt: skip
def rectified_rate(on: date) -> Ratio:
    """Closed findings among all that call for rectification (without false alarms and waived ones)."""
    return Ratio(of=Finding.objects.filter(COUNTED), part=Q(stage=Stage.CLOSED))


@indicator(
    "按期整改率", unit="%", by=BY, target=95, basis=BASIS, opens=f"{LIST}?stage=closed", units=UNIT,
    formula="在整改期限当天或之前销号的问题数 ÷ 已销号且定有期限的问题数 × 100%。",
)  # fmt: skip
def on_time_rate(on: date) -> Ratio:
    """Closed on or before the due date, among closed findings that had one."""
    closed = Finding.objects.filter(stage=Stage.CLOSED, due_date__isnull=False)
    return Ratio(of=closed, part=Q(settled_at__date__lte=F("due_date")))


@indicator(
    "复发率", unit="%", by=BY, target=5, better="less", basis=BASIS, opens=LIST, units=UNIT,
    formula="销号后再次出现过的问题数 ÷ 曾经销号的问题数 × 100%。",
)  # fmt: skip
def relapse_rate(on: date) -> Ratio:
    """Findings that came back, among all that were ever closed."""
    ever_closed = Finding.objects.filter(Q(stage=Stage.CLOSED) | Q(relapse_count__gt=0))
    return Ratio(of=ever_closed, part=Q(relapse_count__gt=0))


@indicator(
    "未了结问题数", unit="条", by=BY, better="less", basis=BASIS, opens=f"{LIST}?open=1", units=UNIT,
    formula="尚未销号、也未认定误报或豁免的问题数。",
)  # fmt: skip
def open_finding_count(on: date) -> Count:
    """Findings neither closed nor set aside."""
    return Count(of=Finding.objects.filter(stage__in=OPEN))


@indicator(
    "逾期未改问题数", unit="条", by=BY, target=0, better="less", basis=BASIS, opens=f"{LIST}?overdue=1", units=UNIT,
    formula="整改期限已过、尚未了结的问题数。",
)  # fmt: skip
def overdue_finding_count(on: date) -> Count:
    """Open findings whose due date has passed."""
    return Count(of=Finding.objects.overdue(on))
