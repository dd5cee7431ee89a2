"""Keep findings in step with what a verification sees: new faults found, gone ones marked, returned ones reopened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from ..base.bulk import insert_rows, update_rows
from ..people.models import User
from ..trail.record import record
from .models import OPEN, SETTLED, Finding, Source, Stage, VerificationRun

CHUNK = 500
"""Faults taken in, and findings written, at a time."""
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
    """Write one run's result. The faults are taken piece by piece: however many they are, memory stays bounded.

    ``rules`` are the codes that were really run: findings of other rules are left alone, so that a rule that failed
    or was switched off never looks like a fault put right. A fault that comes twice counts once, as it came first.
    """
    codes = list(rules)
    observing = _Observing(at, dict.fromkeys(codes, 0))
    coming = iter(faults)
    while some := list(islice(coming, CHUNK)):
        observing.see(some)
    observing.miss(codes)
    Finding.objects.filter(rule__in=codes).update(seen_at=at)
    tally = observing.tally
    run: VerificationRun = VerificationRun.objects.create(
        subject=subject, title=title, at=at, by=by, row_count=row_count, counts=observing.counts,
        appeared_count=tally.appeared, gone_count=tally.gone, returned_count=tally.returned,
    )  # fmt: skip
    record(
        action="verify", by=by, at=at, on=run,
        changes={"rows": row_count, "appeared": tally.appeared, "gone": tally.gone, "returned": tally.returned},
    )  # fmt: skip
    return run


class _Observing:
    """One run on its way into the book; of what it has seen it keeps the fingerprints only."""

    def __init__(self, at: datetime, counts: dict[str, int]) -> None:
        self.tally, self.counts = Tally(), counts
        self._at = at
        self._seen: set[bytes] = set()

    def see(self, faults: Iterable[Fault]) -> None:
        """Take in a piece: findings that are new, and findings that are known."""
        fresh: dict[str, Fault] = {}
        for fault in faults:
            mark = fault.fingerprint
            if (short := bytes.fromhex(mark)) not in self._seen:
                self._seen.add(short)
                fresh[mark] = fault
                self.counts[fault.rule] = self.counts.get(fault.rule, 0) + 1
        known = {each.fingerprint: each for each in Finding.objects.select_for_update().filter(fingerprint__in=fresh)}
        added = [_finding(fault, self._at) for mark, fault in fresh.items() if mark not in known]
        insert_rows(added)
        self.tally.appeared += len(added)
        told = []
        for mark, finding in known.items():
            before = [getattr(finding, name) for name in TOLD]
            _still_there(finding, fresh[mark], self.tally, self._at)
            if [getattr(finding, name) for name in TOLD] != before:
                told.append(finding)
        update_rows(told, [name.removesuffix("_id") for name in TOLD])

    def miss(self, rules: Iterable[str]) -> None:
        """Mark as gone what was there before and wasn't seen now."""
        present = Finding.objects.select_for_update().filter(rule__in=list(rules), is_present=True).order_by()
        gone = [
            pk for pk, mark in present.values_list("pk", "fingerprint").iterator(CHUNK)
            if bytes.fromhex(mark) not in self._seen
        ]  # fmt: skip
        for start in range(0, len(gone), CHUNK):
            piece = Finding.objects.filter(pk__in=gone[start : start + CHUNK])
            self.tally.gone += piece.update(is_present=False, gone_at=self._at)


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
    if finding.stage == Stage.CLOSED:  # what was waived or a false alarm was never put right: no relapse
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
