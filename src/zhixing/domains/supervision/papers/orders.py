"""督办单 and what goes with it: reminder, feedback, extension, ledger (F03–F06)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from zhixing.kernel.papers import Form, Letter, Paper, Para, Signatures, Slip, Table
from zhixing.kernel.people.models import Tenant

from ..choices import Card, FeedbackKind, OrderState, Verdict
from ..models import Order, OrderExtension, OrderFeedback, Reminder
from ..queries.clock import late_by

HAND = 20
"""Room to write by hand, in mm."""
FEEDBACK_ASKED = "办结后书面反馈，一事一报，附佐证材料；不能按期办结的，到期前说明进展和原因。"
TICKS = "□优秀　□良好　□合格　□不合格"


def day(value: date | None) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def moment(value: Any) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def name(person: Any) -> str:
    return str(person) if person is not None else ""


class OrderPaper(Paper):
    """督办单（F03）, with the slip that comes back signed."""

    title = "督办单"
    of = Order
    issuing = "supervision.order.add"
    joins = ("lead", "owner", "sponsor", "instructed_by", "signed_by", "issued_by", "reviewer")

    def when(self, row: Any) -> bool:
        return row.state != OrderState.DRAFTED

    def compose(self, row: Order, *, number: str, on: date, school: Tenant) -> Letter:
        instruction = f"{row.instruction}\n{name(row.instructed_by)}" if row.instruction else ""
        source = row.get_source_kind_display() + (f"：{row.source_label}" if row.source_label else "")
        rows: list[Any] = [
            [("来源", source)],
            [("督办事项", row.subject)],
            [("办理要求", row.demand, HAND)],
            [("领导批示", instruction, 0 if instruction else HAND)],
            [("牵头部门", row.lead), ("责任人", name(row.owner))],
            [("协办部门", row.shown_supports() or "无"), ("责任领导", name(row.sponsor))],
            [("交办日期", day(row.issued_date)), ("办结时限", day(row.due_date))],
            [
                (
                    "反馈要求",
                    row.feedback_asked or FEEDBACK_ASKED,
                )
            ],
            [("办理结果", _outcome(row), HAND)],
            [("审核评定", f"{row.get_mark_display()}　审核人：{name(row.reviewer)}" if row.mark else TICKS)],
        ]
        slip = Slip(
            "督办单签收回执",
            [
                [("编号", row.no), ("督办事项", row.subject)],
                [("签收部门", row.lead), ("签收人", name(row.signed_by))],
                [("签收时间", moment(row.signed_at)), ("联系电话", "")],
            ],
            text="请签收后将本回执交回办公室。",
        )
        return Letter(
            title="督办单", organ=school.name, number=row.no, kind_of_layout="form",
            blocks=[Form(rows), Signatures([("交办人", name(row.issued_by))]), slip],
        )  # fmt: skip


def _outcome(order: Order) -> str:
    last = OrderFeedback.objects.filter(order=order, kind=FeedbackKind.FINAL).order_by("-at", "-pk").first()
    return (last.result or last.progress) if last is not None else ""


class ReminderPaper(Paper):
    """催办单、黄牌、红牌（F04）: as the last reminder has it."""

    title = "催办单"
    kind = "催办"
    of = Order
    issuing = "supervision.order.add"
    joins = ("lead", "owner", "sponsor")

    def when(self, row: Any) -> bool:
        return row.state in (OrderState.ISSUED, OrderState.SIGNED, OrderState.IN_PROGRESS, OrderState.RETURNED)

    def compose(self, row: Order, *, number: str, on: date, school: Tenant) -> Letter:
        told: Sequence[Reminder] = list(Reminder.objects.filter(order=row).select_related("copied_to")[:20])
        late = late_by([row], on).get(row.pk, 0)
        level = row.get_card_display() if row.card != Card.NONE else "催办"
        title = f"督办{level}通知单" if row.card != Card.NONE else "催办单"
        copied = "、".join(dict.fromkeys(name(one.copied_to) for one in told if one.copied_to)) or "无"
        state = f"已逾期 {late} 个工作日" if late else f"将于 {day(row.due_date)} 到期"
        rows: list[Any] = [
            [("原督办单号", row.no), ("级别", level)],
            [("督办事项", row.subject)],
            [("牵头部门", row.lead), ("责任人", name(row.owner))],
            [("办结时限", day(row.due_date)), ("时限情况", state)],
            [("已催办次数", str(len(told))), ("抄送领导", copied)],
            [("催办要求", told[0].text if told else "请抓紧办理，按期反馈办理结果。", HAND)],
            [("承办部门说明", "", 40)],
        ]
        return Letter(
            title=title, organ=school.name, kind_of_layout="form",
            blocks=[Form(rows), Signatures([("催办单位", "办公室"), ("承办部门负责人", "")])],
        )  # fmt: skip


class FeedbackPaper(Paper):
    """督办反馈表（F06）."""

    title = "督办反馈表"
    of = Order
    joins = ("lead", "owner", "reviewer")

    def when(self, row: Any) -> bool:
        return row.state in (
            OrderState.SIGNED, OrderState.IN_PROGRESS, OrderState.ANSWERED, OrderState.RETURNED, OrderState.SETTLED,
            OrderState.ARCHIVED,
        )  # fmt: skip

    def compose(self, row: Order, *, number: str, on: date, school: Tenant) -> Letter:
        said = (
            OrderFeedback.objects.filter(order=row).select_related("by", "reviewed_by").order_by("-at", "-pk").first()
        )
        judged = said.get_verdict_display() if said is not None and said.verdict in Verdict.values else ""
        rows: list[Any] = [
            [("督办单号", row.no), ("办结时限", day(row.due_date))],
            [("督办事项", row.subject)],
            [("牵头部门", row.lead), ("责任人", name(row.owner))],
            [("办理情况", said.progress if said else "", 45)],
            [("办理结果", said.result if said else "", 25)],
            [("未完成事项及原因", said.unfinished if said else "", 20)],
            [("反馈人", name(said.by) if said else ""), ("反馈时间", moment(said.at) if said else "")],
            [("审核结论", judged if judged != "待审" else "□办结　□退回"), ("评定", row.get_mark_display() or TICKS)],
            [("审核意见", said.opinion if said else "", 20)],
        ]
        return Letter(
            title="督办反馈表", organ=school.name, number=row.no, kind_of_layout="form",
            blocks=[Form(rows), Signatures([("部门负责人", ""), ("审核人", name(row.reviewer))])],
        )  # fmt: skip


class ExtensionPaper(Paper):
    """延期申请表（F05）: the last request on the order, or a blank one to fill in by hand."""

    title = "延期申请表"
    of = Order
    issuing = "supervision.order.add"
    joins = ("lead", "owner")

    def when(self, row: Any) -> bool:
        return row.state not in (OrderState.DRAFTED, OrderState.WITHDRAWN)

    def compose(self, row: Order, *, number: str, on: date, school: Tenant) -> Letter:
        asked = OrderExtension.objects.filter(order=row).select_related("asked_by", "decided_by").first()
        verdict = "□同意　□不同意"
        if asked is not None and asked.verdict != Verdict.WAITING:
            verdict = f"{'同意' if asked.verdict == Verdict.ACCEPTED else '不同意'}　{asked.opinion}"
        rows: list[Any] = [
            [("督办单号", row.no), ("牵头部门", row.lead)],
            [("督办事项", row.subject)],
            [("原时限", day(asked.old_due_date if asked else row.due_date)),
             ("申请延至", day(asked.asked_due_date if asked else None))],
            [("延期原因", asked.reason if asked else "", 30)],
            [("已有进展", asked.progress if asked else "", 30)],
            [("申请人", name(asked.asked_by) if asked else ""), ("申请时间", moment(asked.asked_at) if asked else "")],
            [("部门意见", "", HAND)],
            [("领导审批", verdict, HAND)],
        ]  # fmt: skip
        signer = name(asked.decided_by) if asked else ""
        return Letter(
            title="督办事项延期申请表", organ=school.name, number=row.no, kind_of_layout="form",
            blocks=[Form(rows), Signatures([("部门负责人", ""), ("审批人", signer)])],
        )  # fmt: skip


class OrderLedger(Paper):
    """督办台账, landscape, of what the list shows."""

    title = "督办台账"
    of = Order
    issuing = "supervision.order.add"
    many = True
    landscape = True
    joins = ("lead", "owner")

    def compose(self, rows: Sequence[Order], *, number: str, on: date, school: Tenant) -> Letter:
        if not rows:
            raise ValidationError("没有可以打印的督办单。")
        late = late_by([row for row in rows if row.state in ("issued", "signed", "in_progress", "returned")], on)
        lines = [
            [place, row.no or "（未编号）", row.subject, row.get_source_kind_display(), str(row.lead), name(row.owner),
             row.issued_date or "", row.due_date, row.get_state_display(), late.get(row.pk, "") or "",
             row.get_mark_display()]
            for place, row in enumerate(rows, 1)
        ]  # fmt: skip
        heads = (
            "序号",
            "编号",
            "督办事项",
            "来源",
            "牵头部门",
            "责任人",
            "交办日期",
            "办结时限",
            "状态",
            "逾期工作日",
            "评定",
        )
        return Letter(
            title="督办事项台账", organ=school.name, kind_of_layout="table", landscape=True, date=on,
            blocks=[
                Para(f"截至 {day(on)}，共 {len(lines)} 件。", indent=False),
                Table(heads, lines, widths_mm=(10, 30, 60, 20, 26, 18, 24, 24, 18, 16, 14)),
            ],
        )  # fmt: skip
