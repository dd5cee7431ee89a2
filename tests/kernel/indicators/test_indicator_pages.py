"""Every number opens to the rows that the asker may see; nothing is counted when the board is opened."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.kernel.indicators.conftest import CODE
from zhixing.kernel.files.models import Evidence
from zhixing.kernel.indicators.models import Reading, Target
from zhixing.kernel.indicators.pictures import spark, trend_option, written
from zhixing.kernel.indicators.readings import read_all
from zhixing.kernel.people.models import Assignment, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def read(classes, today):
    read_all(today)
    return Reading.objects.get(indicator=CODE, unit=None)


@pytest.fixture
def boss(make_user):
    return make_user("office_director")


@pytest.fixture
def client(boss, client_of):
    return client_of(boss)


@pytest.fixture
def head(make_user, departments):
    """Someone who sees readings of the second department only."""
    user = make_user()
    role = Role.objects.create(
        code="trial", title="试", permissions={"unit": ["indicators.reading.view", "school.*.view"]}
    )
    Assignment.objects.create(user=user, role=role, unit=departments[1].unit)
    return user


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_the_board_tells_and_never_counts(read, client):
    client.get("/indicators/")
    with CaptureQueriesContext(connection) as asked:
        page = text(client.get("/indicators/"))
    assert "班主任配备率" in page
    assert "66.7" in page
    assert not [query for query in asked if "school_classgroup" in query["sql"] or "students_student" in query["sql"]]
    assert "班主任配备率" in text(client.get("/indicators/?lamp=red"))
    assert "班主任配备率" not in text(client.get("/indicators/?lamp=green"))
    text(client.get("/indicators/?lamp=blue"), 400)


def test_the_board_asks_the_same_with_many_readings(read, client, today):
    client.get("/indicators/")
    with CaptureQueriesContext(connection) as few:
        client.get("/indicators/")
    Reading.objects.bulk_create(Reading(indicator=CODE, on=today - timedelta(days=n), value=n) for n in range(1, 60))
    with CaptureQueriesContext(connection) as many:
        client.get("/indicators/")
    assert len(few) == len(many)


def test_one_indicator_tells_its_formula_and_units(read, client, departments):
    page = text(client.get(f"/indicators/{CODE}/"))
    for words in ("已安排班主任的在读班级数", "财经部", "机电部", "66.7", "2</a> / 3"):
        assert words in page, words
    assert "数控组" not in page
    below = text(client.get(f"/indicators/{CODE}/?unit={departments[0].unit.uid}"))
    assert "数控组" in below
    for address in ("/indicators/no.such/", f"/indicators/{CODE}/?unit=x", f"/indicators/{CODE}/?unit={read.uid}"):
        text(client.get(address), 404)


def test_a_page_without_readings_says_so(classes, client):
    assert "无读数" in text(client.get(f"/indicators/{CODE}/"))
    assert "无读数" in text(client.get("/indicators/"))


def test_groups_are_counted_now(read, client):
    page = text(client.get(f"/indicators/{CODE}/by/1/"))
    assert "2024" in page
    assert "group=1&amp;key=2024" in page
    text(client.get(f"/indicators/{CODE}/by/9/"), 404)


def test_a_number_opens_to_its_rows(read, client, departments):
    every = text(client.get(f"/indicators/{CODE}/rows/"))
    assert "1班" in every
    assert "3班" not in every
    assert "3班" in text(client.get(f"/indicators/{CODE}/rows/?part=rest"))
    unit = text(client.get(f"/indicators/{CODE}/rows/?unit={departments[1].unit.uid}&part=base"))
    assert "2班" in unit
    assert "1班" not in unit.split("<tbody>")[1]
    assert "2班" in text(client.get(f"/indicators/{CODE}/rows/?group=0&key=财经部"))
    for query in ("part=x", "group=x", "group=99", "group=0&key=没有", "group=٣"):
        text(client.get(f"/indicators/{CODE}/rows/?{query}"), 400)
    text(client.get(f"/indicators/{CODE}/rows/?page=99999999"))


def test_rows_are_only_those_one_may_see(read, head, client_of, departments):
    client = client_of(head)
    page = text(client.get(f"/indicators/{CODE}/rows/?part=base"))
    assert "2班" in page
    assert "1班" not in page.split("<tbody>")[1]
    text(client.get(f"/indicators/{CODE}/?unit={departments[0].unit.uid}"), 404)
    assert "财经部" in text(client.get("/indicators/"))
    assert "66.7" not in text(client.get(f"/indicators/{CODE}/"))
    assert "<strong>50</strong>" in text(client.get("/indicators/"))


def test_who_may_not_see_rows_is_told(read, make_user, client_of):
    user = make_user()
    role = Role.objects.create(code="figures", title="试", permissions={"tenant": ["indicators.reading.view"]})
    Assignment.objects.create(user=user, role=role)
    assert "没有查看明细名单的权限" in text(client_of(user).get(f"/indicators/{CODE}/rows/"))


def test_a_target_is_set_and_taken_back(read, client, boss):
    fields = {"value": "60", "from_date": "2019-01-01", "reason": "办公会"}
    assert "目标已设定" in text(client.post(f"/indicators/{CODE}/target/", fields))
    assert "达标" in text(client.get(f"/indicators/{CODE}/"))
    for wrong, words in (({"value": "101"}, "0 到 100"), ({"reason": ""}, "必填"), ({"from_date": "x"}, "日期")):
        assert words in text(client.post(f"/indicators/{CODE}/target/", {**fields, **wrong}), 422)
    target = Target.objects.get()
    assert target.set_by == boss
    address = f"/indicators/targets/{target.uid}/withdraw/"
    assert "撤销目标" in text(client.get(address))
    assert "请填写撤销原因" in text(client.post(address, {"reason": ""}), 422)
    assert "目标已撤销" in text(client.post(address, {"reason": "录错"}))


def test_only_those_who_may_set_targets(read, make_user, client_of):
    client = client_of(make_user("office_clerk"))
    text(client.get(f"/indicators/{CODE}/"))
    text(client.post(f"/indicators/{CODE}/target/", {"value": "1"}), 403)
    assert not Target.objects.exists()
    text(client_of(make_user("student")).get("/indicators/"), 403)


def test_a_reading_is_frozen_as_evidence(read, client, boss, today):
    fields = {"title": "班主任配备率", "on": str(today), "period": "month", "label": "2019 年 3 月"}
    assert "已冻结" in text(client.post(f"/indicators/{CODE}/freeze/", fields))
    kept = Evidence.objects.get()
    payload = kept.frozen["payload"]
    assert ["数值", "66.7%"] in payload["facts"]
    assert ["公式", "已安排班主任的在读班级数 ÷ 在读班级数 × 100%。"] in payload["facts"]
    assert payload["count"] == 2
    assert payload["groups"][0]["rows"]
    assert Reading.objects.frozen().get().label == "2019 年 3 月"
    assert "2019 年 3 月" in text(client.get(f"/indicators/{CODE}/"))
    past = text(client.post(f"/indicators/{CODE}/freeze/", {**fields, "on": str(today - timedelta(days=9))}), 422)
    assert "无法补算" in past
    assert Evidence.objects.count() == 1


def test_benchmarks_say_what_is_still_to_come(client):
    page = text(client.get("/indicators/benchmarks/"))
    assert "96.38%" in page
    assert "对应模块尚未上线" in page


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "—"), ("98.3000", "98.3"), ("1818.0000", "1,818"), ("0.0000", "0"), ("-0.00", "0"), ("0.05", "0.05")],
)
def test_numbers_are_written_without_idle_zeros(value, shown):
    assert written(None if value is None else Decimal(value)) == shown


def test_a_small_line_needs_two_values(today):
    assert spark([(today, Decimal(1)), (today + timedelta(days=1), None)]) == ""
    points = spark([(today, Decimal(1)), (today + timedelta(days=1), Decimal(1))])
    assert points == "3.0,14.0 117.0,14.0"
    option = trend_option([(today, Decimal(99)), (today, Decimal(98))], "x", "%", [("目标", Decimal(100))])
    assert option["yAxis"]["max"] == 100
    assert len(option["series"]) == 2
