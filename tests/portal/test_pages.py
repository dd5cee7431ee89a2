"""Pages inside: who may open what, the deeds, the export, the code, and bad input."""

from __future__ import annotations

from typing import Any

import pytest

from tests.portal.conftest import BODY, QUESTIONS, picture
from zhixing.domains.portal import actions
from zhixing.domains.portal.models import Article, LessonReading, MicroLesson, PublicFigure
from zhixing.domains.portal.procedures import take, take_lesson


def deed(client: Any, row: Any, name: str, **sent: Any) -> str:
    address = f"/portal/{row._meta.model_name}/{row.uid}/deed/{name}/"
    answer = client.post(address, {"confirmed": "1", **sent})
    assert answer.status_code in (200, 422), answer.status_code
    return str(answer.content.decode())


def test_an_article_from_the_form_to_the_public(cast: Any, client_of: Any) -> None:
    writer, reviewer, publisher = (client_of(user) for user in (cast.head, cast.director, cast.principal))
    form = writer.get("/portal/article/add/").content.decode()
    assert str(cast.teaching.uid) in form, "one's own department is chosen"
    sent = {"kind": "brief", "title": "启动简报", "unit": str(cast.teaching.uid), "body": BODY}
    made = writer.post("/portal/article/add/", sent)
    assert made.status_code == 302, made.content.decode()[:500]
    article = Article.objects.get()
    assert (article.writer, article.state) == (cast.head, "drafted")
    assert reviewer.get(f"/portal/article/{article.uid}/").status_code == 200
    deed(writer, article, "submit")
    assert writer.post(f"/portal/article/{article.uid}/deed/review/", {"confirmed": "1"}).status_code == 403
    assert Article.objects.get().state == "submitted"
    deed(reviewer, article, "review")
    deed(publisher, article, "publish")
    article = Article.objects.get()
    assert (article.state, article.number) == ("published", 1)
    assert "在专栏查看" in reviewer.get(f"/portal/article/{article.uid}/").content.decode()
    assert writer.get(f"/portal/article/{article.uid}/edit/").status_code == 200
    refused = writer.post(
        f"/portal/article/{article.uid}/edit/", {**sent, "title": "改", "seen_version": article.version}
    )
    assert refused.status_code == 422
    assert "不能修改" in refused.content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "必填"),
        ({"title": "长" * 101}, "100"),
        ({"kind": "secret"}, "secret"),
        ({"body": "请拨打 13800138000"}, "138****8000"),
        ({"unit": "nothing"}, "不存在"),
        ({"document_date": "三月"}, "日期"),
    ],
)
def test_bad_input_comes_back_with_words(cast: Any, client_of: Any, change: dict[str, str], words: str) -> None:
    sent = {"kind": "news", "title": "题目", "unit": str(cast.teaching.uid), "body": BODY, **change}
    answer = client_of(cast.head).post("/portal/article/add/", sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Article.objects.exists()


def test_others_departments_articles_are_not_there(cast: Any, client_of: Any, make_user: Any, draft: Any) -> None:
    article = draft()
    other = client_of(make_user("department_head", unit=cast.office))
    teacher = client_of(cast.teacher)
    for client in (other, teacher):
        assert client.get(f"/portal/article/{article.uid}/").status_code == 404
        assert article.title not in client.get("/portal/article/").content.decode()
    student = client_of(make_user("student"))
    for path in ("article/", "microlesson/", "coverage/", "writing/", "figures/", "mine/", "lessonreading/"):
        assert student.get(f"/portal/{path}").status_code == 403, path


def test_tabs_and_pictures(cast: Any, client_of: Any, draft: Any) -> None:
    article, client = draft(body=f"{BODY}\n<script>alert(1)</script>"), client_of(cast.head)
    address = f"/portal/article/{article.uid}/"
    text = client.get(f"{address}tab/portal.TextTab/").content.decode()
    assert "<h3>一、主要做法</h3>" in text
    assert "<li>分解任务</li>" in text
    assert "<script>" not in text
    sent = {"confirmed": "1", "picture": picture(), "caption": "现场", "consent": "given", "consent_note": ""}
    assert "请写明同意书存放在哪里" in client.post(f"{address}deed/picture/", sent).content.decode()
    sent = {**sent, "picture": picture(), "consent_note": "存学生科"}
    assert client.post(f"{address}deed/picture/", sent).status_code == 200
    shot = article.pictures.get()
    assert "现场" in client.get(f"{address}tab/portal.PicturesTab/").content.decode()
    assert client.get(f"/portal/articlepicture/{shot.uid}/").status_code == 200
    deed(client, shot, "consent", consent="lacking")
    assert "没有取得同意" in client.get(address).content.decode()
    assert client_of(cast.teacher).post(f"/portal/articlepicture/{shot.uid}/remove/").status_code == 404
    assert client.get(f"/portal/articlepicture/{shot.uid}/remove/").status_code == 405
    assert client.post(f"/portal/articlepicture/{shot.uid}/remove/").status_code == 302
    assert not article.pictures.exists()


def test_the_file_for_wechat_stands_alone(cast: Any, client_of: Any, draft: Any) -> None:
    article = draft(title="题<b>目", body=f"{BODY}\n- <i>项</i>")
    shown = actions.add_picture(
        article, picture=picture(), caption="可公开", consent="no_face", by=cast.head, at=cast.at
    )
    client = client_of(cast.director)
    address = f"/portal/article/{article.uid}/wechat/"
    assert client.get(address).status_code == 404, "only what is out"
    hidden = actions.add_picture(
        article, picture=picture(size=(41, 31)), caption="不可公开", consent="given", consent_note="存科室",
        by=cast.head, at=cast.at,
    )  # fmt: skip
    for step, by in (("submit", cast.head), ("review", cast.director), ("publish", cast.principal)):
        article = take(step, article, by=by, at=cast.at)
    actions.note_consent(hidden, consent="lacking", by=cast.director, at=cast.at)
    answer = client.get(address)
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer["Content-Security-Policy"]
    text = answer.content.decode()
    assert "题&lt;b&gt;目" in text
    assert "&lt;i&gt;项&lt;/i&gt;" in text
    assert text.count("data:image/jpeg;base64,") == 1
    assert "不可公开" not in text
    assert shown.caption in text
    assert "http" not in text.replace("https://www.w3.org", "")


def test_a_lesson_through_the_pages(cast: Any, client_of: Any) -> None:
    writer, reviewer, learner = (client_of(user) for user in (cast.head, cast.director, cast.teacher))
    sent = {
        "title": "一课",
        "unit": str(cast.teaching.uid),
        "minutes": "5",
        "due_date": f"{cast.today:%Y-%m-%d}",
        "body": BODY,
    }
    assert writer.post("/portal/microlesson/add/", sent).status_code == 302
    made = MicroLesson.objects.get()
    sheet = f"/portal/microlesson/{made.uid}/questions/"
    assert "选项 D" in writer.get(sheet).content.decode()
    asked = {f"{name}-{n}": text for n, one in enumerate(QUESTIONS, 1) for name, text in one.items()}
    bad = writer.post(sheet, {**asked, "right-2": "D"})
    assert "第 2 题：正确选项没有内容" in bad.content.decode()
    assert 'value="第2问？"' in bad.content.decode(), "what was typed is kept"
    assert writer.post(sheet, {}).status_code == 200
    assert writer.post(sheet, asked).status_code == 302
    deed(writer, made, "targets", units=[str(cast.teaching.uid)])
    assert reviewer.get(f"/portal/microlesson/{made.uid}/code.svg").status_code == 404
    deed(writer, made, "submit")
    deed(reviewer, made, "publish")
    made = MicroLesson.objects.get()
    assert made.state == "published"
    assert writer.post(sheet, asked).status_code == 200, "too late: said on the sheet"
    page = reviewer.get(f"/portal/microlesson/{made.uid}/").content.decode()
    assert f"/column/xy01/lesson/{made.token}/" in page
    for kind, media, magic in (("svg", "image/svg+xml", b"<?xml"), ("png", "image/png", b"\x89PNG")):
        code = reviewer.get(f"/portal/microlesson/{made.uid}/code.{kind}")
        assert code["Content-Type"] == media
        assert code.content.startswith(magic)
        assert b"style=" not in code.content
    study = f"/portal/study/{made.uid}/"
    assert "我已学习" in learner.get(study).content.decode()
    assert LessonReading.objects.get(user=cast.teacher).opened_at
    assert "请先读完" in learner.post(study, {"deed": "answer", "q1": "B", "q2": "B", "q3": "B"}).content.decode()
    assert learner.post(study, {"deed": "sign"}).status_code == 302
    assert "还没有作答" in learner.post(study, {"deed": "answer", "q1": "B"}).content.decode()
    assert "得分 100，合格" in learner.post(study, {"deed": "answer", "q1": "B", "q2": "B", "q3": "B"}).content.decode()
    assert "已学完 100 分" in learner.get("/portal/mine/").content.decode()


def test_a_lesson_that_is_not_out_cannot_be_studied(cast: Any, client_of: Any, lesson: Any) -> None:
    made = lesson(out=False)
    assert client_of(cast.teacher).get(f"/portal/study/{made.uid}/").status_code == 404
    made = take_lesson("submit", made, by=cast.head, at=cast.at)
    assert client_of(cast.head).get(f"/portal/microlesson/{made.uid}/questions/").status_code == 200


def test_names_of_the_missing_are_for_those_with_the_right(cast: Any, client_of: Any, lesson: Any) -> None:
    made = lesson()
    director, head, teacher = (client_of(user) for user in (cast.director, cast.head, cast.teacher))
    missing = f"/portal/lessonreading/?is_required=1&signed_at__isnull=1&lesson={made.uid}"
    everyone = director.get(missing).content.decode()
    assert all(name in everyone for name in ("主任丙", "干事丁", "教务戊", "教师庚"))
    own_unit = head.get(missing).content.decode()
    assert "教师庚" in own_unit
    assert "干事丁" not in own_unit
    mine = teacher.get(missing).content.decode()
    assert "教师庚" in mine
    assert "教务戊" not in mine
    for client in (director, head):
        page = client.get(f"/portal/coverage/?lesson={made.uid}").content.decode()
        assert "教务科" in page
        assert "教师庚" not in page
    assert teacher.get("/portal/coverage/").status_code == 403
    for wrong in ("x", "00000000-0000-0000-0000-000000000000"):
        assert director.get(f"/portal/coverage/?lesson={wrong}").status_code == 404


def test_figures_are_ticked(cast: Any, client_of: Any) -> None:
    client = client_of(cast.director)
    assert "整改率" in client.get("/portal/figures/").content.decode()
    assert client.post("/portal/figures/", {"indicator": ["rectification.rectified_rate"]}).status_code == 302
    assert list(PublicFigure.objects.values_list("indicator", flat=True)) == ["rectification.rectified_rate"]
    bad = client.post("/portal/figures/", {"indicator": ["no.such"]})
    assert "没有“no.such”这样的指标" in bad.content.decode()
    assert PublicFigure.objects.count() == 1
    assert client.post("/portal/figures/", {}).status_code == 302
    assert not PublicFigure.objects.exists()
    assert client_of(cast.clerk).get("/portal/figures/").status_code == 403


def test_statistics_of_writing(cast: Any, client_of: Any, published: Any) -> None:
    published()
    client = client_of(cast.director)
    text = client.get("/portal/writing/").content.decode()
    assert "教务科" in text
    assert "共 1 篇" in text
    for year in ("abc", "99999", "-1", "²"):
        assert client.get("/portal/writing/", {"year": year}).status_code == 200


def test_panels_of_the_first_page(cast: Any, client_of: Any, draft: Any, lesson: Any) -> None:
    take("submit", draft(title="等人审的稿"), by=cast.head, at=cast.at)
    lesson(title="要学的课")
    text = client_of(cast.director).get("/").content.decode()
    assert "等人审的稿" in text
    assert "要学的课" in text
    own = client_of(cast.teacher).get("/").content.decode()
    assert "待我审核的稿件" not in own
    assert "要学的课" in own
