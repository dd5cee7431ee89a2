"""The school's own records judged by the rules of the roster they would travel in; every fault becomes a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
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
from .declare import Sheet, Values, sheets
from .own_rules import active_rules
from .staging_tables import OWN, OWN_HEADING, PIECE, kept_table, named_rows

CHUNK = 500
"""Findings whose records are read together."""
UNLIKELY = "elsewhere"
ALSO = "，另见"
"""Where a message goes on to name the rest of the group, which is idle once the finding is about the group."""


@dataclass
class Judged:
    """What the rules say of kept records: row n of the verdict is the record with the n-th key, counted from 1."""

    keys: list[Any] = field(default_factory=list)
    labels: dict[int, str] = field(default_factory=dict)
    """The records by name, by row."""
    verdict: Verdict = field(default_factory=Verdict)


def verify_roster(kind: type[Sheet], *, by: User | None, at: datetime) -> VerificationRun:
    """Judge all records of a sheet by its roster's rules and the tenant's own, and keep what is seen."""
    sheet = kind(by=by, at=at)
    roster = kind.plan()
    rules = [*roster.rules, *active_rules(roster)]
    judged = judge_records(sheet, roster, rules, at)
    skipped = {rule.code for rule in rules if any(f"「{rule.title}」" in note for note in judged.verdict.notes)}
    run = [rule.code for rule in rules if rule.kind != UNLIKELY and rule.code not in skipped]
    return observe(
        faults_of(sheet, roster, judged),
        subject=f"roster.{roster.code}",
        title=f"{roster.title}核查",
        rules=list(dict.fromkeys(run)),
        row_count=len(judged.keys),
        by=by,
        at=at,
    )


def judge_records(sheet: Sheet, roster: Roster, rules: Sequence[Rule], at: datetime) -> Judged:
    """Run rules over all records of a sheet, which are read piece by piece and not kept."""
    judged = Judged()
    whole = whole_layout(roster)
    table, mapping = kept_table(whole, _read(sheet, judged))
    if judged.keys:
        judged.verdict = verify(
            [table], rosters=[replace(roster, layouts=(whole,), rules=tuple(rules))], on=timezone.localdate(at),
            standards=school_standards(), codes=sheet.codes(), mapping=mapping,
        )  # fmt: skip
    return judged


def _read(sheet: Sheet, judged: Judged) -> Iterator[Values]:
    records = iter(sheet.records().iterator(PIECE))
    while some := list(islice(records, PIECE)):
        for record in some:
            judged.keys.append(record.pk)
            judged.labels[len(judged.keys)] = str(record)
        yield from sheet.export_rows(some)


def whole_layout(roster: Roster) -> Layout:
    """Every column of the roster; required is what the first layout, the one that is written, requires."""
    first = roster.layouts[0]
    columns = tuple(
        replace(column, required=column.required and first.column(name) is not None)
        for name, column in roster.columns().items()
    )
    return Layout(code=first.code, title=first.title, columns=columns)


def faults_of(sheet: Sheet, roster: Roster, judged: Judged) -> Iterator[Fault]:
    """The verdict's findings as faults of records, in words that name records instead of rows."""
    titles = {f"{OWN_HEADING}{name}": column for name, column in roster.columns().items()}
    units = _units(sheet, judged.keys)
    findings = iter(judged.verdict.findings)
    while some := list(islice(findings, CHUNK)):
        named = [(found, judged.keys[found.row - 1]) for found in some if 1 <= found.row <= len(judged.keys)]
        records = {record.pk: record for record in sheet.records().filter(pk__in={key for _, key in named})}
        for found, key in named:
            if key in records:  # otherwise it has left the register meanwhile
                column = titles.get(found.column)
                heading = column.title if column else found.column
                yield _fault(sheet, found, records[key], judged.labels, heading, units.get(key))


def _fault(
    sheet: Sheet, found: RowFinding, record: Record, labels: dict[int, str], heading: str, unit_id: int | None
) -> Fault:
    about = sheet.subject(found.rule, record)
    message = told(found, labels).replace(found.column, heading) if found.column else told(found, labels)
    return Fault(
        rule=found.rule,
        severity=found.severity,
        title=found.title,
        message=message if about is record else message.partition(ALSO)[0],
        object_type=about._meta.label_lower,
        object_uid=about.uid,
        object_label=labels[found.row] if about is record else str(about),
        column=heading,
        place=found.column.removeprefix(OWN_HEADING),
        basis=found.basis,
        remedy=found.remedy,
        unit_id=unit_id,
    )


def told(found: RowFinding, label: dict[int, str]) -> str:
    """The message with other records by name and the sensitive value masked."""
    message = named_rows(named_rows(found.message, OWN, label), "", label)
    if found.sensitive and found.value:
        message = message.replace(found.value, mask(found.sensitive, found.value))
    return message


def _units(sheet: Sheet, keys: Sequence[Any]) -> dict[Any, int | None]:
    """The unit whose people must mend each record; one query."""
    path = sheet.unit or sheet.model.reach.unit
    if not path or path == ".":
        return {key: key if path else None for key in keys}
    return dict(sheet.records().values_list("pk", path))


@job("checks.verify_all", "核查全部记录", daily_at=2)
def verify_all_job(progress: Progress) -> dict[str, Any]:
    """Every sheet with rules and every check, or what concerns one ``sheet``; on demand, after imports, every night."""
    only = progress.arguments.get("sheet")
    by = User.objects.filter(pk=progress.arguments.get("_by")).first()
    at = timezone.now()
    kinds = [kind for kind in sheets if kind.roster is not None and only in (None, kind.code())]
    runs = 0
    for done, kind in enumerate(kinds):
        progress.say(done, len(kinds) + 1, f"核查{kind.plan().title}（共 {kind(by=by, at=at).records().count()} 条）")
        verify_roster(kind, by=by, at=at)
        runs += 1
    progress.say(len(kinds), len(kinds) + 1, "核查记录")
    models = [model._meta.label_lower for model in (sheets[only].model, *sheets[only].also)] if only else [""]
    for model in models:
        runs += len(verify_records(by=by, at=at, only=model))
    progress.say(len(kinds) + 1, len(kinds) + 1, "完成")
    return {"runs": runs, "url": "/verification/"}
