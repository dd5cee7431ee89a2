"""Words that several rooms of supervision use."""

from __future__ import annotations

from django.db import models


class SourceKind(models.TextChoices):
    """Why an order was begun."""

    DECISION = "decision", "会议决定"
    POINT = "point", "计划要点"
    FINDING = "finding", "检查问题"
    NOTE = "note", "领导批示"
    HAND = "hand", "办公室立项"


class OrderState(models.TextChoices):
    DRAFTED = "drafted", "立项"
    ISSUED = "issued", "已交办"
    SIGNED = "signed", "已签收"
    IN_PROGRESS = "in_progress", "在办"
    ANSWERED = "answered", "待审核"
    RETURNED = "returned", "已退回"
    SETTLED = "settled", "已办结"
    ARCHIVED = "archived", "已归档"
    WITHDRAWN = "withdrawn", "已撤项"


IN_HAND = (
    OrderState.ISSUED, OrderState.SIGNED, OrderState.IN_PROGRESS, OrderState.ANSWERED, OrderState.RETURNED,
)  # fmt: skip
"""Handed out and not yet settled."""
DOING = (OrderState.SIGNED, OrderState.IN_PROGRESS, OrderState.RETURNED)
"""The lead has it on the desk."""
DONE = (OrderState.SETTLED, OrderState.ARCHIVED)


class Mark(models.TextChoices):
    """What the settled order counts in the yearly appraisal of departments."""

    EXCELLENT = "excellent", "优秀"
    GOOD = "good", "良好"
    PASS = "pass", "合格"
    FAIL = "fail", "不合格"


class Card(models.TextChoices):
    NONE = "none", "无"
    YELLOW = "yellow", "黄牌"
    RED = "red", "红牌"


class Level(models.TextChoices):
    """How loudly a lead is reminded; each louder than the one before."""

    SIGN = "sign", "催签收"
    SOON = "soon", "到期提醒"
    URGE = "urge", "催办"
    YELLOW = "yellow", "黄牌"
    RED = "red", "红牌"


class FeedbackKind(models.TextChoices):
    PROGRESS = "progress", "进展"
    FINAL = "final", "办结申请"


class Verdict(models.TextChoices):
    """The word of the other person who looks at it."""

    WAITING = "waiting", "待审"
    ACCEPTED = "accepted", "同意"
    REFUSED = "refused", "退回"


class ReportState(models.TextChoices):
    OPEN = "open", "待报"
    SUBMITTED = "submitted", "已报"


class MeetingKind(models.TextChoices):
    ADMINISTRATIVE = "administrative", "行政办公会"
    LEADING_GROUP = "leading_group", "领导小组会议"
    SPECIAL = "special", "专题会"


class MeetingState(models.TextChoices):
    COLLECTING = "collecting", "征集议题"
    AGENDA = "agenda", "议程待签"
    READY = "ready", "待召开"
    HELD = "held", "纪要起草"
    MINUTES = "minutes", "纪要待签"
    SIGNED = "signed", "纪要已签"
    CANCELLED = "cancelled", "已取消"


class TopicKind(models.TextChoices):
    PLAN = "plan", "提升计划推进"
    BUSINESS = "business", "科室工作"
    MATTER = "matter", "重大事项"
    OTHER = "other", "其他"


class TopicState(models.TextChoices):
    PROPOSED = "proposed", "待审"
    ACCEPTED = "accepted", "列入议程"
    DEFERRED = "deferred", "暂缓"
    DECLINED = "declined", "不列入"


class Presence(models.TextChoices):
    EXPECTED = "expected", "应到"
    PRESENT = "present", "出席"
    LEAVE = "leave", "请假"
    ABSENT = "absent", "缺席"


class DecisionState(models.TextChoices):
    OPEN = "open", "待落实"
    ORDERED = "ordered", "督办中"
    FULFILLED = "fulfilled", "已落实"
    VOID = "void", "无须落实"


class CircularState(models.TextChoices):
    DRAFT = "draft", "拟稿"
    ISSUED = "issued", "已印发"
