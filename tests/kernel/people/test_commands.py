"""The commands that an operator starts with: createadmin, doctor, audit, migrate's refusal, rooms."""

from __future__ import annotations

import argparse
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zhixing.kernel.jobs.models import Worker
from zhixing.kernel.people.models import Tenant, User
from zhixing.kernel.trail.models import AuditEvent
from zhixing.kernel.trail.record import record
from zhixing.site import checkup
from zhixing.site.commands import audit, createadmin, doctor, migrate, rooms

GOOD = "松柏 orchid 逆流 tram"


def options(module: Any, *words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return parser.parse_args(words)


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIXING_ADMIN_PASSWORD", GOOD)


def test_the_first_administrator_and_his_school(db: None, password: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert createadmin.run(options(createadmin, "admin", "--school", "new1")) == 1
    assert "--school-name" in capsys.readouterr().err
    assert createadmin.run(options(createadmin, "admin", "--school", "new1", "--school-name", "新学校")) == 0
    user = User.accounts.get(account="admin")
    assert user.tenant == Tenant.objects.get(code="new1")
    client = Client()
    assert client.post("/sign-in/", {"account": "admin@new1", "password": GOOD}).status_code == 302
    assert client.get("/account/").headers["Location"] == "/second-factor/"
    assert createadmin.run(options(createadmin, "admin", "--school", "new1")) == 1


def test_a_weak_password_makes_no_account(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIXING_ADMIN_PASSWORD", "admin123")
    assert createadmin.run(options(createadmin, "admin", "--school", "new1", "--school-name", "新学校")) == 1
    assert not User.accounts.filter(account="admin").exists()
    assert not Tenant.objects.filter(code="new1").exists()


def test_an_operator_sees_no_school(db: None, password: None, client_of: Any) -> None:
    assert createadmin.run(options(createadmin, "op", "--operator")) == 0
    operator = User.accounts.get(account="op")
    assert operator.tenant is None
    client = client_of(operator)
    assert client.get("/people/user/").status_code == 403
    assert client.get("/account/").status_code == 403
    assert client.get("/set-password/").status_code == 200


def test_neither_or_both_of_school_and_operator_is_refused(db: None, password: None) -> None:
    assert createadmin.run(options(createadmin, "x")) == 2
    assert createadmin.run(options(createadmin, "x", "--operator", "--school", "a")) == 2


def test_audit_verify_tells_a_whole_chain_from_a_broken_one(
    make_user: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    record(action="x.y.z", by=make_user(), at=timezone.now())
    assert audit.run(options(audit, "seal")) == 0
    assert audit.run(options(audit, "verify")) == 0
    event = AuditEvent.objects.latest("pk")
    forged = tmp_path / "anchors.tsv"
    forged.write_text(f"2026-01-01T00:00:00+00:00\t{event.tenant_id}\t{event.seq + 5}\t{'a' * 64}\n")
    assert audit.run(options(audit, "verify", "--anchors", str(forged))) == 1
    assert "截断" in capsys.readouterr().err
    forged.write_text("not an anchor")
    assert audit.run(options(audit, "verify", "--anchors", str(forged))) == 2


def test_rooms_names_files_and_lines(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert rooms.run(options(rooms, "pages")) == 0
    assert "signin.SignIn" in (said := capsys.readouterr().out)
    assert "signin_pages.py:" in said


def test_no_second_master_key_over_sealed_data(
    make_user: Any, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_user("teacher", phone="13912345678")
    settings.MASTER_KEY, settings.MASTER_KEY_FILE = "", str(tmp_path / "master.key")
    assert migrate.run(options(migrate)) == 1
    assert "密钥备份" in capsys.readouterr().err
    assert not Path(settings.MASTER_KEY_FILE).exists()


class TestDoctor:
    def test_says_what_is_wrong_and_how_to_mend_it(
        self, db: None, settings: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings.DEBUG, settings.ALLOWED_HOSTS = True, ["*"]
        settings.PUBLIC_BASE_URL, settings.HTTPS = "http://school.example", False
        settings.SECRET_KEY = "a" * 50
        whats = [ailment.what for ailment in checkup.settings_are_safe()]
        assert len([what for what in whats for word in ("DEBUG", "签名密钥", "HTTPS", "*") if word in what]) == 4
        assert doctor.run(options(doctor)) == 1
        assert "办法：" in capsys.readouterr().out

    def test_safe_settings_are_well(self, settings: Any) -> None:
        settings.PUBLIC_BASE_URL, settings.HTTPS = "https://school.example", True
        settings.ALLOWED_HOSTS = ["school.example"]
        assert list(checkup.settings_are_safe()) == []

    def test_a_key_that_others_can_read(self, settings: Any, tmp_path: Path) -> None:
        key = tmp_path / "master.key"
        key.write_text("x")
        settings.MASTER_KEY_FILE = str(key)
        os.chmod(key, 0o644)
        assert any("其他人也能读取" in ailment.what for ailment in list(checkup.keys()))
        os.chmod(key, 0o400)
        assert not any("其他人也能读取" in ailment.what for ailment in list(checkup.keys()))

    def test_a_worker_that_died_and_a_trail_that_waits(self, make_user: Any) -> None:
        now = timezone.now()
        assert any("从未运行" in ailment.what for ailment in checkup.work_behind())
        Worker.objects.create(name="w", seen_at=now)
        assert list(checkup.work_behind()) == []
        record(action="x.y.z", by=make_user(), at=now - timedelta(minutes=20))
        assert any("20 分钟" in ailment.what for ailment in checkup.work_behind())

    def test_missing_walls(self, db: None) -> None:
        from django.db import connection

        assert not [ailment for ailment in checkup.database() if "防护" in ailment.what and ailment.is_grave]
        name = "wall_still_people_unit"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {name}" + (" ON people_unit" if connection.vendor == "postgresql" else ""))
        assert any("防护" in ailment.what and ailment.is_grave for ailment in checkup.database())

    def test_a_full_disk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import shutil

        monkeypatch.setattr(
            shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(100 * 2**30, 99 * 2**30, 2**29)
        )
        assert any("GiB" in ailment.what for ailment in checkup.disk())


def test_a_request_of_a_signed_in_person_costs_three_queries_of_the_gate(
    make_user: Any, client_of: Any, django_assert_num_queries: Any
) -> None:
    """Session, person with school, assignments: and nothing else before the page itself."""
    client = client_of(make_user("teacher"))
    client.get("/set-password/")
    with django_assert_num_queries(3):
        assert client.get("/set-password/").status_code == 200
