"""The verbs of inspections: keep what was seen and said, draw lots, and put what is wrong on the one book."""

from .draws import announce_draw, draw_lots, judge_item, replace_draw
from .raising import raise_from
from .records import (
    add_appraisal,
    add_appraisal_item,
    add_complaint,
    add_inspection,
    add_notice,
    answer_complaint,
    answer_notice,
    change_appraisal,
    change_complaint,
    change_inspection,
    change_notice,
)
from .selfchecks import add_point, answer_check, change_point, close_round, load_points, open_round

__all__ = [
    "add_appraisal",
    "add_appraisal_item",
    "add_complaint",
    "add_inspection",
    "add_notice",
    "add_point",
    "announce_draw",
    "answer_check",
    "answer_complaint",
    "answer_notice",
    "change_appraisal",
    "change_complaint",
    "change_inspection",
    "change_notice",
    "change_point",
    "close_round",
    "draw_lots",
    "judge_item",
    "load_points",
    "open_round",
    "raise_from",
    "replace_draw",
]  # fmt: skip
