# ruff: noqa: E501 - tables of attempts read better on one line
"""Insiders: rights taken away, walks through the register, guessed links, oracles, clocks set back, rewritten trails."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.security.scene import TwoSchools, client_for
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.people.models import Assignment, User
from zhixing.kernel.trail import pace
from zhixing.kernel.trail.models import AuditEvent

pytestmark = pytest.mark.timeout(600)
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Insiders(TwoSchools):
    def test_rights_end_with_the_next_request(self) -> None:
        """A-15: an open session after the role ended, after a leaving date, after the account was closed."""
        student = f"/students/student/{self.ours.rows[0].uid}/"
        people = self.people
        for change in (
            lambda user: Assignment.objects.filter(user=user).update(ends_on=date(2020, 1, 1), exclusive_group=None),
            lambda user: User.objects.filter(pk=user.pk).update(leaves_on=timezone.localdate() - timedelta(days=1)),
            lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
        ):
            with transaction.atomic(), tenant_scope(self.ours.tenant.pk):
                client = client_for(people["registrar"])
                assert client.get(student).status_code == 200
                change(people["registrar"])
                answer = client.get(student)
                assert answer.status_code in {302, 403}, answer.status_code
                transaction.set_rollback(True)

    def test_a_plain_export_ends_with_the_right_to_it(self) -> None:
        from zhixing.kernel.pages.models import ExportRequest
        from zhixing.kernel.people.models import Role

        client = self.client_of("registrar")
        with tenant_scope(self.ours.tenant.pk):
            wanted = ExportRequest.objects.exclude(approved_by=None).get()
        assert client.get(f"/exports/{wanted.uid}/file/").status_code == 200
        with tenant_scope(self.ours.tenant.pk):
            role = Role.objects.get(code="registrar")
            role.permissions["tenant"] = [*role.permissions["tenant"], "-students.*.export_plain"]
            role.save()
        assert client.get(f"/exports/{wanted.uid}/file/").status_code == 403

    def test_looking_at_others_jobs_does_not_stop_them(self) -> None:
        from zhixing.kernel.jobs.models import Job, State

        with tenant_scope(self.ours.tenant.pk):
            job = Job.objects.create(kind="x", title="别人的任务", requested_by=self.people["system_admin"])
        client = self.client_of("registrar")
        assert client.get(f"/jobs/{job.uid}/").status_code == 200
        assert client.post(f"/jobs/{job.uid}/").status_code == 404
        with tenant_scope(self.ours.tenant.pk):
            assert Job.objects.get(pk=job.pk).cancel_asked is False
            assert Job.objects.get(pk=job.pk).state == State.WAITING
        assert self.client_of("system_admin").post(f"/jobs/{job.uid}/").status_code == 302

    def test_a_walk_through_the_register_is_stopped_and_noted(self) -> None:
        """A-19: one person too many within the hour; those already open stay open; an hour later all is well."""
        client, rows = self.client_of("registrar"), self.ours.rows
        with self.settings(PERSONS_AN_HOUR=5):
            codes = [client.get(f"/students/student/{row.uid}/").status_code for row in rows]
            assert codes == [200] * 5 + [429] * 7
            assert client.get(f"/students/student/{rows[2].uid}/").status_code == 200
            path = f"/students/student/{rows[7].uid}/reveal/id_number/"
            assert client.post(path, {"reason": "核对证件"}).status_code == 429
            with tenant_scope(self.ours.tenant.pk):
                assert AuditEvent.objects.filter(action=pace.STOPPED, result="refused").count() == 1
            other = self.client_of("office_director")
            assert other.get(f"/students/student/{rows[9].uid}/").status_code == 200
            with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=True):
                again = self.client_of("registrar")
                assert again.get(f"/students/student/{rows[9].uid}/").status_code == 200
        assert pace.limit() == pace.USUAL == 300

    def test_neighbouring_names_lead_nowhere(self) -> None:
        """A-25: uids near a known file's, and names as they lie in the folder."""
        from zhixing.kernel.files.models import StoredFile
        from zhixing.kernel.files.store import path_of

        with tenant_scope(self.ours.tenant.pk):
            file = StoredFile.objects.filter(purpose="整改后").first()
        client = self.client_of("class_tutor")
        assert client.get(f"/files/{file.uid}/").status_code == 200
        near = [uuid.UUID(int=(file.uid.int + step) % 2**128) for step in range(-100, 101) if step]
        assert {client.get(f"/files/{uid}/").status_code for uid in near} == {404}
        for path in (
            f"/files/{file.stored_name}/",
            f"/static/../files/{file.stored_name}",
            f"/files/{file.pk}/",
            "/files/..%2f..%2fzhixing.sqlite3",
        ):
            assert client.get(path).status_code == 404, path
        assert len(file.stored_name) == 32
        assert file.uid.version == 4
        assert path_of(file).stat().st_mode & 0o777 == 0o600
        assert self.client_of("student").get(f"/files/{file.uid}/").status_code == 404

    def test_an_id_number_of_another_school_is_as_good_as_any(self) -> None:
        """A-27: the answer to a number known elsewhere, to an unknown one, and to one of our own."""
        client = self.client_of("registrar")
        group = str(self.ours.classes[0].uid)
        usual = {"sex": "男", "class_group": group, "document_kind": "居民身份证", "attendance_kind": "住校",
                 "nationality": "中国", "study_form": "全日制"}  # fmt: skip
        theirs, fresh = "990101200901150012", "990103200901150018"
        ours = next(value for value in self.ours.sealed if value.startswith("990102") and value[6:10] == "2010")
        answers = {}
        from zhixing.kernel.base.id_numbers import check_digit

        fresh = fresh[:17] + check_digit(fresh[:17])
        for name, number, born in (("甲", theirs, "2009-01-15"), ("乙", fresh, "2009-01-15"), ("丙", ours, "")):
            sex = "男" if int(number[16]) % 2 else "女"
            born = born or f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
            sent = {
                **usual,
                "name": name,
                "id_number": number,
                "birth_date": born,
                "sex": sex,
                "student_no": f"NEW{name}",
            }
            answers[name] = client.post("/students/student/add/", sent)
        assert answers["甲"].status_code == answers["乙"].status_code == 302, answers["甲"].content.decode()[-3000:]
        assert answers["丙"].status_code == 422

    def test_nobody_gives_what_he_does_not_have(self) -> None:
        """A-14: each role tries to give each role to himself and to others, through the page."""
        from zhixing.kernel.people.models import Role
        from zhixing.kernel.people.roles import beyond

        with tenant_scope(self.ours.tenant.pk):
            roles = list(Role.objects.order_by("position"))
            target = self.people["enterprise_mentor"]
        given, refused = set(), 0
        for code, user in self.people.items():
            if user.tenant_id is None:
                continue
            client = client_for(user)
            for role in roles:
                for person in (target, user):
                    with transaction.atomic():
                        answer = client.post(
                            "/people/assignment/add/", {"user": str(person.uid), "role": str(role.uid)}
                        )
                        if answer.status_code == 302:
                            given.add((code, role.code, person.pk == user.pk))
                        else:
                            refused += 1
                            assert answer.status_code in {403, 422}, (code, role.code, answer.status_code)
                        transaction.set_rollback(True)
        assert not [each for each in given if each[2]], "somebody gave himself a role"
        assert {giver for giver, _, _ in given} == {"principal", "system_admin", "security_admin"}
        with tenant_scope(self.ours.tenant.pk):
            by_code = {role.code: role for role in roles}
            for giver, code, _ in given:
                assert beyond(self.people[giver], by_code[code].permissions) == [], (giver, code)
        assert not {code for giver, code, _ in given if giver == "system_admin"} & {
            "principal", "registrar", "security_admin", "audit_admin", "system_admin",
        }  # fmt: skip
        assert refused > 200

    def test_a_clock_set_back_lengthens_nothing(self) -> None:
        """F-14: sessions, fresh proofs and leases with the clock an hour back, an hour and 400 days on."""
        from zhixing.kernel.jobs.lease import take_next
        from zhixing.kernel.jobs.models import Job
        from zhixing.kernel.people.middleware import is_proved

        start = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
        reveal = f"/students/student/{self.ours.rows[0].uid}/reveal/id_number/"
        with tenant_scope(self.ours.tenant.pk):
            Job._base_manager.all().delete()
            job = Job.objects.create(kind="x", title="x")
        with time_machine.travel(start, tick=False) as clock:
            client = self.client_of("registrar")
            assert client.get(reveal).status_code == 200
            _, lease = take_next("one")  # type: ignore[misc]
            for step in (timedelta(hours=-1), timedelta(hours=1), timedelta(days=400)):
                clock.move_to(start + step)
                answer = client.get(reveal)
                assert answer.status_code == 302, (step, answer.status_code)
            clock.move_to(start - timedelta(hours=1))
            assert take_next("two") is None, "a living lease is nobody else's"
            clock.move_to(start + timedelta(seconds=61))
            _, second = take_next("two")  # type: ignore[misc]
            assert not lease.renew(1, 1, "late")
            assert not lease.finish("done")
            assert second.finish("done", result={"n": 1})
            assert not second.finish("done", result={"n": 2}), "an effect happens once"

            class Asked:
                session = {"proved_at": start.timestamp() + 7200}

            assert not is_proved(Asked())  # type: ignore[arg-type]
        with tenant_scope(self.ours.tenant.pk):
            assert Job.objects.get(pk=job.pk).result == {"n": 1}

    def test_pages_stand_on_odd_days(self) -> None:
        """F-14: the last day of February, the turn of the year, a day far off."""
        for moment in ("2028-02-29T23:59:59", "2026-12-31T23:59:59", "2027-01-01T00:00:00", "2038-01-20T08:00:00"):
            with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI), tick=True):
                client = self.client_of("office_director")
                for path in ("/", "/students/student/", "/rectification/ledger/", "/school/term/", "/verification/"):
                    assert client.get(path).status_code == 200, (moment, path)

    def test_the_trail_can_not_be_rewritten_by_replacing(self) -> None:
        """F-24: UPDATE, DELETE and on SQLite REPLACE; another guard than the chain, which has tests of its own."""
        event = AuditEvent._base_manager.order_by("pk").first()
        columns = ", ".join(field.column for field in AuditEvent._meta.concrete_fields)
        copied = columns.replace("actor_name", "'某人'", 1)
        statements = [
            f"UPDATE trail_auditevent SET reason = 'x' WHERE id = {event.pk}",
            f"UPDATE trail_auditevent SET id = 999999 WHERE id = {event.pk}",
            f"DELETE FROM trail_auditevent WHERE id = {event.pk}",
        ]
        if connection.vendor == "sqlite":
            statements.append(
                f"INSERT OR REPLACE INTO trail_auditevent ({columns}) SELECT {copied} FROM trail_auditevent WHERE id = {event.pk}"
            )
        for statement in statements:
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        assert AuditEvent._base_manager.get(pk=event.pk).actor_name == event.actor_name

    def test_the_database_refuses_references_across_the_wall(self) -> None:
        """A-13, wall 2: the form's own check taken away."""
        from zhixing.domains.students.models import Student
        from zhixing.kernel.checks.models import Finding

        with tenant_scope(self.theirs.tenant.pk):
            strange = self.theirs.classes[0].pk
        for table, column, value, row in (
            (Student, "class_group_id", strange, self.ours.rows[0].pk),
            (Finding, "owner_id", self.theirs.people["class_tutor"].pk, self.ours.found[0].pk),
            (Student, "tenant_id", self.theirs.tenant.pk, self.ours.rows[0].pk),
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table._meta.db_table} SET {column} = %s WHERE id = %s", [value, row])

    def test_no_plain_value_lies_in_the_database(self) -> None:
        """F-27: every row of every table as text, searched for every canary; job arguments and sessions included."""
        from django.apps import apps

        client = self.client_of("registrar")
        client.post(f"/students/student/{self.ours.rows[0].uid}/reveal/id_number/", {"reason": "核对证件"})
        client.get("/search/", {"q": self.ours.sealed[0]})
        client.get("/students/student/", {"q": self.ours.sealed[0]})
        client.post("/students/student/views/", {"name": "我的", "query": "q=x"})
        secret = [*self.ours.sealed, *self.theirs.sealed]
        found = []
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                if table.startswith(("sqlite_", "django_")):
                    continue
                cursor.execute(f'SELECT * FROM "{table}"')
                text = "\n".join(str(row) for row in cursor.fetchall())
                found += [f"{table}: {value}" for value in secret if value in text]
        assert found == []
        assert apps.ready
        assert len(secret) > 200


def test_every_sealed_value_prints_its_mask_in_a_log(caplog: Any, db: None, make_user: Any) -> None:
    import logging

    user = make_user("registrar", phone="15512345678")
    logging.getLogger("x").warning("user %s %r %s", user.phone, user.phone, {"phone": user.phone})
    assert "15512345678" not in caplog.text
    assert "155****5678" in caplog.text
