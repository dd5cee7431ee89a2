"""The demonstration pages of this folder, served and registered as if an app had declared them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import clear_url_caches


@pytest.fixture
def trial_pages(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from tests.kernel.pages import demo
    from zhixing.kernel.pages.declare import pages
    from zhixing.kernel.pages.menu import forget_menus

    monkeypatch.setattr(pages, "_shelf", dict(pages._shelf) | {page.code(): page for page in demo.PAGES})
    settings.ROOT_URLCONF = "tests.kernel.pages.demo"
    clear_url_caches()
    forget_menus()
    yield demo
    clear_url_caches()
    forget_menus()


@pytest.fixture
def person(school: Any, make_user: Any) -> Callable[..., Any]:
    """``person("people.*", …)``: someone whose only role grants these patterns over the whole school."""
    from zhixing.kernel.people.models import Assignment, Role

    def make(*patterns: str, extent: str = "tenant", unit: Any = None, **fields: Any) -> Any:
        user = make_user(**fields)
        role = Role.objects.create(code=f"trial{user.pk}", title="试验角色", permissions={extent: list(patterns)})
        Assignment.objects.create(user=user, role=role, unit=unit)
        return user

    return make


@pytest.fixture
def units(school: Any) -> list[Any]:
    """A school, a department and three classes in it."""
    from zhixing.kernel.people.models import Unit

    top = Unit.objects.create(name="本校", kind="school")
    department = Unit.objects.create(name="教务科", kind="department", parent=top)
    classes = [Unit.objects.create(name=f"机电{n}班", kind="class", parent=department, position=n) for n in (1, 2, 3)]
    return [top, department, *classes]
