"""The school register: what the school is, how it is divided, when it works, what it teaches, and to whom."""

from .calendar import AcademicYear, CalendarDay, Term
from .classes import ClassGroup, ClassTutorship
from .institution import Campus, Department, Post, School
from .majors import Major, MajorField

__all__ = [
    "AcademicYear",
    "CalendarDay",
    "Campus",
    "ClassGroup",
    "ClassTutorship",
    "Department",
    "Major",
    "MajorField",
    "Post",
    "School",
    "Term",
]
