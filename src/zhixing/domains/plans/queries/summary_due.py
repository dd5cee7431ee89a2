"""When the yearly summary before enrolment is due, and of which stages it is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from zhixing.kernel.papers.models import IssuedPaper
from zhixing.kernel.standards.in_force import school_standards

from ..models import Plan, PlanStage, StageSummary

PAPER = "plans.StageSummaryPaper"


@dataclass(frozen=True)
class SummaryDue:
    """The next summary of a plan: for which stage, until when, and whether it is issued."""

    stage: PlanStage
    day: date
    days_left: int
    is_issued: bool


def due_in(year: int, on: date) -> date:
    """The due date in a year by the standard in force; 10 June where the school's own can't be read."""
    text = school_standards().text("plan_summary_due", on)
    month, _, day = text.partition("-")
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return date(year, 6, 10)


def asked_since(on: date) -> date:
    """The due date of the summary that has been asked for last: reminded so many days ahead."""
    ahead = int(school_standards().number("plan_summary_ahead", on))
    this = due_in(on.year, on)
    return this if on >= this - timedelta(days=ahead) else due_in(on.year - 1, on)


def issued_summaries(year: int) -> Any:
    """Summaries of a year that have been issued and not cancelled."""
    papers = IssuedPaper.objects.standing().filter(paper=PAPER, object_uid__isnull=False)
    return StageSummary.objects.filter(year=year, uid__in=papers.values("object_uid"))


def next_due(plan: Plan, today: date) -> SummaryDue | None:
    """What the office has to issue next; None where no stage runs on the day."""
    asked = asked_since(today)
    days = [asked] if asked >= today else [asked, due_in(asked.year + 1, today)]
    for day in days:
        stage: PlanStage | None = PlanStage.objects.running(day).filter(plan=plan).first()
        if stage is None:
            continue
        is_issued = issued_summaries(day.year).filter(stage=stage).exists()
        if not is_issued or day >= today:
            return SummaryDue(stage, day, (day - today).days, is_issued)
    return None
