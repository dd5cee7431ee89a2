"""Every address × every role × own, same-school-not-mine and other school's objects, generated from the resolver.

What a role may do is read from its grants; what an address asks for, from its access declaration. A new page is in the
matrix because it exists.
"""

from __future__ import annotations

import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.security.scene import (
    NOT_BUSINESS,
    PARAMETER,
    TwoSchools,
    addresses,
    client_for,
    digest_of,
    filled,
    inner,
    model_of,
)
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.people.access import Audience

pytestmark = pytest.mark.timeout(600)  # a busy machine takes its time over some thousand requests

PUBLIC = Path(__file__).with_name("public.txt")
ROLES = 16
REFUSED = {403, 404, 405}
ANSWERED = {200, 302, 400, 422}
"""A page, a way on, a question it can't answer, a form with faults: what a person with the right may get."""


def public_list() -> set[str]:
    return {line.strip() for line in PUBLIC.read_text("utf-8").splitlines() if line.strip() and line[0] != "#"}


def test_only_listed_addresses_are_public() -> None:
    public = {route for route, _, declared in addresses() if declared.audience is Audience.PUBLIC}
    assert public == public_list()
    assert len(public) <= 25


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete", "options", "patch"])
def test_strangers_are_sent_to_the_sign_in(method: str) -> None:
    client, public = Client(), public_list()
    for route, view, _ in addresses():
        if route in public:
            continue
        answer = getattr(client, method)(filled(route, view))
        assert answer.status_code in {302, 403}, (method, route, answer.status_code)
        if answer.status_code == 302:
            assert answer["Location"].startswith("/sign-in/"), route


class Matrix(TwoSchools):
    """People of the first school at every address."""

    def setUp(self) -> None:
        super().setUp()
        self.wrong: list[str] = []
        self.reached: dict[tuple[int, Any, str], tuple[str, str]] = {}
        self.uids: dict[tuple[int, Any], list[str]] = {}

    def tell(self) -> None:
        assert self.wrong == [], "\n" + "\n".join(self.wrong[:60])

    def some_of(self, tenant: Any, model: Any, most: int = 2) -> list[str]:
        """Uids of a few rows of one school."""
        key = (tenant.pk, model)
        if key not in self.uids:
            with tenant_scope(tenant.pk):
                self.uids[key] = [
                    str(uid) for uid in model._default_manager.order_by("pk").values_list("uid", flat=True)[:most]
                ]
        return self.uids[key]

    def rows_for(self, user: Any, model: Any, action: str) -> tuple[str, str]:
        """A row of our school on which this person may do ``action``, and one on which not; blank for none."""
        key = (user.pk, model, action)
        if key not in self.reached:
            self.reached[key] = self.look_up(user, model, action)
        return self.reached[key]

    def look_up(self, user: Any, model: Any, action: str) -> tuple[str, str]:
        with tenant_scope(self.ours.tenant.pk):
            every = model._default_manager.all()
            may = (
                every.visible_to(user, action)
                if hasattr(every, "visible_to")
                else user.grants.narrow(every, f"{model._meta.label_lower}.{action}")
            )
            mine = may.order_by("pk").values_list("uid", flat=True).first()
            other = every.exclude(pk__in=may.values("pk")).order_by("pk").values_list("uid", flat=True).first()
        return str(mine or ""), str(other or "")

    def test_every_role_is_there(self) -> None:
        assert len(self.people) == ROLES, sorted(self.people)

    def test_no_role_reaches_another_school(self) -> None:
        """Every address that names a record, with another school's record: read and written, plainly and by HTMX."""
        before, tried = digest_of(self.theirs.tenant.pk), 0
        named = [(route, view, declared) for route, view, declared in inner() if "<uuid:" in route]
        for role, user in self.people.items():
            client = client_for(user)
            for route, view, declared in named:
                # Who lacks the right is stopped at the gate, whatever the record: one such role asks for all of them.
                if declared.permission and not user.holds(declared.permission) and role != "student":
                    continue
                uids = self.some_of(self.theirs.tenant, model_of(route, view), 1)
                assert uids or not user.tenant_id, f"{route}: nothing to try with"
                for uid in uids:
                    for method in ("get", "post"):
                        data = {} if method == "get" else {"confirmed": "1", "reason": "核对情况", "opinion": "核对"}
                        answer = getattr(client, method)(filled(route, view, uid), data)
                        tried += 1
                        if answer.status_code not in REFUSED:
                            self.wrong.append(f"{role} {method} {route}: {answer.status_code} on another school's row")
                        self.wrong += [f"{role} {method} {route}: shows {w}" for w in self.leaks(answer, self.foreign)]
        self.tell()
        assert tried > 1000
        assert digest_of(self.theirs.tenant.pk) == before

    def test_every_role_at_every_address(self) -> None:
        """Refused without the right, answered with it; not on rows out of reach; nothing sealed is shown plain."""
        allowed = answered = 0
        missing: Counter[str] = Counter()
        for role, user in self.people.items():
            client, operator = client_for(user), user.tenant_id is None
            for route, view, declared in inner():
                if operator and not declared.before_activation:
                    self.expect(role, client, "get", filled(route, view), {403})
                    continue
                action = declared.permission.rpartition(".")[2] or "view"
                mine, other = "", ""
                if "<uuid:" in route:
                    mine, other = self.rows_for(user, model_of(route, view), action)
                    mine = mine if getattr(view.page, "model", None) is not None else ""
                holds = not declared.permission or user.holds(declared.permission)
                method = "get" if "GET" in declared.methods else "post"
                if not holds:
                    self.expect(role, client, method, filled(route, view, mine or other), {403})
                    continue
                if other and declared.permission and getattr(view.page, "model", None) is not None:
                    self.expect(
                        role, client, method, filled(route, view, other), {404} if method == "get" else {404, 200}
                    )
                if "<uuid:" in route and not mine:
                    continue
                path = filled(route, view, mine)
                if path.endswith(("/tab/files/", "/options/nothing/", "/recovery-codes/")):
                    # The page has no such part (or the person no second factor): it says so.
                    self.expect(role, client, method, path, {200, 400, 404})
                    continue
                answer = getattr(client, method)(path)
                allowed += 1
                answered += answer.status_code in ANSWERED
                missing[route] += answer.status_code == 404
                if answer.status_code not in ANSWERED | {404}:
                    self.wrong.append(f"{role} {method} {route}: {answer.status_code} though allowed")
                self.wrong += [f"{role} {route}: shows {word}" for word in self.leaks(answer)]
        self.tell()
        assert answered >= 0.95 * allowed, f"{answered} of {allowed}: {missing.most_common(30)}"

    def expect(self, role: str, client: Client, method: str, path: str, lawful: set[int]) -> None:
        answer = getattr(client, method)(path)
        if answer.status_code not in lawful:
            self.wrong.append(f"{role} {method} {path}: {answer.status_code} instead of {sorted(lawful)}")
        self.wrong += [f"{role} {path}: shows {word}" for word in self.leaks(answer)]

    def test_methods_that_nobody_declared_are_refused(self) -> None:
        user = self.people["registrar"]
        client = client_for(user)
        for route, view, declared in inner():
            if declared.permission and not user.holds(declared.permission):
                continue
            for method in ("put", "patch", "delete", "options", "head", "post"):
                if method.upper() not in declared.methods:
                    self.expect("registrar", client, method, filled(route, view), {405})
        self.tell()

    def test_no_get_changes_anything(self) -> None:
        """Reading may mark a message as read, note a lesson as opened and count a download; nothing else."""
        reading = NOT_BUSINESS | {"notices_notice", "pages_exportrequest", "portal_lessonreading"}
        before = digest_of(self.ours.tenant.pk, without=reading)
        for role in ("registrar", "principal", "system_admin", "security_admin", "class_tutor", "audit_admin"):
            user = self.people[role]
            client = client_for(user)
            for route, view, declared in inner():
                if "GET" not in declared.methods or (declared.permission and not user.holds(declared.permission)):
                    continue
                uid = ""
                if "<uuid:" in route:
                    uid = self.rows_for(user, model_of(route, view), declared.permission.rpartition(".")[2] or "view")[
                        0
                    ]
                client.get(
                    filled(route, view, uid), {"confirmed": "1", "approve": "1", "deed": "end_others", "apply": "1"}
                )
        after = digest_of(self.ours.tenant.pk, without=reading)
        assert {table for table in before if before[table] != after[table]} == set()

    def test_foreign_ids_in_bodies_and_questions(self) -> None:
        """Ids of the other school in batch deeds, filters, forms of relations and saved views."""
        from zhixing.kernel.pages import EditPage, ListPage

        before = digest_of(self.theirs.tenant.pk)
        for role in (
            "registrar",
            "office_director",
            "system_admin",
            "security_admin",
            "principal",
            "department_head",
            "class_tutor",
        ):
            user = self.people[role]
            client = client_for(user)
            for route, view, declared in inner():
                page = getattr(view, "page", None)
                if "<" in route or (declared.permission and not user.holds(declared.permission)):
                    continue
                if isinstance(page, type) and issubclass(page, ListPage):
                    self.lists(role, client, route, page)
                if isinstance(page, type) and issubclass(page, EditPage) and route.endswith("/add/"):
                    self.forms(role, client, route, page)
        self.tell()
        assert digest_of(self.theirs.tenant.pk) == before

    def lists(self, role: str, client: Client, route: str, page: Any) -> None:
        rows = self.some_of(self.theirs.tenant, page.model)
        if "/deed/" in route:
            answer = client.post(f"/{route}", {"row": rows, "confirmed": "1", "reason": "核对", "opinion": "核对"})
            self.judge(role, f"post {route}", answer, {200})
            assert "已完成" not in answer.content.decode()[:200]
        elif route.endswith("/views/"):
            answer = client.post(f"/{route}", {"forget": str(uuid.uuid4())})
            self.judge(role, f"post {route}", answer, {204})
        elif route.endswith("/export/"):
            answer = client.post(f"/{route}", {"query": "", "reason": "核对"})
            self.judge(role, f"post {route}", answer, {200})
        else:
            for sieve in page.controls():
                if sieve.kind == "relation":
                    uid = self.some_of(self.theirs.tenant, sieve.related)[:1] or [str(uuid.uuid4())]
                    self.judge(role, f"get {route}", client.get(f"/{route}", {sieve.path: uid[0]}), {200})

    def forms(self, role: str, client: Client, route: str, page: Any) -> None:
        """Every relation of an add form set to another school's row: refused at that very field."""
        for name in page.names():
            field = page.model._meta.get_field(name)
            if not field.is_relation:
                continue
            uid = self.some_of(self.theirs.tenant, field.related_model)[0]
            answer = client.post(f"/{route}", {name: uid})
            self.judge(role, f"post {route} {name}", answer, {422, 302})
            path = f"/{route}?{name}={uid}"
            self.judge(role, f"get {path}", client.get(path), {200, 302})

    def judge(self, role: str, what: str, answer: Any, lawful: set[int]) -> None:
        if answer.status_code not in lawful:
            self.wrong.append(f"{role} {what}: {answer.status_code}")
        self.wrong += [f"{role} {what}: shows {word}" for word in self.leaks(answer)]

    def test_search_finds_nobody_of_another_school(self) -> None:
        theirs = {str(row.uid) for row in self.theirs.rows}
        number = self.theirs.sealed[-1]
        for role, user in self.people.items():
            if user.tenant_id is None:
                continue
            client = client_for(user)
            for words in ("jinque", "jqs", self.theirs.rows[0].student_no[:8], number, "金雀"):
                for path in ("/search/", "/students/student/", "/staff/staffmember/", "/people/user/"):
                    answer = client.get(path, {"q": words})
                    assert answer.status_code in {200, 403}, (role, path)
                    text = answer.content.decode()
                    assert not [uid for uid in theirs if uid in text], (role, path, words)
                    echoed = {word for word in self.foreign if word in words}
                    assert not [w for w in self.foreign if w in text and w not in echoed], (role, path, words)

    def test_fetched_exports_hold_no_plain_and_no_foreign_values(self) -> None:
        from zhixing.kernel.pages.models import ExportRequest

        client = self.client_of("registrar")
        for path in ("/students/student/", "/students/guardian/", "/checks/finding/", "/school/classgroup/"):
            assert client.post(f"{path}export/", {"query": "", "reason": "核对"}).status_code == 200
            with tenant_scope(self.ours.tenant.pk):
                wanted = ExportRequest.objects.order_by("-pk").first()
            for kind in ("xlsx", "csv"):
                answer = client.get(f"/exports/{wanted.uid}/file/", {"format": kind})
                assert answer.status_code == 200, path
                assert self.leaks(answer) == [], path
            for other in ("principal", "class_tutor", "student", "system_admin"):
                assert self.client_of(other).get(f"/exports/{wanted.uid}/file/").status_code == 404


def test_the_matrix_would_notice_an_address_it_does_not_know() -> None:
    with pytest.raises(AssertionError, match="say in tests"):
        model_of("elsewhere/<uuid:uid>/", None)
    assert PARAMETER.search("a/<uuid:uid>/")
