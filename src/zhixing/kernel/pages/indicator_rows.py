"""From a number to its rows: breakdowns and lists, narrowed to what the asker may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from ..indicators.declare import Group, Indicator, Measured
from ..indicators.models import Reading
from ..indicators.pictures import bars_option, written
from ..indicators.readings import measure
from ..indicators.standings import Standing
from ..indicators.targets import targets_on
from ..people.models import Unit, User
from .asking import Asked
from .cells import field_at, heading_of
from .declare import pages
from .filters import BadQuestion
from .listing import ListPage
from .page import Request
from .querying import order_of, values
from .rowrender import renderer

SIZE = 50
MOST_GROUPS = 200
PARTS = {"rows": "计入的", "rest": "未计入的", "base": "全部"}
UNSAID = "（未填）"


def opens_at(name: str) -> str:
    """The address behind an indicator's ``opens``; blank where the page is not there."""
    stem, _, query = name.partition("?")
    try:
        return (reverse(stem) + (f"?{query}" if query else "")) if stem else ""
    except NoReverseMatch:
        return ""


def rows_address(one: Indicator, unit: Unit | None, **question: Any) -> str:
    """Where the rows of one number are listed."""
    asked = {**({"unit": unit.uid} if unit else {}), **question}
    return reverse("indicators.rows", args=[one.code]) + (f"?{urlencode(asked)}" if asked else "")


def by_units(one: Indicator, now: Standing, above: Unit | None, user: User) -> dict[str, Any] | None:
    """The units right below, from the readings kept with the whole's; None where the indicator isn't kept so."""
    if not one.units or now.read_on is None:
        return None
    kept = Reading.objects.all().visible_to(user, "view").daily().filter(indicator=one.code, on=now.read_on)
    rows = list(kept.filter(unit__isnull=False).select_related("unit").order_by("unit__position", "unit"))
    level = [row for row in rows if row.unit.parent_id == (above.pk if above else None)]
    while above is None and len(level) == 1 and (below := [r for r in rows if r.unit.parent_id == level[0].unit_id]):
        level = below
    if not level:
        return None
    goals = targets_on([one.code], now.read_on)
    lines = []
    for row in level[:MOST_GROUPS]:
        target = goals.get(one, row.unit)
        address = reverse("indicators.indicator", args=[one.code]) + f"?unit={row.unit.uid}"
        lines.append(_line(str(row.unit), row, one.lamp(row.value, target), address, one, row.unit))
    bars = [(line["name"], line["number"], line["lamp"], line["href"]) for line in lines]
    chart = bars_option(bars, one.unit, now.target) if len(bars) > 1 else None
    return {"lines": lines, "chart": chart, **_homeless(one, now, above, level)}


def _homeless(one: Indicator, now: Standing, above: Unit | None, level: list[Reading]) -> dict[str, Any]:
    """How many rows belong to none of the units, and where they are listed."""
    told = [(row.part if row.whole is None else row.whole) or Decimal(0) for row in level]
    every = now.part if now.whole is None else now.whole
    hidden = next((number for number, path in enumerate(one.by) if _is_place(one, path)), None)
    rest = (every or Decimal(0)) - sum(told, Decimal(0))
    if above is not None or hidden is None or rest <= 0:
        return {"homeless": 0, "homeless_rows": ""}
    return {
        "homeless": int(rest),
        "homeless_rows": rows_address(one, None, group=hidden, part="base" if now.whole is not None else "rows"),
    }


def _is_place(one: Indicator, path: str) -> bool:
    """Whether a breakdown is by the very thing whose units readings are kept for."""
    return bool(one.units) and path.startswith(one.units.rpartition("__")[0] or one.units)


def _line(name: str, row: Any, lamp: str, href: str, one: Indicator, unit: Unit) -> dict[str, Any]:
    return {
        "name": name, "number": row.value, "value": written(row.value), "part": written(row.part), "lamp": lamp,
        "whole": written(row.whole) if row.whole is not None else "", "href": href, "rows": rows_address(one, unit),
    }  # fmt: skip


def by_titles(one: Indicator, on: date) -> list[tuple[int, str]]:
    """The breakdowns an indicator offers besides that by units: (number, heading). No query is made."""
    model = one.measure(on).rows().model if one.by else None
    return [(number, heading(model, path)) for number, path in enumerate(one.by) if not _is_place(one, path)]


def heading(model: Any, path: str) -> str:
    """What a path is called; its last word where no field tells."""
    try:
        return heading_of(model, path)
    except (ValueError, FieldDoesNotExist):
        return path.rpartition("__")[2]


def breakdown(one: Indicator, number: int, unit: Unit | None, on: date) -> dict[str, Any]:
    """One breakdown, counted now. Groups stand by value, the worst first."""
    path = one.by[number]
    measured = measure(one, on, unit)
    named = _names(measured, path)
    groups = sorted(measured.groups(path), key=lambda group: _rank(one, group))
    goal = targets_on([one.code], on).get(one, unit)
    lines = []
    for group in groups[:MOST_GROUPS]:
        key = {} if group.key is None else {"key": group.key}
        lines.append(
            {
                "name": named(group.key), "number": group.value, "value": written(group.value),
                "part": written(group.part), "whole": "" if group.whole is None else written(group.whole),
                "lamp": one.lamp(group.value, goal), "href": rows_address(one, unit, group=number, **key),
            }
        )  # fmt: skip
    bars = [(line["name"], line["number"], line["lamp"], line["href"]) for line in lines]
    return {
        "heading": heading(measured.rows().model, path), "lines": lines, "more": max(len(groups) - MOST_GROUPS, 0),
        "chart_data": bars_option(bars, one.unit, goal) if len(bars) > 1 else None,
    }  # fmt: skip


def _rank(one: Indicator, group: Group) -> tuple[bool, Decimal]:
    value = group.value if group.value is not None else Decimal(0)
    return group.value is None, value if one.better == "more" else -value


def _names(measured: Measured, path: str) -> Any:
    """From a group's key to what people call it."""
    field = field_at(measured.rows().model, path)
    labels: Mapping[Any, Any] = dict(field.flatchoices) if field is not None else {}
    if isinstance(field, models.BooleanField):
        labels = {True: "是", False: "否"}
    if isinstance(field, models.ForeignKey):
        related: Any = field.related_model
        labels = {
            row.pk: str(row) for row in related._default_manager.filter(pk__in=[g.key for g in measured.groups(path)])
        }
    return lambda key: UNSAID if key in (None, "") else str(labels.get(key, key))


def rows_shown(one: Indicator, unit: Unit | None, request: Request) -> dict[str, Any]:
    """One page of the rows behind a number. Raises BadQuestion for a part or group that isn't there.

    Rows are counted now, so they may have moved on since the reading; the page says so.
    """
    measured = measure(one, timezone.localdate(), unit)
    group, measured = _narrowed(one, measured, request)
    part = request.GET.get("part", "rows")
    offered = {name: words for name, words in PARTS.items() if _part(measured, name) is not None}
    if part not in offered:
        raise BadQuestion("没有这一部分明细")
    wanted = _part(measured, part)
    model = wanted.model
    label = model._meta.label_lower
    page = list_page_of(model, request.user)
    counted = wanted.count()
    context = {
        "part": part, "parts": offered, "group": group, "kind": str(model._meta.verbose_name), "counted": counted,
    }  # fmt: skip
    if page is None and not request.user.holds(f"{label}.view"):
        return {**context, "allowed": False}
    plain = page is None or type(page).rows is type(page).plain_rows
    if plain and request.user.grants.holds_everywhere(f"{label}.view"):
        return {
            **context,
            "allowed": True,
            **_chunk(page, model, wanted, counted, request),
            "opens": opens_at(one.opens),
        }
    seen = page.rows(request) if page is not None else model._default_manager.all().visible_to(request.user, "view")
    rows = seen.filter(pk__in=wanted.order_by().values("pk"))
    told = _chunk(page, model, rows, rows.count(), request)
    return {**context, "allowed": True, **told, "opens": opens_at(one.opens)}


def _part(measured: Measured, name: str) -> Any:
    return getattr(measured, name)()


def _narrowed(one: Indicator, measured: Measured, request: Request) -> tuple[str, Measured]:
    """The measure within one group of a breakdown, and what the group is called."""
    if "group" not in request.GET:
        return "", measured
    asked = request.GET["group"]
    if not asked.isascii() or not asked.isdigit() or len(asked) > 2 or int(asked) >= len(one.by):
        raise BadQuestion("没有这个分组")
    path, key = one.by[int(asked)], request.GET.get("key")
    known = {str(group.key): group.key for group in measured.groups(path) if group.key is not None}
    if key is not None and key not in known:
        raise BadQuestion("没有这个分组")
    named = f"{heading(measured.rows().model, path)}：{_names(measured, path)(known.get(key or ''))}"
    if key is None:
        return named, measured.narrowed(f"{path}__isnull", True)
    return named, measured.narrowed(path, known[key])


def list_page_of(model: Any, user: User) -> ListPage | None:
    """The list by which this person sees rows of the model; its columns serve here too."""
    for page in pages:
        if issubclass(page, ListPage) and page.model is model and user.holds(page.view_permission()):
            return page()
    return None


def _chunk(page: ListPage | None, model: Any, rows: Any, count: int, request: Request) -> dict[str, Any]:
    """One page of rows, drawn with the columns of their list."""
    text = request.GET.get("page", "1")
    here = int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 else 1
    last = max(1, -(-count // SIZE))
    here = max(1, min(here, last))
    start = (here - 1) * SIZE
    question = request.GET.copy()
    question.pop("page", None)
    told = {
        "count": count,
        "here": here,
        "last": last,
        "question": question.urlencode(),
        "heads": [],
        "body": "",
        "names": [],
    }
    if page is None:
        return told | {"names": [str(row) for row in rows.order_by("pk")[start : start + SIZE]]}
    cells = page.lawful_columns(Asked())
    order = order_of(Asked(), page.cells(), tuple(page.order or model._meta.ordering or ()))
    found = list(values(rows.order_by(*order), cells)[start : start + SIZE])
    return told | {"heads": cells, "body": renderer(cells, page.detail_pattern(), False)(found, {})}
