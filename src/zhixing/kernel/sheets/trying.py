"""A school's own rule tried on the school's real rows, behind the page, before it counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from ..checks.models import OwnRule
from ..jobs.declare import Progress, job
from ..jobs.models import Job
from ..jobs.queue import enqueue
from ..people.models import User
from ..rosters.declarations import RuleRefused
from .declare import Sheet, sheets
from .own_rules import compiled, tried
from .verification import judge_records

SHOWN = 50


def sheet_of_roster(code: str) -> type[Sheet] | None:
    """The sheet whose records a roster is about."""
    return next((kind for kind in sheets if kind.roster is not None and kind.plan().code == code), None)


def ask_to_try(rule: OwnRule, *, by: User, at: datetime) -> Job:
    """Have a rule tried; nothing that it finds is kept."""
    title = f"试运行“{rule.title}”"
    return enqueue("checks.try_rule", title, by=by, key=f"try:{rule.uid}", rule=str(rule.uid), version=rule.version)


@job("checks.try_rule", "试运行自定规则")
def try_job(progress: Progress) -> dict[str, Any]:
    """How many rows the rule would name and the first of them, by their identifiers only."""
    rule = OwnRule.objects.get(uid=progress.arguments["rule"])
    kind = sheet_of_roster(rule.roster)
    if kind is None:
        raise ValidationError("没有可以试运行的数据。")
    at = timezone.now()
    sheet = kind(by=None, at=at)
    progress.say(0, 0, "试运行")
    try:
        made = compiled(rule, kind.plan())
    except RuleRefused as refused:
        raise ValidationError(str(refused)) from refused
    judged = judge_records(sheet, kind.plan(), [made], at)
    rows = sorted({found.row for found in judged.verdict.findings if found.rule == made.code})
    first = [judged.keys[row - 1] for row in rows[:SHOWN]]
    uids = dict(sheet.records().filter(pk__in=first).values_list("pk", "uid"))
    if rule.version == progress.arguments["version"]:
        tried(rule, at=at)
    count = len(judged.keys)
    progress.say(count, count, "完成")
    return {
        "rows": count,
        "found": len(rows),
        "uids": [str(uids[key]) for key in first if key in uids],
        "version": rule.version,
    }
