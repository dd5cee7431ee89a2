"""Orders with what happens to them, monthly reports and circulars, meetings with their decisions."""

from .meetings import Attendance, Decision, Meeting, Topic
from .orders import Order, OrderExtension, OrderFeedback, OrderSupport, Reminder
from .reports import Circular, MonthlyReport, ReportProblem

__all__ = [
    "Attendance",
    "Circular",
    "Decision",
    "Meeting",
    "MonthlyReport",
    "Order",
    "OrderExtension",
    "OrderFeedback",
    "OrderSupport",
    "Reminder",
    "ReportProblem",
    "Topic",
]
