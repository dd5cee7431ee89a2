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


def test_the_second_page_goes_on_where_the_first_ends(reader, units):
    from zhixing.kernel.people.models import Unit

    for number in range(60):
        Unit.objects.create(name=f"组{number:02d}", kind="group", parent=units[1], position=10 + number)
    for query in ("", "q=组"):
        pages = [reader.get(f"{LIST}?{query}&page={page}") for page in (1, 2, 3)]
        found = names(pages[0]) + names(pages[1])
        assert len(found) == len(set(found)) == (65 if not query else 60)
        assert found[-1] == "组59"
        assert names(pages[2]) == names(pages[1])  # there is no third page; the last one is shown
        assert f'共 <span class="num">{len(found)}</span> 行' in pages[0].content.decode()


def test_a_prepared_list_shows_each_reader_his_own(person, client_of, units, other_school):
    """The same page, the same columns, different reach: what was compiled for one never answers another."""
    from zhixing.kernel.base.tenancy import tenant_scope
    from zhixing.kernel.people.models import Assignment, Role, Unit, User

    def of(unit):
        return client_of(person("people.unit.*", extent="unit", unit=unit))

    with tenant_scope(other_school.pk):
        stranger = User.objects.create(tenant=other_school, account="stranger", name="外人", must_set_password=False)
        Unit.objects.create(name="邻校教务科", kind="department")
        role = Role.objects.create(code="trial", title="试验角色", permissions={"tenant": ["people.unit.*"]})
        Assignment.objects.create(user=stranger, role=role)
    everything = ["本校", "教务科", "机电1班", "机电2班", "机电3班"]
    readers = [
        (client_of(person("people.unit.*")), everything),
        (client_of(stranger), ["邻校教务科"]),
        (of(units[2]), ["机电1班"]),
        (of(units[3]), ["机电2班"]),
        (client_of(person("people.unit.view", extent="own")), []),
    ]
    for query in ("", "?q=机电", "?q=教务科", "?sort=name"):
        for _ in range(2):
            for client, own in readers:
                words = query.removeprefix("?q=") if "q=" in query else ""
                assert sorted(names(client.get(LIST + query))) == sorted(n for n in own if words in n)
    addresses = [f"{LIST}{unit.uid}/" for unit in units]
    for _ in range(2):
        for client, own in readers:
            seen = [unit.name for unit, at in zip(units, addresses, strict=True) if client.get(at).status_code == 200]
            assert seen == [name for name in own if name != "邻校教务科"]


def test_people_see_themselves_through_one_prepared_question(person, client_of, trial_pages):
    one, two = (person("people.user.view", extent="own") for _ in range(2))
    for user in (one, two, one, two):
        text = client_of(user).get("/people/crowd/").content.decode()
        assert {account for account in (one.account, two.account) if account in text} == {user.account}
