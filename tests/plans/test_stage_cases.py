"""典型案例: written, illustrated, judged by others; its figures are fixed when it is adopted."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from docx import Document

from zhixing.domains.plans.actions.cases import add_picture, begin_case, correct_case, remove_picture
from zhixing.domains.plans.models import CaseStudy, Task
from zhixing.domains.plans.models.cases import count_words
from zhixing.domains.plans.papers import CasePaper
from zhixing.domains.plans.procedures import take_case
from zhixing.domains.plans.queries.cases import demand, figures_of, filled, names_in, pictures_of
from zhixing.kernel.papers import draw, to_docx
from zhixing.kernel.procedures import StepRefused

WHOLE = {
    "background": "学籍信息靠手工汇总。", "practices": "（一）写成规则\n逐条核对。",
    "results": "责任到人率为{责任到人率}。", "lessons": "谁改谁报。",
}  # fmt: skip


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return SimpleUploadedFile("a.jpg", out.getvalue())


def case_of(scene: Any, **values: Any) -> CaseStudy:
    task = Task.objects.standing().filter(action__plan=scene.plan).order_by("no").first()
    given = {"task": task, "title": "学籍核查的做法", "unit": scene.academic, **WHOLE, **values}
    return begin_case(given, by=scene.owner, at=scene.now)


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("学籍 核查", 4), ("共12项，达98.5%", 5), ("ABC def", 2), ("，。！\n\t", 0)],
)  # fmt: skip
def test_words_are_counted_as_editors_do(text: str, count: int) -> None:
    assert count_words(text) == count


def test_names_in_braces_become_figures() -> None:
    assert names_in("甲{ 整改率 }乙{整改率}丙{a.b}{}") == ["整改率", "a.b"]
    assert filled("为{整改率}，{无}", {"整改率": ["r", "93.2%", "2026-01-01"]}) == "为93.2%，（暂无数据）"


def test_a_figure_that_stands_for_nothing_is_refused(planned: Any) -> None:
    with pytest.raises(ValidationError, match="没有名为“不存在的率”的指标"):
        case_of(planned, results="为{不存在的率}")
    assert not CaseStudy.objects.exists()
    case = case_of(planned)
    with pytest.raises(ValidationError, match="没有名为"):
        correct_case(case, {"lessons": "{某率}"}, by=planned.owner, at=planned.now, seen_version=case.version)


def test_the_author_neither_reviews_nor_adopts(planned: Any) -> None:
    case = case_of(planned, lessons="")
    with pytest.raises(StepRefused, match="经验总结"):
        take_case("submit", case, by=planned.owner, at=planned.now)
    case = correct_case(case, {"lessons": "谁改谁报。"}, by=planned.owner, at=planned.now, seen_version=case.version)
    case = take_case("submit", case, by=planned.owner, at=planned.now)
    with pytest.raises(ValidationError, match="不能再修改"):
        correct_case(case, {"title": "改题"}, by=planned.owner, at=planned.now, seen_version=case.version)
    with pytest.raises(StepRefused):
        take_case("review", case, by=planned.owner, at=planned.now)
    case = take_case("review", case, by=planned.director, at=planned.now, recommendation="同意推荐。")
    assert case.recommendation == "同意推荐。"
    case = take_case("send_back", case, by=planned.director, at=planned.now, opinion="数据再核实")
    assert (case.state, case.reviewed_by) == ("draft", None)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseStudy.objects.filter(pk=case.pk).update(reviewed_by=case.author)


def test_a_director_does_not_judge_his_own_case(planned: Any) -> None:
    task = Task.objects.standing().filter(action__plan=planned.plan).first()
    given = {"task": task, "title": "办公室的做法", "unit": planned.academic, **WHOLE}
    case = begin_case(given, by=planned.director, at=planned.now)
    case = take_case("submit", case, by=planned.director, at=planned.now)
    with pytest.raises(StepRefused, match="撰写人不能审核"):
        take_case("review", case, by=planned.director, at=planned.now)


def test_figures_are_fixed_when_a_case_is_adopted(planned: Any) -> None:
    for point in planned.points():
        planned.give(point)
    case = case_of(planned)
    for name, by in (("submit", planned.owner), ("review", planned.director), ("adopt", planned.director)):
        case = take_case(name, case, by=by, at=planned.now)
    assert case.figures["责任到人率"][:2] == ["plans.assigned_rate", "100%"]
    from zhixing.domains.plans.actions import add_point

    add_point({"task": case.task, "text": "没有人负责的新要点"}, by=planned.director, at=planned.now)
    assert figures_of(CaseStudy.objects.get(pk=case.pk))["责任到人率"][1] == "100%"
    document = Document(io.BytesIO(to_docx(draw(CasePaper, case, on=planned.today))))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    places = [text.index(word) for word in ("一、实施背景", "二、主要做法", "三、取得成效", "四、经验总结")]
    assert places == sorted(places)
    assert "责任到人率为100%。" in text
    with pytest.raises(StepRefused, match="当前是“已采用”"):
        take_case("send_back", case, by=planned.director, at=planned.now, opinion="再改改")


def test_pictures_are_pictures_within_limits(planned: Any) -> None:
    case = case_of(planned)
    act = {"by": planned.owner, "at": planned.now}
    with pytest.raises(ValidationError, match="图片说明"):
        add_picture(case, upload=a_picture(), caption=" ", **act)
    with pytest.raises(ValidationError, match="不是 JPG 或 PNG"):
        add_picture(case, upload=SimpleUploadedFile("a.txt", "只是文字".encode()), caption="文字", **act)
    big = SimpleUploadedFile("b.jpg", b"\xff\xd8" + b"0" * (3 * 1024 * 1024 + 1))
    with pytest.raises(ValidationError, match="超过 3 MB"):
        add_picture(case, upload=big, caption="太大", **act)
    most = demand(planned.today).most_pictures
    for number in range(most):
        add_picture(case, upload=a_picture(), caption=f"图{number}", **act)
    with pytest.raises(ValidationError, match=f"最多 {most} 张"):
        add_picture(case, upload=a_picture(), caption="多余", **act)
    first = pictures_of(case)[0]
    remove_picture(first, **act)
    assert [one.caption for one in pictures_of(case)] == ["图1", "图2", "图3", "图4"]
    with pytest.raises(ValidationError, match="已经删除"):
        remove_picture(first, **act)


def test_a_case_through_the_pages(planned: Any, client_of: Any, make_user: Any) -> None:
    client = client_of(planned.owner)
    task = Task.objects.standing().filter(action__plan=planned.plan).first()
    sent = {"task": str(task.uid), "title": "课堂之外的做法", "unit": "", "contact": "张老师", **WHOLE}
    bad = client.post(reverse("plans.casestudy.add"), {**sent, "results": "{没有这个率}"})
    assert bad.status_code == 422
    assert "没有名为“没有这个率”的指标" in bad.content.decode()
    made = client.post(reverse("plans.casestudy.add"), sent)
    assert made.status_code == 302, made.content.decode()[:1500]
    case = CaseStudy.objects.get()
    assert (case.author, case.unit) == (planned.owner, planned.academic)
    page = client.get(reverse("plans.casestudy.detail", args=[case.uid])).content.decode()
    assert "参考要求" in page
    assert "还差" in page
    tab = client.get(reverse("plans.casestudy.tab", args=[case.uid, "plans.CasePicturesTab"]))
    assert "还没有图片" in tab.content.decode()
    stranger = client_of(make_user("teacher", unit=planned.affairs))
    assert stranger.get(reverse("plans.casestudy.detail", args=[case.uid])).status_code == 404
