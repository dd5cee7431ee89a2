"""What the lead says was done, and what the machine noticed about it before anybody reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.domains.plans.queries import likeness
from zhixing.kernel.files.evidence import add_evidence, evidence_of
from zhixing.kernel.people.models import User
from zhixing.kernel.standards.in_force import school_standards
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import DOING, FeedbackKind, Verdict
from ..models import Order, OrderFeedback
from .orders import not_the_lead

SHORTEST = 2


@transaction.atomic
def keep_feedback(
    order: Order, *, kind: str, progress: str, by: User, at: datetime, result: str = "", unfinished: str = "",
    proof: Any = None, proof_title: str = "",
) -> OrderFeedback:  # fmt: skip
    """Keep one feedback with its evidence and the hints of the machine; ValidationError where nothing is said."""
    if why := not_the_lead(order, by):
        raise PermissionError(why)
    if Order.objects.select_for_update().get(pk=order.pk).state not in DOING:
        raise ValidationError("只有已签收、尚未提交审核的督办单可以反馈。请刷新页面查看最新状态。")
    if len(progress.strip()) < SHORTEST:
        raise ValidationError({"progress": "请写明办理情况。"})
    if proof is not None:
        add_evidence(title=(proof_title or proof.name)[:200], upload=proof, on=order, by=by, at=at)
    last = OrderFeedback.objects.filter(order=order).order_by("-at", "-pk").first()
    alike = percent_alike(progress + result, last.progress + last.result) if last else 0
    final = kind == FeedbackKind.FINAL
    feedback = OrderFeedback(
        order=order, kind=kind, progress=progress.strip(), result=result.strip(), unfinished=unfinished.strip(), by=by,
        at=at, similarity=alike, hints=hints(order, progress + result, alike, final=final, at=at),
        verdict=Verdict.WAITING if final else "",
    )  # fmt: skip
    return add_row(feedback, by=by, at=at)


def hints(order: Order, text: str, alike: int, *, final: bool, at: datetime) -> list[str]:
    """What makes a feedback weak, in words: too short, nothing to prove it, copied from the last one."""
    on, standards = timezone.localdate(at), school_standards()
    least = int(standards.number("feedback_least_length", on))
    limit = int(standards.number("copied_text_limit", on))
    found = []
    if len(text.strip()) < least:
        found.append(f"内容过短（{len(text.strip())} 字，一般不少于 {least} 字）")
    if final and not evidence_of(order).exists():
        found.append("没有佐证材料")
    if alike > limit:
        found.append(f"与上次反馈重复 {alike}%，疑似照抄")
    return found


def percent_alike(text: str, before: str) -> int:
    """How much of a text was said before, 0 to 100; a little rounding down, so that 100 means the same words."""
    return int(100 * likeness(text, before))


def judge_feedback(order: Order, *, verdict: str, opinion: str, by: User, at: datetime) -> None:
    """Write the reviewer's word on the final feedback that waits."""
    waiting = OrderFeedback.objects.filter(order=order, verdict=Verdict.WAITING).order_by("-at", "-pk")
    for feedback in waiting:
        values = {"verdict": verdict, "reviewed_by": by, "reviewed_at": at, "opinion": opinion[:400]}
        amend_row(feedback, values, by=by, at=at, action="review", inner=tuple(values))
