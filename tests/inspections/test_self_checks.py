"""Rounds of self-check: every point is asked once, what doesn't fit is on the book, and the same point relapses."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from zhixing.domains.inspections import actions
from zhixing.domains.inspections.indicators import conformity_rate, self_check_rate
from zhixing.domains.inspections.models import ReferencePoint, SelfCheck, SelfCheckRound
from zhixing.domains.rectification.procedures import take
from zhixing.kernel.checks.models import Finding, Source
from zhixing.kernel.people.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(school, make_user):
    unit = Unit.objects.create(name="教务科", kind="department")
    head, director = make_user("department_head", unit=unit), make_user("office_director")
    unit.head = head
    unit.save(update_fields=["head"])
    for code, text in (("JX-1", "方案按程序审定"), ("JX-2", "开课与方案一致")):
        facts = {"code": code, "group": "教学", "text": text, "source_text": "本校", "unit": unit}
        actions.add_point(facts, by=director, at=timezone.now())
    return {"unit": unit, "head": head, "director": director}


def opened(cast, title="第一轮", days=20):
    due = timezone.localdate() + timedelta(days=days)
    return actions.open_round(title=title, due_date=due, by=cast["director"], at=timezone.now())


def answered(cast, round_, code, conclusion, note=""):
    check = SelfCheck.objects.get(round=round_, point__code=code)
    return actions.answer_check(check, conclusion=conclusion, note=note, by=cast["head"], at=timezone.now())


def test_a_point_that_does_not_fit_is_on_the_book_and_relapses_in_the_next_round(cast):
    first = opened(cast)
    answered(cast, first, "JX-1", "fit")
    answered(cast, first, "JX-2", "unfit", "少开一门体育课")
    finding = Finding.objects.get()
    assert (finding.source, finding.severity, finding.unit) == (Source.SELF_CHECK, "error", cast["unit"])
    now = timezone.now()
    take("assign", finding, by=cast["director"], at=now, owner=cast["head"], due_date=timezone.localdate(now))
    take("request_closure", finding, by=cast["head"], at=now)
    take("close", finding, by=cast["director"], at=now)
    actions.close_round(first, by=cast["director"], at=now)
    second = opened(cast, "第二轮")
    answered(cast, second, "JX-2", "mostly", "又少了一门选修")
    finding.refresh_from_db()
    assert (Finding.objects.count(), finding.stage, finding.relapse_count) == (1, "found", 1)


def test_answers_need_words_and_a_department_and_a_round_that_is_open(cast):
    round_ = opened(cast)
    with pytest.raises(ValidationError, match="写明具体问题"):
        answered(cast, round_, "JX-1", "unfit", "差")
    SelfCheck.objects.filter(point__code="JX-2").update(unit=None)
    with pytest.raises(ValidationError, match="还没有自查部门"):
        answered(cast, round_, "JX-2", "unfit", "少开一门体育课")
    with pytest.raises(ValidationError, match="还有 2 个参考点"):
        actions.close_round(round_, by=cast["director"], at=timezone.now())
    for code in ("JX-1", "JX-2"):
        answered(cast, round_, code, "na")
    actions.close_round(round_, by=cast["director"], at=timezone.now())
    with pytest.raises(ValidationError, match="已经结束"):
        answered(cast, SelfCheckRound.objects.get(), "JX-1", "fit")
    assert not Finding.objects.exists()


def test_rates_are_of_the_latest_round(cast):
    answered(cast, opened(cast), "JX-1", "unfit", "没有会议纪要")
    latest = opened(cast, "第二轮")
    today = timezone.localdate()
    assert self_check_rate.measure(today).value() == 0
    assert conformity_rate.measure(today).value() is None
    answered(cast, latest, "JX-1", "fit")
    assert self_check_rate.measure(today).value() == 50
    assert conformity_rate.measure(today).value() == 100


def test_the_shipped_points_are_loaded_once_and_say_that_they_are_examples(school):
    count = actions.load_points(by=None, at=timezone.now())
    assert count == ReferencePoint.objects.count() > 20
    assert actions.load_points(by=None, at=timezone.now()) == 0
    assert {point.certainty for point in ReferencePoint.objects.all()} == {"M-L"}
    assert all(point.source_text.startswith("示例") for point in ReferencePoint.objects.all())


def test_a_round_without_points_or_in_the_past_is_refused(school, make_user, client_of):
    director = make_user("office_director")
    page = client_of(director)
    due = (timezone.localdate() + timedelta(days=5)).isoformat()
    said = page.post("/inspections/selfcheckround/new/", {"title": "一", "due_date": due}).content.decode()
    assert "还没有参考点" in said
    assert "已载入" in page.post("/inspections/selfcheckround/new/", {"load": "1"}).content.decode()
    past = page.post("/inspections/selfcheckround/new/", {"title": "一", "due_date": "2020-01-01"}).content.decode()
    assert "不能早于今天" in past
    assert not SelfCheckRound.objects.exists()
    assert page.post("/inspections/selfcheckround/new/", {"title": "一", "due_date": due}).status_code == 302
    round_ = SelfCheckRound.objects.get()
    shown = page.get(f"/inspections/selfcheckround/{round_.uid}/tab/inspections.RoundTab/").content.decode()
    assert "招生" in shown


def test_a_head_answers_on_a_page_only_what_is_his(cast, make_user, client_of):
    round_ = opened(cast)
    check = SelfCheck.objects.get(round=round_, point__code="JX-1")
    asked = {"confirmed": "1", "conclusion": "unfit", "note": "没有会议纪要"}
    other = client_of(make_user("department_head", unit=Unit.objects.create(name="总务科", kind="department")))
    assert other.post(f"/inspections/selfcheck/{check.uid}/deed/answer/", asked).status_code in (403, 404)
    client_of(cast["head"]).post(f"/inspections/selfcheck/{check.uid}/deed/answer/", asked)
    check.refresh_from_db()
    assert check.conclusion == "unfit"
