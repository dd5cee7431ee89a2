"""督办通报: drafted from the count, issued once, frozen for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.domains.school.queries import departments
from zhixing.kernel.notices.send import notify
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import CircularState
from ..models import Circular
from ..queries.months import digest_of, month_of
from ..queries.tally import tally_month
from .orders import next_number


@transaction.atomic
def draft_circular(month: date, *, by: User, at: datetime) -> Circular:
    """拟稿 for a month, with next month's focus as the orders give it; one circular a month."""
    month, today = month_of(month), timezone.localdate(at)
    if month > today:
        raise ValidationError("还没有到这个月，不能拟通报。")
    known: Circular | None = Circular.objects.filter(month=month).first()
    if known is not None:
        return known
    focus = "\n".join(tally_month(month, today).focus)
    return add_row(Circular(month=month, focus=focus[:2000], drafted_by=by), by=by, at=at)


def write_circular(
    circular: Circular, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int | None = None
) -> Circular:
    """The foreword and the focus; the figures are nobody's to write."""
    if circular.state != CircularState.DRAFT:
        raise ValidationError("通报已经印发，不能再改。")
    wanted = {name: values[name] for name in ("foreword", "focus") if name in values}
    return amend_row(circular, wanted, by=by, at=at, seen_version=seen_version)


@transaction.atomic
def issue_circular(circular: Circular, *, by: User, at: datetime) -> Circular:
    """印发: number it, freeze what was counted, tell every department."""
    circular = Circular.objects.select_for_update().get(pk=circular.pk)
    if circular.state != CircularState.DRAFT:
        raise ValidationError("通报已经印发。")
    today = timezone.localdate(at)
    payload = {
        **tally_month(circular.month, today).payload(), "counted_on": today.isoformat(),
        "foreword": circular.foreword, "focus_text": circular.focus,
    }  # fmt: skip
    values = {
        "state": CircularState.ISSUED, "payload": payload, "digest": digest_of(payload), "issued_by": by,
        "issued_at": at, "year": today.year, "number": next_number(Circular, today.year),
    }  # fmt: skip
    amend_row(circular, values, by=by, at=at, action="issue", inner=tuple(values))
    heads = [row.unit.head for row in departments() if row.unit.head is not None and row.unit.head.is_active]
    notify(heads, str(circular), url=f"/supervision/circular/{circular.uid}/")
    return circular
