"""What the forms of articles and lessons have in common: room to write, and one's own department chosen."""

from __future__ import annotations

from typing import Any

from django import forms

from zhixing.domains.plans.models import PlanStage
from zhixing.kernel.pages import Request

from .forms import departments

ROWS = "16"


class WritingDesk:
    """To be mixed into an EditPage with the fields ``body`` and ``unit``."""

    def form(self, request: Request, row: Any, data: Any) -> forms.Form:
        made: forms.Form = super().form(request, row, data)  # type: ignore[misc]
        made.fields["body"].widget.attrs["rows"] = ROWS
        unit = request.user.unit
        if row is None and data is None and unit is not None and unit.kind == "department":
            made.initial["unit"] = unit
            made.fields["unit"].widget.shown = str(unit)
        return made

    def choices(self, request: Request, field: str) -> Any:
        return departments() if field == "unit" else PlanStage.objects.standing()
