"""The database refuses to change a frozen reading and to rewrite a target."""

from __future__ import annotations

from typing import Any

from ..base.guards import Still, install

GUARDS = (
    Still(
        name="indicators_reading",
        table="indicators_reading",
        columns=(
            "uid", "tenant_id", "indicator", "on", "unit_id", "value", "part", "whole", "period", "label", "target",
            "frozen_at", "frozen_by_id", "frozen_type", "frozen_uid",
        ),
        words="a frozen reading stays as it was read",
        when="OLD.frozen_at IS NOT NULL",
    ),
    Still(
        name="indicators_target",
        table="indicators_target",
        columns=(
            "uid", "tenant_id", "indicator", "unit_id", "label", "value", "from_date", "to_date", "reason",
            "set_by_id", "set_at",
        ),
        words="a target is never rewritten; set a new one",
    ),
)  # fmt: skip


def install_guards(using: str = "default", **kwargs: Any) -> None:
    """(Re)make the triggers once the tables exist."""
    install(GUARDS, using)
