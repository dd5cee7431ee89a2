"""Truths about evidence, as querysets over any model, for the checks of the apps that ask for evidence.

Each takes rows of a model and gives back those of which the truth holds::

    @check(WorkPoint, Severity.WARNING, "到期的工作要点没有佐证材料", …)
    def evidence_missing(points):
        return missing(points.due(timezone.localdate()))
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Subquery

from .models import EvidenceUse


def _serving(rows: Any) -> Any:
    return EvidenceUse.objects.live().filter(
        object_type=rows.model._meta.label_lower, object_uid=OuterRef("uid"), refused_at=None
    )


def missing(rows: Any, *, accepted: bool = False) -> Any:
    """Rows without a single piece of evidence; with ``accepted``: without one that somebody else accepted.

    A piece that was sent back doesn't count.
    """
    serving = _serving(rows)
    return rows.filter(~Exists(serving.filter(accepted_at__isnull=False) if accepted else serving))


def waiting(rows: Any) -> Any:
    """Rows with evidence on which nobody has decided."""
    return rows.filter(Exists(_serving(rows).filter(accepted_at=None)))


def late(rows: Any, *, due: str = "due_date") -> Any:
    """Rows whose evidence was all formed after the day in the field ``due``."""
    first = _serving(rows).order_by().values("object_uid").annotate(first=Min("evidence__formed_on")).values("first")
    return rows.filter(**{f"{due}__isnull": False}).alias(first_evidence=Subquery(first)).filter(
        first_evidence__gt=F(due)
    )  # fmt: skip


def outdated(rows: Any, *, months: int, on: date) -> Any:
    """Rows with evidence, of which the newest was formed more than ``months`` before the day ``on``."""
    serving = _serving(rows)
    return rows.filter(Exists(serving), ~Exists(serving.filter(evidence__formed_on__gte=months_before(on, months))))


def damaged(rows: Any) -> Any:
    """Rows served by a piece whose file was missing or altered when last looked at."""
    return rows.filter(Exists(_serving(rows).filter(evidence__is_intact=False)))


def superseded(rows: Any) -> Any:
    """Rows for which an accepted piece has a newer edition that nobody has accepted yet."""
    fresh = _serving(rows).filter(evidence__previous__isnull=False, accepted_at=None)
    return rows.filter(Exists(_serving(rows).filter(accepted_at__isnull=False)), Exists(fresh))


def months_before(on: date, months: int) -> date:
    """The same day so many months earlier, or the last day of a shorter month."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    for day in range(on.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(on.day, 28))
