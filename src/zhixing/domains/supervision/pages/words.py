"""How the states of supervision are shown in cells."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from zhixing.kernel.pages.words import tag

from ..choices import Card, CircularState, DecisionState, Mark, MeetingState, OrderState, ReportState, Verdict

_COLOURS: dict[Any, dict[str, str]] = {
    OrderState: {
        "drafted": "grey", "issued": "amber", "signed": "blue", "in_progress": "blue", "answered": "amber",
        "returned": "red", "settled": "green", "archived": "grey", "withdrawn": "grey",
    },
    Card: {"none": "grey", "yellow": "amber", "red": "red"},
    Mark: {"excellent": "green", "good": "green", "pass": "blue", "fail": "red"},
    MeetingState: {
        "collecting": "blue", "agenda": "amber", "ready": "blue", "held": "amber", "minutes": "amber",
        "signed": "green", "cancelled": "grey",
    },
    DecisionState: {"open": "amber", "ordered": "blue", "fulfilled": "green", "void": "grey"},
    ReportState: {"open": "amber", "submitted": "green"},
    CircularState: {"draft": "amber", "issued": "green"},
    Verdict: {"waiting": "amber", "accepted": "green", "refused": "red"},
}  # fmt: skip


def badge_of(choices: Any) -> Any:
    """A renderer for a column of these choices: a small badge in its colour."""
    colours = _COLOURS[choices]

    def render(value: str | None) -> Markup | str:
        if not value or (choices is Card and value == Card.NONE):
            return ""
        return tag(str(choices(value).label), colours[value])

    return render


def likeness_mark(value: int | None) -> Markup | str:
    """How much was said before; red above ninety."""
    if not value:
        return ""
    return tag(f"重复 {value}%", "red") if value > 90 else f"{value}%"


def late_mark(value: int | None) -> Markup | str:
    return tag(f"迟报 {value} 个工作日", "red") if value else ""
