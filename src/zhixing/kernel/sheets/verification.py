"""The school's own records judged by the rules of the roster they would travel in; every fault becomes a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from ..base.masking import mask
from ..base.records import Record
from ..checks.models import VerificationRun
from ..checks.observe import Fault, observe
from ..checks.verification import verify_records
from ..jobs.declare import Progress, job
from ..people.models import User
from ..rosters.declarations import Layout, Roster, Rule
from ..rosters.tables import RowFinding, Verdict
from ..rosters.verification import verify
from ..standards.in_force import school_standards
from .declare import Sheet, sheets
from .own_rules import active_rules
from .staging_tables import OWN, OWN_HEADING, kept_table, named_rows

PIECE = 2000
UNLIKELY = "elsewhere"
ALSO = "，另见"
"""Where a message goes on to name the rest of the group, which is idle once the finding is about the group."""


def verify_roster(kind: type[Sheet], *, by: User | None, at: datetime) -> VerificationRun:
    """Judge all records of a sheet by its roster's rules and the tenant's own, and keep what is seen."""
    sheet = kind(by=by, at=at)
    roster = kind.plan()
    own = active_rules(roster)
    records = list(sheet.records())
    verdict = judge_records(sheet, roster, records, [*roster.rules, *own], at)
    skipped = {rule.code for rule in (*roster.rules, *own) if any(f"「{rule.title}」" in n for n in verdict.notes)}
    run = [rule.code for rule in (*roster.rules, *own) if rule.kind != UNLIKELY and rule.code not in skipped]
    return observe(
        faults_of(sheet, roster, records, verdict),
        subject=f"roster.{roster.code}",
        title=f"{roster.title}核查",
        rules=list(dict.fromkeys(run)),
        row_count=len(records),
        by=by,
        at=at,
    )


def judge_records(
    sheet: Sheet, roster: Roster, records: Sequence[Record], rules: Sequence[Rule], at: datetime
) -> Verdict:
    """What the rules say of kept records: row n of the verdict is the n-th record, counted from 1."""
    if not records:
        return Verdict()
    whole = whole_layout(roster)
    table, mapping = kept_table(whole, list(sheet.export_rows(records)))
    return verify(
        [table], rosters=[replace(roster, layouts=(whole,), rules=tuple(rules))], on=timezone.localdate(at),
        standards=school_standards(), codes=sheet.codes(), mapping=mapping,
    )  # fmt: skip


def whole_layout(roster: Roster) -> Layout:
    """Every column of the roster; required is what the first layout, the one that is written, requires."""
    first = roster.layouts[0]
    columns = tuple(
        replace(column, required=column.required and first.column(name) is not None)
        for name, column in roster.columns().items()
    )
    return Layout(code=first.code, title=first.title, columns=columns)


def faults_of(sheet: Sheet, roster: Roster, records: Sequence[Record], verdict: Verdict) -> Iterator[Fault]:
    """The verdict's findings as faults of records, in words that name records instead of rows."""
    label = {number: str(record) for number, record in enumerate(records, start=1)}
    titles = {f"{OWN_HEADING}{name}": column for name, column in roster.columns().items()}
    units = _units(sheet, records)
    for found in verdict.findings:
        if not 1 <= found.row <= len(records):
            continue
        record = records[found.row - 1]
        column = titles.get(found.column)
        heading = column.title if column else found.column
        about = sheet.subject(found.rule, record)
        message = told(found, label).replace(found.column, heading) if found.column else told(found, label)
        yield Fault(
            rule=found.rule,
            severity=found.severity,
            title=found.title,
            message=message if about is record else message.partition(ALSO)[0],
            object_type=about._meta.label_lower,
            object_uid=about.uid,
            object_label=label[found.row] if about is record else str(about),
            column=heading,
            place=found.column.removeprefix(OWN_HEADING),
            basis=found.basis,
            remedy=found.remedy,
            unit_id=units.get(record.pk),
        )


def told(found: RowFinding, label: dict[int, str]) -> str:
    """The message with other records by name and the sensitive value masked."""
    message = named_rows(named_rows(found.message, OWN, label), "", label)
    if found.sensitive and found.value:
        message = message.replace(found.value, mask(found.sensitive, found.value))
    return message


def _units(sheet: Sheet, records: Sequence[Record]) -> dict[Any, int | None]:
    """The unit whose people must mend each record; one query."""
    path = sheet.unit or sheet.model.reach.unit
    if not path or path == ".":
        return {record.pk: record.pk if path else None for record in records}
    return dict(sheet.records().values_list("pk", path))


@job("checks.verify_all", "核查全部记录", daily_at=2)
def verify_all_job(progress: Progress) -> dict[str, Any]:
    """Every sheet with rules and every check, or one ``sheet`` only; run on demand, after imports and every night."""
    only = progress.arguments.get("sheet")
    by = User.objects.filter(pk=progress.arguments.get("_by")).first()
    at = timezone.now()
    kinds = [kind for kind in sheets if kind.roster is not None and only in (None, kind.code())]
    runs = 0
    for done, kind in enumerate(kinds):
        progress.say(done, len(kinds) + 1, f"核查{kind.plan().title}")
        verify_roster(kind, by=by, at=at)
        runs += 1
    progress.say(len(kinds), len(kinds) + 1, "核查记录")
    model = sheets[only].model._meta.label_lower if only else ""
    runs += len(verify_records(by=by, at=at, only=model))
    progress.say(len(kinds) + 1, len(kinds) + 1, "完成")
    return {"runs": runs, "url": "/verification/"}
