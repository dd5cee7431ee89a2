"""Say which figures strangers see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.record import record

from ..models import PublicFigure


@transaction.atomic
def set_figures(codes: Iterable[str], *, by: User, at: datetime) -> int:
    """Show the school's stored values of just these indicators to everyone, in this order; how many there are now.

    ValidationError for a code that nobody declared.
    """
    wanted = list(dict.fromkeys(codes))
    unknown = [code for code in wanted if code not in indicators]
    if unknown:
        raise ValidationError(f"没有“{'、'.join(unknown)}”这样的指标，请从列表中勾选。")
    before = list(PublicFigure.objects.values_list("indicator", flat=True))
    PublicFigure.objects.exclude(indicator__in=wanted).delete()
    kept = {row.indicator: row for row in PublicFigure.objects.all()}
    for position, code in enumerate(wanted, 1):
        row = kept.get(code) or PublicFigure(indicator=code)
        row.position = position
        row.save()
    if before != wanted:
        record(action="set_figures", by=by, at=at, label="公开指标", changes={"indicators": [before, wanted]})
    return len(wanted)
