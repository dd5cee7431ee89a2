"""Writing, review, publication: on whose word, in which state, and what is refused."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.factories import a_student
from tests.portal.conftest import picture
from zhixing.domains.portal import actions
from zhixing.domains.portal.models import Article, ArticlePicture
from zhixing.domains.portal.procedures import take
from zhixing.domains.portal.queries import column
from zhixing.kernel.base.records import EditConflict
from zhixing.kernel.files.models import StoredFile
from zhixing.kernel.notices.models import Notice
from zhixing.kernel.procedures import StepRefused
from zhixing.kernel.procedures.declare import passages_of


def test_the_way_of_an_article(cast: Any, published: Any) -> None:
    article = published()
    assert article.state == "published"
    assert (article.writer, article.reviewer, article.publisher) == (cast.head, cast.director, cast.principal)
    assert [passage.step for passage in passages_of(article)] == ["submit", "review", "publish"]
    assert Notice.objects.filter(user=cast.head, title__contains="已发布").exists()
    assert article.number is None


def test_nobody_reviews_his_own_text(cast: Any, school: Any) -> None:
    values = {"kind": "news", "title": "通知一则", "unit": cast.office, "body": "内容内容内容内容内容。"}
    article = actions.write_article(values, by=cast.director, at=cast.at)
    article = take("submit", article, by=cast.director, at=cast.at)
    with pytest.raises(StepRefused, match="不能审核自己的稿件"):
        take("review", article, by=cast.director, at=cast.at)
    article = take("review", article, by=cast.principal, at=cast.at)
    with pytest.raises(StepRefused, match="不能发布自己的稿件"):
        take("publish", article, by=cast.director, at=cast.at)


@pytest.mark.parametrize("column_name", ["reviewer", "publisher"])
def test_the_database_too_keeps_the_writer_out(draft: Any, column_name: str) -> None:
    article = draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**{column_name: article.writer})


def test_who_mended_a_text_may_not_review_it(cast: Any, draft: Any) -> None:
    article = actions.rewrite_article(draft(), {"title": "改过的题目"}, by=cast.director, at=cast.at)
    article = take("submit", article, by=cast.head, at=cast.at)
    with pytest.raises(StepRefused, match="修改人"):
        take("review", article, by=cast.director, at=cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(reviewer=cast.director)


def test_no_state_is_jumped_over(cast: Any, draft: Any) -> None:
    article = draft()
    for name, by in (("review", cast.director), ("publish", cast.principal), ("withdraw", cast.principal)):
        with pytest.raises(StepRefused, match="当前是“起草中”"):
            take(name, article, by=by, at=cast.at, opinion="理由充分")
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(state="published")


def test_only_the_writer_hands_in_and_takes_back(cast: Any, draft: Any) -> None:
    article = draft()
    with pytest.raises(StepRefused, match="只有撰稿人"):
        take("submit", article, by=cast.principal, at=cast.at)
    article = take("submit", article, by=cast.head, at=cast.at)
    with pytest.raises(ValidationError, match="不能修改"):
        actions.rewrite_article(article, {"title": "偷偷改"}, by=cast.head, at=cast.at)
    assert take("take_back", article, by=cast.head, at=cast.at).state == "drafted"


def test_a_returned_text_needs_a_reason_and_goes_round_again(cast: Any, draft: Any) -> None:
    article = take("submit", draft(), by=cast.head, at=cast.at)
    with pytest.raises(StepRefused, match="须写明理由"):
        take("send_back", article, by=cast.director, at=cast.at)
    article = take("send_back", article, by=cast.director, at=cast.at, opinion="请补充时间地点")
    actions.rewrite_article(article, {"summary": "补充后的摘要"}, by=cast.head, at=cast.at)
    article = take("submit", Article.objects.get(pk=article.pk), by=cast.head, at=cast.at)
    assert article.reviewer is None
    assert article.state == "submitted"


def test_briefs_are_numbered_without_gaps_and_keep_their_number(cast: Any, published: Any, reviewed: Any) -> None:
    first, second = published(kind="brief", title="简报甲"), published(kind="brief", title="简报乙")
    year = cast.today.year
    assert [(first.year, first.number), (second.year, second.number)] == [(year, 1), (year, 2)]
    waiting = reviewed(kind="brief", title="简报丙", body="张三电话见内部通知，联系方式不公开。")
    a_student("赵一鸣")
    Article.objects.filter(pk=waiting.pk).update(body="赵一鸣同学获得一等奖，特此通报。")
    with pytest.raises(StepRefused):
        take("publish", Article.objects.get(pk=waiting.pk), by=cast.principal, at=cast.at)
    gone = take("withdraw", second, by=cast.principal, at=cast.at, opinion="有误，撤下")
    again = take("reopen", gone, by=cast.principal, at=cast.at, opinion="改正后重发")
    third = published(kind="brief", title="简报丁")
    assert third.number == 3, "a refused publication takes no number"
    again = take("submit", again, by=cast.head, at=cast.at)
    again = take("review", again, by=cast.director, at=cast.at)
    assert take("publish", again, by=cast.principal, at=cast.at).number == 2
    assert first.issue_label == f"{year}年第1期"


def test_numbers_begin_again_each_year(cast: Any, published: Any) -> None:
    published(kind="brief", at=cast.ago(400))
    assert published(kind="brief").number == 1


def test_numbers_of_people_are_not_even_kept_in_a_draft(cast: Any, draft: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        draft(body="第一行正常\n请联系 13800138000 报名", summary="卡号 110101200901151237")
    assert set(caught.value.message_dict) == {"body", "summary"}
    assert "正文第 2 行有手机号“138****8000”" in caught.value.message_dict["body"][0]
    assert not Article.objects.exists()
    with pytest.raises(ValidationError, match="手机号"):
        actions.rewrite_article(draft(), {"title": "电话13800138000"}, by=cast.head, at=cast.at)


def test_publication_lists_what_is_in_the_way_and_where(cast: Any, reviewed: Any) -> None:
    a_student("欧阳明月")
    article = reviewed(body="本校开展技能竞赛集训。\n欧阳明月等同学参加。")
    Article.objects.filter(pk=article.pk).update(summary="咨询 13800138000")
    with pytest.raises(StepRefused) as caught:
        take("publish", Article.objects.get(pk=article.pk), by=cast.principal, at=cast.at)
    told = str(caught.value)
    assert "有 2 处要处理" in told
    assert "正文第 2 行有学生姓名“欧阳明月”" in told
    assert "摘要有手机号“138****8000”" in told
    assert "13800138000" not in told
    assert Article.objects.get(pk=article.pk).state == "reviewed"


def test_names_may_be_waived_with_a_reason_numbers_never(cast: Any, reviewed: Any) -> None:
    a_student("欧阳明月")
    waived = "已取得本人及监护人书面同意，存团委"
    article = reviewed(body="欧阳明月等同学参加集训，表现突出。", names_waived=waived)
    assert take("publish", article, by=cast.principal, at=cast.at).state == "published"
    article = reviewed(title="另一篇", names_waived=waived)
    Article.objects.filter(pk=article.pk).update(body="联系电话 13800138000，欢迎咨询报名。")
    with pytest.raises(StepRefused, match="手机号"):
        take("publish", Article.objects.get(pk=article.pk), by=cast.principal, at=cast.at)


def test_a_policy_needs_its_source(cast: Any, draft: Any) -> None:
    article = draft(kind="policy", title="某办法")
    with pytest.raises(StepRefused, match="没有填写发文机关；政策文件没有填写发文日期"):
        take("submit", article, by=cast.head, at=cast.at)


def test_a_replaced_policy_is_marked_and_said(cast: Any, published: Any) -> None:
    article = published(kind="policy", organ="教育部", document_no="教职成〔2016〕3号", document_date=cast.today)
    with pytest.raises(ValidationError, match="请写明"):
        actions.mark_replaced(article, replaced_by="", by=cast.director, at=cast.at)
    actions.mark_replaced(article, replaced_by="教职成〔2021〕4号文件", by=cast.director, at=cast.at)
    assert list(Article.objects.out_of_date(cast.today)) == [article]
    expired = published(kind="policy", title="试行办法", organ="市教育局", document_date=cast.today,
                        valid_until=cast.today - timedelta(days=1))  # fmt: skip
    assert set(Article.objects.out_of_date(cast.today)) == {article, expired}


def test_a_picture_with_faces_waits_for_consent(cast: Any, draft: Any) -> None:
    article = draft()
    shot = actions.add_picture(
        article, picture=picture(), caption="动员会现场", consent="lacking", by=cast.head, at=cast.at
    )
    article = take("review", take("submit", article, by=cast.head, at=cast.at), by=cast.director, at=cast.at)
    with pytest.raises(StepRefused, match="第 1 张图片“动员会现场”有人脸而没有取得同意"):
        take("publish", article, by=cast.principal, at=cast.at)
    with pytest.raises(ValidationError, match="同意书存放"):
        actions.note_consent(shot, consent="given", by=cast.director, at=cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        ArticlePicture.objects.filter(pk=shot.pk).update(consent="given")
    actions.note_consent(shot, consent="given", consent_note="同意书存学生科", by=cast.director, at=cast.at)
    article = take("publish", article, by=cast.principal, at=cast.at)
    assert column.shown_pictures(article) == [shot]
    actions.note_consent(shot, consent="lacking", by=cast.director, at=cast.at)
    assert column.shown_pictures(article) == []
    assert column.shown_picture(shot.uid) is None


def test_what_is_no_picture_is_not_kept(cast: Any, draft: Any) -> None:
    article = draft()
    paper = io.BytesIO(b"%PDF-1.4 nothing")
    paper.name = "a.pdf"
    before = StoredFile.objects.count()
    attempts = (
        (paper, "JPG 或 PNG"), (_named(b"", "a.jpg"), "空的"), (_named(b"\xff\xd8\xff bad", "a.jpg"), "已损坏"),
        (_named(b"<svg/>", "a.svg"), "不支持"),
    )  # fmt: skip
    for upload, words in attempts:
        with pytest.raises(ValidationError, match=words):
            actions.add_picture(article, picture=upload, caption="图", consent="no_face", by=cast.head, at=cast.at)
    with pytest.raises(ValidationError, match="请选择图片中"):
        actions.add_picture(article, picture=picture(), caption="图", consent="maybe", by=cast.head, at=cast.at)
    assert StoredFile.objects.count() == before
    assert not article.pictures.exists()


def test_pictures_are_few_and_leave_with_their_file(cast: Any, draft: Any) -> None:
    article = draft()
    for number in range(9):
        last = actions.add_picture(
            article, picture=picture(), caption=f"图{number}", consent="no_face", by=cast.head, at=cast.at
        )
    with pytest.raises(ValidationError, match="最多 9 张"):
        actions.add_picture(article, picture=picture(), caption="图", consent="no_face", by=cast.head, at=cast.at)
    kept = last.file
    actions.remove_picture(last, by=cast.head, at=cast.at)
    assert not StoredFile.objects.filter(pk=kept.pk).exists()
    take("submit", article, by=cast.head, at=cast.at)
    shot = Article.objects.get(pk=article.pk).pictures.first()
    with pytest.raises(ValidationError, match="不能改动图片"):
        actions.remove_picture(shot, by=cast.head, at=cast.at)


def test_a_lost_race_is_told(cast: Any, draft: Any) -> None:
    article = draft()
    actions.rewrite_article(
        Article.objects.get(pk=article.pk), {"title": "先到"}, by=cast.head, at=cast.at, seen_version=1
    )
    with pytest.raises(EditConflict):
        actions.rewrite_article(
            Article.objects.get(pk=article.pk), {"title": "后到"}, by=cast.head, at=cast.at, seen_version=1
        )


def test_a_class_is_no_department(cast: Any, draft: Any) -> None:
    from zhixing.kernel.people.models import Unit

    group = Unit.objects.create(name="26数控1班", kind="class", parent=cast.teaching)
    with pytest.raises(ValidationError, match="不选班级"):
        draft(unit=group)


def _named(data: bytes, name: str) -> Any:
    file = io.BytesIO(data)
    file.name = name
    return file
