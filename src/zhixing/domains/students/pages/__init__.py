"""Pages of the student register."""

from .details import StudentDetail
from .edits import GuardianEdit, StudentEdit
from .guardians import GuardianDetail, GuardianList
from .lists import StatusEntryList, StudentList
from .parts import ClassHeadCountPanel, GuardiansTab, HistoryTab, MyChildrenPanel, PhotoPanel, StudentsOfClassTab

__all__ = [
    "ClassHeadCountPanel",
    "GuardianDetail",
    "GuardianEdit",
    "GuardianList",
    "GuardiansTab",
    "HistoryTab",
    "MyChildrenPanel",
    "PhotoPanel",
    "StatusEntryList",
    "StudentDetail",
    "StudentEdit",
    "StudentList",
    "StudentsOfClassTab",
]
