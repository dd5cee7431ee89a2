"""Kinds and states of what the column shows."""

from __future__ import annotations

from django.db.models import TextChoices


class ArticleKind(TextChoices):
    POLICY = "policy", "政策文件"
    NEWS = "news", "工作动态"
    BRIEF = "brief", "简报"
    CASE = "case", "典型案例"
    PLEDGE = "pledge", "公开承诺"
    REPORT = "report", "报告"


class ArticleState(TextChoices):
    DRAFTED = "drafted", "起草中"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    REVIEWED = "reviewed", "待发布"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"


class LessonState(TextChoices):
    DRAFTED = "drafted", "起草中"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"


WRITABLE = (ArticleState.DRAFTED, ArticleState.RETURNED)
"""States in which the text may change; the same words for lessons."""


class Consent(TextChoices):
    """Whether the people in a picture agreed to be shown (个人信息保护法第二十六、二十九、三十一条)."""

    LACKING = "lacking", "有人脸，尚未取得同意"
    GIVEN = "given", "有人脸，已取得同意"
    NO_FACE = "no_face", "没有可辨认的人脸"


SHOWABLE = (Consent.GIVEN, Consent.NO_FACE)


class Answer(TextChoices):
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
