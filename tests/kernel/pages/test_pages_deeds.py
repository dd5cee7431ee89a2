"""Deeds over one row, over ticked rows and over every row of a question."""

from __future__ import annotations

import pytest

from zhixing.kernel.people.models import Unit

pytestmark = pytest.mark.usefixtures("trial_pages")
CLOSE, RENAME = "/people/trial/deed/close/", "/people/trial/deed/rename/"


@pytest.fixture
def keeper(person, client_of, units):
    return client_of(person("people.unit.*"))


def test_asks_before_it_does(keeper, units):
    answer = keeper.post(CLOSE, {"row": [units[2].uid]})
    assert "原因" in answer.content.decode()
    assert Unit.objects.filter(closed_on=None).count() == 5


def test_faulty_form_does_nothing(keeper, units):
    answer = keeper.post(CLOSE, {"row": [units[2].uid], "confirmed": "1", "reason": ""})
    assert answer.status_code == 422
    assert Unit.objects.filter(closed_on=None).count() == 5


def test_each_row_has_its_own_outcome(keeper, units):
    units[3].closed_on = "2024-01-01"
    units[3].save()
    rows = [units[0].uid, units[2].uid, units[3].uid]
    text = keeper.post(CLOSE, {"row": rows, "confirmed": "1", "reason": "合并"}).content.decode()
    assert "学校本身不能撤销" in text
    assert "当前状态不能执行这个操作" in text
    assert "机电1班已撤销：合并" in text
    assert set(Unit.objects.exclude(closed_on=None).values_list("name", flat=True)) == {"机电1班", "机电2班"}


def test_every_row_of_the_question(keeper):
    text = keeper.post(RENAME, {"every": "1", "query": "kind=class", "confirmed": "1"}).content.decode()
    assert "改名 3 个" in text
    assert Unit.objects.filter(name__startswith="新").count() == 3


def test_rows_out_of_reach_are_left_alone(person, client_of, units):
    other = Unit.objects.create(name="总务科", kind="department", parent=units[0])
    narrow = client_of(person("people.unit.*", extent="unit", unit=units[1]))
    narrow.post(RENAME, {"row": [other.uid, units[2].uid], "confirmed": "1"})
    assert Unit.objects.get(pk=other.pk).name == "总务科"
    assert Unit.objects.get(pk=units[2].pk).name == "新机电1班"
    assert "范围内" in narrow.post(RENAME, {"row": [other.uid], "confirmed": "1"}).content.decode()


def test_needs_the_permission_and_a_post(person, client_of, units):
    reader = client_of(person("people.unit.view"))
    assert reader.post(RENAME, {"row": [units[2].uid], "confirmed": "1"}).status_code == 403
    assert client_of(person("people.unit.*")).get(RENAME).status_code == 405


def test_on_a_detail_page(keeper, units):
    page = keeper.get(f"/people/trial/{units[2].uid}/").content.decode()
    assert "撤销" in page
    keeper.post(f"/people/trial/{units[2].uid}/deed/close/", {"confirmed": "1", "reason": "合并"})
    assert Unit.objects.get(pk=units[2].pk).closed_on is not None
    assert "deed/close" not in keeper.get(f"/people/trial/{units[2].uid}/").content.decode()
