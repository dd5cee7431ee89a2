"""Reads over plans that several rooms need."""

from .bindings import Binding, bindings, kind_choices, kind_title, recognise
from .lamps import COLOURS, WORDS, Day, Tally, lamp, lamp_case, shining, tally, the_day
from .likeness import likeness
from .live import LiveState, findings_by_kind, live_state
from .load import Load, loads
from .parents import Coverage, best_answers, coverage, national_plan, tasks_of
from .standing import (
    Mark,
    PointLine,
    Standing,
    effective_plan,
    marks,
    parent_plans,
    point_lines,
    points_of,
    school_plan,
    standing,
)

__all__ = [
    "COLOURS",
    "WORDS",
    "Binding",
    "Coverage",
    "Day",
    "LiveState",
    "Load",
    "Mark",
    "PointLine",
    "Standing",
    "Tally",
    "best_answers",
    "bindings",
    "coverage",
    "effective_plan",
    "findings_by_kind",
    "kind_choices",
    "kind_title",
    "lamp",
    "lamp_case",
    "likeness",
    "live_state",
    "loads",
    "marks",
    "national_plan",
    "parent_plans",
    "point_lines",
    "points_of",
    "recognise",
    "school_plan",
    "shining",
    "standing",
    "tally",
    "tasks_of",
    "the_day",
]
