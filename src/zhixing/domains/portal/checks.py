"""What must hold of the column, its texts and the study of its lessons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from zhixing.domains.plans.models import Plan
from zhixing.domains.school.models import Department, School
from zhixing.kernel.checks import Severity, check
from zhixing.kernel.standards.in_force import school_standards

from .choices import SHOWABLE, ArticleState, LessonState
from .models import Article, ArticlePicture, LessonReading, MicroLesson
from .queries.coverage import silent_since
from .queries.publishable import article_texts, privacy_faults

RULE = "提升计划“加强宣传发动”：在校园网开设专栏，及时宣传"
PRIVACY = "《个人信息保护法》第二十五条；《未成年人学校保护规定》（教育部令第50号）"


def _limit(name: str) -> int:
    return int(school_standards().number(name, timezone.localdate()))


def _begun() -> Any:
    """When the school's plan took effect; None while there is none: without a plan there is no column to keep."""
    plan = Plan.objects.of_school().effective().order_by("effective_at").first()
    return plan.effective_at if plan else None


@check(School, Severity.WARNING, "专栏长时间没有更新", basis=RULE, remedy="办公室组织稿件，审核后发布。")
def column_stale(schools: Any) -> Any:
    begun, since = _begun(), timezone.now() - timedelta(days=_limit("column_stale_days"))
    if begun is None or begun > since or Article.objects.published().filter(published_at__gte=since).exists():
        return schools.filter(pk__in=())
    return schools


@check(
    Department, Severity.NOTICE, "部门长时间没有稿件发布", basis=RULE,
    remedy="部门负责人安排供稿：在“公开 · 稿件”中点“新增”。",
)  # fmt: skip
def department_silent(departments: Any) -> Any:
    begun, days = _begun(), _limit("department_silent_days")
    if begun is None or begun > timezone.now() - timedelta(days=days):
        return departments.filter(pk__in=())
    since = timezone.localdate() - timedelta(days=days)
    return departments.filter(pk__in=silent_since(since).values("pk"))


@check(
    Article, Severity.WARNING, "稿件送审后长时间没有审核发布", basis=RULE,
    remedy="审核人打开稿件，点“审核通过”“发布”，或写明意见“退回修改”。", column="submitted_at",
)  # fmt: skip
def article_unreviewed(articles: Any) -> Any:
    since = timezone.now() - timedelta(days=_limit("article_review_days"))
    return articles.filter(state__in=(ArticleState.SUBMITTED, ArticleState.REVIEWED), submitted_at__lt=since)


@check(
    MicroLesson, Severity.WARNING, "微学习送审后长时间没有审核发布", basis=RULE,
    remedy="审核人打开微学习，点“审核发布”，或写明意见“退回修改”。", column="submitted_at",
)  # fmt: skip
def lesson_unreviewed(lessons: Any) -> Any:
    since = timezone.now() - timedelta(days=_limit("article_review_days"))
    return lessons.filter(state=LessonState.SUBMITTED, submitted_at__lt=since)


@check(
    Article, Severity.WARNING, "专栏仍列有已失效的政策文件", basis="公开的政策应当现行有效",
    remedy="撤下这份文件，或改发替代它的文件。", column="replaced_by",
)  # fmt: skip
def policy_replaced(articles: Any) -> Any:
    return articles.out_of_date(timezone.localdate())


@check(
    Article, Severity.ERROR, "已发布的稿件含个人信息", basis=PRIVACY,
    remedy="立即撤下，删去个人号码、学生姓名后重新送审；确需公开姓名的，取得同意并填写“姓名公开依据”。",
    column="body",
)  # fmt: skip
def article_with_personal_data(articles: Any) -> Any:
    out = articles.published().prefetch_related("pictures")
    return articles.filter(pk__in=[row.pk for row in out if privacy_faults(article_texts(row), row.names_waived)])


@check(
    ArticlePicture, Severity.ERROR, "已发布稿件的图片有人脸而没有取得同意", basis=PRIVACY,
    remedy="取得本人（未成年人由监护人）同意后登记，或撤下稿件更换图片；登记前专栏不显示这张图片。",
    column="consent", unit="article__unit",
)  # fmt: skip
def picture_without_consent(pictures: Any) -> Any:
    return pictures.filter(article__state=ArticleState.PUBLISHED).exclude(consent__in=SHOWABLE)


@check(
    MicroLesson, Severity.WARNING, "微学习过期仍有人未学", basis="提升计划“宣传动员”阶段：组织学习，掌握要点",
    remedy="在“学习覆盖”查看未学人员，点“提醒未学人员”。", column="due_date",
)  # fmt: skip
def lesson_not_covered(lessons: Any) -> Any:
    missing = LessonReading.objects.missing().values("lesson")
    return lessons.published().filter(due_date__lt=timezone.localdate(), pk__in=missing)
