"""The yearly book, the look back, written notices, and findings that people write down."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhixing.domains.rectification.actions import (
    carry_forward,
    enter_in_ledger,
    look_back,
    plan_look_back,
    plan_rectification,
)
from zhixing.domains.rectification.actions.lookback import months_after
from zhixing.domains.rectification.jobs import remind_of_look_backs
from zhixing.domains.rectification.models import LedgerEntry, LookBack, NoticeItem, Rectification
from zhixing.domains.rectification.procedures import issue_notices, reply, take
from zhixing.kernel.checks.models import Finding, Source, Stage
from zhixing.kernel.checks.observe import Fault, raise_finding
from zhixing.kernel.notices.send import open_todos
from zhixing.kernel.people.models import Unit
from zhixing.kernel.procedures import StepRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(school, make_user):
    unit = Unit.objects.create(name="教务科", kind="department")
    head = make_user("department_head", unit=unit)
    unit.head = head
    unit.save(update_fields=["head"])
    return {"unit": unit, "head": head, "director": make_user("office_director"), "clerk": make_user("office_clerk")}


def written(cast, title="授课日志不全", source=Source.SITE_INSPECTION, **more):
    unit = cast["unit"]
    values = {"unit_id": unit.pk, "object_label": unit.name, "message": "第 8 周缺 3 份", **more}
    fault = Fault(
        rule="", severity="error", title=title, object_type="people.unit", object_uid=unit.uid, place=title, **values
    )
    return raise_finding(fault, source=source, by=cast["director"], at=timezone.now())


def handed(cast, finding=None, days=10, at=None):
    now = at or timezone.now()
    return take(
        "assign", finding or written(cast), by=cast["director"], at=now, owner=cast["head"],
        due_date=now.date() + timedelta(days=days),
    )  # fmt: skip


def closed(cast, finding=None):
    finding, now = handed(cast, finding), timezone.now()
    take("request_closure", finding, by=cast["head"], at=now)
    return take("close", finding, by=cast["director"], at=now)


def test_a_finding_of_a_person_goes_the_whole_way_and_comes_back_as_the_same_one(cast):
    finding = closed(cast)
    assert (finding.stage, finding.is_present, finding.source) == (Stage.CLOSED, False, Source.SITE_INSPECTION)
    again = written(cast, source=Source.COMPLAINT)
    assert again.pk == finding.pk
    assert (again.stage, again.relapse_count, again.closed_before_by) == (Stage.FOUND, 1, cast["director"])
    assert again.is_present
    assert Finding.objects.count() == 1
    assert written(cast, message="第 9 周也缺").relapse_count == 1, "still open: no second relapse"


def test_handing_out_numbers_the_line_once_a_year(cast):
    first, second = handed(cast), handed(cast, written(cast, title="教案过期"))
    handed(cast, first)
    lines = list(LedgerEntry.objects.order_by("no").values_list("finding", "no"))
    assert lines == [(first.pk, 1), (second.pk, 2)]


def test_open_findings_are_carried_into_the_new_book_and_closed_ones_are_not(cast):
    still, done = handed(cast), closed(cast, written(cast, title="教案过期"))
    old = timezone.localdate().year
    assert carry_forward(by=None, at=timezone.now()) == 0
    new_year = datetime(old + 1, 1, 1, 2, tzinfo=UTC)
    assert carry_forward(by=None, at=new_year) == 1
    assert carry_forward(by=None, at=new_year) == 0
    entry = LedgerEntry.objects.get(year=old + 1)
    assert (entry.finding, entry.no, entry.carried_from.year) == (still, 1, old)
    assert enter_in_ledger(done, at=new_year).no == 2


def test_the_plan_of_a_rectification_is_one_and_is_judged(cast):
    finding, now = written(cast), timezone.now()
    plan_rectification(finding, by=cast["director"], at=now, level="grave", kind="limited", cause="无人负责")
    plan_rectification(finding, by=cast["director"], at=now, measure="每周五由教研组长收齐")
    row = Rectification.objects.get(finding=finding)
    assert (row.level, row.cause, row.measure) == ("grave", "无人负责", "每周五由教研组长收齐")
    with pytest.raises(ValidationError) as refused:
        plan_rectification(finding, by=cast["director"], at=now, level="huge")
    assert "level" in refused.value.message_dict


def test_closure_plans_a_look_back_that_somebody_else_does(cast):
    finding = closed(cast)
    row = LookBack.objects.get(finding=finding)
    assert row.due_date == months_after(timezone.localdate(), 3)
    with pytest.raises(ValidationError, match="不能对自己的整改"):
        look_back(row, result="holds", by=cast["head"], at=timezone.now())
    with pytest.raises(ValidationError):
        look_back(row, result="returned", by=cast["clerk"], at=timezone.now())
    look_back(row, result="returned", note="又缺了两份", by=cast["clerk"], at=timezone.now())
    finding.refresh_from_db()
    assert (finding.stage, finding.relapse_count) == (Stage.FOUND, 1)
    with pytest.raises(ValidationError, match="已经做过"):
        look_back(row, result="holds", by=cast["clerk"], at=timezone.now())


def test_the_database_too_keeps_owner_and_looker_apart(cast):
    finding = closed(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        LookBack.objects.filter(finding=finding).update(looked_by=cast["head"])


def test_a_due_look_back_is_a_to_do_of_the_verifier(cast):
    finding = closed(cast)
    plan_look_back(finding, at=timezone.now())
    assert remind_of_look_backs.work(None) == {"count": 0}
    LookBack.objects.update(due_date=timezone.localdate())
    assert remind_of_look_backs.work(None) == {"count": 1}
    assert "回头看：授课日志不全" in [todo.title for todo in open_todos(cast["director"])]


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [("2026-11-30", 3, "2027-02-28"), ("2027-11-30", 3, "2028-02-29"), ("2026-12-01", 1, "2027-01-01")],
)
def test_months_end_where_the_month_ends(day, months, then):
    assert str(months_after(datetime.fromisoformat(day).date(), months)) == then


def notice_of(cast, *findings, days=10, **more):
    today = timezone.localdate()
    facts = {"demand": "逐条整改到位。", "due_date": today + timedelta(days=days), **more}
    return issue_notices(findings, by=cast["director"], at=timezone.now(), **facts)


def test_a_notice_is_received_answered_and_closed_only_when_all_is_settled(cast):
    finding = written(cast)
    [notice] = notice_of(cast, finding)
    finding.refresh_from_db()
    assert (finding.stage, finding.owner, finding.due_date) == (Stage.ASSIGNED, cast["head"], notice.due_date)
    assert (notice.unit, str(notice)) == (cast["unit"], f"整改通知〔{timezone.localdate().year}〕1号")
    now = timezone.now()
    notice = reply("receive", notice, by=cast["head"], at=now)
    with pytest.raises(StepRefused, match="不少于 10 个字"):
        reply("report", notice, by=cast["head"], at=now, report="改了")
    notice = reply("report", notice, by=cast["head"], at=now, report="已补齐第八周全部授课日志。")
    with pytest.raises(StepRefused, match="还有 1 条"):
        reply("close", notice, by=cast["director"], at=now)
    take("request_closure", finding, by=cast["head"], at=now)
    take("close", finding, by=cast["director"], at=now)
    assert reply("close", notice, by=cast["director"], at=now).state == "closed"


def test_a_notice_that_cannot_be_answered_is_refused_and_nothing_is_written(cast):
    orphan = written(cast, title="无主", unit_id=None)
    with pytest.raises(ValidationError, match="没有责任部门"):
        notice_of(cast, written(cast), orphan)
    with pytest.raises(ValidationError, match="早于今天"):
        notice_of(cast, written(cast), days=-1)
    with pytest.raises(ValidationError, match="已了结"):
        notice_of(cast, closed(cast, written(cast, title="教案过期")))
    assert not NoticeItem.objects.exists()


def test_pages_show_the_book_the_notice_and_the_look_back(cast, client_of):
    finding = closed(cast)
    open_one = written(cast, title="教案过期")
    [notice] = notice_of(cast, open_one)
    director, head = client_of(cast["director"]), client_of(cast["head"])
    book = director.get("/rectification/ledgerentry/").content.decode()
    assert "授课日志不全" in book
    assert "教案过期" in book
    page = f"/rectification/rectificationnotice/{notice.uid}/"
    assert "逐条整改到位" in head.get(page).content.decode()
    assert "教案过期" in head.get(f"{page}tab/rectification.NoticeItemsTab/").content.decode()
    looks = director.get("/rectification/lookback/").content.decode()
    assert finding.title in looks


def test_a_finding_is_written_down_on_a_page(cast, client_of):
    director = client_of(cast["director"])
    facts = {"title": "消防通道堆物", "message": "三楼东侧", "severity": "error", "basis": "", "remedy": ""}
    refused = director.post("/checks/finding/add/", facts)
    assert refused.status_code == 422
    assert "所属部门或班级" in refused.content.decode()
    assert not Finding.objects.exists()
    answered = director.post("/checks/finding/add/", {**facts, "unit": str(cast["unit"].uid)})
    finding = Finding.objects.get()
    assert answered.status_code == 302
    assert (finding.source, finding.unit) == (Source.SELF_CHECK, cast["unit"])
