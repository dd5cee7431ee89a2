"""整改通知书: issued to a unit with its findings, received, reported on, and closed once everything is settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.kernel.checks.models import OPEN, Finding
from zhixing.kernel.notices.send import finish_todo, set_todo
from zhixing.kernel.people.models import User
from zhixing.kernel.procedures import Procedure, Step, StepRefused
from zhixing.kernel.trail.writing import add_row

from ..actions import sort_by_keeper
from ..actions.ledger import next_no
from ..choices import NoticeState
from ..models import NoticeItem, RectificationNotice
from .closure import HANDED_OUT, take


def _subject(notice: RectificationNotice) -> str:
    return f"rectification-notice:{notice.uid}"


def _tell_receiver(notice: RectificationNotice, title: str) -> None:
    if notice.receiver is not None:
        url = f"/rectification/rectificationnotice/{notice.uid}/"
        set_todo(notice.receiver, _subject(notice), title, body=notice.demand, url=url, due_date=notice.due_date)


@transaction.atomic
def issue_notices(
    findings: Iterable[Finding], *, demand: str, due_date: date, by: User, at: datetime, basis: str = "",
    reinspect_date: date | None = None,
) -> list[RectificationNotice]:  # fmt: skip
    """One notice for each unit, its findings handed to the unit's head or class tutor with the notice's date.

    ValidationError where a finding has no unit or nobody keeps it, where it is settled, or where dates run backwards.
    """
    rows = list(findings)
    _judge(rows, due_date, reinspect_date, at)
    sorted_out = sort_by_keeper(rows, timezone.localdate(at))
    if sorted_out.orphans:
        names = "、".join(str(row) for row in sorted_out.orphans[:3])
        raise ValidationError(f"有 {len(sorted_out.orphans)} 条问题没有责任部门或部门没有负责人，不能下发：{names}。")
    year, notices = timezone.localtime(at).year, []
    for keeper, mine in sorted_out.by_owner.items():
        for unit in {row.unit_id: row.unit for row in mine}.values():
            notice = add_row(
                RectificationNotice(
                    year=year, no=next_no(RectificationNotice, year), unit=unit, receiver=keeper, demand=demand[:600],
                    basis=basis[:300], due_date=due_date, reinspect_date=reinspect_date, issued_by=by, issued_at=at,
                ),
                by=by, at=at, action="rectification.issue_notice",
            )  # fmt: skip
            _fill(notice, [row for row in mine if row.unit_id == notice.unit_id], keeper, by=by, at=at)
            _tell_receiver(notice, f"请签收：{notice}")
            notices.append(notice)
    return notices


def _judge(rows: list[Finding], due_date: date, reinspect_date: date | None, at: datetime) -> None:
    settled = [row for row in rows if row.stage not in OPEN]
    if not rows or settled:
        raise ValidationError("请选择尚未了结的问题；已了结的不能再下发整改通知。")
    if due_date < timezone.localdate(at):
        raise ValidationError({"due_date": "整改期限不能早于今天。"})
    if reinspect_date and reinspect_date < due_date:
        raise ValidationError({"reinspect_date": "复查日期不能早于整改期限。"})


def _fill(notice: RectificationNotice, rows: list[Finding], owner: User, *, by: User, at: datetime) -> None:
    for place, finding in enumerate(rows, 1):
        NoticeItem.objects.create(notice=notice, finding=finding, position=place)
        if finding.stage in ("found", *HANDED_OUT):
            take("assign", finding, by=by, at=at, owner=owner, due_date=notice.due_date, note=f"见{notice}")


def _receive(notice: RectificationNotice, *, by: User, at: datetime) -> None:
    notice.receiver, notice.received_at = by, at


def _after_receipt(notice: RectificationNotice, *, by: User, at: datetime) -> None:
    finish_todo(_subject(notice), at=at)
    _tell_receiver(notice, f"按期整改并报告：{notice}")


def _report(notice: RectificationNotice, *, by: User, at: datetime, report: str) -> None:
    if len(report.strip()) < 10:
        raise StepRefused("整改报告请写明总体情况（不少于 10 个字），逐条情况由系统列出。")
    notice.report, notice.reported_at = report, at


def _tick_off(notice: RectificationNotice, *, by: User, at: datetime) -> None:
    finish_todo(_subject(notice), at=at)


def _all_settled(notice: RectificationNotice, by: User) -> str:
    if notice.receiver_id == by.pk:
        return "签收人不能办结自己的整改通知，请由他人复查办结。"
    waiting = NoticeItem.objects.filter(notice=notice, finding__stage__in=OPEN).count()
    return f"还有 {waiting} 条问题没有销号，不能办结。" if waiting else ""


class NoticeReply(Procedure):
    """通知书 → 签收 → 报告 → 办结."""

    model = RectificationNotice
    title = "整改通知办理"
    stage_field = "state"
    steps = (
        Step(
            name="receive", label="签收", source=(NoticeState.ISSUED,), target=NoticeState.RECEIVED, apply=_receive,
            then=_after_receipt,
        ),
        Step(
            name="report", label="提交整改报告", source=(NoticeState.RECEIVED, NoticeState.REPORTED),
            target=NoticeState.REPORTED, apply=_report,
        ),
        Step(
            name="close", label="办结", source=(NoticeState.REPORTED,), target=NoticeState.CLOSED, guard=_all_settled,
            then=_tick_off,
        ),
        Step(
            name="send_back", label="退回报告", source=(NoticeState.REPORTED,), target=NoticeState.RECEIVED,
            needs_opinion=True, then=_after_receipt,
        ),
    )  # fmt: skip


def reply(name: str, notice: RectificationNotice, *, by: Any, at: datetime, **values: Any) -> RectificationNotice:
    """Take one step of a notice; raises StepRefused."""
    moved = NoticeReply.take(name, notice, by=by, at=at, **values)
    assert isinstance(moved, RectificationNotice)
    return moved
