"""From a request to a paper: which rows it is about, what was asked, and the print buttons of lists and records."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone

from ..papers.declare import Paper, papers, papers_of
from ..trail.pace import outpaced
from ..trail.record import record
from .forms import dress
from .querying import ordered

if TYPE_CHECKING:
    from django import forms

    from .listing import ListPage
    from .page import Request

FREE_ROWS = 200
"""A draft shows at most so many rows, and a paper about more is issued behind the page."""
MOST_ROWS = 5000
CARRIED = ("row", "from", "query", "every")
"""Names that say which rows a paper is about; they travel in hidden fields."""


@dataclass(frozen=True)
class Printing:
    """A print button: its words, address and icon; ``code`` for lists, where the rows are sent along."""

    label: str
    href: str
    icon: str
    code: str


@lru_cache(maxsize=512)
def _offered(model: Any, many: bool) -> tuple[type[Paper], ...]:
    return tuple(papers_of(model, many=many))


def forget_offers() -> None:
    """For tests that declare papers of their own."""
    _offered.cache_clear()


def printings_of(request: Request, row: Any) -> list[Printing]:
    """The buttons on the page of one record."""
    model: Any = type(row)
    return [
        Printing(paper.title, f"{_address(paper)}?{urlencode({'row': row.uid})}", paper.icon, paper.code())
        for paper in _offered(model, False)
        if request.user.holds(paper.view_permission()) and paper().when(row)
    ]


def list_printings(page: ListPage, request: Request, query: str) -> list[Printing]:
    """The buttons of a list: over every row of the present question, or over those ticked."""
    asked = urlencode({"from": page.code(), "query": query})
    return [
        Printing(paper.title, f"{_address(paper)}?{asked}", paper.icon, paper.code())
        for paper in _offered(page.model, True)
        if request.user.holds(paper.view_permission())
    ]


def _address(paper: type[Paper]) -> str:
    return reverse("papers.draw", args=[paper.code()])


def paper_of(code: str) -> type[Paper]:
    """The paper of a code; 404 for one that nobody declared."""
    found = papers.get(code)
    if found is None:
        raise Http404
    return found


def about(paper: type[Paper], request: Request) -> Any:
    """The record or the rows the paper is about, as far as the asker may see them; None for a paper of its own.

    Raises Http404 for a record that is not to be seen, ValidationError for an empty or an endless list.
    """
    data = request.POST if request.method == "POST" else request.GET
    if paper.of is None:
        return None
    if not paper.many:
        return _one(paper, request, data.get("row", ""))
    rows = _asked_rows(paper, request, data)
    found = list(rows.select_related(*paper.joins)[: MOST_ROWS + 1])
    if not found:
        raise ValidationError("没有可以打印的记录。请先在列表中选择，或放宽筛选条件。")
    if len(found) > MOST_ROWS:
        raise ValidationError(f"一次最多打印 {MOST_ROWS} 行。请缩小筛选范围（例如按部门、按月份）后再打印。")
    return found


def _one(paper: type[Paper], request: Request, uid: str) -> Any:
    rows = request.user.grants.narrow(paper.of._default_manager.all(), paper.view_permission())  # type: ignore[union-attr]
    try:
        row = rows.select_related(*paper.joins).filter(uid=uuid.UUID(uid)).first()
    except ValueError:
        row = None
    if row is None:
        raise Http404
    if not paper().when(row):
        raise ValidationError(f"这条记录现在不能打印《{paper.title}》。")
    return row


def _asked_rows(paper: type[Paper], request: Request, data: QueryDict) -> Any:
    """Rows of the list the button stood on, in its order: those ticked, or all that its question finds."""
    page = list_page(paper, data.get("from", ""))
    rows = request.user.grants.narrow(paper.of._default_manager.all(), paper.view_permission())  # type: ignore[union-attr]
    if page is None:
        return rows.order_by(*(paper.of._meta.ordering or ("pk",)))  # type: ignore[union-attr]
    asked = page.ask(QueryDict(data.get("query", "")))
    picked = [] if data.get("every") == "1" else data.getlist("row")
    if picked:
        try:
            found = page.rows(request).filter(uid__in=[uuid.UUID(value) for value in picked])
        except ValueError:
            raise ValidationError("所选的行不对，请回到列表重新选择。") from None
    else:
        found = page.found(request, asked)
    usual = tuple(page.order or paper.of._meta.ordering or ())  # type: ignore[union-attr]
    return ordered(found.filter(pk__in=rows.order_by().values("pk")), asked, page.cells(), usual)


def list_page(paper: type[Paper], code: str) -> ListPage | None:
    """The list a many-row paper was asked for from; None when it was asked for without one."""
    from .declare import pages  # ring
    from .listing import ListPage  # ring

    found = pages.get(code)
    return found() if found is not None and issubclass(found, ListPage) and found.model is paper.of else None


def form_of(paper: type[Paper], request: Request) -> forms.BaseForm | None:
    """The form of what the paper asks for first, bound once something was sent."""
    if paper.asks is None:
        return None
    return dress(paper.asks(request.POST if request.method == "POST" else None))


def seen(paper: type[Paper], row: Any, request: Request) -> bool:
    """Note in the trail that a record about a person was opened as a paper; False when that is one too many."""
    if paper.of is None or paper.many or not getattr(paper.of, "personal", {}):
        return True
    at = timezone.now()
    if outpaced(request.user, row, at):
        return False
    record(action="view", by=request.user, at=at, on=row, reason=f"打印《{paper.title}》", waits=False)
    return True
