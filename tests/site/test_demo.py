"""The demonstration school: what was planted is what is found, findings stand in every state, accounts open."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.checks.models import OPEN, Finding, Source, Stage, VerificationRun
from zhixing.kernel.indicators.models import Reading
from zhixing.kernel.notices.models import Notice
from zhixing.kernel.people.models import Role, SecondFactor, User
from zhixing.kernel.procedures.models import Passage
from zhixing.kernel.trail.sealer import verify_chain
from zhixing.site import demonstration
from zhixing.site.command import main

PASSWORD = "heron-lamp-cedar-4172"
STUDENTS = "450"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Path:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    return tmp_path


def planted_and_found(key: list[dict[str, Any]]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Rule → names of records: what the key says, and what stands as found; of a group its planted members only."""
    from zhixing.domains.students.models import Student

    numbers = {student.uid: student.student_no for student in Student.objects.all()}
    planted: dict[str, set[str]] = defaultdict(set)
    found: dict[str, set[str]] = defaultdict(set)
    for entry in key:
        planted[entry["rule"]] |= {*entry.get("students", ()), *entry.get("objects", ())}
    for finding in Finding.objects.filter(is_present=True, source=Source.CHECK):
        if finding.object_type == "school.classgroup" and finding.rule.startswith("students."):
            members = Student.objects.filter(class_group__uid=finding.object_uid)
            found[finding.rule] |= set(members.values_list("student_no", flat=True))
        else:
            found[finding.rule].add(numbers.get(finding.object_uid, finding.object_label))
    return dict(planted), dict(found)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_whole_school(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key_file = here / "key.json"
    assert main(["demo", "--students", STUDENTS, "--password", PASSWORD, "--key", str(key_file)]) == 0
    told = capsys.readouterr().out
    accounts = here / "demo_accounts.txt"
    assert accounts.stat().st_mode & 0o777 == 0o600
    assert accounts.read_text("utf-8").strip() in told
    tenant = demonstration.present()
    assert tenant is not None
    with tenant_scope(tenant.pk):
        planted, found = planted_and_found(json.loads(key_file.read_text("utf-8")))
        assert set(found) == set(planted)
        assert {rule: names - planted[rule] for rule, names in found.items() if names - planted[rule]} == {}
        _findings_stand_everywhere()
        _accounts_open(told)
        assert Reading.objects.values("on").distinct().count() == demonstration.READING_DAYS
        assert VerificationRun.objects.filter(subject="roster.students").count() >= 3
        assert Notice.objects.filter(is_todo=True, done_at=None).exists()
        before = (User.objects.count(), Finding.objects.count())
        assert main(["demo"]) == 0
        assert "已经布置好" in capsys.readouterr().out
        assert (User.objects.count(), Finding.objects.count()) == before
    assert verify_chain() == []
    assert main(["demo", "--code", "registrar"]) == 0
    assert len(capsys.readouterr().out.strip()) == 6


def _findings_stand_everywhere() -> None:
    today = timezone.localdate()
    assert set(Finding.objects.values_list("stage", flat=True)) == {stage.value for stage in Stage}
    assert Finding.objects.filter(stage=Stage.FOUND, relapse_count__gt=0, closed_before_by__isnull=False).exists()
    assert Finding.objects.filter(stage__in=OPEN, is_present=False).exists()
    assert Finding.objects.overdue(today).exists()
    assert Passage.objects.filter(by=None).count() == 0
    assert all(one.verifier_id != one.owner_id for one in Finding.objects.filter(stage=Stage.CLOSED))


def _accounts_open(told: str) -> None:
    for role in Role.objects.exclude(code="platform_operator"):
        holders = [user for user in User.objects.filter(assignments__role=role) if f"账号 {user.account}（" in told]
        assert holders, role.code
        assert any(user.check_password(PASSWORD) for user in holders)
        if role.needs_second_factor:
            assert SecondFactor.objects.filter(user__in=holders).exclude(confirmed_at=None).exists()


def test_it_keeps_away_from_a_real_school(here: Path, school: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 1
    assert "已有别的学校" in capsys.readouterr().err
    assert main(["demo", "--if-empty"]) == 0
    assert main(["demo", "--again"]) == 1
    assert demonstration.present() is None


def test_the_roster_alone_needs_no_school(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, key = here / "roster.xlsx", here / "key.json"
    assert main(["demo", "--students", STUDENTS, "--roster", str(sheet), "--key", str(key)]) == 0
    assert demonstration.present() is None
    assert len(json.loads(key.read_text("utf-8"))) > 30
    capsys.readouterr()
    assert main(["verify", str(sheet), "--format", "json"]) == 1
    verdict = json.loads(capsys.readouterr().out)
    planted = {one["rule"] for one in json.loads(key.read_text("utf-8")) if not one["against"]}
    assert set(verdict["by_rule"]) == planted


def test_passwords_are_new_each_time_and_good() -> None:
    made = {demonstration.new_password() for _ in range(20)}
    assert len(made) == 20
    from zhixing.kernel.people.passwords import judge_password

    assert [fault for password in made for fault in judge_password(password)] == []
