"""The nouns of inspections."""

from .records import (
    AppraisalItem,
    BureauNotice,
    Complaint,
    DrawItem,
    PublicAppraisal,
    RandomDraw,
    SiteInspection,
)
from .selfchecks import ReferencePoint, SelfCheck, SelfCheckRound

__all__ = [
    "AppraisalItem", "BureauNotice", "Complaint", "DrawItem", "PublicAppraisal", "RandomDraw", "ReferencePoint",
    "SelfCheck", "SelfCheckRound", "SiteInspection",
]  # fmt: skip
