"""How the kernel's own choices are shown in a cell: a badge with a colour that means one thing everywhere."""

from __future__ import annotations

from markupsafe import Markup, escape

from ..checks.models import Stage
from ..checks.severity import Severity

_SEVERITY = {"error": "red", "warning": "amber", "notice": "blue"}
_STAGE = {
    "found": "grey", "assigned": "blue", "rectifying": "blue", "closure_requested": "amber", "sent_back": "red",
    "closed": "green", "dismissed": "grey", "waived": "grey",
}  # fmt: skip
_LAMP = {"green": "按期", "amber": "临期", "red": "逾期"}


def tag(text: str, colour: str) -> Markup:
    """A small labelled badge in one of the house's colours."""
    return Markup('<span class="tag tag-{}">{}</span>').format(colour, escape(text))


def severity_badge(value: str | None) -> Markup | str:
    return tag(str(Severity(value).label), _SEVERITY[value]) if value else ""


def stage_badge(value: str | None) -> Markup | str:
    return tag(str(Stage(value).label), _STAGE[value]) if value else ""


def lamp_mark(colour: str) -> Markup | str:
    return tag(_LAMP[colour], colour) if colour else ""
