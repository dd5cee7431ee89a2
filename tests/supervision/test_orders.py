"""督办单 from 立项 to 归档: who may take which step, what is refused, what the database itself keeps apart."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.supervision.conftest import paper
from zhixing.domains.supervision.actions import (
    ask_extension,
    begin_order,
    correct_order,
    decide_extension,
    keep_feedback,
    reassign,
    set_supports,
    waiting_extension,
)
from zhixing.domains.supervision.models import Order, OrderExtension, OrderFeedback
from zhixing.domains.supervision.procedures import OrderCourse, take
from zhixing.kernel.files.evidence import evidence_of
from zhixing.kernel.notices.send import open_todos
from zhixing.kernel.procedures import StepRefused
from zhixing.kernel.procedures.declare import passages_of
from zhixing.kernel.trail.models import AuditEvent

pytestmark = pytest.mark.django_db
LONG = "已召开两次专题会，完成初稿并征求各教研组意见，正在按意见修改，预计下周提交校长办公会审议。"


def test_the_whole_way_to_the_archive(cast, answered):
    order = answered()
    assert order.no == f"督办〔{cast.today.year}〕1号"
    assert [todo.title for todo in open_todos(cast.director)] == ["审核反馈：修订教学常规检查办法"]
    settled = take("settle", order, by=cast.director, at=cast.at, mark="good", note="事实清楚")
    assert (settled.state, settled.mark, settled.reviewer) == ("settled", "good", cast.director)
    assert OrderFeedback.objects.get().verdict == "accepted"
    assert evidence_of(settled).count() == 1
    archived = take("archive", settled, by=cast.clerk, at=cast.at)
    assert archived.archive_class == "办公室立项"
    assert [p.step for p in passages_of(archived)] == ["issue", "sign", "answer", "settle", "archive"]
    assert not open_todos(cast.teaching_head).exists()
    assert AuditEvent.objects.about(archived).filter(action="step.settle").count() == 1


def test_numbers_run_by_year_without_gaps(cast, issued):
    assert [issued(subject=f"事项{n}").number for n in range(3)] == [1, 2, 3]
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(number=3).update(number=2)


def test_a_draft_has_no_number_and_no_todo(cast, begin):
    order = begin()
    assert (order.state, order.number, order.no) == ("drafted", None, "")
    assert not open_todos(cast.teaching_head).exists()


def test_handing_out_falls_to_the_head_of_the_lead(cast, issued):
    order = issued()
    assert (order.owner, order.issued_by, order.first_due_date) == (cast.teaching_head, cast.director, order.due_date)
    assert [todo.title for todo in open_todos(cast.teaching_head)] == ["签收督办单：修订教学常规检查办法"]


def test_a_lead_without_a_head_needs_an_owner(cast, begin):
    cast.teaching.head = None
    cast.teaching.save()
    with pytest.raises(StepRefused, match="没有在职的负责人"):
        take("issue", begin(), by=cast.director, at=cast.at)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due_date": -1}, "due_date"),
        ({"subject": ""}, "subject"),
        ({"demand": ""}, "demand"),
        ({"source_kind": "note", "instruction": ""}, "instruction"),
        ({"source_kind": "rumour"}, "source_kind"),
    ],
)
def test_bad_drafts_are_told_by_field(cast, begin, changes, field):
    if "due_date" in changes:
        changes = {"due_date": cast.today - timedelta(days=1)}
    with pytest.raises(ValidationError) as refused:
        begin(**changes)
    assert field in refused.value.message_dict
    assert not Order.objects.exists()


def test_the_lead_does_not_help_itself(cast, begin):
    with pytest.raises(ValidationError, match="不能同时是协办"):
        begin(supports=[cast.teaching])
    assert not Order.objects.exists(), "nothing half-written"


def test_the_owner_can_not_review_his_own(cast, answered):
    order = answered()
    Order.objects.filter(pk=order.pk).update(owner=cast.director)
    for step, values in (("settle", {"mark": "good"}), ("send_back", {})):
        with pytest.raises(StepRefused, match="他人审核"):
            take(step, order, by=cast.director, at=cast.at, opinion="自己看过了", **values)


def test_the_database_keeps_doer_and_reviewer_apart(cast, answered):
    order = answered()
    for column in ("owner", "answered_by"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**{"reviewer": cast.director, column: cast.director})
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderFeedback.objects.update(reviewed_by=cast.teaching_head)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(state="settled")


def test_helpers_see_but_do_not_answer(cast, issued):
    order = issued(supports=[cast.safety])
    assert cast.safety_head.can("view", order)
    with pytest.raises(StepRefused, match="牵头部门"):
        take("sign", order, by=cast.safety_head, at=cast.at)
    signed = take("sign", order, by=cast.teaching_head, at=cast.at)
    with pytest.raises(PermissionError, match="牵头部门"):
        keep_feedback(signed, kind="progress", progress=LONG, by=cast.safety_head, at=cast.at)
    with pytest.raises(PermissionError, match="牵头部门"):
        ask_extension(
            signed,
            asked_due_date=cast.work_days(15),
            reason="需要更多时间",
            progress="已完成一半",
            by=cast.safety_head,
            at=cast.at,
        )


def test_other_departments_do_not_see_it(cast, issued):
    order = issued()
    assert not cast.safety_head.can("view", order)
    set_supports(order, units=[cast.safety], by=cast.director, at=cast.at)
    assert cast.safety_head.can("view", order)
    assert Order.objects.all().visible_to(cast.safety_head, "view").count() == 1
    set_supports(order, units=[], by=cast.director, at=cast.at)
    assert not cast.safety_head.can("view", order)


def test_a_row_that_is_shared_twice_is_listed_once(cast, issued, make_user):
    order = issued(supports=[cast.safety, cast.office], sponsor=cast.safety_head)
    assert list(Order.objects.all().visible_to(cast.safety_head, "view")) == [order]


def test_the_sponsor_sees_it_whatever_his_role(cast, issued, make_user):
    deputy = make_user("teacher", name="副校长庚")
    order = issued(sponsor=deputy)
    assert deputy.can("view", order)
    with pytest.raises(StepRefused, match="牵头部门"):
        take("sign", order, by=deputy, at=cast.at)


def test_steps_out_of_turn_say_where_it_stands(cast, issued):
    with pytest.raises(StepRefused, match="已交办"):
        take("settle", issued(), by=cast.director, at=cast.at, mark="good")


def test_settling_needs_a_mark_and_proof_or_a_word(cast, answered):
    order = answered(proof=False)
    with pytest.raises(StepRefused, match="没有佐证材料"):
        take("settle", order, by=cast.director, at=cast.at, mark="good")
    with pytest.raises(StepRefused, match="请选择评定"):
        take("settle", order, by=cast.director, at=cast.at, mark="很好")
    assert (
        take("settle", order, by=cast.director, at=cast.at, mark="pass", note="口头事项，无须佐证").state == "settled"
    )


def test_weak_feedback_is_hinted_at_and_sent_back(cast, issued):
    order = take("sign", issued(), by=cast.teaching_head, at=cast.at)
    first = keep_feedback(order, kind="final", progress="正在办理。", by=cast.teaching_head, at=cast.at)
    assert [hint.split("（")[0] for hint in first.hints] == ["内容过短", "没有佐证材料"]
    order = take("answer", order, by=cast.teaching_head, at=cast.at)
    with pytest.raises(StepRefused, match="理由"):
        take("send_back", order, by=cast.director, at=cast.at)
    back = take("send_back", order, by=cast.director, at=cast.at, opinion="没有写明结果", note="没有写明结果")
    first.refresh_from_db()
    assert (back.state, back.returned_count) == ("returned", 1)
    assert (first.verdict, first.opinion, first.reviewed_by) == ("refused", "没有写明结果", cast.director)
    assert open_todos(cast.teaching_head).count() == 1
    keep_feedback(back, kind="progress", progress=LONG, by=cast.teaching_head, at=cast.at + timedelta(hours=1))
    again = keep_feedback(
        back, kind="progress", progress=LONG + "。", by=cast.teaching_head, at=cast.at + timedelta(hours=2)
    )
    assert again.similarity > 90
    assert any("疑似照抄" in hint for hint in again.hints)


def test_extension_is_asked_in_time_and_decided_by_another(cast, issued):
    order = take("sign", issued(), by=cast.teaching_head, at=cast.at)
    old = order.due_date
    asked = ask_extension(
        order,
        asked_due_date=cast.work_days(20),
        reason="外聘专家下周才能到校",
        progress="初稿已完成",
        by=cast.teaching_head,
        at=cast.at,
    )
    assert waiting_extension(order) == asked
    with pytest.raises(ValidationError, match="已有一份待审批"):
        ask_extension(
            order,
            asked_due_date=cast.work_days(25),
            reason="还要更多时间",
            progress="初稿已完成",
            by=cast.teaching_head,
            at=cast.at,
        )
    with pytest.raises(ValidationError, match="自己审批"):
        decide_extension(asked, granted=True, by=cast.teaching_head, at=cast.at)
    decide_extension(asked, granted=True, by=cast.director, at=cast.at)
    order.refresh_from_db()
    assert (order.due_date, order.first_due_date) == (cast.work_days(20), old)
    with pytest.raises(ValidationError, match="已经审批"):
        decide_extension(asked, granted=False, by=cast.director, at=cast.at, opinion="不行")
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderExtension.objects.update(decided_by=cast.teaching_head)


def test_after_the_due_date_no_extension(cast, issued):
    at = cast.ago(8)
    order = take("sign", issued(at=at, due_date=cast.work_days(-2)), by=cast.teaching_head, at=at)
    with pytest.raises(ValidationError, match="已过办结时限"):
        ask_extension(
            order,
            asked_due_date=cast.work_days(5),
            reason="来不及了再给几天",
            progress="做了一半",
            by=cast.teaching_head,
            at=cast.at,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderExtension.objects.create(
            order=order,
            old_due_date=order.due_date,
            asked_due_date=cast.work_days(5),
            reason="x",
            progress="x",
            asked_by=cast.teaching_head,
            asked_at=cast.at,
            asked_date=cast.today,
        )


def test_a_refusal_says_why_and_changes_nothing(cast, issued):
    order = issued()
    asked = ask_extension(
        order,
        asked_due_date=cast.work_days(12),
        reason="需要更多时间",
        progress="正在收集资料",
        by=cast.teaching_head,
        at=cast.at,
    )
    with pytest.raises(ValidationError, match="写明理由"):
        decide_extension(asked, granted=False, by=cast.director, at=cast.at)
    decide_extension(asked, granted=False, by=cast.director, at=cast.at, opinion="时间足够")
    order.refresh_from_db()
    assert order.due_date == cast.work_days(10)


@pytest.mark.parametrize("words", [{"reason": "急"}, {"progress": ""}, {"asked_due_date": 0}])
def test_bad_extension_requests(cast, issued, words):
    values = {"asked_due_date": cast.work_days(15), "reason": "设备没有到货", "progress": "合同已签", **words}
    if values["asked_due_date"] == 0:
        values["asked_due_date"] = cast.work_days(1)
    with pytest.raises(ValidationError):
        ask_extension(issued(), by=cast.teaching_head, at=cast.at, **values)
    assert not OrderExtension.objects.exists()


def test_an_issued_order_is_not_rewritten(cast, begin, issued):
    draft = begin()
    correct_order(draft, {"subject": "修订教学检查办法（二稿）"}, by=cast.clerk, at=cast.at)
    assert Order.objects.get(pk=draft.pk).subject == "修订教学检查办法（二稿）"
    with pytest.raises(ValidationError, match="不能修改内容"):
        correct_order(issued(), {"subject": "换一件事"}, by=cast.clerk, at=cast.at)


def test_reassigning_moves_the_todo(cast, issued, make_user):
    order, heir = issued(), make_user("teacher", unit=cast.teaching, name="接手人")
    with pytest.raises(ValidationError, match="原因"):
        reassign(order, owner=heir, by=cast.director, at=cast.at, reason="")
    reassign(order, owner=heir, by=cast.director, at=cast.at, reason="原责任人外出培训")
    assert not open_todos(cast.teaching_head).exists()
    assert open_todos(heir).count() == 1
    assert take("sign", order, by=heir, at=cast.at).state == "signed"


def test_withdrawing_says_why_and_clears_the_desk(cast, issued):
    with pytest.raises(StepRefused, match="理由"):
        take("withdraw", issued(), by=cast.director, at=cast.at)
    gone = take("withdraw", issued(subject="另一件"), by=cast.director, at=cast.at, opinion="与另一件合并")
    assert gone.state == "withdrawn"


def test_a_leaders_note_becomes_an_order(cast, begin):
    order = begin(instruction="请教务科下周拿出方案。", instructed_by=cast.principal)
    assert order.source_kind == "note"


def test_a_finding_becomes_an_order(cast):
    from zhixing.kernel.checks.models import Source
    from zhixing.kernel.checks.observe import Fault, raise_finding

    fault = Fault(
        rule="",
        severity="error",
        title="消防通道堵塞",
        message="实训楼二层",
        object_type="people.unit",
        object_uid=cast.safety.uid,
        object_label="实训楼",
        unit_id=cast.safety.pk,
    )
    finding = raise_finding(fault, source=Source.SITE_INSPECTION, by=cast.director, at=cast.at)
    values = {
        "subject": "清理消防通道",
        "demand": "当天清理并拍照。",
        "lead": cast.safety,
        "due_date": cast.work_days(1),
    }
    order = begin_order(values, by=cast.director, at=cast.at, source=finding)
    assert (order.source_kind, order.source_type, order.source_uid) == ("finding", "checks.finding", finding.uid)
    assert "消防通道" in order.source_label


def test_a_bad_file_is_refused_with_the_words_of_the_store(cast, issued):
    order = take("sign", issued(), by=cast.teaching_head, at=cast.at)
    evil = io.BytesIO(b"MZ\x90\x00")
    evil.name = "报告.exe"
    with pytest.raises(ValidationError, match="请上传"):
        keep_feedback(order, kind="final", progress=LONG, by=cast.teaching_head, at=cast.at, proof=evil)
    assert not OrderFeedback.objects.exists(), "nothing half-written"
    assert (
        keep_feedback(order, kind="final", progress=LONG, by=cast.teaching_head, at=cast.at, proof=paper()).hints == []
    )


def test_every_step_has_a_permission_that_some_role_holds(school):
    from zhixing.kernel.people.grants import matches
    from zhixing.kernel.people.models import Role

    for step in OrderCourse.steps:
        code = OrderCourse.permission(step)
        holders = {
            role.code
            for role in Role.objects.all()
            if any(matches(tuple(patterns), code) for extent, patterns in role.permissions.items() if extent != "grant")
        }
        assert holders, code
        if step.name in {"issue", "settle", "send_back", "withdraw"}:
            assert not {"department_head", "teacher", "class_tutor", "bureau_inspector", "office_clerk"} & holders, code
