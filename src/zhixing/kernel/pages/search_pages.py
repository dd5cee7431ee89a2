"""Search from anywhere (Ctrl+K): people by name, pinyin, initials or number; pages by title."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from ..base.text import normalise
from ..notices.send import open_todos
from .declare import pages
from .listing import ListPage
from .menu import entries
from .page import Page, Request, is_fragment
from .printing import day
from .querying import matching
from .rendering import render
from .standing import asker

PER_GROUP = 8
LONGEST = 60


@dataclass(frozen=True)
class Hit:
    """One line found: where it leads, what it is, a remark that tells namesakes apart."""

    href: str
    label: str
    remark: str = ""


class SearchPage(Page):
    path = "search/"
    name = "pages.search"
    title = "搜索"
    template = "pages/search.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        words = normalise(request.GET.get("q", ""))[:LONGEST]
        groups = list(found(request, words)) if words else []
        context = {"words": words, "groups": groups}
        return render(request, "pages/_search.html", context) if is_fragment(request) else context


def found(request: Request, words: str) -> Iterator[tuple[str, list[Hit]]]:
    """Groups of hits, people first; each list page that names its rows by ``name_keys`` is searched."""
    for page in searchable(request):
        if hits := rows_of(page, request, words):
            yield page.heading(), hits
    todos = open_todos(request.user).filter(title__icontains=words).values_list("uid", "title", "due_date")[:PER_GROUP]
    if tasks := [Hit(reverse("notices.open", args=[uid]), title, day(due)) for uid, title, due in todos]:
        yield "待办", tasks
    lowered = words.lower()
    places = [
        Hit(e.href, e.label, e.group) for e in entries(request.user) if lowered in e.label.lower() or lowered in e.group
    ]
    if places:
        yield "页面", places[:PER_GROUP]


def searchable(request: Request) -> Iterator[type[ListPage]]:
    """One list per model about people that the asker may open; the first declared speaks for its model."""
    seen: set[Any] = set()
    for page in pages:
        if not issubclass(page, ListPage) or page.model in seen or "name_keys" not in page.search:
            continue
        if not request.user.holds(page.view_permission()):
            continue
        seen.add(page.model)
        yield page


def rows_of(page: type[ListPage], request: Request, words: str) -> list[Hit]:
    remark = next((path for path in page.search if path not in {"name", "name_keys"}), "")
    pattern = page.detail_pattern()
    names = ("name", remark) if remark else ("name",)
    hits = []
    if (standing := asker(page(), request.user, words)) is not None:
        rows = standing.read(names, ("name_keys",), 0, PER_GROUP)
    else:
        sought = matching(page.model, words, page.search, page.search_index)
        rows = page().rows(request).filter(sought).order_by("name_keys").values_list("uid", *names)[:PER_GROUP]
    for uid, name, *rest in rows:
        hits.append(Hit(pattern.replace("UID", str(uid)) if pattern else "", name, str(rest[0] or "") if rest else ""))
    return [hit for hit in hits if hit.href]
