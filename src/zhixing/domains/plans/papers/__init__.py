"""What the plan prints."""

from .cases import CasePaper
from .plan import BreakdownPaper, DutyLetterPaper, DutyMatrixPaper, GroupNoticePaper, PlanPaper, PointsPaper
from .proofs import BoxLabelPaper, ProofIndexPaper
from .stages import GapPaper, ReadinessPaper, StageRecordPaper, StageSummaryPaper

__all__ = [
    "BoxLabelPaper",
    "BreakdownPaper",
    "CasePaper",
    "DutyLetterPaper",
    "DutyMatrixPaper",
    "GapPaper",
    "GroupNoticePaper",
    "PlanPaper",
    "PointsPaper",
    "ProofIndexPaper",
    "ReadinessPaper",
    "StageRecordPaper",
    "StageSummaryPaper",
]
