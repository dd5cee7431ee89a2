"""How lamps and states of points are shown in a cell, and the SQL that brings a lamp into a list."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from zhixing.kernel.pages.words import tag

from ..choices import PointState
from ..queries import WORDS, Day, kind_title, lamp_case

STATE_COLOURS = {"draft": "grey", "in_effect": "blue", "submitted": "amber", "accepted": "green", "withdrawn": "grey"}


def lamp_light(colour: str | None) -> Markup | str:
    """A lamp with its word."""
    return Markup('<span class="light light-{}">{}</span>').format(colour, WORDS[colour]) if colour else ""


def state_tag(value: str | None) -> Markup | str:
    return tag(str(PointState(value).label), STATE_COLOURS[value]) if value else ""


def kind_word(value: str | None) -> str:
    return kind_title(value or "")


def with_lamp(points: Any, day: Day) -> Any:
    """Points with their lamp as a column; withdrawn ones have none."""
    return points.annotate(lamp=lamp_case(day))
