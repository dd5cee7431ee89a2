"""The pages of supervision as people meet them: who sees what, what a form refuses, how many questions it asks."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.supervision.conftest import paper
from zhixing.domains.supervision.actions import add_decision, call_meeting, open_reports, propose_topic, review_topic
from zhixing.domains.supervision.models import Attendance, Circular, Decision, Meeting, MonthlyReport, Order
from zhixing.domains.supervision.procedures import take, take_meeting
from zhixing.kernel.checks.models import Source
from zhixing.kernel.checks.observe import Fault, raise_finding

pytestmark = pytest.mark.django_db
MARK = re.compile(r'name="form_mark" value="([^"]+)"')


def begin_values(cast, client, query="", **changes):
    """The form as a browser would send it, with the mark that the page gave."""
    page = client.get(f"/supervision/order/add/{query}").content.decode()
    found = MARK.search(page)
    assert found
    return {
        "subject": "整理实训台账",
        "demand": "逐台登记。",
        "source_kind": "hand",
        "lead": cast.teaching.pk,
        "due_date": cast.work_days(6).isoformat(),
        "form_mark": found[1],
        **changes,
    }


def deed(client, order, name, **values):
    return client.post(f"/supervision/order/{order.uid}/deed/{name}/", {"confirmed": "1", **values})


def test_an_order_is_begun_by_hand_once(cast, client_of):
    client = client_of(cast.clerk)
    values = begin_values(cast, client, supports=[cast.safety.pk])
    for _ in range(2):
        answer = client.post("/supervision/order/add/", values)
        assert answer.status_code == 302
    order = Order.objects.get()
    assert answer["Location"] == f"/supervision/order/{order.uid}/"
    assert [support.unit for support in order.supports.all()] == [cast.safety]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"subject": ""}, "必填"),
        ({"due_date": "2020-01-01"}, "不能早于今天"),
        ({"due_date": "明天"}, "日期"),
        ({"lead": "999999"}, "有效"),
        ({"source_kind": "note"}, "批示内容"),
        ({"source_kind": "gossip"}, "有效"),
    ],
)
def test_a_bad_form_says_what_is_wrong(cast, client_of, changes, words):
    client = client_of(cast.clerk)
    answer = client.post("/supervision/order/add/", begin_values(cast, client, **changes))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "需要修改" in text
    assert words in text or "这是必填项" in text or "必填" in text
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "query", ["?from=plans.workpoint&uid=nonsense", "?from=people.user&uid=1", "?from=checks.finding"]
)
def test_a_made_up_source_is_not_found(cast, client_of, query):
    assert client_of(cast.clerk).get(f"/supervision/order/add/{query}").status_code == 404


def test_a_finding_fills_the_form_and_shows_its_order(cast, client_of):
    fault = Fault(
        rule="",
        severity="error",
        title="消防通道堵塞",
        message="实训楼二层堆放杂物",
        object_type="people.unit",
        object_uid=cast.safety.uid,
        object_label="实训楼",
        unit_id=cast.safety.pk,
    )
    finding = raise_finding(fault, source=Source.SITE_INSPECTION, by=cast.director, at=cast.at)
    client = client_of(cast.director)
    query = f"?from=checks.finding&uid={finding.uid}"
    assert "消防通道堵塞" in client.get(f"/supervision/order/add/{query}").content.decode()
    values = begin_values(cast, client, query, lead=cast.safety.pk, subject="清理通道", source_kind="finding")
    client.post(f"/supervision/order/add/{query}", values)
    assert Order.objects.get().source_uid == finding.uid
    assert "清理通道" in client.get(f"/checks/finding/{finding.uid}/").content.decode()


def test_the_whole_way_by_pages(cast, begin, client_of):
    order = begin()
    office, head = client_of(cast.director), client_of(cast.teaching_head)
    assert "完成" in deed(office, order, "issue").content.decode() or Order.objects.get().state == "issued"
    deed(head, order, "sign")
    words = "已召开教研组会议三次，修订稿经讨论通过，现行文印发各教研组执行。"
    answer = deed(head, order, "answer", progress=words, proof=paper())
    assert answer.status_code == 200
    assert Order.objects.get().state == "answered"
    assert deed(office, order, "send_back", opinion="").status_code == 422
    deed(office, order, "settle", mark="good", note="")
    assert Order.objects.get().state == "settled"
    page = office.get(f"/supervision/order/{order.uid}/tab/supervision.FeedbackTab/").content.decode()
    assert words in page


def test_deeds_are_offered_to_those_who_may(cast, issued, answered, client_of):
    fresh, waiting = issued(supports=[cast.safety]), answered(subject="另一件")
    lead = client_of(cast.teaching_head).get(f"/supervision/order/{fresh.uid}/").content.decode()
    helper = client_of(cast.safety_head).get(f"/supervision/order/{fresh.uid}/").content.decode()
    office = client_of(cast.director).get(f"/supervision/order/{waiting.uid}/").content.decode()
    assert "deed/sign/" in lead
    assert "deed/sign/" not in helper
    assert "deed/settle/" in office
    Order.objects.filter(pk=waiting.pk).update(owner=cast.director)
    own = client_of(cast.director).get(f"/supervision/order/{waiting.uid}/").content.decode()
    assert "deed/settle/" not in own, "nobody is offered the review of his own work"


def test_a_forged_post_is_refused(cast, issued, client_of):
    order = issued(supports=[cast.safety])
    deed(client_of(cast.safety_head), order, "sign")
    assert Order.objects.get().state == "issued"
    assert deed(client_of(cast.teaching_head), order, "settle", mark="good").status_code == 403
    outsider = issued(subject="与安全科无关")
    assert client_of(cast.safety_head).get(f"/supervision/order/{outsider.uid}/").status_code == 404


def test_extension_by_page_and_list(cast, issued, client_of):
    order = issued()
    asked = {"asked_due_date": cast.work_days(20).isoformat(), "reason": "设备没有到货", "progress": "合同已经签订"}
    deed(client_of(cast.teaching_head), order, "ask_extension", **asked)
    client = client_of(cast.director)
    assert "设备没有到货" in client.get("/supervision/orderextension/?verdict=waiting").content.decode()
    assert "deed/decide_extension/" in client.get(f"/supervision/order/{order.uid}/").content.decode()
    deed(client, order, "decide_extension", granted="1")
    assert Order.objects.get().due_date == cast.work_days(20)


def test_board_and_lists_ask_the_same_number_of_questions(cast, issued, client_of):
    client = client_of(cast.director)
    issued()
    for path in (
        "/supervision/board/",
        "/supervision/order/",
        "/supervision/circular/month/",
        "/supervision/reports/",
        "/",
    ):
        client.get(path)
        with CaptureQueriesContext(connection) as few:
            assert client.get(path).status_code == 200, path
        for number in range(4):
            issued(subject=f"事项{number}", at=cast.ago(4), due_date=cast.work_days(-1), lead=cast.safety)
        with CaptureQueriesContext(connection) as more:
            client.get(path)
        assert len(more) == len(few), (path, [query["sql"][:120] for query in more])
        Order.objects.filter(subject__startswith="事项").delete()


def test_the_month_may_be_chosen_and_nonsense_is_this_month(cast, issued, client_of):
    issued()
    client = client_of(cast.director)
    this = f"{cast.today.year}年{cast.today.month}月督办通报"
    for query in ("", "?month=x", "?month=2999-01", "?month=2026-99"):
        assert this in client.get(f"/supervision/circular/month/{query}").content.decode(), query
    answer = client.post("/supervision/circular/month/", {"month": cast.today.strftime("%Y-%m")})
    assert answer["Location"] == f"/supervision/circular/{Circular.objects.get().uid}/"
    client.post(f"/supervision/circular/{Circular.objects.get().uid}/deed/issue/", {"confirmed": "1"})
    assert Circular.objects.get().state == "issued"
    assert "已印发" in client.get("/supervision/circular/month/").content.decode()
    head = client_of(cast.teaching_head)
    assert head.post("/supervision/circular/month/", {"month": "2026-01"}).status_code == 200
    assert Circular.objects.count() == 1


def test_a_head_writes_and_submits_the_report(cast, client_of):
    open_reports(cast.today, by=None, at=cast.at)
    report = MonthlyReport.objects.get(unit=cast.teaching)
    client, at = client_of(cast.teaching_head), f"/supervision/monthlyreport/{report.uid}/"
    assert "本部门数据" in client.get(at).content.decode()
    assert "实时数据" in client.get(f"{at}tab/supervision.KnownTab/").content.decode()
    client.post(f"{at}deed/problem/", {"confirmed": "1", "text": "听课记录不完整", "cause": "人手紧"})
    values = {"progress": "本月完成教学检查两轮，修订制度一项。", "plans": "继续推进。", "seen_version": report.version}
    assert client.post(f"{at}edit/", values).status_code == 302
    client.post(f"{at}deed/ledger/", {"confirmed": "1"})
    client.post(f"{at}deed/submit/", {"confirmed": "1"})
    report.refresh_from_db()
    assert report.state == "submitted"
    assert report.problems.get().finding is not None
    assert "报送时固定" in client.get(f"{at}tab/supervision.KnownTab/").content.decode()
    other = MonthlyReport.objects.get(unit=cast.safety)
    assert client.get(f"/supervision/monthlyreport/{other.uid}/").status_code == 404


def test_opening_reports_from_the_calendar(cast, client_of):
    assert "已为 3 个部门" in client_of(cast.director).post("/supervision/reports/").content.decode()
    assert "没有开放月报的权限" in client_of(cast.teaching_head).post("/supervision/reports/").content.decode()


@pytest.fixture
def meeting(cast):
    at = cast.at + timedelta(days=3)
    values = {
        "kind": "administrative",
        "at": at,
        "place": "三楼",
        "chair": cast.principal,
        "recorder": cast.clerk,
        "topics_until": timezone.localdate(at),
    }
    return call_meeting(values, by=cast.director, at=cast.at)


def test_a_meeting_by_pages(cast, meeting, client_of):
    office, chair, clerk = client_of(cast.director), client_of(cast.principal), client_of(cast.clerk)
    at = f"/supervision/meeting/{meeting.uid}/"
    topic = {"confirmed": "1", "title": "提升计划推进情况", "kind": "plan", "minutes_needed": "20"}
    client_of(cast.teaching_head).post(f"{at}deed/propose/", topic)
    uid = meeting.topics.get().uid
    office.post(f"/supervision/topic/{uid}/deed/accept/", {"confirmed": "1"})
    assert "提升计划推进情况" in office.get(f"{at}agenda/").content.decode()
    assert office.post(f"{at}agenda/", {f"position-{uid}": "0"}).status_code == 200, "a bad place is told, not kept"
    office.post(f"{at}deed/submit_agenda/", {"confirmed": "1"})
    chair.post(f"{at}deed/sign_agenda/", {"confirmed": "1"})
    seats = {f"presence-{seat.uid}": "present" for seat in Attendance.objects.filter(meeting=meeting)}
    assert clerk.post(f"{at}attendance/", seats).status_code == 302
    office.post(f"{at}deed/hold/", {"confirmed": "1"})
    decision = {
        "confirmed": "1",
        "text": "修订听课制度",
        "lead": cast.teaching.pk,
        "due_date": (cast.today + timedelta(days=30)).isoformat(),
    }
    clerk.post(f"{at}deed/decision/", decision)
    version = Meeting.objects.get().version
    minutes = {"seen_version": version, "minutes": "会议要求抓好落实。", f"topic-{uid}": "同意。"}
    assert clerk.post(f"{at}minutes/", minutes).status_code == 302
    late = {**minutes, "minutes": "另一稿"}
    assert "刚被别人修改过" in clerk.post(f"{at}minutes/", late).content.decode(), "a lost race is told"
    clerk.post(f"{at}deed/write_minutes/", {"confirmed": "1"})
    chair.post(f"{at}deed/sign_minutes/", {"confirmed": "1"})
    assert Meeting.objects.get().state == "signed"
    told = office.post(f"{at}deed/order_decisions/", {"confirmed": "1"}).content.decode()
    assert "已交办 1 件" in told
    assert Decision.objects.get().state == "ordered"
    assert Decision.objects.get().owner == cast.teaching_head
    for tab in ("TopicsTab", "PackTab", "AttendanceTab", "MinutesTab", "DecisionsTab"):
        assert office.get(f"{at}tab/supervision.{tab}/").status_code == 200, tab
    assert "落实率 0.0%" in office.get("/supervision/decision/").content.decode()


def test_people_of_a_meeting_are_chosen_on_one_page(cast, meeting, client_of):
    office, at = client_of(cast.director), f"/supervision/meeting/{meeting.uid}/people/"
    assert cast.safety_head.name in office.get(at).content.decode()
    office.post(at, {f"seat-{cast.teaching_head.uid}": "member", f"seat-{cast.safety_head.uid}": "guest"})
    assert dict(meeting.attendances.values_list("user__name", "is_guest")) == {
        "校长甲": False,
        "教务戊": False,
        "安全己": True,
        "干事丁": True,
    }
    assert client_of(cast.teaching_head).get(at).status_code == 403


def test_bad_sheets_of_a_meeting_are_told(cast, meeting, client_of):
    office, at = client_of(cast.director), f"/supervision/meeting/{meeting.uid}/"
    seat = meeting.attendances.first()
    answer = office.post(f"{at}attendance/", {f"presence-{seat.uid}": "asleep"})
    assert "议程签发以后" in answer.content.decode()
    clerk = client_of(cast.clerk)
    assert "表单不完整" in clerk.post(f"{at}minutes/", {"minutes": "x"}).content.decode()
    assert clerk.post(f"{at}minutes/", {"minutes": "x", "seen_version": "1"}).status_code == 200


def test_a_topic_of_one_meeting_is_no_topic_of_another(cast, meeting):
    from django.core.exceptions import ValidationError

    topic = propose_topic(meeting, {"title": "甲"}, by=cast.teaching_head, at=cast.at)
    review_topic(topic, state="accepted", by=cast.director, at=cast.at)
    take_meeting("submit_agenda", meeting, by=cast.director, at=cast.at)
    meeting = take_meeting("sign_agenda", meeting, by=cast.principal, at=cast.at)
    Attendance.objects.filter(meeting=meeting).update(presence="present")
    meeting = take_meeting("hold", meeting, by=cast.director, at=cast.at)
    other = call_meeting(
        {
            "kind": "special",
            "at": cast.at + timedelta(days=5),
            "place": "二楼",
            "chair": cast.principal,
            "recorder": cast.clerk,
            "topics_until": cast.today,
        },
        by=cast.director,
        at=cast.at,
    )
    strange = propose_topic(other, {"title": "乙"}, by=cast.director, at=cast.at)
    with pytest.raises(ValidationError, match="不是这次会议"):
        add_decision(meeting, {"text": "张冠李戴", "topic": strange}, by=cast.clerk, at=cast.at)


def test_home_shows_my_orders_and_the_offices_console(cast, issued, client_of):
    issued()
    mine = client_of(cast.teaching_head).get("/").content.decode()
    assert "我的督办" in mine
    assert "修订教学常规检查办法" in mine
    assert "提升计划办公室" not in mine
    console = client_of(cast.director).get("/").content.decode()
    for word in ("提升计划办公室", "组织", "协调", "督办", "宣传"):
        assert word in console


def test_the_inspector_sees_but_touches_nothing(cast, issued, make_user, client_of):
    order, inspector = issued(), make_user("bureau_inspector")
    client = client_of(inspector)
    assert client.get(f"/supervision/order/{order.uid}/").status_code == 200
    assert client.get("/supervision/board/").status_code == 200
    assert client.get("/supervision/meeting/").status_code == 403
    assert deed(client, order, "withdraw", opinion="越权").status_code == 403


def test_another_school_is_not_there(cast, issued, other_school, make_user, client_of):
    order = issued()
    stranger = make_user("office_director", tenant=other_school)
    assert client_of(stranger).get(f"/supervision/order/{order.uid}/").status_code == 404


def test_signed_orders_are_not_edited(cast, begin, client_of):
    client, order = client_of(cast.clerk), begin()
    page = client.get(f"/supervision/order/{order.uid}/edit/")
    assert page.status_code == 200
    take("issue", order, by=cast.director, at=cast.at)
    order.refresh_from_db()
    values = {
        "subject": "改写",
        "demand": "改写",
        "lead": str(cast.teaching.uid),
        "seen_version": order.version,
        "due_date": cast.work_days(9).isoformat(),
    }
    answer = client.post(f"/supervision/order/{order.uid}/edit/", values)
    assert answer.status_code == 422
    assert "不能修改内容" in answer.content.decode()
