"""Small functions that make believable records with as few words as possible; values given win over invented ones."""

from .school import a_class, a_department, a_major, a_school, a_term
from .staff import a_teacher
from .students import a_guardian, a_student, an_id_number

__all__ = [
    "a_class",
    "a_department",
    "a_guardian",
    "a_major",
    "a_school",
    "a_student",
    "a_teacher",
    "a_term",
    "an_id_number",
]
