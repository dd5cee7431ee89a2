"""What strangers see: published articles, the plan by titles, and sums. No rows, no names, nothing of a unit's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from zhixing.domains.plans.queries.lamps import the_day
from zhixing.domains.plans.queries.standing import effective_plan, standing
from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.indicators.pictures import written
from zhixing.kernel.indicators.standings import standings
from zhixing.kernel.people.models import Tenant

from ..choices import SHOWABLE, ArticleKind
from ..models import Article, ArticlePicture, MicroLesson, PublicFigure

HEADING = "职业院校管理水平提升行动"
ON_FRONT = 5
LESSONS_ON_FRONT = 6
PER_PAGE = 30
CARDS = ("uid", "kind", "title", "summary", "body", "year", "number", "organ", "document_no", "document_date",
         "published_at", "replaced_by", "unit__name")  # fmt: skip


def school_of(code: str) -> Tenant | None:
    """The school whose column has this address; None for a code that nobody has or that was switched off."""
    return Tenant.objects.filter(code=code, is_active=True).first()


def only_school() -> Tenant | None:
    """The one school of this installation; None where there are several, or none."""
    found = list(Tenant.objects.filter(is_active=True)[:2])
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Section:
    """A slot of the front page: its newest articles and how many there are in all."""

    kind: str
    title: str
    articles: list[Article]
    count: int


def sections() -> list[Section]:
    """Every kind in order, also those that are empty still."""
    found = []
    for kind, title in ArticleKind.choices:
        rows = cards(kind)
        found.append(Section(kind, str(title), list(rows[:ON_FRONT]), rows.count()))
    return found


def cards(kind: str) -> Any:
    """Published articles of one kind, newest first, with what a list shows."""
    return Article.objects.published().filter(kind=kind).select_related("unit").only(
        *(name for name in CARDS if "__" not in name), "unit__name", "unit__tenant"
    ).order_by("-published_at", "-pk")  # fmt: skip


def shown_article(uid: Any) -> Article | None:
    """A published article; None for any other."""
    found: Article | None = Article.objects.published().select_related("unit").filter(uid=uid).first()
    return found


def shown_pictures(article: Article) -> list[ArticlePicture]:
    """Pictures that may be shown to everyone."""
    return list(article.pictures.filter(consent__in=SHOWABLE).select_related("file"))


def shown_picture(uid: Any) -> ArticlePicture | None:
    """One picture of a published article, shown with consent; None for any other."""
    rows = ArticlePicture.objects.filter(uid=uid, consent__in=SHOWABLE, article__in=Article.objects.published())
    found: ArticlePicture | None = rows.select_related("file").first()
    return found


def shown_lessons() -> Any:
    return MicroLesson.objects.published().order_by("-published_at", "-pk")


def shown_lesson(token: str) -> MicroLesson | None:
    found: MicroLesson | None = MicroLesson.objects.published().filter(token=token).first()
    return found


@dataclass(frozen=True)
class Figure:
    """One published figure, as it is written: the newest stored reading of the whole school."""

    title: str
    value: str
    unit: str
    read_on: date
    target: str


def figures(on: date) -> list[Figure]:
    """Indicators marked for publication that have a stored value; three queries."""
    marked = [row for row in PublicFigure.objects.all() if row.indicator in indicators]
    found = standings([row.indicator for row in marked], on) if marked else {}
    shown = []
    for row in marked:
        stands = found[row.indicator]
        if stands.value is not None and stands.read_on is not None:
            title = row.label or stands.indicator.title
            goal = written(stands.target) if stands.target is not None else ""
            shown.append(Figure(title, written(stands.value), stands.indicator.unit, stands.read_on, goal))
    return shown


@dataclass(frozen=True)
class Progress:
    """An action by its title, its tasks by theirs, and what share of its weight has been accepted."""

    no: int
    title: str
    tasks: list[tuple[int, str]]
    percent: int | None
    done: int
    count: int


@dataclass(frozen=True)
class PlanShown:
    """The plan in effect as far as it is anyone's business."""

    title: str
    document_no: str
    period: tuple[date | None, date | None]
    goals: str
    actions: list[Progress]
    stages: list[Any]
    percent: int | None


def shown_plan(on: date) -> PlanShown | None:
    """The school's plan in effect; None while there is none."""
    plan = effective_plan()
    if plan is None:
        return None
    stands = standing(plan, the_day(on), None)
    actions = [
        Progress(
            line.action.no, line.action.title, [(task.task.no, task.task.title) for task in line.tasks],
            line.tally.percent, line.tally.colours["done"], line.tally.count,
        )
        for line in stands.actions
    ]  # fmt: skip
    stages = [line.group for line in stands.stages]
    period = (plan.period_from, plan.period_to)
    return PlanShown(plan.title, plan.document_no, period, plan.goals, actions, stages, stands.tally.percent)
