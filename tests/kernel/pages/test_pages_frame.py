"""What every answer carries, what the menu shows, what is said when something is wrong, search."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("trial_pages")


def test_headers_forbid_everything_inline_and_foreign(person, client_of):
    answer = client_of(person("people.unit.view")).get("/people/trial/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer["Cache-Control"] == "no-store"
    assert answer["Cross-Origin-Opener-Policy"] == answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "geolocation=()" in answer["Permissions-Policy"]


def test_pages_hold_nothing_inline(person, client_of, units):
    client = client_of(person("people.*", "pages.*"))
    for address in (
        "/people/trial/",
        f"/people/trial/{units[2].uid}/",
        "/people/trial/add/",
        "/notices/",
        "/jobs/",
        "/exports/",
    ):
        text = client.get(address).content.decode()
        assert "<script>" not in text
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick=" not in text
        assert "hx-on" not in text
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "https://" not in text


def test_menu_shows_only_what_may_be_opened(person, client_of, units):
    text = client_of(person("people.unit.view")).get("/people/trial/").content.decode()
    assert "试验部门" in text
    assert "角色与权限" not in text
    assert text.count('href="/people/trial/" aria-current="page"') == 1


@pytest.mark.parametrize("address", ["/nowhere/", "/people/trial/00000000-0000-0000-0000-000000000000/"])
def test_missing_page_is_explained(person, client_of, address):
    answer = client_of(person("people.unit.*")).get(address)
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()


def test_missing_page_for_a_stranger(db):
    assert "没有找到这个页面" in Client().get("/nowhere/").content.decode()


def test_csrf_failure_is_explained(person):
    user = person("people.*")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="zhixing.kernel.people.backend.AccountBackend")
    answer = client.post("/notices/")
    assert answer.status_code == 403
    assert "页面停留太久" in answer.content.decode()


def test_broken_page_names_a_number_and_no_detail(rf, db):
    from django.contrib.auth.models import AnonymousUser

    from zhixing.kernel.pages.errors import broken

    request = rf.get("/")
    request.user, request.request_id = AnonymousUser(), "abc123"
    answer = broken(request)
    assert answer.status_code == 500
    assert "abc123" in answer.content.decode()


def test_search_finds_people_by_name_pinyin_initials_and_pages(person, client_of, make_user):
    make_user(name="张三丰", account="t777", name_keys="zhangsanfeng zsf")
    client = client_of(person("people.user.view", "people.unit.view"))
    for words in ("张三", "zhangsan", "zsf", "t777"):
        assert "张三丰" in client.get("/search/", {"q": words}, headers={"HX-Request": "true"}).content.decode()
    assert "试验部门" in client.get("/search/", {"q": "试验"}).content.decode()
    nobody = client_of(make_user())
    assert "张三丰" not in nobody.get("/search/", {"q": "张三"}).content.decode()


def test_other_peoples_jobs_and_notices_are_not_there(person, client_of, make_user):
    from zhixing.kernel.jobs.queue import enqueue
    from zhixing.kernel.notices.models import Notice
    from zhixing.kernel.notices.send import notify

    owner = person("people.unit.view")
    job = enqueue("x", "试验任务", by=owner)
    notify([owner], "请核对", url="/people/trial/")
    notice = Notice.objects.get(user=owner)
    mine, theirs = client_of(owner), client_of(make_user())
    assert "试验任务" in mine.get("/jobs/").content.decode()
    assert "试验任务" in mine.get(f"/jobs/{job.uid}/", headers={"HX-Request": "true"}).content.decode()
    assert theirs.get(f"/jobs/{job.uid}/").status_code == 404
    assert theirs.get(f"/notices/{notice.uid}/").status_code == 404
    assert 'class="count">1<' in mine.get("/people/trial/").content.decode()
    assert mine.get(f"/notices/{notice.uid}/")["Location"] == "/people/trial/"
    assert 'class="count">1<' not in mine.get("/people/trial/").content.decode()
