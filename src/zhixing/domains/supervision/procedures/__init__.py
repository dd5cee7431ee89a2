"""How orders and meetings move, and on whose word."""

from .meetings import MeetingCourse, take_meeting
from .ordering import order_decisions
from .orders import OrderCourse, take

__all__ = ["MeetingCourse", "OrderCourse", "order_decisions", "take", "take_meeting"]
