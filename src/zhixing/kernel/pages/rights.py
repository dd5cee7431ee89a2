"""Which permission each act on a page asks for; said once."""

from __future__ import annotations

from .values import Deed


def deed_permission(deed: Deed, label: str) -> str:
    """The permission of a deed on rows of ``label`` (app.model)."""
    return deed.permission or f"{label}.change"


def deed_action(deed: Deed, label: str) -> str:
    """What visible_to is asked for: the last part of the deed's permission."""
    return deed_permission(deed, label).rpartition(".")[2]


def may_export(label: str) -> str:
    return f"{label}.export"


def may_export_plain(label: str) -> str:
    return f"{label}.export_plain"
