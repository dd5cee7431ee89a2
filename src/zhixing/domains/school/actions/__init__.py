"""Every change of meaning in the school register."""

from .calendar import (
    add_academic_year,
    add_term,
    correct_academic_year,
    correct_term,
    override_day,
    restore_day,
    revise_override,
)
from .classes import (
    change_tutor,
    correct_class_group,
    dissolve_class_group,
    graduate_class_group,
    open_class_group,
)
from .institution import (
    add_campus,
    add_department,
    add_post,
    appoint_head,
    close_department,
    correct_campus,
    correct_department,
    correct_post,
    correct_school,
    enter_school,
)
from .majors import add_field, add_major, correct_field, correct_major, load_directory_into_school, offer_major

__all__ = [
    "add_academic_year",
    "add_campus",
    "add_department",
    "add_field",
    "add_major",
    "add_post",
    "add_term",
    "appoint_head",
    "change_tutor",
    "close_department",
    "correct_academic_year",
    "correct_campus",
    "correct_class_group",
    "correct_department",
    "correct_field",
    "correct_major",
    "correct_post",
    "correct_school",
    "correct_term",
    "dissolve_class_group",
    "enter_school",
    "graduate_class_group",
    "load_directory_into_school",
    "offer_major",
    "open_class_group",
    "override_day",
    "restore_day",
    "revise_override",
]
