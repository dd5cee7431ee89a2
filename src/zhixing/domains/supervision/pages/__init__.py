"""Pages of supervision: board and orders, extensions, circulars, reports, meetings, decisions, and parts on others."""

from .begin import FindingOrders, OrderBegin, PointOrders, TaskOrders
from .board import OrderBoard
from .circulars import CircularDetail, CircularEdit, CircularList, CircularPage
from .decisions import DecisionDetail, DecisionEdit, DecisionLedger
from .extensions import ExtensionList
from .home import ConsolePanel, MyOrdersPanel
from .meetings import (
    AttendanceTab,
    ChangesPanel,
    DecisionsTab,
    MeetingDetail,
    MeetingEdit,
    MeetingList,
    MinutesTab,
    PackTab,
    TopicDetail,
    TopicsTab,
)
from .orders import (
    ExtensionTab,
    FeedbackTab,
    MyOrders,
    OrderDetail,
    OrderEdit,
    OrderList,
    ReminderTab,
    SourcePanel,
)
from .reports import (
    KnownTab,
    LastMonthPanel,
    ProblemsTab,
    ReportCalendar,
    ReportDetail,
    ReportEdit,
    ReportList,
)
from .rooms import AgendaPage, AttendancePage, GuestsPage, MinutesPage

__all__ = [
    "AgendaPage", "AttendancePage", "AttendanceTab", "ChangesPanel", "CircularDetail", "CircularEdit", "CircularList",
    "CircularPage", "ConsolePanel", "DecisionDetail", "DecisionEdit", "DecisionLedger", "DecisionsTab",
    "ExtensionList", "ExtensionTab", "FeedbackTab", "FindingOrders", "GuestsPage", "KnownTab", "LastMonthPanel",
    "MeetingDetail", "MeetingEdit", "MeetingList", "MinutesPage", "MinutesTab", "MyOrders", "MyOrdersPanel",
    "OrderBegin", "OrderBoard", "OrderDetail", "OrderEdit", "OrderList", "PackTab", "PointOrders", "ProblemsTab",
    "ReminderTab", "ReportCalendar", "ReportDetail", "ReportEdit", "ReportList", "SourcePanel", "TaskOrders",
    "TopicDetail", "TopicsTab",
]  # fmt: skip
