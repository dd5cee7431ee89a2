"""What is drawn from, who is asked, by which way a word reached the school, and where it stands."""

from __future__ import annotations

from django.db.models import TextChoices


class InspectionKind(TextChoices):
    SITE = "site", "实地检查"
    SELF = "self", "科室自查"
    JOINT = "joint", "联合检查"
    SUPERIOR = "superior", "上级检查"


class Population(TextChoices):
    CLASSES = "classes", "在读班级（按年级分层）"
    STUDENTS = "students", "在读学生（按年级分层）"
    STAFF = "staff", "在岗教职工（按部门分层）"
    CLOSED = "closed", "近一年已销号的问题（按责任部门分层）"
    LIST = "list", "自定名单"


class DrawState(TextChoices):
    ANNOUNCED = "announced", "已公布总体，待公布种子"
    DRAWN = "drawn", "已抽取"
    DONE = "done", "已检查"
    REPLACED = "replaced", "已作废重抽"


class Verdict(TextChoices):
    WAITING = "waiting", "未检查"
    FIT = "fit", "合格"
    UNFIT = "unfit", "不合格"
    ABSENT = "absent", "未能检查"


class Audience(TextChoices):
    STUDENTS = "students", "学生"
    GUARDIANS = "guardians", "家长"
    STAFF = "staff", "教职工"
    EMPLOYERS = "employers", "用人单位"
    PUBLIC = "public", "社会各界"


class Channel(TextChoices):
    VISIT = "visit", "来访"
    PHONE = "phone", "来电"
    LETTER = "letter", "来信"
    MAILBOX = "mailbox", "意见箱"
    ONLINE = "online", "网上"
    FORWARDED = "forwarded", "上级转办"


class ComplaintState(TextChoices):
    RECEIVED = "received", "已登记"
    HANDLING = "handling", "办理中"
    ANSWERED = "answered", "已答复"


class NoticeState(TextChoices):
    RECEIVED = "received", "待落实"
    ANSWERED = "answered", "已回复"


class Conclusion(TextChoices):
    WAITING = "waiting", "未自查"
    FIT = "fit", "符合"
    MOSTLY = "mostly", "基本符合"
    UNFIT = "unfit", "不符合"
    NOT_APPLICABLE = "na", "不适用"


class RoundState(TextChoices):
    OPEN = "open", "自查中"
    CLOSED = "closed", "已结束"
