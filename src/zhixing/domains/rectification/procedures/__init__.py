"""How findings and notices move."""

from .closure import FindingClosure, address, subject, take
from .notices import NoticeReply, issue_notices, reply

__all__ = ["FindingClosure", "NoticeReply", "address", "issue_notices", "reply", "subject", "take"]
