"""The demonstration school: credible in size, the same for the same seed, with exactly the faults of its key."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
import time_machine

from tests.factories.clock import NOW
from zhixing.domains.school import checks as school_checks
from zhixing.domains.school import demo as school_demo
from zhixing.domains.school.models import ClassGroup, Department, Major
from zhixing.domains.staff import checks as staff_checks
from zhixing.domains.staff import demo as staff_demo
from zhixing.domains.staff.models import StaffMember
from zhixing.kernel.base.id_numbers import passes_check
from zhixing.kernel.checks import Check
from zhixing.kernel.people.models import User
from zhixing.kernel.people.sealing import open_sealed

SEED = 20260901


@pytest.fixture
def key(school):
    rnd = Random(SEED)
    return [*school_demo.furnish(school, rnd, at=NOW), *staff_demo.furnish(school, rnd, at=NOW)]


def test_the_school_is_of_the_size_promised_with_one_account_per_role(key):
    assert StaffMember.objects.count() == 120
    assert len(set(StaffMember.objects.values_list("name", flat=True))) == 120
    assert Major.objects.offered().count() == 12
    per_cohort = Counter(ClassGroup.objects.values_list("cohort", flat=True))
    assert per_cohort == {2024: 15, 2025: 15, 2026: 15}
    assert Department.objects.count() == 14
    assert all(passes_check(open_sealed(row, "id_number")) for row in StaffMember.objects.all()[:20])
    for code in staff_demo.ACCOUNTS:
        held = User.objects.get(account=code.replace("_", "-"))
        assert code in held.grants.roles(), code
    tutor = User.objects.get(account="class-tutor")
    assert [one.unit_path for one in tutor.grants.held if one.role == "class_tutor"] != [""]


@time_machine.travel(NOW, tick=False)
def test_every_check_finds_just_what_was_planted(key):
    wanted = {entry["rule"]: entry["objects"] for entry in key}
    for module in (school_checks, staff_checks):
        for check in (thing for thing in vars(module).values() if isinstance(thing, Check)):
            assert sorted(str(row) for row in check.run()) == wanted.get(check.code, []), check.code


def test_the_same_seed_gives_the_same_people():
    names = staff_demo._names(Random(7), 30)
    assert names == staff_demo._names(Random(7), 30)
    assert names != staff_demo._names(Random(8), 30)
