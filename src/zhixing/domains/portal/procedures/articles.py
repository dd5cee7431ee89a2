"""撰稿 → 送审 → 审核 → 发布: nothing goes out on its writer's word alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from zhixing.kernel.base.tenancy import current_tenant
from zhixing.kernel.notices.send import notify
from zhixing.kernel.people.models import Tenant, User
from zhixing.kernel.procedures import Procedure, Step, StepRefused

from ..choices import WRITABLE, ArticleKind, ArticleState
from ..models import Article
from ..queries.publishable import faults_of_article, policy_faults


def article_address(article: Article) -> str:
    return f"/portal/article/{article.uid}/"


def next_issue_no(year: int) -> int:
    """The next 期号 of the school's briefs of a year; holds the series until the transaction ends."""
    list(Tenant.objects.select_for_update().filter(pk=current_tenant() or 0))
    return int(Article.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0) + 1


def _only_its_writer(article: Article, by: User) -> str:
    return "" if by.pk in (article.writer_id, article.edited_by_id) else "只有撰稿人或最后修改人可以送审、收回。"


def _not_its_writer(article: Article, by: User) -> str:
    if by.pk in (article.writer_id, article.edited_by_id):
        return "撰稿人和修改人不能审核自己的稿件，请由他人审核。"
    return ""


def _not_the_writer(article: Article, by: User) -> str:
    return "撰稿人不能发布自己的稿件，请由他人发布。" if by.pk == article.writer_id else ""


def _submit(article: Article, *, by: User, at: datetime) -> None:
    faults = policy_faults(article)
    if faults:
        raise StepRefused("；".join(faults) + "。请补充后再送审。")
    article.submitted_at = at
    article.reviewer = article.publisher = None
    article.reviewed_at = None


def _review(article: Article, *, by: User, at: datetime) -> None:
    article.reviewer, article.reviewed_at = by, at


def _publish(article: Article, *, by: User, at: datetime) -> None:
    faults = faults_of_article(article)
    if faults:
        raise StepRefused(f"还不能发布，有 {len(faults)} 处要处理：" + "；".join(faults) + "。请退回修改。")
    article.publisher, article.published_at = by, at
    if article.kind == ArticleKind.BRIEF and article.number is None:
        article.year = timezone.localdate(at).year
        article.number = next_issue_no(article.year)


def _tell_writer(article: Article, *, by: User, at: datetime) -> None:
    if by.pk != article.writer_id:
        words = f"稿件{article.get_state_display()}：{article.title}"
        notify([article.writer], words, url=article_address(article))


class ArticleCourse(Procedure):
    """The database, too, keeps the writer from reviewing and publishing."""

    model = Article
    title = "稿件审核发布"
    stage_field = "state"
    steps = (
        Step(
            name="submit", label="送审", source=WRITABLE, target=ArticleState.SUBMITTED,
            guard=_only_its_writer, apply=_submit,
        ),
        Step(
            name="take_back", label="收回", source=(ArticleState.SUBMITTED,), target=ArticleState.DRAFTED,
            guard=_only_its_writer,
        ),
        Step(
            name="review", label="审核通过", source=(ArticleState.SUBMITTED,), target=ArticleState.REVIEWED,
            guard=_not_its_writer, apply=_review, then=_tell_writer,
        ),
        Step(
            name="send_back", label="退回修改", source=(ArticleState.SUBMITTED, ArticleState.REVIEWED),
            target=ArticleState.RETURNED, needs_opinion=True, guard=_not_its_writer, then=_tell_writer,
        ),
        Step(
            name="publish", label="发布", source=(ArticleState.REVIEWED,), target=ArticleState.PUBLISHED,
            guard=_not_the_writer, apply=_publish, then=_tell_writer,
        ),
        Step(
            name="withdraw", label="撤下", source=(ArticleState.PUBLISHED,), target=ArticleState.WITHDRAWN,
            needs_opinion=True, then=_tell_writer,
        ),
        Step(
            name="reopen", label="重新编辑", source=(ArticleState.WITHDRAWN,), target=ArticleState.DRAFTED,
            needs_opinion=True,
        ),
    )  # fmt: skip


def take(name: str, article: Article, *, by: Any, at: datetime, opinion: str = "", **values: Any) -> Article:
    """Take one step of the course of an article; raises StepRefused."""
    moved = ArticleCourse.take(name, article, by=by, at=at, opinion=opinion, **values)
    assert isinstance(moved, Article)
    return moved
