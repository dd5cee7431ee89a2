# ruff: noqa: E501 - tables of attempts read better on one line
"""Words of a user never become code: not SQL, not HTML, not a formula, not a line of a log, not a name of a column."""

from __future__ import annotations

import csv
import io
import json
import logging
import time
import zipfile
from contextlib import suppress
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.security.payloads import ELSEWHERE, FORMULAS, NAMES, SCRIPTS, SQL
from tests.security.reading import Reader, fields_of
from tests.security.scene import TwoSchools, body_of, client_for, digest_of, filled, inner
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.pages import EditPage, ListPage
from zhixing.kernel.pages.models import ExportRequest, SavedView
from zhixing.kernel.pages.once import FIELD

pytestmark = pytest.mark.timeout(600)
LONGEST = 2.5
"""Seconds over which an answer looks like a database that was made to sleep; generous for a busy machine."""
ON_PAGES = ("registrar", "security_admin")


class Injection(TwoSchools):
    """Everything below is typed by somebody with every right to type there."""

    def lists(self, role: str) -> list[tuple[str, Any]]:
        user = self.people[role]
        return [
            (route, view.page) for route, view, declared in inner()
            if isinstance(getattr(view, "page", None), type) and issubclass(view.page, ListPage)
            and "<" not in route and "GET" in declared.methods and user.holds(declared.permission)
            and not route.endswith(("views/", "export/"))
        ]  # fmt: skip

    def test_values_never_become_sql(self) -> None:
        """Every parameter of every list and every plain address; twelve kinds of payload and impossible dates."""
        before, wrong = digest_of(self.ours.tenant.pk), []
        for role in ON_PAGES:
            client = client_for(self.people[role])
            for number, (route, page) in enumerate(self.lists(role)):
                names = ["q", "page", "size", *page.sieves()]
                for place, name in enumerate(names):
                    for payload in SQL[(number + place) % 3 :: 3]:
                        wrong += self.asked(client, f"/{route}", {name: payload}, {200, 400})
            for path in (
                "/search/",
                "/rectification/ledger/",
                "/import/",
                "/exports/",
                "/standards/",
                "/verification/",
            ):
                for payload in SQL:
                    data = dict.fromkeys(("q", "from", "to", "sheet", "page", "next", "rule", "open"), payload)
                    wrong += self.asked(client, path, data, {200, 400, 403, 404})
        assert wrong == [], wrong[:20]
        assert digest_of(self.ours.tenant.pk) == before

    def asked(self, client: Any, path: str, data: dict[str, str], lawful: set[int]) -> list[str]:
        start = time.monotonic()
        answer = client.get(path, data)
        took = time.monotonic() - start
        slow = [f"{path} {data}: {took:.1f} s"] if took > LONGEST else []
        # A school has one record of itself: its list leads straight there.
        fine = answer.status_code in lawful or answer.headers.get("Location", "").startswith("/school/school/")
        return slow + ([] if fine else [f"{path} {data}: {answer.status_code}"])

    def test_names_never_become_sql(self) -> None:
        """Sort, columns, parameters and addresses of options: what a page doesn't declare is a bad question."""
        wrong = []
        for role in ON_PAGES:
            client = client_for(self.people[role])
            for route, page in self.lists(role):
                cells = page.cells()
                for name in NAMES:
                    if not (name.lstrip("-") in cells and cells[name.lstrip("-")].sort):
                        wrong += self.asked(client, f"/{route}", {"sort": name}, {400})
                    if name not in cells:
                        wrong += self.asked(client, f"/{route}", {"cols": name}, {400})
                    if name not in page.sieves():
                        wrong += self.asked(client, f"/{route}", {name: "1"}, {400})
                for name in ("password", "tenant", "..", "user__password"):
                    answer = client.get(f"/{route}options/{name}/", {"q": "'"})
                    wrong += (
                        [f"{route} options {name}: {answer.status_code}"]
                        if answer.status_code not in {400, 404}
                        else []
                    )
        assert wrong == [], wrong[:20]

    def test_saved_views_and_exports_hold_lawful_questions_only(self) -> None:
        client = self.client_of("registrar")
        for name in ("password", "tenant__name", "name'); --", "pk__in", "class_group__tenant__code"):
            for query in (f"sort={name}", f"cols={name}", f"{name}__in=1"):
                for path in ("/students/student/views/", "/students/student/export/", "/checks/finding/deed/assign/"):
                    answer = client.post(path, {"query": query, "name": "x", "reason": "核对", "every": "1"})
                    assert answer.status_code == 400, (path, query)
        with tenant_scope(self.ours.tenant.pk):
            view = SavedView.objects.create(
                user=self.people["registrar"], page="students.StudentList", name="坏", query="sort=password"
            )
            wanted = ExportRequest.objects.create(
                user=self.people["registrar"], page="students.StudentList", query="tenant_id=1", columns=["user__password"],
                expires_at=self.ours.at.replace(year=self.ours.at.year + 1),
            )  # fmt: skip
        assert client.get(f"/students/student/?{view.query}").status_code == 400
        assert client.get(f"/exports/{wanted.uid}/file/").status_code in {400, 403}

    def test_no_student_puts_a_view_before_the_whole_school(self) -> None:
        client = self.client_of("class_tutor")
        answer = client.post("/students/student/views/", {"query": "", "name": "全校通知", "is_shared": "on"})
        assert answer.status_code == 204
        with tenant_scope(self.ours.tenant.pk):
            assert not SavedView.objects.get(name="全校通知").is_shared
        assert client.post("/students/student/views/", {"forget": "x' or 1=1"}).status_code == 400

    def test_own_rules_stay_inside_the_subset(self) -> None:
        client = self.client_of("registrar")
        conditions = (
            "1=1; DROP TABLE students_student", "name IN (SELECT password FROM people_user)", "read_csv('/etc/passwd')",
            "pg_sleep(5)", "name = '' UNION SELECT 1", "getenv('HOME')", "name /* x */ = ''; ATTACH 'x'", "COPY x TO 'y'",
            "(SELECT 1)", "name || (SELECT 1)", "tenant_id = 1", "installed", "load_extension('x')", "name = $$x$$",
        )  # fmt: skip
        from zhixing.kernel.checks.models import OwnRule
        from zhixing.kernel.rosters.shelf import rosters

        code = next(iter(rosters)).code
        with tenant_scope(self.ours.tenant.pk):
            count = OwnRule.objects.count()
        for condition in conditions:
            data = {"roster": code, "title": "试", "severity": "error", "condition": condition, "remedy": "改"}
            answer = client.post("/verification/own/add/", data)
            assert answer.status_code in {200, 422}, condition
        with tenant_scope(self.ours.tenant.pk):
            assert OwnRule.objects.count() == count

    # -- HTML ------------------------------------------------------------------------------------------------------

    def infect(self) -> None:
        """Payloads in every text column that an import could fill, straight in the tables."""
        from django.apps import apps
        from django.db import models

        from zhixing.kernel.base.records import Record

        number = 0
        for model in apps.get_models():
            if not issubclass(model, Record) or model._meta.app_label in {"jobs"}:
                continue
            texts = [
                f for f in model._meta.concrete_fields
                if type(f) in (models.CharField, models.TextField) and not f.choices and not f.unique and f.name not in {
                    "code", "path", "kind", "stored_name", "digest", "media_type", "permissions", "home", "page", "query",
                    "sheet", "rule", "roster", "object_type", "fingerprint", "condition", "exclusive_group", "mark",
                    "directory_version", "purpose", "address", "data_class", "worst", "deed", "url", "subject",
                } and not any(f.name in getattr(c, "fields", ()) for c in model._meta.constraints)
                or (f.name == "name" and model._meta.label_lower in {"students.student", "students.guardian", "school.classgroup", "people.unit"})
            ]  # fmt: skip
            for row in model._base_manager.filter(tenant_id=self.ours.tenant.pk):
                values = {}
                for field in texts:
                    number += 1
                    word = f"{number}{SCRIPTS[number % len(SCRIPTS)]}"
                    values[field.attname] = word[: field.max_length or 200]
                for name, value in values.items():
                    # What the database holds still (evidence, snapshots, issued papers) keeps what it was made with.
                    with suppress(DatabaseError), transaction.atomic():
                        model._base_manager.filter(pk=row.pk).update(**{name: value})

    def test_stored_text_never_becomes_html(self) -> None:
        """Lists, details, tabs, edit forms, previews, dialogs and print pages over infected records."""
        self.infect()
        seen, wrong = 0, []
        for role in ("registrar", "office_director", "system_admin", "principal", "audit_admin"):
            user = self.people[role]
            client = client_for(user)
            for route, view, declared in inner():
                if "GET" not in declared.methods or (declared.permission and not user.holds(declared.permission)):
                    continue
                uid = self.a_row(user, route, view, declared)
                if "<uuid:" in route and not uid:
                    continue
                answer = client.get(filled(route, view, uid))
                if answer.status_code >= 500:
                    wrong.append(f"{role} {route}: {answer.status_code}")
                if not answer.headers.get("Content-Type", "").startswith("text/html"):
                    continue
                text = body_of(answer)
                reader, seen = Reader(text), seen + 1
                wrong += [f"{role} {route}: {inline}" for inline in reader.inline]
                wrong += [
                    f"{role} {route}: {tag}" for tag, _ in reader.tags if tag in {"math", "iframe", "object", "embed"}
                ]
                wrong += [f"{role} {route}: template ran"] if "\n49" in text or ">49<" in text else []
                wrong += self.headers(role, route, answer)
        assert wrong == [], "\n".join(wrong[:40])
        assert seen > 200

    def a_row(self, user: Any, route: str, view: Any, declared: Any) -> str:
        from tests.security.scene import model_of

        if "<uuid:" not in route:
            return ""
        with tenant_scope(self.ours.tenant.pk):
            model = model_of(route, view)
            rows = user.grants.narrow(
                model._default_manager.all(), declared.permission or f"{model._meta.label_lower}.view"
            )
            return str(rows.order_by("pk").values_list("uid", flat=True).first() or "")

    def headers(self, role: str, route: str, answer: Any) -> list[str]:
        """F-33: what every page says to the browser."""
        policy = answer.headers.get("Content-Security-Policy", "")
        lawful = (
            "unsafe-" not in policy and "default-src 'none'" in policy
            and (policy.startswith("sandbox") or "frame-ancestors 'none'" in policy)
            and answer.headers.get("X-Content-Type-Options") == "nosniff"
            and answer.headers.get("Referrer-Policy") == "same-origin"
            and "no-store" in answer.headers.get("Cache-Control", "")
            and answer.headers.get("Cross-Origin-Opener-Policy") == "same-origin"
        )  # fmt: skip
        return [] if lawful else [f"{role} {route}: headers {dict(answer.headers)}"]

    # -- sheets, logs, addresses -------------------------------------------------------------------------------------

    def test_stored_text_never_becomes_a_formula(self) -> None:
        from zhixing.domains.students.models import Student

        with tenant_scope(self.ours.tenant.pk):
            rows = list(Student.objects.order_by("pk"))
            for row, formula in zip(rows, FORMULAS, strict=True):
                Student.objects.filter(pk=row.pk).update(name=formula, status="enrolled", note=formula)
        client = self.client_of("registrar")
        assert client.post("/students/student/export/", {"query": "", "reason": "核对"}).status_code == 200
        with tenant_scope(self.ours.tenant.pk):
            wanted = ExportRequest.objects.order_by("-pk").first()
        sheet = b"".join(client.get(f"/exports/{wanted.uid}/file/", {"format": "xlsx"}).streaming_content)
        with zipfile.ZipFile(io.BytesIO(sheet)) as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}
        page = next(text for name, text in parts.items() if "worksheets/" in name)
        assert "<f>" not in page
        assert "<f " not in page
        assert 'quotePrefix="1"' in parts["xl/styles.xml"]
        assert not [name for name in parts if "externalLink" in name]
        lines = b"".join(client.get(f"/exports/{wanted.uid}/file/", {"format": "csv"}).streaming_content).decode(
            "utf-8-sig"
        )
        cells = [cell for line in csv.reader(io.StringIO(lines)) for cell in line]
        assert sum(formula[1:] in cell for formula in FORMULAS for cell in cells) >= len(FORMULAS) - 2
        assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r＝＋－＠")] == []

    def test_no_parameter_leads_off_the_site(self) -> None:
        client = self.client_of("registrar")
        with tenant_scope(self.ours.tenant.pk):
            from zhixing.kernel.notices.models import Notice

            notices = [Notice.objects.create(user=self.people["registrar"], title="x", url=url) for url in ELSEWHERE]
        for url, notice in zip(ELSEWHERE, notices, strict=True):
            for answer in (
                client.get(f"/notices/{notice.uid}/"),
                client.get("/sign-in/", {"next": url}),
                client.post("/step-up/", {"next": url, "password": "x"}),
                client.get("/set-password/", {"next": url}),
            ):
                place = answer.headers.get("Location", "/")
                assert place.startswith("/"), (url, place)
                assert not place.startswith(("//", "/\\")), (url, place)

    def test_a_line_of_a_log_stays_one_line(self) -> None:
        """Names, paths and browsers with line ends and terminal codes; the last formatter is the site's own."""
        logging.getLogger("django.request").setLevel(logging.WARNING)
        records: list[logging.LogRecord] = []
        keep = logging.Handler()
        keep.emit = records.append  # type: ignore[method-assign]
        root = logging.getLogger()
        root.addHandler(keep)
        self.addCleanup(root.removeHandler, keep)
        client = self.client_of("class_tutor")
        client.get("/x%0d%0aINFO forged line%1b[31m/", headers={"User-Agent": "a\tb"})
        client.get("/people/role/%0aforged/", headers={"User-Agent": '"},{"x":"'})
        client.post("/sign-in/", {"account": "a\r\nforged", "password": "x"})
        texts = [record.getMessage() for record in records]
        assert texts
        assert [text for text in texts if "\r" in text or "\n" in text or "\x1b" in text] == []
        from zhixing.kernel.trail.models import AuditEvent

        events = AuditEvent._base_manager.values_list("object_label", "reason")
        assert all(json.loads(json.dumps(list(event))) == list(event) for event in events)

    # -- forms -----------------------------------------------------------------------------------------------------

    def test_forms_write_the_fields_they_show_and_no_others(self) -> None:
        """A-12: extra keys beside every add and edit form of the registry."""
        extra = {
            "tenant": str(self.theirs.tenant.pk), "tenant_id": str(self.theirs.tenant.pk), "is_superuser": "1", "role": "principal",
            "status": "graduated", "stage": "closed", "approved_by": "1", "version": "99", "created_at": "2001-01-01",
            "is_active": "1", "password": "x", "uid": "00000000-0000-0000-0000-000000000001", "id": "1", "user": "1", "path": "/1/",
        }  # fmt: skip
        wrong, tried = [], 0
        for role in ("registrar", "office_director", "system_admin"):
            user = self.people[role]
            client = client_for(user)
            for route, view, declared in inner():
                page = getattr(view, "page", None)
                edits = isinstance(page, type) and issubclass(page, EditPage) and route.endswith("<uuid:uid>/edit/")
                if not edits or not user.holds(declared.permission):
                    continue
                with tenant_scope(self.ours.tenant.pk):
                    row = (
                        page.model._default_manager.all().visible_to(user, "change").order_by("pk").first()
                        if page.model.__name__ != "User"
                        else None
                    )
                    if row is None:
                        continue
                    hidden = [
                        f.attname
                        for f in row._meta.concrete_fields
                        if f.name not in page.names() and f.name not in {"updated_at", "version"}
                    ]
                    before = {name: getattr(row, name) for name in hidden}
                form = client.get(filled(route, view, row.uid))
                sent = {key: value for key, value in fields_of(form) if key not in extra or key in page.names()}
                outside = {key: value for key, value in extra.items() if key not in page.names()}
                answer = client.post(
                    filled(route, view, row.uid), {**outside, **sent, "seen_version": str(row.version)}
                )
                tried += answer.status_code == 302
                with tenant_scope(self.ours.tenant.pk):
                    fresh = page.model._default_manager.get(pk=row.pk)
                    after = {name: getattr(fresh, name) for name in hidden}
                derived = {"name_keys", *(f.attname for f in fresh._meta.concrete_fields if getattr(f, "source", ""))}
                wrong += [
                    f"{role} {route}: {n} {before[n]} → {after[n]}"
                    for n in hidden
                    if str(before[n]) != str(after[n]) and n not in derived
                ]
        assert wrong == [], wrong
        assert tried >= 3, "no form was accepted: the test proves nothing"

    def test_a_form_sent_twice_adds_one_row(self) -> None:
        """F-10: the same mark again leads to the row that the first sending made."""
        from zhixing.domains.school.models import Campus

        client = self.client_of("office_director")
        page = client.get("/school/campus/add/")
        sent = dict(fields_of(page))
        assert sent[FIELD]
        sent["name"] = "南校区"
        answers = [client.post("/school/campus/add/", sent) for _ in range(5)]
        assert {answer.status_code for answer in answers} == {302}
        assert len({answer.headers["Location"] for answer in answers}) == 1
        with tenant_scope(self.ours.tenant.pk):
            assert Campus.objects.filter(name="南校区").count() == 1

    def test_every_change_needs_the_token_of_the_page(self) -> None:
        """A-23: each address that takes a POST refuses one without it, and nothing changes."""
        before = digest_of(self.ours.tenant.pk)
        wrong = []
        for role in ("registrar", "system_admin", "security_admin"):
            user = self.people[role]
            client = client_for(user, csrf=True)
            for route, view, declared in inner():
                if "POST" in declared.methods and (not declared.permission or user.holds(declared.permission)):
                    uid = self.a_row(user, route, view, declared)
                    answer = client.post(filled(route, view, uid), {"confirmed": "1"})
                    wrong += [f"{route}: {answer.status_code}"] if answer.status_code != 403 else []
            assert client.post("/sign-out/").status_code == 403
            assert client.post("/sign-in/", {"account": "x", "password": "y"}).status_code == 403
        assert wrong == []
        assert digest_of(self.ours.tenant.pk) == before


def test_the_reader_sees_what_a_browser_would_run() -> None:
    assert Reader("<p onclick=x>").inline
    assert Reader("<script>x</script>").inline
    assert Reader('<a href="javascript:x">').inline
    assert not Reader('<script src="/static/a.js" defer></script><p title="&lt;script&gt;">&lt;script&gt;</p>').inline
    assert connection.vendor in {"sqlite", "postgresql"}
