"""Every page is tested because it is declared: the door, the right, the number of queries, the language."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from tests.kernel.pages.rows import make_rows
from zhixing.kernel.base.records import Record
from zhixing.kernel.pages import DetailPage, EditPage, ListPage, pages, panels, tabs
from zhixing.kernel.people.access import Audience

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN_HEADING = re.compile(r"[A-Za-z]{4,}")
EVERY = list(pages.items())
SIGNED_IN = [(code, page) for code, page in EVERY if page.audience == Audience.SIGNED_IN]
LISTS = [(code, page) for code, page in EVERY if issubclass(page, ListPage) and issubclass(page.model, Record)]


def ids(found: list[tuple[str, Any]]) -> list[str]:
    return [code for code, _ in found]


def front_door(page: Any) -> str:
    """An address of the page, with a made-up record where it needs one."""
    pattern = page.addresses()[0]
    wanted = {
        name: uuid.uuid4()
        if "UUID" in type(converter).__name__
        else 1
        if "Int" in type(converter).__name__
        else "nothing"
        for name, converter in pattern.pattern.converters.items()
    }
    try:
        return reverse(pattern.name, kwargs=wanted)
    except NoReverseMatch:
        pytest.fail(f"{page.code()} has no address")


@pytest.mark.parametrize(("code", "page"), SIGNED_IN, ids=ids(SIGNED_IN))
def test_strangers_are_sent_to_sign_in(db: None, code: str, page: Any) -> None:
    answer = Client().get(front_door(page))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    ("code", "page"),
    [(c, p) for c, p in SIGNED_IN if p.view_permission()],
    ids=ids([(c, p) for c, p in SIGNED_IN if p.view_permission()]),
)
def test_without_the_right_it_is_refused(school: Any, make_user: Any, client_of: Any, code: str, page: Any) -> None:
    assert client_of(make_user()).get(front_door(page)).status_code == 403


@pytest.mark.parametrize(("code", "page"), EVERY, ids=ids(EVERY))
def test_headings_are_chinese(code: str, page: Any) -> None:
    words = [page.heading()] if page.heading() or page.menu else []
    if issubclass(page, ListPage):
        words += [cell.title for cell in page.cells().values()] + [sieve.title for sieve in page.controls()]
        words += [preset.title for preset in page.presets] + [deed.label for deed in page.batch]
    if issubclass(page, DetailPage):
        words += [title for title, _ in page.groups()] + [cell.title for _, cells in page.groups() for cell in cells]
        words += [deed.label for deed in page.deeds]
    if issubclass(page, EditPage):
        words += [str(page.model._meta.get_field(name).verbose_name) for name in page.names()]
    wrong = [word for word in words if not HAN.search(word) or LATIN_HEADING.search(word)]
    assert not wrong, f"{code}: {wrong}"


@pytest.mark.parametrize(("code", "part"), [*tabs.items(), *panels.items()])
def test_titles_of_tabs_and_panels_are_chinese(code: str, part: Any) -> None:
    assert HAN.search(part.title) or not part.title
    assert part.template


@pytest.mark.parametrize(("code", "page"), LISTS, ids=ids(LISTS))
def test_queries_do_not_grow_with_rows(school: Any, person: Any, client_of: Any, code: str, page: Any) -> None:
    user = person("*")
    client, address = client_of(user), reverse(page.entry())
    make_rows(page.model, 1, user)
    first = client.get(address)
    if first.status_code == 302:  # a list of one opens its only row at once
        assert first["Location"].startswith(address)
        return
    assert first.status_code == 200
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    make_rows(page.model, 2, user)
    with CaptureQueriesContext(connection) as more:
        client.get(address)
    assert len(more) == len(few), [query["sql"][:150] for query in more]


@pytest.mark.parametrize(("code", "page"), LISTS, ids=ids(LISTS))
def test_presets_and_orders_are_lawful(school: Any, person: Any, client_of: Any, code: str, page: Any) -> None:
    client, address = client_of(person("*")), reverse(page.entry())
    for preset in page.presets:
        assert client.get(f"{address}?{preset.query}").status_code == 200, preset.query
    for path, cell in page.cells().items():
        if cell.sort:
            assert client.get(f"{address}?sort=-{path}&cols={path}").status_code == 200, path
