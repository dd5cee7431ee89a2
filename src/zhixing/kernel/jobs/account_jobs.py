"""The daily closing of accounts whose people have left."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from ..people.accounts import close_left_accounts
from .declare import Progress, job


@job("people.close_left_accounts", "停用离职离校与长期不用的账号", daily_at=1)
def close_accounts(progress: Progress) -> dict[str, Any]:
    """Close what should be closed by today; the count is the result."""
    return {"count": close_left_accounts(timezone.localdate())}
