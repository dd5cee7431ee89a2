"""科室月报: opened for every department, written by its head, frozen when handed in; its problems go on the books."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.domains.school.queries import departments
from zhixing.kernel.checks.models import Finding, Source
from zhixing.kernel.checks.observe import Fault, raise_finding
from zhixing.kernel.checks.severity import Severity
from zhixing.kernel.notices.send import finish_todo, set_todo
from zhixing.kernel.people.models import Unit, User
from zhixing.kernel.standards.in_force import school_standards
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import ReportState
from ..models import MonthlyReport, ReportProblem
from ..queries.clock import WorkDays
from ..queries.monthly import month_facts, previous_month
from ..queries.months import digest_of, month_end, month_of, titled
from .answers import percent_alike

FIELDS = ("progress", "difficulties", "plans")
LEAST_PROGRESS = 10


def report_subject(report: MonthlyReport) -> str:
    """The key of the to-do that belongs to a report."""
    return f"report:{report.uid}"


def report_address(report: MonthlyReport) -> str:
    return f"/supervision/monthlyreport/{report.uid}/"


def reporting_units(on: date) -> list[Unit]:
    """Departments with somebody at their head, but for those that the school has exempted."""
    exempt = school_standards().value("report_exempt_departments", on)
    names = set(exempt) if isinstance(exempt, tuple) else {exempt}
    return [row.unit for row in departments() if row.unit.head_id and row.unit.name not in names]


def due_on(month: date, days: WorkDays) -> date:
    """The n-th work day of the month after."""
    allowed = int(school_standards().number("report_due_days", month_end(month)))
    return days.shifted(month_end(month), allowed)


@transaction.atomic
def open_reports(month: date, *, by: User | None, at: datetime) -> list[MonthlyReport]:
    """A report for every department that has none yet for the month, with a to-do for its head."""
    month, due = month_of(month), due_on(month_of(month), WorkDays())
    there = set(MonthlyReport.objects.filter(month=month).values_list("unit_id", flat=True))
    made = []
    for unit in reporting_units(timezone.localdate(at)):
        if unit.pk in there:
            continue
        report = add_row(MonthlyReport(unit=unit, month=month, due_date=due), by=by, at=at, action="open")
        made.append(report)
        remind_report(report)
    return made


def remind_report(report: MonthlyReport, words: str = "填报") -> None:
    """The report stands among the to-dos of the department's head."""
    head = report.unit.head
    if head is not None and head.is_active:
        title = f"{words}：{titled(report.month)}月报"
        set_todo(head, report_subject(report), title, url=report_address(report), due_date=report.due_date)


def write_report(
    report: MonthlyReport, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int | None = None
) -> MonthlyReport:
    """The head's words; after submission nothing changes."""
    _still_open(report)
    wanted = {name: values[name] for name in FIELDS if name in values}
    return amend_row(report, wanted, by=by, at=at, seen_version=seen_version)


def add_problem(report: MonthlyReport, *, text: str, by: User, at: datetime, cause: str = "") -> ReportProblem:
    """One more problem that the department tells."""
    _still_open(report)
    if len(text.strip()) < 4:
        raise ValidationError({"text": "请写明存在的问题（不少于 4 个字）。"})
    return add_row(ReportProblem(report=report, text=text.strip(), cause=cause.strip()), by=by, at=at)


def _still_open(report: MonthlyReport) -> None:
    if report.state != ReportState.OPEN:
        raise ValidationError("月报已经报送，内容不能再改。")


@transaction.atomic
def raise_problems(report: MonthlyReport, *, by: User, at: datetime) -> list[Finding]:
    """列入问题台账: every problem that isn't on the books yet, in one act."""
    found = []
    for problem in report.problems.filter(finding=None):
        fault = Fault(
            rule="", severity=Severity.WARNING, title=problem.text[:120], message=problem.text, column="",
            object_type=report._meta.label_lower, object_uid=report.uid, object_label=str(report),
            unit_id=report.unit_id, place=str(problem.uid), basis="科室月报",
            remedy=f"原因：{problem.cause}" if problem.cause else "",
        )  # fmt: skip
        finding = raise_finding(fault, source=Source.REPORT, by=by, at=at)
        amend_row(problem, {"finding": finding}, by=by, at=at, action="raise", inner=("finding",))
        found.append(finding)
    return found


@transaction.atomic
def submit_report(report: MonthlyReport, *, by: User, at: datetime) -> MonthlyReport:
    """报送: the figures are frozen with the words; being late and saying the same as last month are noted."""
    report = MonthlyReport.objects.select_for_update().get(pk=report.pk)
    _still_open(report)
    if len(report.progress.strip()) < LEAST_PROGRESS:
        raise ValidationError(f"请先填写本月进展（不少于 {LEAST_PROGRESS} 个字）再报送。")
    today = timezone.localdate(at)
    payload = {
        **month_facts(report.unit, report.month, today),
        "words": {name: getattr(report, name) for name in FIELDS},
        "problems": [[problem.text, problem.cause] for problem in report.problems.all()],
    }
    last = MonthlyReport.objects.filter(unit=report.unit, month=previous_month(report.month)).first()
    values = {
        "state": ReportState.SUBMITTED, "payload": payload, "digest": digest_of(payload), "submitted_by": by,
        "submitted_at": at, "late_days": WorkDays().between(report.due_date, today),
        "similarity": percent_alike(report.progress, last.progress) if last else 0,
    }  # fmt: skip
    amend_row(report, values, by=by, at=at, action="submit", inner=tuple(values))
    finish_todo(report_subject(report), at=at)
    return report
