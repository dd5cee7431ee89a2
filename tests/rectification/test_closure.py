"""From found to closed: who may take which step, what the book remembers, and what the database refuses."""

import io
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from zhixing.domains.rectification.actions import due_after, hand_over, report_measure, sort_by_keeper
from zhixing.domains.rectification.models import Measure
from zhixing.domains.rectification.procedures import FindingClosure, take
from zhixing.domains.rectification.queries import book, keepers, lamp
from zhixing.kernel.checks.models import Finding, Stage
from zhixing.kernel.checks.observe import Fault, observe
from zhixing.kernel.files.store import files_of
from zhixing.kernel.notices.send import open_todos
from zhixing.kernel.people.models import Unit
from zhixing.kernel.procedures import StepRefused
from zhixing.kernel.procedures.declare import passages_of
from zhixing.kernel.trail.models import AuditEvent

pytestmark = pytest.mark.django_db
RULE = "students.sex_differs_from_id"


@pytest.fixture
def cast(school, make_user):
    """A class with its tutor, and the registrar who hands out and verifies."""
    unit = Unit.objects.create(name="24数控1班", kind="class")
    return {"unit": unit, "registrar": make_user("registrar"), "tutor": make_user("class_tutor", unit=unit)}


def see(unit, uid=None, present=True):
    uid = uid or uuid.uuid4()
    fault = Fault(
        rule=RULE, severity="error", title="性别与证件号不符", message="性别写“男”", object_type="people.unit",
        object_uid=uid, object_label="张三", column="性别", unit_id=unit.pk,
    )  # fmt: skip
    seen = [fault] if present else []
    observe(seen, subject="x", title="核查", rules=[RULE], row_count=1, by=None, at=timezone.now())
    return Finding.objects.get(object_uid=uid)


def handed(cast, **more):
    finding, now = see(cast["unit"], **more), timezone.now()
    return take(
        "assign", finding, by=cast["registrar"], at=now, owner=cast["tutor"], due_date=due_after(5, now), note="请核对"
    )


def test_the_whole_way_to_closure(cast):
    finding, now = handed(cast), timezone.now()
    tutor, registrar = cast["tutor"], cast["registrar"]
    assert [todo.title for todo in open_todos(tutor)] == ["整改：性别与证件号不符"]
    take("start", finding, by=tutor, at=now)
    proof = io.BytesIO(b"%PDF-1.7 x")
    proof.name = "户口簿.pdf"
    report_measure(finding, deed="核对户口簿后改为女", by=tutor, at=now, after=proof)
    take("request_closure", finding, by=tutor, at=now, opinion="已改")
    assert [todo.title for todo in open_todos(registrar)] == ["复查：性别与证件号不符"]
    see(cast["unit"], uid=finding.object_uid, present=False)
    closed = take("close", finding, by=registrar, at=now)
    assert (closed.stage, closed.verifier, closed.owner) == (Stage.CLOSED, registrar, tutor)
    assert not open_todos(tutor).exists()
    assert not open_todos(registrar).exists()
    assert [p.step for p in passages_of(closed)] == ["assign", "start", "request_closure", "close"]
    assert files_of(closed).get().purpose == "整改后"
    assert AuditEvent.objects.about(closed).filter(action="step.close").count() == 1
    assert Measure.objects.get().deed == "核对户口簿后改为女"


def test_the_owner_can_not_verify_his_own(cast, make_user):
    unit, registrar = cast["unit"], cast["registrar"]
    finding, now = see(unit), timezone.now()
    take("assign", finding, by=registrar, at=now, owner=registrar, due_date=due_after(5, now))
    take("request_closure", finding, by=registrar, at=now)
    for step in ("close", "send_back", "dismiss", "waive"):
        with pytest.raises(StepRefused, match="他人"):
            take(step, finding, by=registrar, at=now, opinion="自己看过了")


def test_a_tutor_may_neither_hand_out_nor_close(cast):
    finding, now = handed(cast), timezone.now()
    for step in ("assign", "close", "dismiss", "waive", "reopen"):
        with pytest.raises(StepRefused, match="权限"):
            take(step, finding, by=cast["tutor"], at=now, opinion="试试")


def test_another_class_is_out_of_reach(cast, make_user):
    elsewhere = make_user("class_tutor", unit=Unit.objects.create(name="24电商1班", kind="class"))
    finding = handed(cast)
    assert not elsewhere.can("view", finding)
    with pytest.raises(StepRefused):
        take("start", finding, by=elsewhere, at=timezone.now())


def test_closing_what_is_still_seen_needs_a_word(cast):
    finding, now = handed(cast), timezone.now()
    take("request_closure", finding, by=cast["tutor"], at=now)
    with pytest.raises(StepRefused, match="仍能查到"):
        take("close", finding, by=cast["registrar"], at=now)
    closed = take("close", finding, by=cast["registrar"], at=now, note="已见户口簿原件")
    assert closed.stage == Stage.CLOSED


def test_a_fault_no_longer_seen_is_closed_in_one_step(cast):
    finding = see(cast["unit"])
    with pytest.raises(StepRefused):
        take("close", finding, by=cast["registrar"], at=timezone.now())
    finding = see(cast["unit"], uid=finding.object_uid, present=False)
    assert take("close", finding, by=cast["registrar"], at=timezone.now()).stage == Stage.CLOSED


def test_sent_back_needs_a_reason_and_returns_to_the_owner(cast):
    finding, now = handed(cast), timezone.now()
    take("request_closure", finding, by=cast["tutor"], at=now)
    with pytest.raises(StepRefused, match="理由"):
        take("send_back", finding, by=cast["registrar"], at=now, opinion=" ")
    back = take("send_back", finding, by=cast["registrar"], at=now, opinion="佐证不清楚")
    assert (back.stage, back.verifier) == (Stage.SENT_BACK, None)
    assert open_todos(cast["tutor"]).count() == 1


def test_a_closed_finding_that_returns_is_the_same_one(cast):
    finding, now = handed(cast), timezone.now()
    see(cast["unit"], uid=finding.object_uid, present=False)
    take("close", finding, by=cast["registrar"], at=now)
    again = see(cast["unit"], uid=finding.object_uid)
    assert (again.pk, again.stage, again.relapse_count) == (finding.pk, Stage.FOUND, 1)
    assert again.closed_before_by == cast["registrar"]


def test_a_step_out_of_turn_says_where_it_stands(cast):
    finding = see(cast["unit"])
    with pytest.raises(StepRefused, match="待交办"):
        take("send_back", finding, by=cast["registrar"], at=timezone.now(), opinion="不行")


def test_sorting_by_keeper_names_the_orphans(cast):
    lonely = Unit.objects.create(name="没有班主任的班", kind="class")
    kept, orphan = see(cast["unit"]), see(lonely)
    sorted_out = sort_by_keeper([kept, orphan], timezone.localdate())
    assert sorted_out.by_owner == {cast["tutor"]: [kept]}
    assert sorted_out.orphans == [orphan]


def test_a_unit_without_a_keeper_falls_to_the_nearest_head_above(cast, make_user, django_assert_num_queries):
    principal, head = make_user("principal"), make_user("department_head")
    school = Unit.objects.create(name="学校", kind="school", head=principal)
    department = Unit.objects.create(name="机电部", kind="department", parent=school, head=head)
    headless = Unit.objects.create(name="信息部", kind="department", parent=school)
    left = Unit.objects.create(name="26数控1班", kind="class", parent=department)
    far = Unit.objects.create(name="26电商1班", kind="class", parent=headless)
    kept = Unit.objects.create(name="26数控2班", kind="class", parent=department)
    tutor, today = make_user("class_tutor", unit=kept), timezone.localdate()
    with django_assert_num_queries(3):
        found = keepers([left.pk, far.pk, kept.pk, department.pk, None], today)
    assert found == {left.pk: head, far.pk: principal, kept.pk: tutor, department.pk: head}
    head.is_active = False
    head.save(update_fields=["is_active"])
    assert keepers([left.pk, kept.pk], today) == {left.pk: principal, kept.pk: tutor}


@pytest.mark.parametrize("days", [0, -3, 500])
def test_a_senseless_deadline_is_refused(school, days):
    with pytest.raises(ValidationError):
        due_after(days, timezone.now())


def test_deadlines_count_work_days_only(school):
    friday = timezone.now().replace(year=2026, month=9, day=25, hour=4)
    assert due_after(1, friday).isoformat() > "2026-09-27"


def test_lamps_and_book(cast):
    finding, today = handed(cast), timezone.localdate()
    assert lamp(finding, today) in {"green", "amber"}
    Finding.objects.update(due_date=today - timedelta(days=1))
    finding.refresh_from_db()
    assert lamp(finding, today) == "red"
    counted = book(Finding.objects.all(), today)
    assert (counted.open_count, counted.overdue_count, counted.settled_count) == (1, 1, 0)
    assert counted.on_time_rate is None


def test_handing_over_moves_open_findings(cast, make_user):
    finding, heir = handed(cast), make_user("class_tutor", unit=cast["unit"])
    assert hand_over(giver=cast["tutor"], taker=heir, by=cast["registrar"], at=timezone.now()) == 1
    finding.refresh_from_db()
    assert finding.owner == heir


def test_every_step_has_a_permission_that_some_role_holds(school):
    from zhixing.kernel.people.grants import matches
    from zhixing.kernel.people.models import Role

    for step in FindingClosure.steps:
        code = FindingClosure.permission(step)
        holders = [
            role.code
            for role in Role.objects.all()
            if any(matches(tuple(patterns), code) for extent, patterns in role.permissions.items() if extent != "grant")
        ]
        assert holders, code
        if step.name in {"close", "dismiss", "waive", "assign", "reopen"}:
            onlookers = {"class_tutor", "teacher", "student", "guardian", "bureau_inspector"}
            assert not onlookers & set(holders), (code, holders)
