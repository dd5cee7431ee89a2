"""The daily round over forms that were sent."""

from __future__ import annotations

from typing import Any

from ..jobs.declare import Progress, job
from .once import forget_old_marks


@job("pages.forget_sent_forms", "清理已提交表单的标记", daily_at=2)
def forget_sent_forms(progress: Progress) -> dict[str, Any]:
    return {"count": forget_old_marks()}
