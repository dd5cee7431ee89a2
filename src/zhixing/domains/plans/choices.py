"""What kinds of plans, nodes and states there are."""

from __future__ import annotations

from django.db.models import TextChoices


class PlanLevel(TextChoices):
    NATIONAL = "national", "国家"
    PROVINCE = "province", "省"
    CITY = "city", "市"
    SCHOOL = "school", "学校"


class PlanState(TextChoices):
    DRAFT = "draft", "编制中"
    EFFECTIVE = "effective", "执行中"
    ENDED = "ended", "已结束"


class VersionState(TextChoices):
    REVIEWING = "reviewing", "校对中"
    EFFECTIVE = "effective", "已生效"
    REPLACED = "replaced", "已被新版替换"
    DROPPED = "dropped", "已放弃"


class NodeKind(TextChoices):
    ACTION = "action", "行动"
    TASK = "task", "任务"
    POINT = "point", "工作要点"
    STAGE = "stage", "阶段"
    SAFEGUARD = "safeguard", "保障措施"
    TEXT = "text", "说明文字"


class PointState(TextChoices):
    DRAFT = "draft", "待明确责任"
    IN_EFFECT = "in_effect", "进行中"
    SUBMITTED = "submitted", "待验收"
    ACCEPTED = "accepted", "已完成"
    WITHDRAWN = "withdrawn", "已撤销"


ALIVE = (PointState.DRAFT, PointState.IN_EFFECT, PointState.SUBMITTED, PointState.ACCEPTED)
"""Points that count for a task's completion."""

UNDONE = (PointState.DRAFT, PointState.IN_EFFECT, PointState.SUBMITTED)
"""Points that somebody still has to do something about."""

RUNNING = (PointState.IN_EFFECT, PointState.SUBMITTED, PointState.ACCEPTED)
"""Points that have taken effect: lead, owner and due date are certain."""


class StageState(TextChoices):
    OPEN = "open", "未关闭"
    CLOSING = "closing", "关闭中"
    CLOSED = "closed", "已关闭"


class MatchState(TextChoices):
    PROPOSED = "proposed", "系统建议"
    CONFIRMED = "confirmed", "已确认"
    NOT_ADOPTED = "not_adopted", "说明后不纳入"


class MemberRole(TextChoices):
    HEAD = "head", "组长"
    DEPUTY = "deputy", "副组长"
    MEMBER = "member", "成员"
    OFFICE_HEAD = "office_head", "办公室主任"
    OFFICE_MEMBER = "office_member", "办公室成员"


class GateKind(TextChoices):
    MANUAL = "manual", "人工确认"
    INDICATOR = "indicator", "指标达到要求"
    POINTS = "points", "工作要点全部验收"
    FINDINGS = "findings", "没有未了结的错误级问题"
    EVIDENCE = "evidence", "要点佐证材料齐全并采信"
    PAPER = "paper", "公文已印发"


class GateScope(TextChoices):
    STAGE = "stage", "本阶段的要点"
    PLAN = "plan", "方案的全部要点"


class CaseState(TextChoices):
    DRAFT = "draft", "撰写中"
    SUBMITTED = "submitted", "待审核"
    REVIEWED = "reviewed", "已审核"
    ADOPTED = "adopted", "已采用"
