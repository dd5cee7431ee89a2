"""月报 and 督办通报: counted by the system, frozen by submission and issue, never rewritten afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from zhixing.domains.supervision import checks
from zhixing.domains.supervision.actions import (
    add_problem,
    draft_circular,
    issue_circular,
    open_reports,
    raise_problems,
    submit_report,
    write_circular,
    write_report,
)
from zhixing.domains.supervision.models import Circular, MonthlyReport
from zhixing.domains.supervision.procedures import take
from zhixing.domains.supervision.queries.months import month_named, month_of, shifted
from zhixing.domains.supervision.queries.tally import tally_month
from zhixing.kernel.checks.models import Finding
from zhixing.kernel.notices.send import open_todos

pytestmark = pytest.mark.django_db
WORDS = "本月完成教学检查两轮，修订制度一项，对照工作要点自查，按时完成两项，正在推进三项。"


@pytest.fixture
def report(cast):
    open_reports(cast.today, by=None, at=cast.at)
    return MonthlyReport.objects.get(unit=cast.teaching)


def test_every_department_with_a_head_gets_one(cast, report):
    assert MonthlyReport.objects.count() == 3
    assert open_reports(cast.today, by=None, at=cast.at) == [], "opening twice makes nothing"
    assert [todo.title for todo in open_todos(cast.teaching_head)][0].startswith("填报：")
    cast.safety.head = None
    cast.safety.save()
    assert len(open_reports(shifted(month_of(cast.today), -1), by=None, at=cast.at)) == 2


def test_the_figures_are_read_and_then_frozen(cast, report, issued):
    order = issued()
    write_report(report, {"progress": WORDS}, by=cast.teaching_head, at=cast.at)
    done = submit_report(report, by=cast.teaching_head, at=cast.at)
    assert done.payload["orders"]["in_hand"] == 1
    assert done.payload["orders"]["rows"][0]["no"] == order.no
    assert done.payload["words"]["progress"] == WORDS
    take("withdraw", order, by=cast.director, at=cast.at, opinion="不再办理")
    assert MonthlyReport.objects.get(pk=done.pk).payload["orders"]["in_hand"] == 1
    for verb in (
        lambda: write_report(done, {"progress": "改了"}, by=cast.teaching_head, at=cast.at),
        lambda: add_problem(done, text="新的问题一条", by=cast.teaching_head, at=cast.at),
        lambda: submit_report(done, by=cast.teaching_head, at=cast.at),
    ):
        with pytest.raises(ValidationError, match="已经报送"):
            verb()
    assert not open_todos(cast.teaching_head).filter(subject__startswith="report").exists()


def test_an_empty_report_is_not_accepted(cast, report):
    with pytest.raises(ValidationError, match="本月进展"):
        submit_report(report, by=cast.teaching_head, at=cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyReport.objects.filter(pk=report.pk).update(state="submitted")


def test_copying_last_month_is_noticed(cast, report):
    before = open_reports(shifted(month_of(cast.today), -1), by=None, at=cast.at)
    last = next(row for row in before if row.unit == cast.teaching)
    for row in (last, report):
        write_report(row, {"progress": WORDS}, by=cast.teaching_head, at=cast.at)
        row = submit_report(row, by=cast.teaching_head, at=cast.at)
    assert row.similarity == 100
    assert list(checks.report_copied.run()) == [row]


def test_late_reports_say_how_late(cast):
    month = shifted(month_of(cast.today), -2)
    report = next(row for row in open_reports(month, by=None, at=cast.at) if row.unit == cast.teaching)
    assert checks.report_late.breaks(report)
    write_report(report, {"progress": WORDS}, by=cast.teaching_head, at=cast.at)
    assert submit_report(report, by=cast.teaching_head, at=cast.at).late_days > 10
    assert not checks.report_late.breaks(report)


def test_problems_go_on_the_books_in_one_act(cast, report):
    for text in ("实训耗材管理不规范", "听课记录不完整"):
        add_problem(report, text=text, cause="制度没有落实", by=cast.teaching_head, at=cast.at)
    with pytest.raises(ValidationError, match="问题"):
        add_problem(report, text="差", by=cast.teaching_head, at=cast.at)
    found = raise_problems(report, by=cast.teaching_head, at=cast.at)
    assert sorted(one.title for one in found) == ["听课记录不完整", "实训耗材管理不规范"]
    assert {one.source for one in found} == {"report"}
    assert {one.unit for one in found} == {cast.teaching}
    assert raise_problems(report, by=cast.teaching_head, at=cast.at) == [], "never twice"
    assert Finding.objects.count() == 2


def test_a_circular_counts_by_department_and_praises_by_rule(cast, answered, issued):
    done = answered()
    take("settle", done, by=cast.director, at=cast.at, mark="good", note="属实")
    at = cast.ago(12)
    take(
        "sign",
        issued(at=at, lead=cast.safety, due_date=cast.work_days(-2), subject="整改隐患"),
        by=cast.safety_head,
        at=at,
    )
    told = tally_month(month_of(cast.today), cast.today)
    lines = {line.title: line for line in told.departments}
    assert (lines["安全保卫科"].overdue, lines["安全保卫科"].in_hand) == (1, 1)
    assert lines["教务科"].settled == 1
    assert [name for name, _ in told.blamed] == ["安全保卫科"]
    assert told.whole.overdue == 1
    assert told.overdue[0]["subject"] == "整改隐患"
    assert any("整改隐患" in line for line in told.focus)


def test_months_are_counted_as_they_stood(cast, answered):
    """An order settled after a month's end was in hand at that end, however it stands today."""
    month = shifted(month_of(cast.today), -1)
    at = cast.at - timedelta(days=(cast.today - month).days - 3)
    order = answered(at=at, due_date=cast.today + timedelta(days=20))
    take("settle", order, by=cast.director, at=cast.at, mark="good", note="属实")
    assert tally_month(month, cast.today).whole.in_hand == 1
    assert tally_month(month_of(cast.today), cast.today).whole.settled == 1


def test_an_issued_circular_never_changes(cast, issued):
    issued()
    circular = draft_circular(month_of(cast.today), by=cast.clerk, at=cast.at)
    assert draft_circular(month_of(cast.today), by=cast.clerk, at=cast.at) == circular
    write_circular(circular, {"foreword": "现将情况通报如下。"}, by=cast.clerk, at=cast.at)
    done = issue_circular(circular, by=cast.director, at=cast.at)
    kept = done.payload
    issued(subject="后来的一件")
    assert Circular.objects.get().payload == kept
    with pytest.raises(ValidationError, match="已经印发"):
        write_circular(done, {"foreword": "改"}, by=cast.clerk, at=cast.at)
    with pytest.raises(ValidationError, match="已经印发"):
        issue_circular(done, by=cast.director, at=cast.at)
    assert (done.number, done.year) == (1, cast.today.year)
    assert not list(checks.circular_tampered.run())
    Circular.objects.update(payload={**kept, "whole": {}})
    assert list(checks.circular_tampered.run()) == [Circular.objects.get()]


def test_the_future_has_no_circular(cast):
    with pytest.raises(ValidationError, match="还没有到"):
        draft_circular(shifted(month_of(cast.today), 1), by=cast.clerk, at=cast.at)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "x-1", "2026-1-1", "99999-1"])
def test_months_of_addresses(text):
    assert month_named(text) is None


def test_tampered_reports_are_found(cast, report):
    write_report(report, {"progress": WORDS}, by=cast.teaching_head, at=cast.at)
    done = submit_report(report, by=cast.teaching_head, at=cast.at)
    assert not checks.report_tampered.breaks(done)
    MonthlyReport.objects.filter(pk=done.pk).update(payload={"orders": {}})
    assert checks.report_tampered.breaks(done)
