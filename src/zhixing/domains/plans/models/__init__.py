"""The plan, its document and drafts, its tree, its work points and the people who answer for them."""

from .cases import SECTIONS, CasePicture, CaseStudy
from .documents import DraftNode, DraftStep, PlanVersion
from .groups import DutyLetter, GroupMember, LeadingGroup
from .plans import Plan
from .points import HandOver, WorkPoint, WorkPointSupport
from .stages import StageGate, StageSnapshot, StageSummary
from .tree import Action, PlanStage, Safeguard, Task, TaskMatch

__all__ = [
    "SECTIONS",
    "Action",
    "CasePicture",
    "CaseStudy",
    "DraftNode",
    "DraftStep",
    "DutyLetter",
    "GroupMember",
    "HandOver",
    "LeadingGroup",
    "Plan",
    "PlanStage",
    "PlanVersion",
    "Safeguard",
    "StageGate",
    "StageSnapshot",
    "StageSummary",
    "Task",
    "TaskMatch",
    "WorkPoint",
    "WorkPointSupport",
]
