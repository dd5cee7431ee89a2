"""A micro-lesson: written by one person, reviewed and published by another; from then on it stays as it was signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from zhixing.kernel.notices.send import finish_todo, notify
from zhixing.kernel.people.models import User
from zhixing.kernel.procedures import Procedure, Step, StepRefused

from ..actions.readings import ask_learners, lesson_subject
from ..choices import LessonState
from ..models import QUESTIONS, MicroLesson
from ..queries.publishable import faults_of_lesson

WRITING = (LessonState.DRAFTED, LessonState.RETURNED)


def lesson_address(lesson: MicroLesson) -> str:
    return f"/portal/microlesson/{lesson.uid}/"


def _only_its_writer(lesson: MicroLesson, by: User) -> str:
    return "" if by.pk in (lesson.writer_id, lesson.edited_by_id) else "只有撰稿人或最后修改人可以送审、收回。"


def _not_its_writer(lesson: MicroLesson, by: User) -> str:
    if by.pk in (lesson.writer_id, lesson.edited_by_id):
        return "撰稿人和修改人不能审核发布自己的微学习，请由他人审核。"
    return ""


def _submit(lesson: MicroLesson, *, by: User, at: datetime) -> None:
    if lesson.questions.count() != QUESTIONS:
        raise StepRefused(f"请先出好 {QUESTIONS} 道测验题，再送审。")
    lesson.submitted_at, lesson.publisher = at, None


def _publish(lesson: MicroLesson, *, by: User, at: datetime) -> None:
    faults = faults_of_lesson(lesson)
    if lesson.due_date < timezone.localdate(at):
        faults.append(f"完成期限 {lesson.due_date:%Y-%m-%d} 已经过去")
    if faults:
        raise StepRefused(f"还不能发布，有 {len(faults)} 处要处理：" + "；".join(faults) + "。请退回修改。")
    lesson.publisher, lesson.published_at = by, at


def _tell_all(lesson: MicroLesson, *, by: User, at: datetime) -> None:
    _tell_writer(lesson, by=by, at=at)
    ask_learners(lesson, at=at)


def _tell_writer(lesson: MicroLesson, *, by: User, at: datetime) -> None:
    if by.pk != lesson.writer_id:
        words = f"微学习{lesson.get_state_display()}：{lesson.title}"
        notify([lesson.writer], words, url=lesson_address(lesson))


def _tick_off(lesson: MicroLesson, *, by: User, at: datetime) -> None:
    finish_todo(lesson_subject(lesson), at=at)


class LessonCourse(Procedure):
    """To publish is to review: the writer can't."""

    model = MicroLesson
    title = "微学习审核发布"
    stage_field = "state"
    steps = (
        Step(
            name="submit", label="送审", source=WRITING, target=LessonState.SUBMITTED,
            guard=_only_its_writer, apply=_submit,
        ),
        Step(
            name="take_back", label="收回", source=(LessonState.SUBMITTED,), target=LessonState.DRAFTED,
            guard=_only_its_writer,
        ),
        Step(
            name="publish", label="审核发布", source=(LessonState.SUBMITTED,), target=LessonState.PUBLISHED,
            guard=_not_its_writer, apply=_publish, then=_tell_all,
        ),
        Step(
            name="send_back", label="退回修改", source=(LessonState.SUBMITTED,), target=LessonState.RETURNED,
            needs_opinion=True, guard=_not_its_writer, then=_tell_writer,
        ),
        Step(
            name="withdraw", label="撤下", source=(LessonState.PUBLISHED,), target=LessonState.WITHDRAWN,
            needs_opinion=True, then=_tick_off,
        ),
    )  # fmt: skip


def take_lesson(
    name: str, lesson: MicroLesson, *, by: Any, at: datetime, opinion: str = "", **values: Any
) -> MicroLesson:
    """Take one step of the course of a lesson; raises StepRefused."""
    moved = LessonCourse.take(name, lesson, by=by, at=at, opinion=opinion, **values)
    assert isinstance(moved, MicroLesson)
    return moved
