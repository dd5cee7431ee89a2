"""Papers of supervision: orders and what goes with them, circulars and reports, meetings and decisions."""

from .meetings import AgendaPaper, DecisionLedger, DecisionNotice, MinutesPaper, NoticePaper
from .orders import ExtensionPaper, FeedbackPaper, OrderLedger, OrderPaper, ReminderPaper
from .reports import CircularPaper, ReportPaper

__all__ = [
    "AgendaPaper", "CircularPaper", "DecisionLedger", "DecisionNotice", "ExtensionPaper", "FeedbackPaper",
    "MinutesPaper", "NoticePaper", "OrderLedger", "OrderPaper", "ReminderPaper", "ReportPaper",
]  # fmt: skip
