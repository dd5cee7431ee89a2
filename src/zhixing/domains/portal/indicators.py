"""What is counted about the column and the study of its lessons."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from zhixing.kernel.indicators import Count, Ratio, indicator

from .models import Article, LessonReading

THEME = "宣传"
BASIS = "提升计划“加强宣传发动”"
YEAR = timedelta(days=365)


@indicator(
    "学习覆盖率", unit="%", by=("unit__name", "lesson__title"), target=100, theme=THEME, units="unit", basis=BASIS,
    opens="portal.lessonreading.list?is_required=1",
)  # fmt: skip
def study_coverage_rate(on: date) -> Ratio:
    """已签收“我已学习”的人次 ÷ 应学人次；已撤下的微学习、已停用的账号不计。"""
    return Ratio(of=LessonReading.objects.due(), part=Q(signed_at__isnull=False))


@indicator(
    "测验合格率", unit="%", by=("unit__name", "lesson__title"), target=90, theme=THEME, units="unit", basis=BASIS,
    opens="portal.lessonreading.list?passed=1",
)  # fmt: skip
def quiz_pass_rate(on: date) -> Ratio:
    """测验合格人次 ÷ 参加测验人次；多次作答的取最好成绩，自愿学习的不计。"""
    return Ratio(of=LessonReading.objects.due().filter(score__isnull=False), part=Q(passed=True))


@indicator(
    "发稿量", unit="篇", by=("unit__name", "kind"), theme=THEME, units="unit", basis=BASIS,
    opens="portal.article.list?state=published",
)  # fmt: skip
def published_article_count(on: date) -> Count:
    """近一年内发布、目前仍在专栏上的稿件篇数。"""
    return Count(of=Article.objects.published().filter(published_at__date__gt=on - YEAR, published_at__date__lte=on))
