"""The verbs of supervision."""

from .answers import hints, keep_feedback, percent_alike
from .circulars import draft_circular, issue_circular, write_circular
from .decisions import add_decision, change_decision, follow, settle_decision
from .extensions import ask_extension, decide_extension, waiting_extension
from .meetings import (
    arrange,
    call_meeting,
    change_meeting,
    invite,
    note_attendance,
    propose_topic,
    quorum_of,
    review_topic,
    sign_in,
    write_minutes,
)
from .orders import begin_order, correct_order, reassign, set_supports
from .reminders import escalate, remind
from .reports import add_problem, open_reports, raise_problems, remind_report, submit_report, write_report

__all__ = [
    "add_decision", "add_problem", "arrange", "ask_extension", "begin_order", "call_meeting", "change_decision",
    "change_meeting", "correct_order", "decide_extension", "draft_circular", "escalate", "follow", "hints", "invite",
    "issue_circular", "keep_feedback", "note_attendance", "open_reports", "percent_alike", "propose_topic",
    "quorum_of", "raise_problems", "reassign", "remind", "remind_report", "review_topic", "set_supports",
    "settle_decision", "sign_in", "submit_report", "waiting_extension", "write_circular", "write_minutes",
    "write_report",
]  # fmt: skip
