"""The points that count: those of the school's plan in effect, and what proves them."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef

from zhixing.kernel.files.models import EvidenceUse

from ..choices import PlanLevel, PlanState
from ..models import WorkPoint


def running(points: Any) -> Any:
    """Points of the school's plan in effect."""
    plan = {"level": PlanLevel.SCHOOL, "state": PlanState.EFFECTIVE}
    return points.filter(**{f"task__action__plan__{name}": value for name, value in plan.items()})


def proofs() -> Any:
    """Evidence on the outer point that nobody has sent back."""
    label = WorkPoint._meta.label_lower
    return EvidenceUse.objects.live().filter(object_type=label, object_uid=OuterRef("uid"), refused_at=None)


def accepted_proofs() -> Any:
    """Evidence on the outer point that somebody else has accepted."""
    return proofs().filter(accepted_at__isnull=False)
