"""Keep findings in step with what a verification sees: new faults found, gone ones marked, returned ones reopened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ..people.models import User
from ..trail.record import record
from .models import OPEN, SETTLED, Finding, Source, Stage, VerificationRun

CHUNK = 200
TOLD = (
    "is_present", "gone_at", "message", "severity", "basis", "remedy", "object_label", "unit_id", "stage",
    "relapse_count", "closed_before_by_id", "settled_at", "verifier_id", "owner_id", "due_date",
)  # fmt: skip
"""What an observation may change of a finding that is known already."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault seen now on one record.

    ``unit_id`` is the unit whose people must mend it; ``column`` is the heading that people read, ``place`` the name
    that stays the same when a heading is reworded (blank: the heading itself).
    """

    rule: str
    severity: str
    title: str
    message: str
    object_type: str
    object_uid: UUID
    object_label: str
    column: str = ""
    basis: str = ""
    remedy: str = ""
    unit_id: int | None = None
    place: str = ""

    @property
    def fingerprint(self) -> str:
        """What makes it the same fault next time: rule, record, column; never the wrong value itself."""
        text = f"{self.rule}|{self.object_type}|{self.object_uid}|{self.place or self.column}"
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Tally:
    """What one observation changed."""

    appeared: int = 0
    gone: int = 0
    returned: int = 0
    standing: int = 0


@transaction.atomic
def observe(
    faults: Iterable[Fault], *, subject: str, title: str, rules: Iterable[str], row_count: int, by: User | None,
    at: datetime,
) -> VerificationRun:  # fmt: skip
    """Write one run's result.

    ``rules`` are the codes that were really run: findings of other rules are left alone, so that a rule that failed
    or was switched off never looks like a fault put right.
    """
    seen = {fault.fingerprint: fault for fault in faults}
    known = {f.fingerprint: f for f in Finding.objects.select_for_update().filter(rule__in=list(rules))}
    tally = Tally()
    fresh = [_finding(fault, at) for mark, fault in seen.items() if mark not in known]
    Finding.objects.bulk_create(fresh, batch_size=CHUNK)
    tally.appeared = len(fresh)
    told: list[Finding] = []
    for mark, finding in known.items():
        before = {name: getattr(finding, name) for name in TOLD}
        if mark in seen:
            _still_there(finding, seen[mark], tally, at)
        elif finding.is_present:
            finding.is_present, finding.gone_at = False, at
            tally.gone += 1
        if any(getattr(finding, name) != old for name, old in before.items()):
            told.append(finding)
    Finding.objects.bulk_update(told, [name.removesuffix("_id") for name in TOLD], batch_size=CHUNK)
    Finding.objects.filter(pk__in=[finding.pk for finding in known.values()]).update(seen_at=at)
    counts: dict[str, int] = dict.fromkeys(rules, 0)
    for fault in seen.values():
        counts[fault.rule] = counts.get(fault.rule, 0) + 1
    run: VerificationRun = VerificationRun.objects.create(
        subject=subject, title=title, at=at, by=by, row_count=row_count, counts=counts,
        appeared_count=tally.appeared, gone_count=tally.gone, returned_count=tally.returned,
    )  # fmt: skip
    record(
        action="verify", by=by, at=at, on=run,
        changes={"rows": row_count, "appeared": tally.appeared, "gone": tally.gone, "returned": tally.returned},
    )  # fmt: skip
    return run


@transaction.atomic
def raise_finding(fault: Fault, *, source: Source, by: User | None, at: datetime) -> Finding:
    """Put on the books what a person found; the same fault once closed comes back as a relapse, an open one stays one.

    ``fault.rule`` may be blank: then no verification ever marks the finding gone, a verifier's word closes it.
    """
    known: Finding | None = Finding.objects.select_for_update().filter(fingerprint=fault.fingerprint).first()
    if known is None:
        finding = _finding(fault, at, source)
        finding.save()
        record(action="checks.finding.raise", by=by, at=at, on=finding, changes={"source": str(source)})
        return finding
    known.message, known.seen_at = fault.message[:400], at
    if known.stage in SETTLED:
        return relapse(known, by=by, at=at)
    known.save(update_fields=["message", "seen_at"])
    return known


@transaction.atomic
def relapse(finding: Finding, *, by: User | None, at: datetime, reason: str = "") -> Finding:
    """A settled finding goes back on the books, saying who closed it; handing out starts anew."""
    finding.is_present, finding.gone_at, finding.seen_at = True, None, at
    _relapse(finding, at, by, reason)
    finding.version += 1
    finding.save()
    return finding


def _finding(fault: Fault, at: datetime, source: Source = Source.CHECK) -> Finding:
    return Finding(
        source=source, rule=fault.rule, severity=fault.severity, title=fault.title[:120], message=fault.message[:400],
        column=fault.column[:60], basis=fault.basis[:300], remedy=fault.remedy[:400], object_type=fault.object_type,
        object_uid=fault.object_uid, object_label=fault.object_label[:120], fingerprint=fault.fingerprint,
        unit_id=fault.unit_id, found_at=at, seen_at=at,
    )  # fmt: skip


def _still_there(finding: Finding, fault: Fault, tally: Tally, at: datetime) -> None:
    returned = not finding.is_present
    finding.is_present, finding.gone_at = True, None
    finding.message, finding.severity = fault.message[:400], fault.severity
    finding.basis, finding.remedy = fault.basis[:300], fault.remedy[:400]
    finding.object_label, finding.unit_id = fault.object_label[:120], fault.unit_id
    tally.standing += 1
    if finding.stage == Stage.CLOSED and returned:
        _relapse(finding, at)
        tally.returned += 1


def _relapse(finding: Finding, at: datetime, by: User | None = None, reason: str = "") -> None:
    finding.closed_before_by = finding.verifier
    finding.relapse_count += 1
    finding.stage, finding.settled_at, finding.verifier = Stage.FOUND, None, None
    finding.owner, finding.due_date = None, None
    changes = {"relapse_count": finding.relapse_count}
    record(action="relapse", by=by, at=at, on=finding, reason=reason, changes=changes)


def open_marks(object_type: str, uids: Iterable[Any]) -> dict[Any, list[tuple[str, str]]]:
    """For each record with open findings: (severity, title), gravest first; one query however many rows."""
    marks: dict[Any, list[tuple[str, str]]] = {}
    rows = Finding.objects.filter(
        object_type=object_type, object_uid__in=list(uids), stage__in=OPEN, is_present=True
    ).values_list("object_uid", "severity", "title")
    for uid, severity, title in rows:
        marks.setdefault(uid, []).append((severity, title))
    order = {"error": 0, "warning": 1, "notice": 2}
    for titles in marks.values():
        titles.sort(key=lambda mark: order[mark[0]])
    return marks
