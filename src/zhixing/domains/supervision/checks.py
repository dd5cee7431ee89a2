"""What must hold in orders, reports and meetings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from zhixing.kernel.checks import Severity, check
from zhixing.kernel.files.models import EvidenceUse
from zhixing.kernel.standards.in_force import school_standards

from .choices import DONE, IN_HAND, CircularState, DecisionState, MeetingKind, MeetingState, OrderState, ReportState
from .models import Circular, Decision, Meeting, MonthlyReport, Order, OrderExtension, OrderFeedback
from .queries.clock import Clock, WorkDays
from .queries.months import digest_of

ORDER_RULE = "督办工作通行做法：逐项交办、限时签收、按期反馈、逾期催办、办结审核"
MEETING_RULE = "提升计划“加强督促检查”：在行政办公会上定期督办"
REPORT_RULE = "提升计划“加强组织领导”：各科室按分工定期汇报"


def _limit(name: str) -> int:
    return int(school_standards().number(name, timezone.localdate()))


@check(
    Order,
    Severity.WARNING,
    "督办单超过期限未签收",
    basis=ORDER_RULE,
    remedy="责任人打开督办单点“签收”；责任人不在岗的，由办公室改派。",
    column="signed_at",
)
def order_unsigned(orders: Any) -> Any:
    return orders.filter(state=OrderState.ISSUED, issued_date__lte=Clock.of(timezone.localdate()).sign_before)


@check(
    Order,
    Severity.ERROR,
    "督办事项逾期未办结",
    basis=ORDER_RULE,
    remedy="责任人反馈进展和未完成原因，尽快办结；条件变化确实不再办理的，由办公室撤项。",
    column="due_date",
)
def order_overdue(orders: Any) -> Any:
    return orders.overdue(timezone.localdate())


@check(
    Order,
    Severity.WARNING,
    "办结的督办单没有佐证材料",
    basis="办结须有事实依据；完成情况以经审核的佐证为准",
    remedy="承办部门在督办单“佐证材料”中补充材料，由他人采信。",
)
def order_without_evidence(orders: Any) -> Any:
    proved = EvidenceUse.objects.live().filter(object_type="supervision.order", object_uid=OuterRef("uid"))
    return orders.filter(~Exists(proved), state__in=DONE)


@check(
    Order,
    Severity.ERROR,
    "在办督办单的责任人已停用账号",
    basis="人员变动须办理移交，未办结事项须改派",
    remedy="办公室在督办单上点“改派”，交给接手的人。",
    column="owner",
)
def order_owner_left(orders: Any) -> Any:
    return orders.filter(state__in=IN_HAND, owner__is_active=False)


@check(
    OrderExtension,
    Severity.NOTICE,
    "临近时限才申请延期",
    basis="延期须在时限之前提出，并留出审批时间",
    remedy="提醒承办部门：预计不能按期完成的，尽早申请延期。",
    column="asked_date",
    unit="order__lead",
)
def extension_asked_late(extensions: Any) -> Any:
    days, ahead = WorkDays(), _limit("order_extension_ahead")
    since = timezone.localdate() - timedelta(days=90)
    recent = extensions.filter(asked_date__gte=since).values_list("pk", "asked_date", "old_due_date")
    late = [pk for pk, asked, due in recent if days.between(asked, due) < ahead]
    return extensions.filter(pk__in=late)


@check(
    OrderFeedback,
    Severity.WARNING,
    "督办反馈疑似照抄上一次",
    basis="反馈应写明新的进展；与上一次重复超过九成的不算反馈",
    remedy="审核人退回，请承办部门写明实际进展。",
    column="progress",
    unit="order__lead",
)
def feedback_copied(feedbacks: Any) -> Any:
    return feedbacks.filter(similarity__gt=_limit("copied_text_limit"), order__state__in=IN_HAND)


@check(
    MonthlyReport,
    Severity.WARNING,
    "科室月报过期未报",
    basis=REPORT_RULE,
    remedy="部门负责人打开月报，补充文字后报送；数据由系统自动生成。",
    column="due_date",
)
def report_late(reports: Any) -> Any:
    return reports.late(timezone.localdate())


@check(
    MonthlyReport,
    Severity.NOTICE,
    "月报与上月雷同",
    basis=REPORT_RULE,
    remedy="办公室与部门核实本月实际进展，在下次办公会上说明。",
    column="progress",
)
def report_copied(reports: Any) -> Any:
    since = timezone.localdate() - timedelta(days=120)
    return reports.filter(similarity__gt=_limit("copied_text_limit"), month__gte=since)


@check(
    MonthlyReport,
    Severity.ERROR,
    "已报送月报的数据被改动",
    basis="月报报送后数据固定，不得更改",
    remedy="与系统管理员核对操作记录，查明原因。",
    column="payload",
)
def report_tampered(reports: Any) -> Any:
    return _tampered(reports.filter(state=ReportState.SUBMITTED))


@check(
    Circular,
    Severity.ERROR,
    "已印发通报的数据被改动",
    basis="通报印发后数据固定，不得更改",
    remedy="与系统管理员核对操作记录，查明原因。",
    column="payload",
)
def circular_tampered(circulars: Any) -> Any:
    return _tampered(circulars.filter(state=CircularState.ISSUED))


def _tampered(rows: Any) -> Any:
    """Rows whose frozen data no longer has the digest that it was frozen with."""
    kept = rows.values_list("pk", "payload", "digest")
    return rows.filter(pk__in=[pk for pk, payload, digest in kept if digest_of(payload) != digest])


@check(
    Meeting,
    Severity.WARNING,
    "行政办公会长时间没有研究提升计划",
    basis=MEETING_RULE,
    remedy="下次会议列入“提升计划推进”议题；会议材料由系统自动汇集。",
    column="at",
)
def plan_not_reviewed(meetings: Any) -> Any:
    held = Meeting.objects.held().filter(kind=MeetingKind.ADMINISTRATIVE)
    since = timezone.now() - timedelta(weeks=_limit("meeting_plan_review_weeks"))
    last = held.order_by("-at", "-pk").first()
    if last is None or held.filter(reviews_plan=True, at__gte=since).exists():
        return meetings.filter(pk__in=())
    return meetings.filter(pk=last.pk)


@check(
    Meeting,
    Severity.WARNING,
    "会议纪要超过期限未签发",
    basis="会后 1 至 2 个工作日内印发纪要（学校通行做法）",
    remedy="记录人提交纪要，主持人签发。",
    column="signed_at",
)
def minutes_late(meetings: Any) -> Any:
    limit = WorkDays().shifted(timezone.localdate(), -_limit("meeting_minutes_limit"))
    return meetings.filter(state__in=(MeetingState.HELD, MeetingState.MINUTES), at__date__lt=limit)


@check(
    Meeting,
    Severity.ERROR,
    "会议没有达到法定人数",
    basis="应到人员过半数到会方可开会（本校会议规则）",
    remedy="核对到会登记；确实不足的，重大事项另行开会审议。",
    column="quorum_met",
)
def quorum_missed(meetings: Any) -> Any:
    return meetings.held().filter(quorum_met=False)


@check(
    Decision,
    Severity.WARNING,
    "决议没有承办部门或时限",
    basis="会议决定事项须明确承办部门、责任人和时限",
    remedy="打开决议点“修改”，补充承办部门和时限，再转督办。",
    column="lead",
)
def decision_without_duty(decisions: Any) -> Any:
    signed = decisions.filter(state=DecisionState.OPEN, meeting__state=MeetingState.SIGNED)
    return signed.filter(Q(lead=None) | Q(due_date=None))


@check(
    Decision,
    Severity.WARNING,
    "决议没有转督办",
    basis="会议决定事项逐项督办落实",
    remedy="在会议页面点“决议转督办”；不需要督办的，认定落实情况并说明依据。",
    column="order",
)
def decision_without_order(decisions: Any) -> Any:
    limit = WorkDays().shifted(timezone.localdate(), -_limit("order_sign_limit"))
    waiting = decisions.filter(state=DecisionState.OPEN, meeting__signed_at__date__lt=limit)
    return waiting.exclude(Q(lead=None) | Q(due_date=None))


@check(
    Decision,
    Severity.ERROR,
    "决议逾期未落实",
    basis=MEETING_RULE,
    remedy="承办部门在督办单上反馈；下次办公会说明原因。",
    column="due_date",
)
def decision_overdue(decisions: Any) -> Any:
    return decisions.overdue(timezone.localdate()).filter(meeting__state=MeetingState.SIGNED)
