"""What the security tests share: two furnished schools in one class, signed-in clients, addresses, digests, leaks."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import time
import uuid
import zipfile
from functools import cache
from typing import Any

from django.apps import apps
from django.test import Client, TestCase
from django.urls import get_resolver

from tests.security.furnished import OURS, THEIRS, Furnished, furnish_two_schools
from zhixing.kernel.base.records import Record
from zhixing.kernel.base.tenancy import across_tenants, tenant_scope
from zhixing.kernel.pages.declare import tabs
from zhixing.kernel.pages.record_tabs import BUILT_IN
from zhixing.kernel.people.access import Access, Audience, declared_access
from zhixing.kernel.people.models import User
from zhixing.kernel.people.systemchecks import walk

ROOTS = (
    *(part for marks in (OURS, THEIRS) for part in (marks.region, marks.phone, marks.card)),
    "金丝雀",
    "金雀",
    "乙职业",
)
"""Every canary holds one of these: most answers are done with after nine looks instead of three hundred."""
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
# Who asked, when he was last seen and what was counted about a call are not what a school keeps.
NOT_BUSINESS = {"pages_visit", "jobs_job"}


@cache
def addresses() -> tuple[tuple[str, Any, Access], ...]:
    """(route, view, declaration) of every address."""
    found = [(route, view, declared_access(view)) for route, view in walk(get_resolver().url_patterns)]
    missing = [route for route, _, declared in found if declared is None]
    assert not missing, f"addresses without an access declaration: {missing}"
    return tuple((route, view, declared) for route, view, declared in found if declared is not None)


def inner() -> list[tuple[str, Any, Access]]:
    """Addresses for people who have signed in; signing out ends the test's own session and is tested apart."""
    return [each for each in addresses() if each[2].audience is not Audience.PUBLIC and each[0] != "sign-out/"]


def model_of(route: str, view: Any) -> Any:
    """The kind of record that the uid in an address names; raises for an address nobody has thought of."""
    from zhixing.kernel.checks.models import OwnRule
    from zhixing.kernel.files.models import StoredFile
    from zhixing.kernel.indicators.models import Target
    from zhixing.kernel.jobs.models import Job
    from zhixing.kernel.notices.models import Notice
    from zhixing.kernel.pages.models import ExportRequest
    from zhixing.kernel.papers.models import IssuedPaper
    from zhixing.kernel.people.models import Role
    from zhixing.kernel.sheets.models import ImportBatch

    declared = getattr(getattr(view, "page", None), "model", None)
    if declared is not None:
        return declared
    by_prefix = {
        "files/": StoredFile, "jobs/": Job, "notices/": Notice, "exports/": ExportRequest, "import/": ImportBatch,
        "verification/own/": OwnRule, "people/role/": Role, "papers/issued/": IssuedPaper,
        "indicators/targets/": Target,
    }  # fmt: skip
    for prefix, model in by_prefix.items():
        if route.startswith(prefix):
            return model
    raise AssertionError(f"{route}: say in tests/security/scene.py which record its uid names")


def filled(route: str, view: Any, uid: Any = None) -> str:
    """A concrete path; names that a page offers are really offered ones."""
    page = getattr(view, "page", None)

    def word(name: str) -> str:
        if "/reveal/" in route:
            return str(page.reveal[0])
        if "/options/" in route:
            names = [c.path for c in page.controls() if c.kind == "relation"] if hasattr(page, "controls") else []
            names = names or [n for n in getattr(page, "names", tuple)() if page.model._meta.get_field(n).is_relation]
            return names[0] if names else "nothing"
        if "/tab/" in route:
            own = [kind.code() for kind in tabs if kind.on is page.model and not kind.permission]
            return next((name for name in page.tabs if not BUILT_IN[name].permission), (own or ["files"])[0])
        return {"code": "students.StudentSheet", "deed": "abandon", "standard": "class_size"}.get(name, "files")

    def value(match: re.Match[str]) -> str:
        kind, name = match.group(1) or "str", match.group(2)
        if kind == "uuid":
            return str(uid or uuid.uuid4())
        return "0" if kind == "int" else word(name)

    return "/" + PARAMETER.sub(value, route)


def body_of(answer: Any) -> str:
    """What was sent, as text; packed sheets are unpacked."""
    data = b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"\n".join(archive.read(name) for name in archive.namelist())
    return data.decode("utf-8", "replace")


def digest_of(tenant_id: int, *, without: set[str] = frozenset()) -> dict[str, str]:  # type: ignore[assignment]
    """Per table, an order-independent digest of one tenant's rows."""
    found = {}
    with across_tenants("digest in a test"):
        for model in apps.get_models():
            table = model._meta.db_table
            if table in without or not (issubclass(model, Record) or model is User):
                continue
            total = 0
            names = [field.attname for field in model._meta.concrete_fields if field.attname != "last_login"]
            for row in model._base_manager.filter(tenant_id=tenant_id).values_list(*names):
                text = json.dumps([getattr(value, "_token", None) or str(value) for value in row], ensure_ascii=False)
                total += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
            found[table] = hex(total % 2**256)
    return found


def client_for(user: User, *, csrf: bool = False) -> Client:
    """A browser in which this person has signed in, second factor given just now."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=csrf)
    client.force_login(user, backend="zhixing.kernel.people.backend.AccountBackend")
    session = client.session
    session.update({"second_factor_done": True, "proved_at": time.time(), "seen_at": time.time()})
    session.save()
    return client


class TwoSchools(TestCase):
    """Two furnished schools; ``people`` of ours by role."""

    ours: Furnished
    theirs: Furnished
    canaries: list[str]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.ours, cls.theirs, cls.canaries = furnish_two_schools()
        assert all(any(root in word for root in ROOTS) for word in cls.canaries)
        cls.foreign = [*cls.theirs.sealed, *cls.canaries[-3:]]

    def setUp(self) -> None:
        # Each refusal would print a traceback; thousands of them are the business of this test.
        log = logging.getLogger("django.request")
        self.addCleanup(log.setLevel, log.level)
        log.setLevel(logging.ERROR)

    @property
    def people(self) -> dict[str, User]:
        with tenant_scope(self.ours.tenant.pk):
            found = {role: User.accounts.get(pk=user.pk) for role, user in self.ours.people.items()}
            assert all(user.grants.held or user.tenant_id is None for user in found.values())
            return found

    def client_of(self, role: str, **options: Any) -> Client:
        return client_for(self.people[role], **options)

    def leaks(self, answer: Any, words: list[str] | None = None) -> list[str]:
        """Canaries in what was sent."""
        text = body_of(answer)
        if not any(root in text for root in ROOTS):
            return []
        return [word for word in (self.canaries if words is None else words) if word in text]
