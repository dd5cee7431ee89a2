"""Micro-lessons: written, published, read, signed, answered; who is asked and who is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.factories import a_student, a_teacher
from tests.portal.conftest import QUESTIONS
from zhixing.domains.portal import actions
from zhixing.domains.portal.indicators import quiz_pass_rate, study_coverage_rate
from zhixing.domains.portal.jobs import call_for_study
from zhixing.domains.portal.models import LessonReading, MicroLesson
from zhixing.domains.portal.procedures import take_lesson
from zhixing.domains.portal.queries.coverage import coverage, writing
from zhixing.domains.portal.queries.learners import learners_of
from zhixing.kernel.notices.models import Notice
from zhixing.kernel.procedures import StepRefused

RIGHT = {"1": "B", "2": "B", "3": "B"}


def test_the_writer_does_not_publish(cast: Any, lesson: Any) -> None:
    waiting = take_lesson("submit", lesson(out=False), by=cast.head, at=cast.at)
    MicroLesson.objects.filter(pk=waiting.pk).update(writer=cast.director, edited_by=cast.director)
    with pytest.raises(StepRefused, match="不能审核发布自己的"):
        take_lesson("publish", MicroLesson.objects.get(pk=waiting.pk), by=cast.director, at=cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        MicroLesson.objects.filter(pk=waiting.pk).update(publisher=cast.director)


def test_a_lesson_without_three_questions_is_not_handed_in(cast: Any, lesson: Any) -> None:
    made = lesson(out=False)
    made.questions.first().delete()
    with pytest.raises(StepRefused, match="3 道测验题"):
        take_lesson("submit", made, by=cast.head, at=cast.at)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"right": "D"}, "正确选项没有内容"),
        ({"right": ""}, "正确选项没有内容"),
        ({"right": "Z"}, "正确选项没有内容"),
        ({"option_b": "甲"}, "两个选项内容相同"),
        ({"option_a": ""}, "第 2 题"),
        ({"text": ""}, "第 2 题"),
        ({"explanation": "问 13800138000"}, "手机号"),
        ({"text": "长" * 201}, "第 2 题"),
    ],
)
def test_bad_questions_are_named_and_nothing_is_changed(
    cast: Any, lesson: Any, change: dict[str, str], words: str
) -> None:
    made = lesson(out=False)
    before = list(made.questions.values_list("text", "right"))
    with pytest.raises(ValidationError) as caught:
        actions.set_questions(made, [QUESTIONS[0], {**QUESTIONS[1], **change}, QUESTIONS[2]], by=cast.head, at=cast.at)
    assert words in "；".join(caught.value.messages)
    assert "第 2 题" in caught.value.messages[0]
    assert list(made.questions.values_list("text", "right")) == before
    with pytest.raises(ValidationError, match="3 道题"):
        actions.set_questions(made, QUESTIONS[:2], by=cast.head, at=cast.at)


def test_bad_facts_are_refused(cast: Any, lesson: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        lesson(minutes=40, due_date=cast.today - timedelta(days=1), body="电话13800138000")
    assert set(caught.value.message_dict) == {"minutes", "due_date", "body"}
    assert not MicroLesson.objects.exists()


def test_a_lesson_with_students_names_does_not_go_out(cast: Any, lesson: Any) -> None:
    a_student("欧阳明月")
    waiting = take_lesson(
        "submit", lesson(out=False, body="请向欧阳明月同学学习，做好每件事。"), by=cast.head, at=cast.at
    )
    with pytest.raises(StepRefused, match="学习内容有学生姓名“欧阳明月”"):
        take_lesson("publish", waiting, by=cast.director, at=cast.at)


def test_everyone_with_an_account_is_asked(cast: Any, lesson: Any) -> None:
    a_teacher("无账号", department=cast.rows[1])
    made = lesson()
    asked = {reading.user: reading.unit for reading in made.readings.all()}
    assert asked == {
        cast.director: cast.office, cast.clerk: cast.office, cast.head: cast.teaching, cast.teacher: cast.teaching,
    }  # fmt: skip
    todo = Notice.objects.get(user=cast.teacher, is_todo=True)
    assert todo.title == "学习：一页看懂方案"
    assert todo.due_date == made.due_date
    assert todo.url == f"/portal/study/{made.uid}/"


def test_targets_narrow_it_to_departments_and_below(cast: Any, lesson: Any) -> None:
    made = lesson(units=[cast.teaching])
    assert {reading.user for reading in made.readings.all()} == {cast.head, cast.teacher}
    with pytest.raises(ValidationError, match="不能修改"):
        actions.set_targets(made, units=[], by=cast.head, at=cast.at)


def test_people_who_left_are_not_asked(cast: Any, lesson: Any) -> None:
    cast.teacher.leaves_on = cast.today
    cast.teacher.save()
    made = lesson(out=False)
    assert cast.teacher.pk not in {user for user, _ in learners_of(made)}


def test_read_sign_answer(cast: Any, lesson: Any) -> None:
    made = lesson()
    with pytest.raises(ValidationError, match="请先读完"):
        actions.answer_quiz(made, RIGHT, by=cast.teacher, at=cast.at)
    reading = actions.sign_reading(made, by=cast.teacher, at=cast.at)
    assert reading.opened_at
    assert Notice.objects.filter(user=cast.teacher, is_todo=True, done_at=None).exists()
    bad = actions.answer_quiz(made, {**RIGHT, "1": "A", "2": "C"}, by=cast.teacher, at=cast.at)
    assert (bad.score, bad.passed) == (33, False)
    good = actions.answer_quiz(made, {**RIGHT, "1": "A"}, by=cast.teacher, at=cast.at)
    assert (good.score, good.passed) == (67, True)
    actions.answer_quiz(made, {"1": "A", "2": "A", "3": "A"}, by=cast.teacher, at=cast.at)
    kept = LessonReading.objects.get(lesson=made, user=cast.teacher)
    assert (kept.score, kept.passed, kept.tries, kept.answers["1"]) == (67, True, 3, "A")
    assert not Notice.objects.filter(user=cast.teacher, is_todo=True, done_at=None).exists()
    assert actions.sign_reading(made, by=cast.teacher, at=cast.at + timedelta(days=1)).signed_at == kept.signed_at


def test_questions_left_out_are_named(cast: Any, lesson: Any) -> None:
    made = lesson()
    actions.sign_reading(made, by=cast.teacher, at=cast.at)
    with pytest.raises(ValidationError, match="第 2、3 题还没有作答"):
        actions.answer_quiz(made, {"1": "B", "2": "D", "9": "B"}, by=cast.teacher, at=cast.at)


def test_the_pass_mark_is_a_dated_standard(cast: Any, lesson: Any) -> None:
    from zhixing.kernel.standards.edits import set_standard

    made = lesson()
    set_standard("quiz_pass_mark", 90, valid_from=cast.today, valid_to=None, source="校务会议", reason="提高要求",
                 by=cast.principal, at=cast.at)  # fmt: skip
    assert not actions.mark_quiz(made, {**RIGHT, "1": "A"}, at=cast.at).passed
    assert actions.mark_quiz(made, {**RIGHT, "1": "A"}, at=cast.ago(3)).passed


def test_a_withdrawn_lesson_is_over(cast: Any, lesson: Any) -> None:
    made = take_lesson("withdraw", lesson(), by=cast.director, at=cast.at, opinion="内容有误")
    with pytest.raises(ValidationError, match="不能学习"):
        actions.sign_reading(made, by=cast.teacher, at=cast.at)
    assert not Notice.objects.filter(is_todo=True, done_at=None).exists()
    with pytest.raises(ValidationError, match="不能修改"):
        actions.rewrite_lesson(made, {"title": "改题"}, by=cast.head, at=cast.at)


def test_coverage_by_department(cast: Any, lesson: Any, make_user: Any) -> None:
    made = lesson()
    guest = make_user("teacher")
    actions.sign_reading(made, by=guest, at=cast.at)
    for user in (cast.head, cast.director):
        actions.sign_reading(made, by=user, at=cast.at)
    actions.answer_quiz(made, RIGHT, by=cast.head, at=cast.at)
    actions.answer_quiz(made, {"1": "A", "2": "A", "3": "A"}, by=cast.director, at=cast.at)
    lines, whole = coverage(made)
    assert [(line.title, line.asked, line.signed, line.tried, line.passed) for line in lines] == [
        ("办公室", 2, 1, 1, 0), ("教务科", 2, 1, 1, 1),
    ]  # fmt: skip
    assert (whole.asked, whole.signed, whole.missing, whole.percent, whole.pass_percent) == (4, 2, 2, 50, 50)
    assert study_coverage_rate.measure(cast.today).value() == 50
    assert quiz_pass_rate.measure(cast.today).value() == 50
    assert {row.user for row in LessonReading.objects.missing()} == {cast.clerk, cast.teacher}
    assert coverage(MicroLesson(pk=0))[1].percent is None


def test_newcomers_are_asked_and_the_slow_reminded(cast: Any, lesson: Any, make_user: Any) -> None:
    made = lesson(due_date=cast.today + timedelta(days=3))
    newcomer = make_user("teacher")
    row = a_teacher(newcomer.name, department=cast.rows[1])
    type(row).objects.filter(pk=row.pk).update(user=newcomer)
    Notice.objects.all().delete()
    assert call_for_study.work(None) == {"count": 1, "reminded": 1}
    assert Notice.objects.filter(is_todo=True, subject=f"lesson:{made.uid}").count() == 5
    assert actions.ask_learners(made, at=cast.at) == 0


def test_reminding_tells_how_many(cast: Any, lesson: Any) -> None:
    made = lesson()
    assert actions.remind_learners(made, by=cast.director, at=cast.at) == "已提醒 4 人。"
    for user in (cast.head, cast.director, cast.clerk, cast.teacher):
        actions.sign_reading(made, by=user, at=cast.at)
    assert "不需要提醒" in actions.remind_learners(made, by=cast.director, at=cast.at)


def test_writing_by_department(cast: Any, published: Any, reviewed: Any) -> None:
    published()
    published(kind="brief", title="简报")
    published(title="去年的", at=cast.ago(370))
    reviewed(title="在途")
    lines = {line.title: line for line in writing(cast.today.year)}
    assert lines["教务科"].kinds == {"news": 1, "brief": 1}
    assert (lines["教务科"].published, lines["教务科"].waiting, lines["办公室"].published) == (2, 1, 0)
    assert lines["办公室"].last_at is None
