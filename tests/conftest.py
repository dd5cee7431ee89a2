"""Fixtures that every test may use: two schools, people in roles, signed-in clients."""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import SimpleTestCase

from tests.canary import canary_scan, pytest_configure

__all__ = ["canary_scan", "pytest_configure"]

COUNTER = itertools.count(1)


@pytest.fixture(autouse=True, scope="session")
def _own_keys_and_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys and files of the tests stay away from those of a real installation."""
    from zhixing.kernel.people.keys import forget_keys

    var: Path = tmp_path_factory.mktemp("var")
    settings.MASTER_KEY = base64.b64encode(b"zhixing-test-key").decode()
    settings.FILES_DIR = str(var / "files")
    settings.AUDIT_ANCHOR_FILE = str(var / "anchors.tsv")
    forget_keys()
    yield
    forget_keys()


@pytest.fixture(autouse=True)
def _fresh_keys() -> Iterator[None]:
    """Data keys are rows: what one test's rollback took away must not stay in memory."""
    from zhixing.kernel.people.keys import forget_keys

    forget_keys()
    yield
    forget_keys()


def make_tenant(code: str, name: str) -> Any:
    from zhixing.kernel.base.tenancy import tenant_scope
    from zhixing.kernel.people.models import Tenant
    from zhixing.kernel.people.roles import furnish_roles

    tenant = Tenant.objects.create(code=code, name=name)
    with tenant_scope(tenant.pk):
        furnish_roles(tenant)
    return tenant


@pytest.fixture
def school(db: None) -> Iterator[Any]:
    """The school under test; its scope is open for the whole test."""
    from zhixing.kernel.base.tenancy import tenant_scope

    tenant = make_tenant("xy01", "甲职业学校")
    with tenant_scope(tenant.pk):
        yield tenant


@pytest.fixture
def other_school(db: None) -> Any:
    """A neighbour whose rows nobody of ``school`` may ever see."""
    return make_tenant("xy02", "乙职业学校")


@pytest.fixture
def make_user(school: Any) -> Callable[..., Any]:
    """``make_user("registrar", unit=None, tenant=None, **fields)``: a person with a password and that role."""
    from zhixing.kernel.base.tenancy import tenant_scope
    from zhixing.kernel.people.models import Assignment, Role, User

    def make(role: str = "", *, unit: Any = None, tenant: Any = None, **fields: Any) -> Any:
        number = next(COUNTER)
        owner = tenant or school
        with tenant_scope(owner.pk):
            user = User(
                tenant=owner, account=fields.pop("account", f"u{number:04d}"), name=fields.pop("name", f"王测{number}"),
                unit=unit, must_set_password=False, **fields,
            )  # fmt: skip
            user.password = "!"
            user.save()
            if role:
                Assignment.objects.create(user=user, role=Role.objects.get(code=role), unit=unit)
        return user

    return make


@pytest.fixture
def client_of() -> Callable[[Any], Any]:
    """``client_of(user)``: a test client signed in as that person, second factor given just now."""
    from django.test import Client

    def sign_in(user: Any) -> Any:
        client = Client()
        client.force_login(user, backend="zhixing.kernel.people.backend.AccountBackend")
        session = client.session
        session.update({"second_factor_done": True, "proved_at": time.time(), "seen_at": time.time()})
        session.save()
        return client

    return sign_in


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches the database runs again; the rest has run on SQLite just before."""
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        return
    touching = {"db", "transactional_db", "live_server"}
    kept, idle = [], []
    for item in items:
        uses = touching & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db")
        from_django = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
        (kept if uses or from_django else idle).append(item)
    config.hook.pytest_deselected(items=idle)
    items[:] = kept
