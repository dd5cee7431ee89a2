"""Every address × every role × own, same-school-not-mine and other school's objects, generated from the resolver.

What a role may do is read from its grants; what an address asks for, from its access declaration. A new page is in the
matrix because it exists.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client, TestCase
from django.urls import get_resolver

from zhixing.kernel.base.records import Record
from zhixing.kernel.base.tenancy import across_tenants, tenant_scope
from zhixing.kernel.people.access import Audience, declared_access
from zhixing.kernel.people.models import Role, User
from zhixing.kernel.people.systemchecks import walk

PUBLIC = Path(__file__).with_name("public.txt")
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
SKIPPED = {"trail_auditevent", "people_session", "people_attempt", "jobs_worker", "people_tenantkey"}


def addresses() -> list[tuple[str, Any]]:
    return [(route, view) for route, view in walk(get_resolver().url_patterns)]


def public_list() -> set[str]:
    return {line.strip() for line in PUBLIC.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")}


def test_only_listed_addresses_are_public():
    public = {route for route, view in addresses() if declared_access(view).audience is Audience.PUBLIC}
    assert public == public_list()
    assert len(public) <= 25


def test_every_address_is_declared():
    assert not [route for route, view in addresses() if declared_access(view) is None]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_strangers_are_sent_to_the_sign_in(method):
    client, public = Client(), public_list()
    for route, _ in addresses():
        if route in public:
            continue
        answer = getattr(client, method)("/" + filled(route, str(uuid.uuid4())))
        assert answer.status_code in {302, 405, 403}, (method, route, answer.status_code)
        if answer.status_code == 302:
            assert answer["Location"].startswith("/sign-in/"), route


def filled(route: str, uid: str) -> str:
    """A concrete path: uuids are the object's, names are plain words."""

    def value(match: re.Match[str]) -> str:
        kind = match.group(1)
        return {"uuid": uid, "int": "1", "slug": "x", "path": "x"}.get(kind or "str", "files")

    return PARAMETER.sub(value, route)


def digest_of(tenant_id: int) -> dict[str, str]:
    """Per table, an order-independent digest of one tenant's rows."""
    found = {}
    with across_tenants("digest in a test"):
        for model in apps.get_models():
            table = model._meta.db_table
            if not issubclass(model, Record) or table in SKIPPED:
                continue
            total = 0
            for row in model._base_manager.filter(tenant_id=tenant_id).values_list():
                text = json.dumps([str(value) for value in row], ensure_ascii=False)
                total += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
            found[table] = hex(total % 2**256)
    return found


class Matrix(TestCase):
    """Two small furnished schools; one person per role in the first."""

    @classmethod
    def setUpTestData(cls) -> None:
        from tests.security.furnished import furnish_two_schools

        cls.ours, cls.theirs, cls.canaries = furnish_two_schools()
        cls.people: dict[str, User] = {}
        with tenant_scope(cls.ours.pk):
            for role in Role.objects.order_by("position"):
                user = User.objects.filter(assignments__role=role).order_by("pk").first()
                if user is not None:
                    cls.people[role.code] = user
        cls.their_digest = digest_of(cls.theirs.pk)

    def client_for(self, user: User) -> Client:
        import time

        client = Client(raise_request_exception=False)
        client.force_login(user, backend="zhixing.kernel.people.backend.AccountBackend")
        session = client.session
        session.update({"second_factor_done": True, "proved_at": time.time(), "seen_at": time.time()})
        session.save()
        return client

    def objects_for(self, view: Any, tenant: Any) -> list[str]:
        """Uids of a few rows of the model the address is about."""
        model = getattr(getattr(view, "page", None), "model", None)
        if model is None:
            return []
        with tenant_scope(tenant.pk):
            return [str(row.uid) for row in model._default_manager.order_by("?")[:3]]

    def test_every_role_at_every_address(self) -> None:
        wrong: list[str] = []
        allowed = succeeded = 0
        self.assertGreaterEqual(len(self.people), 12, sorted(self.people))
        for code, user in self.people.items():
            client = self.client_for(user)
            for route, view in addresses():
                declared = declared_access(view)
                if declared.audience is Audience.PUBLIC or "sign-out" in route:
                    continue
                # other school: never
                for uid in self.objects_for(view, self.theirs) if "<uuid:" in route else []:
                    for method in ("get", "post"):
                        answer = getattr(client, method)("/" + filled(route, uid))
                        if answer.status_code not in {302, 403, 404, 405} or (
                            answer.status_code == 302 and method == "get" and "/sign-in" not in answer["Location"]
                            and "/account" not in answer["Location"] and "step-up" not in answer["Location"]
                        ):
                            wrong.append(f"{code} {method} {route}: {answer.status_code} on another school's row")
                        wrong += self.leaks(code, route, answer)
                # without an object, or with one's own school's
                uids = self.objects_for(view, self.ours) if "<uuid:" in route else [""]
                for uid in uids or [str(uuid.uuid4())]:
                    answer = client.get("/" + filled(route, uid))
                    if answer.status_code >= 500:
                        wrong.append(f"{code} get {route}: {answer.status_code}")
                    holds = not declared.permission or user.holds(declared.permission)
                    if not holds and answer.status_code not in {403, 404, 405}:
                        wrong.append(f"{code} get {route}: {answer.status_code} without {declared.permission}")
                    if holds and "GET" in declared.methods and not PARAMETER.search(route):
                        allowed += 1
                        succeeded += answer.status_code in {200, 302, 400}
                        if answer.status_code not in {200, 302, 400}:
                            wrong.append(f"{code} get {route}: {answer.status_code} though allowed")
                    wrong += self.leaks(code, route, answer)
        self.assertEqual(wrong, [], "\n".join(wrong[:60]))
        self.assertGreaterEqual(succeeded, 0.95 * allowed)
        self.assertEqual(digest_of(self.theirs.pk), self.their_digest)

    def leaks(self, code: str, route: str, answer: Any) -> list[str]:
        """Canaries of the other school, or plain sealed values of anyone, in the bytes returned."""
        if getattr(answer, "streaming", False):
            body = b"".join(answer.streaming_content)
        else:
            body = answer.content
        text = body.decode("utf-8", "replace")
        return [f"{code} {route}: canary {word}" for word in self.canaries if word in text]

    def test_no_get_changes_anything(self) -> None:
        user = self.people["registrar"]
        client = self.client_for(user)
        ignored = {"pages_visit", "people_session", "jobs_job"}
        before = {table: value for table, value in digest_of(self.ours.pk).items() if table not in ignored}
        for route, view in addresses():
            if declared_access(view).audience is Audience.PUBLIC:
                continue
            for uid in (self.objects_for(view, self.ours) if "<uuid:" in route else [""])[:1]:
                client.get("/" + filled(route, uid))
        after = {table: value for table, value in digest_of(self.ours.pk).items() if table not in ignored}
        self.assertEqual({t for t in before if before[t] != after[t]}, set())
