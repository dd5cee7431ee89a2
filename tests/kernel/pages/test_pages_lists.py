"""Lists: what is asked, what is shown, what is refused."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhixing.kernel.checks.models import Finding, Severity
from zhixing.kernel.pages.models import SavedView

pytestmark = pytest.mark.usefixtures("trial_pages")
LIST = "/people/trial/"


@pytest.fixture
def reader(person, client_of, units):
    return client_of(person("people.unit.*", "people.user.view", "checks.finding.view"))


def names(response):
    return re.findall(
        r'<th scope="row" class="lead">(?:<span[^>]*></span>)?<a[^>]*>([^<]*)</a>', response.content.decode()
    )


def test_shows_rows_heads_and_count(reader):
    page = reader.get(LIST)
    text = page.content.decode()
    assert names(page) == ["本校", "教务科", "机电1班", "机电2班", "机电3班"]
    assert '共 <span class="num">5</span> 行' in text
    assert "负责人" in text
    assert "创建时间" not in text.split("<tbody>")[0].split("<thead>")[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=class", ["机电1班", "机电2班", "机电3班"]),
        ("q=教务", ["教务科"]),
        ("late=1", ["机电2班", "机电3班"]),
        ("sort=-position", ["机电3班", "机电2班", "机电1班", "本校", "教务科"]),
        ("parent__isnull=1", ["本校"]),
        ("kind=class&sort=-name", ["机电3班", "机电2班", "机电1班"]),
        ("closed_on__from=2020-01-01", []),
        ("q=", ["本校", "教务科", "机电1班", "机电2班", "机电3班"]),
    ],
)
def test_asks(reader, query, found):
    assert names(reader.get(f"{LIST}?{query}")) == found


def test_filters_by_a_related_row_named_by_uid(reader, units):
    assert names(reader.get(f"{LIST}?parent={units[1].uid}")) == ["机电1班", "机电2班", "机电3班"]


@pytest.mark.parametrize(
    "query",
    [
        "tenant=1", "tenant_id=1", "sort=tenant", "sort=head__password", "cols=head__password", "cols=name,path",
        "head__password__startswith=a", "id__in=1", "size=51", "size=1000000", "page=0", "page=-1", "page=x",
        "parent=1", "parent=' OR 1=1", "late=2", "closed_on__from=yesterday", "parent__isnull=2", "sort=name__length",
        "sort=--name", "sort=?", "page=99999999999",
    ],
)  # fmt: skip
def test_refuses_what_the_page_does_not_declare(reader, query):
    answer = reader.get(f"{LIST}?{query}")
    assert answer.status_code == 400
    assert "没有看懂这个请求" in answer.content.decode()


def test_fragment_for_htmx_carries_the_address(reader):
    answer = reader.get(f"{LIST}?kind=class&q=", headers={"HX-Request": "true", "HX-Target": "listing"})
    assert b"<html" not in answer.content
    assert answer["HX-Push-Url"] == f"{LIST}?kind=class"
    whole = reader.get(LIST, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<html" in whole.content


def test_choosing_columns(reader):
    text = reader.get(f"{LIST}?cols=name,created_at").content.decode()
    head = text.split("<thead>")[1].split("</thead>")[0]
    assert "创建时间" in head
    assert "负责人" not in head


def test_markup_in_data_stays_text(reader, units):
    units[2].name = "<script>alert(1)</script>{uid}"
    units[2].save()
    text = reader.get(f"{LIST}?kind=class").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{uid}" in text
    assert "<b>class</b>" in text


def test_query_count_does_not_grow_with_rows(reader):
    reader.get(LIST)
    with CaptureQueriesContext(connection) as few:
        reader.get(f"{LIST}?q=教务")
    with CaptureQueriesContext(connection) as many:
        reader.get(f"{LIST}?q=机")
    assert len(few) == len(many)
    assert len(many) <= 10


def test_marks_rows_with_open_findings(reader, units):
    for severity in (Severity.NOTICE, Severity.ERROR):
        Finding.objects.create(
            rule=f"x.{severity}", severity=severity, title="缺负责人", message="没有负责人", object_type="people.unit",
            object_uid=units[2].uid, object_label="机电1班", fingerprint=f"f-{severity}",
            found_at=timezone.now(), seen_at=timezone.now(),
        )  # fmt: skip
    text = reader.get(f"{LIST}?kind=class").content.decode()
    assert text.count('class="mark mark-error"') == 1
    assert "有错误级问题未整改" in text


def test_options_offer_only_what_the_visible_rows_point_to(person, client_of, units, trial_pages):
    someone = client_of(person("people.unit.view", extent="unit", unit=units[1]))
    offered = someone.get(f"{LIST}options/parent/").json()["options"]
    assert {one["label"] for one in offered} == {"教务科", "本校"}
    assert someone.get(f"{LIST}options/kind/").status_code == 400


def test_saved_view_is_kept_checked_and_forgotten(reader, person, client_of):
    bad = reader.post(f"{LIST}views/", {"query": "tenant=1", "name": "坏"})
    assert bad.status_code == 400
    assert "保存当前视图" in reader.post(f"{LIST}views/", {"query": "kind=class"}).content.decode()
    assert reader.post(f"{LIST}views/", {"query": "kind=class", "name": "班级"}).status_code == 204
    view = SavedView.objects.get()
    assert (view.name, view.query, view.is_shared) == ("班级", "kind=class", False)
    assert "班级" in reader.get(f"{LIST}views/").content.decode()
    stranger = client_of(person("people.unit.view"))
    stranger.post(f"{LIST}views/", {"query": "", "forget": str(view.uid)})
    assert SavedView.objects.exists()
    reader.post(f"{LIST}views/", {"query": "", "forget": str(view.uid)})
    assert not SavedView.objects.exists()


def test_empty_list_says_what_to_do_next(person, client_of, school, trial_pages):
    text = client_of(person("people.unit.*")).get(LIST).content.decode()
    assert "还没有部门与班级" in text
    assert "新增部门" in text
