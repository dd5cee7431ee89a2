"""The student register: students, the people responsible for them, and how their status came about."""

from .guardians import Guardian
from .history import StatusEntry
from .students import EXTRA_FIELDS, Student

__all__ = ["EXTRA_FIELDS", "Guardian", "StatusEntry", "Student"]
