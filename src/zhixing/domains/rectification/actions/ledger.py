"""The yearly book: each handed-out finding gets a number, open ones are carried into the next year's book."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zhixing.kernel.base.tenancy import current_tenant
from zhixing.kernel.checks.models import OPEN, Finding
from zhixing.kernel.people.models import Tenant, User
from zhixing.kernel.trail.record import record

from ..models import LedgerEntry


@transaction.atomic
def enter_in_ledger(finding: Finding, *, at: datetime) -> LedgerEntry:
    """The finding's line in this year's book, made now if there is none."""
    year = timezone.localtime(at).year
    known: LedgerEntry | None = LedgerEntry.objects.filter(finding=finding, year=year).first()
    if known:
        return known
    older = LedgerEntry.objects.filter(finding=finding).order_by("-year").first()
    made: LedgerEntry = LedgerEntry.objects.create(
        finding=finding, year=year, no=next_no(LedgerEntry, year), entered_at=at, carried_from=older
    )
    return made


@transaction.atomic
def carry_forward(*, by: User | None, at: datetime) -> int:
    """Open findings of earlier books get a line in this year's; returns how many. Running it again changes nothing."""
    year = timezone.localtime(at).year
    waiting = (
        LedgerEntry.objects.filter(year__lt=year, finding__stage__in=OPEN)
        .exclude(finding__in=LedgerEntry.objects.filter(year=year).values("finding"))
        .order_by("year", "no")
    )
    latest = {entry.finding_id: entry for entry in waiting}
    first = next_no(LedgerEntry, year)
    LedgerEntry.objects.bulk_create(
        LedgerEntry(finding_id=finding, year=year, no=first + place, entered_at=at, carried_from=entry)
        for place, (finding, entry) in enumerate(latest.items())
    )
    if latest:
        record(action="rectification.carry_forward", by=by, at=at, changes={"year": year, "count": len(latest)})
    return len(latest)


def next_no(model: Any, year: int) -> int:
    """The next number of the school's series for the year; holds the series until the transaction ends."""
    list(Tenant.objects.select_for_update().filter(pk=current_tenant() or 0))
    return int(model.objects.filter(year=year).aggregate(last=Max("no"))["last"] or 0) + 1
