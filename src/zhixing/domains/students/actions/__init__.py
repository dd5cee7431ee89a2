"""Every change of meaning in the student register."""

from .accounts import open_guardian_account, open_student_account
from .corrections import correct_student, set_photo
from .enrolment import enrol_student, enrol_students
from .guardians import add_guardian, correct_guardian, remove_guardian
from .status import MoveRefused, change_class, change_major, change_status

__all__ = [
    "MoveRefused",
    "add_guardian",
    "change_class",
    "change_major",
    "change_status",
    "correct_guardian",
    "correct_student",
    "enrol_student",
    "enrol_students",
    "open_guardian_account",
    "open_student_account",
    "remove_guardian",
    "set_photo",
]
