"""What a list page shows: rows as a compiled body, paging, filter controls, views, deeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from markupsafe import Markup

from ..sheets.declare import sheets
from .asking import SIZES, Asked
from .cells import Cell
from .filters import Sieve, labelled, related_label
from .page import address_of
from .papering import Printing, list_printings
from .querying import order_of, values
from .rendering import render_text
from .rights import deed_permission, may_export
from .rowrender import renderer
from .standing import asker, open_findings

if TYPE_CHECKING:
    from .listing import ListPage
    from .page import Request

IN_SIGHT = 3
GRAVITY = {"error": 0, "warning": 1, "notice": 2}


@dataclass(frozen=True)
class Control:
    """A filter control with what is chosen in it now."""

    sieve: Sieve
    value: str
    since: str = ""
    until: str = ""
    label: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Head:
    """A table head: its cell, the address that sorts by it, how it sorts now (ascending, descending, blank)."""

    cell: Cell
    query: str
    sorted: str


def marks_of(page: ListPage, request: Request, uids: list[Any]) -> dict[Any, str]:
    """uid -> severity of the worst open finding of each row on this page that the asker may see."""
    if not page.mark_findings or not uids or not request.user.holds("checks.finding.view"):
        return {}
    found = open_findings(request.user, page.model._meta.label_lower, uids)
    return dict(sorted(found, key=lambda pair: -GRAVITY[pair[1]]))


@dataclass(frozen=True)
class Chunk:
    """One page of rows: ``rows`` stand from ``start`` on among ``count``; ``here`` is the page of ``last``."""

    rows: list[tuple[Any, ...]]
    count: int
    start: int
    here: int
    last: int


def chunk(page: ListPage, request: Request, asked: Asked, cells: tuple[Cell, ...]) -> Chunk:
    """The page asked for, or the last one if there are fewer: a query of values, a count unless all are in sight."""
    read, count_all = readers(page, request, asked, cells)
    size, start = asked.size, (asked.page - 1) * asked.size
    rows = read(start, start + size) if asked.page == 1 else None
    count = len(rows) if rows is not None and len(rows) < size else count_all()
    last = max(1, -(-count // size))
    here = min(asked.page, last)
    start = (here - 1) * size
    if rows is None:
        rows = read(start, start + size) if count else []
    return Chunk(rows, count, start, here, last)


def readers(
    page: ListPage, request: Request, asked: Asked, cells: tuple[Cell, ...]
) -> tuple[Callable[[int, int], list[tuple[Any, ...]]], Callable[[], int]]:
    """What reads rows from one place to another, and what counts them all."""
    order = order_of(asked, page.cells(), tuple(page.order or page.model._meta.ordering or ()))
    standing = None if asked.asked else asker(page, request.user, asked.words)
    if standing is not None:
        names = tuple(cell.source for cell in cells)
        return lambda start, until: standing.read(names, order, start, until), standing.count
    rows = page.found(request, asked)
    return lambda start, until: list(values(rows.order_by(*order), cells)[start:until]), rows.count


def list_context(page: ListPage, request: Request, asked: Asked) -> dict[str, Any]:
    """Everything the templates list.html and _listing.html need."""
    cells = page.lawful_columns(asked)
    found = chunk(page, request, asked, cells)
    deeds = allowed_deeds(page, request)
    printings = tuple(list_printings(page, request, asked.query(page=1)))
    picks = bool(deeds or printings)
    body = renderer(cells, page.detail_pattern(), picks)(
        found.rows, marks_of(page, request, [row[0] for row in found.rows])
    )
    return {
        "page": page,
        "title": page.heading(),
        "asked": asked,
        "cells": cells,
        "heads": [head_of(cell, asked) for cell in cells],
        "body": body,
        "count": found.count,
        "first": found.start + 1 if found.count else 0,
        "until": found.start + len(found.rows),
        "here": found.here,
        "last": found.last,
        "sizes": SIZES,
        "steps": steps(found.here, found.last),
        "here_url": request.path,
        "asking": asking(page, request, asked, printings),
        "deeds": deeds,
        "printings": printings,
        "picks": picks,
        **actions_of(page, request),
    }


def head_of(cell: Cell, asked: Asked) -> Head:
    down = asked.sort == cell.path
    now = "ascending" if down else "descending" if asked.sort == f"-{cell.path}" else ""
    return Head(cell, asked.query(sort=f"-{cell.path}" if down else cell.path) if cell.sort else "", now)


def steps(here: int, last: int) -> list[int]:
    """Page numbers to offer: the ends and the neighbours; 0 stands for a gap."""
    near = sorted({1, last, *range(max(1, here - 2), min(last, here + 2) + 1)})
    found: list[int] = []
    for number in near:
        if found and number - found[-1] > 1:
            found.append(0)
        found.append(number)
    return found


def control_of(sieve: Sieve, asked: Asked, request: Request) -> Control:
    chosen = dict(asked.asked)
    value = chosen.get(sieve.path, "")
    options = sieve.options
    if sieve.declared is not None and callable(sieve.declared.options):
        options = tuple((str(v), str(label)) for v, label in sieve.declared.options(request))
    label = related_label(sieve, value) if value and sieve.kind == "relation" else labelled(options, value)
    return Control(
        sieve, value, chosen.get(f"{sieve.path}__from", ""), chosen.get(f"{sieve.path}__to", ""), label, options
    )


def asking(page: ListPage, request: Request, asked: Asked, printings: tuple[Printing, ...] = ()) -> Markup:
    """The bar of filters and tools, rendered once for each question, right and set of choices."""
    controls, deep = controls_of(page, asked, request)
    kind: Any = type(page)
    export = request.user.holds(may_export(page.model._meta.label_lower))
    freeze = request.user.holds("files.evidence.add")
    return _asking(kind, asked, request.path, export, freeze, controls, deep, printings)


@lru_cache(maxsize=256)
def _asking(
    page: type[ListPage],
    asked: Asked,
    here_url: str,
    export: bool,
    freeze: bool,
    controls: tuple[Control, ...],
    deep: tuple[Control, ...],
    printings: tuple[Printing, ...],
) -> Markup:
    context = {
        "page": page, "title": page.heading(), "asked": asked, "here_url": here_url, "may_export": export,
        "may_freeze": freeze, "printings": printings,
        "controls": controls, "deep": deep, "chips": chips_of(page, asked), "all_cells": page.cells().values(),
        "shown_paths": {cell.path for cell in page.lawful_columns(asked)},
    }  # fmt: skip
    return Markup(render_text(None, "pages/_asking.html", context))  # noqa: S704 - our own rendered template


def controls_of(page: ListPage, asked: Asked, request: Request) -> tuple[tuple[Control, ...], tuple[Control, ...]]:
    """The first few filters in sight, dates and the rest one click away, so that the bar stays one line."""
    every = [control_of(sieve, asked, request) for sieve in page.controls()]
    sight = [one for one in every if one.sieve.kind != "date"][:IN_SIGHT]
    return tuple(sight), tuple(one for one in every if one not in sight)


def chips_of(page: type[ListPage], asked: Asked) -> list[dict[str, str]]:
    """What narrows the list now that no control shows: each with the address that takes it away."""
    shown = {name for sieve in page.controls() for name in (sieve.path, f"{sieve.path}__from", f"{sieve.path}__to")}
    found = []
    for name, value in asked.asked:
        if name in shown:
            continue
        sieve = page.sieves()[name]
        text = ("为空" if value == "1" else "不为空") if name.endswith("__isnull") else labelled(sieve.options, value)
        found.append(
            {"name": name, "value": value, "label": f"{sieve.title}：{text}", "query": asked.query(without=(name,))}
        )
    return found


def allowed_deeds(page: ListPage, request: Request) -> list[Any]:
    label = page.model._meta.label_lower
    return [deed for deed in page.batch if deed.many and request.user.holds(deed_permission(deed, label))]


def actions_of(page: ListPage, request: Request) -> dict[str, Any]:
    """Buttons at the head of the page: the primary one, the sheet's, export."""
    label, user = page.model._meta.label_lower, request.user
    primary: tuple[str, str] | None = None
    if isinstance(page.primary, tuple):
        primary = (page.primary[0], reverse(page.primary[1]))
    elif page.primary == "add" and user.holds(f"{label}.add"):
        primary = (f"新增{page.model._meta.verbose_name}", address_of(type(page), "add"))
    return {
        "primary": primary,
        "imports": _sheet_links(page, user) if page.sheet else None,
    }


def _sheet_links(page: ListPage, user: Any) -> dict[str, str] | None:
    kind = sheets.get(page.sheet)
    if kind is None or not user.holds(kind.permission()):
        return None
    try:
        return {
            "upload": f"{reverse('sheets.upload')}?sheet={page.sheet}",
            "template": reverse("sheets.template", args=[page.sheet]),
        }
    except NoReverseMatch:
        return None
