"""What a list page shows: rows as a compiled body, paging, filter controls, views, deeds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from markupsafe import Markup

from ..checks.models import Finding
from ..sheets.declare import sheets
from .asking import SIZES, Asked
from .cells import Cell
from .filters import Sieve, labelled, related_label
from .page import address_of
from .querying import ordered, values
from .rendering import render_text
from .rights import deed_permission, may_export
from .rowrender import renderer

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
    found = (
        Finding.objects.all()
        .visible_to(request.user, "view")
        .open()
        .filter(object_type=page.model._meta.label_lower, object_uid__in=uids)
        .values_list("object_uid", "severity")
    )
    return dict(sorted(found, key=lambda pair: -GRAVITY[pair[1]]))


def list_context(page: ListPage, request: Request, asked: Asked) -> dict[str, Any]:
    """Everything the templates list.html and _listing.html need: one count query, one query of values."""
    cells = page.lawful_columns(asked)
    rows = page.found(request, asked)
    count = rows.count()
    last = max(1, -(-count // asked.size))
    here = min(asked.page, last)
    start = (here - 1) * asked.size
    usual = page.order or page.model._meta.ordering or ()
    chunk = (
        list(values(ordered(rows, asked, page.cells(), tuple(usual)), cells)[start : start + asked.size])
        if count
        else []
    )
    deeds = allowed_deeds(page, request)
    body = renderer(cells, page.detail_pattern(), bool(deeds))(
        chunk, marks_of(page, request, [row[0] for row in chunk])
    )
    return {
        "page": page,
        "title": page.heading(),
        "asked": asked,
        "cells": cells,
        "heads": [head_of(cell, asked) for cell in cells],
        "body": body,
        "count": count,
        "first": start + 1 if count else 0,
        "until": start + len(chunk),
        "here": here,
        "last": last,
        "sizes": SIZES,
        "steps": steps(here, last),
        "here_url": request.path,
        "asking": asking(page, request, asked),
        "deeds": deeds,
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


def asking(page: ListPage, request: Request, asked: Asked) -> Markup:
    """The bar of filters and tools, rendered once for each question, right and set of choices."""
    controls, deep = controls_of(page, asked, request)
    kind: Any = type(page)
    export = request.user.holds(may_export(page.model._meta.label_lower))
    return _asking(kind, asked, request.path, export, controls, deep)


@lru_cache(maxsize=256)
def _asking(
    page: type[ListPage],
    asked: Asked,
    here_url: str,
    export: bool,
    controls: tuple[Control, ...],
    deep: tuple[Control, ...],
) -> Markup:
    context = {
        "page": page, "title": page.heading(), "asked": asked, "here_url": here_url, "may_export": export,
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
