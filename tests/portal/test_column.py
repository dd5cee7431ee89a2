"""The column for everyone: what strangers see, and above all what they don't."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.factories import a_student
from tests.portal.conftest import picture
from zhixing.domains.plans import actions as plan_actions
from zhixing.domains.portal import actions
from zhixing.domains.portal.choices import ArticleKind
from zhixing.domains.portal.models import Article, MicroLesson, PublicFigure
from zhixing.domains.portal.procedures import take, take_lesson
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.indicators.models import Reading

LIMIT = 300 * 1024
ASSET = re.compile(r'(?:href|src)="/static/([^"]+)"')


@pytest.fixture
def stranger() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def full(cast: Any, published: Any, lesson: Any) -> dict[str, Any]:
    """A column with something in every slot, each list longer than a page."""
    found: dict[str, Any] = {}
    for kind in ArticleKind.values:
        facts = {"organ": "教育部", "document_date": cast.today} if kind == "policy" else {}
        found[kind] = published(kind=kind, title=f"第一篇{kind}", **facts)
    for number in range(40):
        found["last"] = published(title=f"动态{number}", body="工作动态内容。" * 40)
    for number in range(8):
        found["lesson"] = lesson(title=f"微学习{number}")
    return found


def addresses(found: dict[str, Any], code: str = "xy01") -> list[str]:
    return [
        f"/column/{code}/", f"/column/{code}/list/news/", f"/column/{code}/list/news/?page=2",
        f"/column/{code}/article/{found['last'].uid}/", f"/column/{code}/lesson/{found['lesson'].token}/",
    ]  # fmt: skip


def test_one_school_is_the_door_two_are_none(stranger: Client, school: Any) -> None:
    answer = stranger.get("/column/")
    assert (answer.status_code, answer["Location"]) == (302, "/column/xy01/")
    from zhixing.kernel.people.models import Tenant

    second = Tenant.objects.create(code="zz", name="丙职业学校")
    assert stranger.get("/column/").status_code == 404
    second.is_active = False
    second.save()
    assert stranger.get("/column/").status_code == 302
    assert stranger.get("/column/zz/").status_code == 404


def test_an_empty_school_says_so(stranger: Client, school: Any) -> None:
    text = stranger.get("/column/xy01/").content.decode()
    assert "实施方案正在制定" in text
    assert text.count("暂时没有内容") == len(ArticleKind.values)
    assert stranger.get("/column/xy01/plan/").status_code == 404


def test_light_and_alone(stranger: Client, full: dict[str, Any]) -> None:
    """Every byte that the page brings along, pictures of articles apart."""
    for address in addresses(full):
        answer = stranger.get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        parts = set(ASSET.findall(text))
        assert parts == {"portal/column.css", "pages/zhixing.svg"}
        weight = len(answer.content)
        for part in parts:
            with open(finders.find(part), "rb") as file:
                weight += len(file.read())
        assert weight < LIMIT, (address, weight)
        assert "<script" not in text
        assert " style=" not in text
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)


def test_headers_and_no_cookies(stranger: Client, cast: Any, full: dict[str, Any], client_of: Any) -> None:
    for client in (stranger, client_of(cast.director)):
        for address in addresses(full):
            answer = client.get(address)
            assert not answer.cookies, address
            assert "script-src" not in answer["Content-Security-Policy"]
            assert answer["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
            kept = "no-store" if "/lesson/" in address else "public, max-age=300"
            assert answer["Cache-Control"] == kept, address
    again = stranger.get("/column/xy01/", headers={"If-None-Match": stranger.get("/column/xy01/")["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_signed_in_people_see_the_same(stranger: Client, cast: Any, full: dict[str, Any], client_of: Any) -> None:
    signed_in = client_of(cast.director)
    for address in addresses(full)[:-1]:
        assert signed_in.get(address).content == stranger.get(address).content


def test_no_names_of_those_who_made_it(stranger: Client, cast: Any, full: dict[str, Any]) -> None:
    for address in addresses(full):
        text = stranger.get(address).content.decode()
        for person in (cast.head, cast.director, cast.principal, cast.clerk, cast.teacher):
            assert person.name not in text, (address, person.name)


@pytest.mark.parametrize("state", ["drafted", "submitted", "returned", "reviewed", "withdrawn"])
def test_only_what_is_published_is_there(stranger: Client, cast: Any, published: Any, state: str) -> None:
    article = published(title="还不能看的题目")
    Article.objects.filter(pk=article.pk).update(state=state)
    assert stranger.get(f"/column/xy01/article/{article.uid}/").status_code == 404
    for address in ("/column/xy01/", "/column/xy01/list/news/"):
        assert "还不能看的题目" not in stranger.get(address).content.decode()


def test_nothing_of_another_school(stranger: Client, cast: Any, published: Any, lesson: Any, other_school: Any) -> None:
    article, made = published(title="甲校的动态"), lesson()
    shot = _picture(cast, published)
    for path in (f"article/{article.uid}/", f"lesson/{made.token}/", f"picture/{shot.uid}/"):
        assert stranger.get(f"/column/xy01/{path}").status_code == 200
        assert stranger.get(f"/column/xy02/{path}").status_code == 404
    text = stranger.get("/column/xy02/").content.decode()
    assert "甲校的动态" not in text
    assert "甲职业学校" not in text
    assert "乙职业学校" in text


def test_a_visitor_signed_in_at_one_school_reads_another(
    cast: Any, published: Any, client_of: Any, other_school: Any
) -> None:
    published(title="甲校的动态")
    text = client_of(cast.director).get("/column/xy02/").content.decode()
    assert "乙职业学校" in text
    assert "甲校的动态" not in text


@pytest.mark.parametrize(
    "path",
    [
        "nobody/", "xy01/list/secrets/", "xy01/list/news/?page=0", "xy01/list/news/?page=99", "xy01/list/news/?page=x",
        "xy01/list/news/?page=９", "xy01/list/news/?page=99999999999999999999", "xy01/lesson/nothing/",
        "xy01/article/00000000-0000-0000-0000-000000000000/", "xy01/picture/00000000-0000-0000-0000-000000000000/",
        "xy01%00/", "../column/xx/",
    ],
)  # fmt: skip
def test_wrong_addresses_are_not_found(stranger: Client, school: Any, path: str) -> None:
    assert stranger.get(f"/column/{path}").status_code in {400, 404}


def test_nothing_can_be_sent(stranger: Client, cast: Any, full: dict[str, Any]) -> None:
    for address in addresses(full):
        assert stranger.post(address, {"q1": "A"}).status_code == 405


def test_texts_are_escaped(stranger: Client, cast: Any, published: Any) -> None:
    attack = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    article = published(title=f"题{attack}", summary=attack, body=f"一、{attack[:20]}\n{attack}\n- {attack}。结束语。")
    for address in ("/column/xy01/", "/column/xy01/list/news/", f"/column/xy01/article/{article.uid}/"):
        text = stranger.get(address).content.decode()
        assert "<script>" not in text
        assert "<img src=x" not in text
        assert "&lt;script&gt;" in text


def _picture(cast: Any, published: Any, consent: str = "no_face", **more: Any) -> Any:
    values = {"kind": "news", "title": "配图稿", "unit": cast.teaching, "body": "配图稿的正文内容，共一段。"}
    article = actions.write_article(values, by=cast.head, at=cast.at)
    shot = actions.add_picture(
        article, picture=picture(), caption="图", consent=consent, by=cast.head, at=cast.at, **more
    )
    for step, by in (("submit", cast.head), ("review", cast.director), ("publish", cast.principal)):
        article = take(step, article, by=by, at=cast.at)
    return shot


def test_pictures_are_shown_while_consent_stands(stranger: Client, cast: Any, published: Any) -> None:
    shot = _picture(cast, published, "given", consent_note="同意书存学生科")
    address = f"/column/xy01/picture/{shot.uid}/"
    answer = stranger.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"Exif" not in b"".join(answer.streaming_content)
    assert stranger.get(f"/files/{shot.file.uid}/").status_code == 302
    assert address in stranger.get(f"/column/xy01/article/{shot.article.uid}/").content.decode()
    actions.note_consent(shot, consent="lacking", by=cast.director, at=cast.at)
    assert stranger.get(address).status_code == 404
    assert address not in stranger.get(f"/column/xy01/article/{shot.article.uid}/").content.decode()
    actions.note_consent(shot, consent="no_face", by=cast.director, at=cast.at)
    take("withdraw", Article.objects.get(pk=shot.article.pk), by=cast.director, at=cast.at, opinion="撤下重发")
    assert stranger.get(address).status_code == 404


def test_a_lesson_by_its_link_counts_and_names_nobody(stranger: Client, cast: Any, lesson: Any) -> None:
    made = lesson()
    address = f"/column/xy01/lesson/{made.token}/"
    text = stranger.get(address).content.decode()
    assert "第1问？" in text
    assert "正确答案" not in text, "answers are told after trying"
    assert "还没有作答" in stranger.get(f"{address}?try=1&q1=A").content.decode()
    assert "得分 33" in stranger.get(f"{address}?try=1&q1=B&q2=A&q3=A").content.decode()
    passed = stranger.get(f"{address}?try=1&q1=B&q2=B&q3=B").content.decode()
    assert "得分 100，合格" in passed
    stranger.head(f"{address}?try=1&q1=B&q2=B&q3=B")
    stranger.get(f"{address}?q1=%00&q2=<b>&q3=长长长")
    kept = MicroLesson.objects.get(pk=made.pk)
    assert (kept.visit_count, kept.try_count, kept.pass_count) == (1, 2, 1)
    assert not made.readings.filter(tries__gt=0).exists()
    take_lesson("withdraw", kept, by=cast.director, at=cast.at, opinion="内容有误")
    assert stranger.get(address).status_code == 404


def test_figures_are_stored_readings_of_the_whole_school(stranger: Client, cast: Any, school: Any) -> None:
    code = "rectification.rectified_rate"
    Reading.objects.create(indicator=code, on=cast.today, value=Decimal("87.5"), part=7, whole=8)
    Reading.objects.create(indicator=code, on=cast.today, unit=cast.teaching, value=Decimal("12.3"), part=1, whole=8)
    Reading.objects.create(indicator="rectification.relapse_rate", on=cast.today, value=Decimal("66.6"))
    assert "87.5" not in stranger.get("/column/xy01/").content.decode(), "nothing is public until it is marked"
    actions.set_figures([code, "portal.study_coverage_rate"], by=cast.director, at=cast.at)
    PublicFigure.objects.create(indicator="gone.away")
    text = stranger.get("/column/xy01/").content.decode()
    assert "87.5<small>%" in text
    assert "整改率" in text
    assert "12.3" not in text
    assert "66.6" not in text
    assert "学习覆盖率" not in text, "without a reading there is nothing to show"


def test_the_plan_by_titles_and_sums(stranger: Client, cast: Any, school: Any) -> None:
    from zhixing.domains.plans.demo import plan_text
    from zhixing.domains.plans.documents import read_pasted
    from zhixing.domains.plans.models import WorkPoint

    draft = read_pasted(plan_text(cast.today))
    plan = plan_actions.create_plan({"title": draft.title, "issuer": "学校"}, by=cast.director, at=cast.at)
    version = plan_actions.take_in(plan, draft, by=cast.director, at=cast.at, file_name="方案.txt")
    plan_actions.take_effect(version, by=cast.director, at=cast.at)
    point = WorkPoint.objects.order_by("pk").first()
    WorkPoint.objects.filter(pk=point.pk).update(text="绝不公开的要点内容", owner=cast.teacher, lead=cast.teaching)
    for address in ("/column/xy01/", "/column/xy01/plan/"):
        text = stranger.get(address).content.decode()
        assert point.task.action.title in text
        assert "绝不公开的要点内容" not in text
        assert cast.teacher.name not in text
    assert point.task.title in text
    assert "全面实施" in text


def test_a_student_of_the_school_is_on_no_page(stranger: Client, cast: Any, full: dict[str, Any]) -> None:
    a_student("欧阳明月")
    for address in addresses(full):
        assert "欧阳明月" not in stranger.get(address).content.decode()


def test_few_queries_whatever_there_is(stranger: Client, cast: Any, full: dict[str, Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        stranger.get("/column/xy01/")
    assert len(asked) < 30, len(asked)
    with tenant_scope(cast.office.tenant_id), CaptureQueriesContext(connection) as asked:
        stranger.get(f"/column/xy01/article/{full['last'].uid}/")
    assert len(asked) < 8
