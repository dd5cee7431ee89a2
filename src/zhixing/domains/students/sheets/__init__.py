"""The student register as a spreadsheet: both national layouts, in and out."""

from .students import StudentSheet

__all__ = ["StudentSheet"]
