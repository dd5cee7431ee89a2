"""Ways around the closing of findings: asking and closing alone, and a return counted twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from zhixing.domains.rectification.actions import hand_over, look_back
from zhixing.domains.rectification.models import LookBack
from zhixing.domains.rectification.procedures import take
from zhixing.kernel.checks.models import Finding, Source
from zhixing.kernel.checks.observe import Fault, raise_finding
from zhixing.kernel.people.models import Unit
from zhixing.kernel.procedures import StepRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(school, make_user):
    unit = Unit.objects.create(name="教务科", kind="department")
    return {"unit": unit, "head": make_user("department_head", unit=unit), "director": make_user("office_director"),
            "registrar": make_user("registrar")}  # fmt: skip


def seen(cast):
    unit = cast["unit"]
    fault = Fault(
        rule="", severity="error", title="授课日志不全", message="缺 3 份", object_type="people.unit",
        object_uid=unit.uid, object_label=unit.name, unit_id=unit.pk, place="授课日志",
    )  # fmt: skip
    return raise_finding(fault, source=Source.SITE_INSPECTION, by=cast["director"], at=timezone.now())


def handed(cast, owner="head"):
    now = timezone.now()
    due = now.date() + timedelta(days=5)
    return take("assign", seen(cast), by=cast["director"], at=now, owner=cast[owner], due_date=due)


def test_who_asked_for_the_verification_does_not_verify_after_passing_it_on(cast):
    now, director = timezone.now(), cast["director"]
    take("request_closure", handed(cast, "director"), by=director, at=now)
    hand_over(giver=director, taker=cast["head"], by=director, at=now)
    with pytest.raises(StepRefused, match="申请复查的人"):
        take("close", Finding.objects.get(), by=director, at=now)
    assert take("close", Finding.objects.get(), by=cast["registrar"], at=now).stage == "closed"


def test_a_look_back_does_not_take_an_open_finding_from_its_owner(cast):
    now, director = timezone.now(), cast["director"]
    take("request_closure", handed(cast), by=cast["head"], at=now)
    take("close", Finding.objects.get(), by=director, at=now)
    handed(cast)  # it is back before anybody looked again, and handed out
    look_back(LookBack.objects.get(), result="returned", note="又缺 3 份", by=director, at=now)
    finding = Finding.objects.get()
    assert (finding.relapse_count, finding.owner, finding.stage) == (1, cast["head"], "assigned")


@pytest.mark.parametrize("step", ["dismiss", "waive", "close"])
def test_a_head_settles_nothing_that_others_found_in_his_own_department(cast, step):
    cast["unit"].head = cast["head"]
    cast["unit"].save()
    finding = seen(cast)
    if step == "close":
        take("request_closure", handed(cast, "registrar"), by=cast["registrar"], at=timezone.now())
    with pytest.raises(StepRefused, match="责任部门负责人"):
        take(step, finding, by=cast["head"], at=timezone.now(), opinion="不用整改")
