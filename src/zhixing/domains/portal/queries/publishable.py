"""What stands between a text and the public: every reason, with the place and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence

from ..choices import ArticleKind
from ..models import QUESTIONS, Article, MicroLesson
from .privacy import Spot, names_in, numbers_in

SHORTEST_BODY = 10


def article_texts(article: Article) -> dict[str, str]:
    """Everything of an article that strangers will read, by the name of its place."""
    texts = {"标题": article.title, "摘要": article.summary, "正文": article.body}
    texts |= {"发文机关": article.organ, "文号": article.document_no, "替代文件": article.replaced_by}
    return texts | {f"第 {n} 张图片的说明": p.caption for n, p in enumerate(article.pictures.all(), 1)}


def lesson_texts(lesson: MicroLesson) -> dict[str, str]:
    """Everything of a lesson that strangers will read."""
    texts = {"题目": lesson.title, "学习内容": lesson.body}
    for question in lesson.questions.all():
        said = [question.text, *(text for _, text in question.options), question.explanation]
        texts[f"测验第 {question.position} 题"] = "\n".join(said)
    return texts


def faults_of_article(article: Article) -> list[str]:
    """Why an article can't go out; nothing when it can."""
    faults = policy_faults(article)
    if len(article.body.strip()) < SHORTEST_BODY:
        faults.append(f"正文太短（不足 {SHORTEST_BODY} 字）")
    faults += [
        f"第 {n} 张图片“{picture.caption}”有人脸而没有取得同意：请更换图片，或取得同意后登记"
        for n, picture in enumerate(article.pictures.all(), 1)
        if not picture.is_showable
    ]
    return faults + privacy_faults(article_texts(article), article.names_waived)


def policy_faults(article: Article) -> list[str]:
    """A policy without its source can't be told from hearsay."""
    if article.kind != ArticleKind.POLICY:
        return []
    wanted = (("发文机关", article.organ), ("发文日期", article.document_date))
    return [f"政策文件没有填写{name}" for name, value in wanted if not value]


def faults_of_lesson(lesson: MicroLesson) -> list[str]:
    """Why a lesson can't go out; nothing when it can."""
    faults = []
    count = lesson.questions.count()
    if count != QUESTIONS:
        faults.append(f"测验要有 {QUESTIONS} 道题，现在有 {count} 道")
    if len(lesson.body.strip()) < SHORTEST_BODY:
        faults.append(f"学习内容太短（不足 {SHORTEST_BODY} 字）")
    return faults + privacy_faults(lesson_texts(lesson), lesson.names_waived)


def privacy_faults(texts: dict[str, str], names_waived: str) -> list[str]:
    """Numbers are never published; names only where consent was noted."""
    spots: Sequence[Spot] = numbers_in(texts)
    faults = [f"{spot}：请删除" for spot in spots]
    if not names_waived.strip():
        faults += [f"{spot}：请改用“某同学”，或取得同意后填写“姓名公开依据”" for spot in names_in(texts)]
    return faults
