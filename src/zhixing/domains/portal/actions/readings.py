"""Ask people to study, and note what they did: opened, signed, answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhixing.kernel.notices.send import finish_todo, set_todo
from zhixing.kernel.people.models import User
from zhixing.kernel.standards.in_force import school_standards
from zhixing.kernel.trail.record import record

from ..choices import LessonState
from ..models import LessonQuestion, LessonReading, MicroLesson
from ..queries.learners import learners_of


def lesson_subject(lesson: MicroLesson) -> str:
    """The key of the to-do that belongs to a lesson."""
    return f"lesson:{lesson.uid}"


def study_address(lesson: MicroLesson) -> str:
    return f"/portal/study/{lesson.uid}/"


@transaction.atomic
def ask_learners(lesson: MicroLesson, *, at: datetime) -> int:
    """A reading and a to-do for everyone the lesson is meant for and who has none yet; how many were added."""
    known = dict(lesson.readings.values_list("user", "is_required"))
    wanted = learners_of(lesson)
    fresh = [(user, unit) for user, unit in wanted if user not in known]
    LessonReading.objects.bulk_create(
        LessonReading(lesson=lesson, user_id=user, unit_id=unit, is_required=True) for user, unit in fresh
    )
    volunteers = [user for user, _ in wanted if known.get(user) is False]
    lesson.readings.filter(user__in=volunteers).update(is_required=True)
    for user in User.objects.filter(pk__in=[user for user, _ in fresh]):
        _remind(lesson, user)
    return len(fresh) + len(volunteers)


def _remind(lesson: MicroLesson, user: User) -> None:
    body = f"约 {lesson.minutes} 分钟，读完签收并答三道题。"
    set_todo(
        user, lesson_subject(lesson), f"学习：{lesson.title}", body=body, url=study_address(lesson),
        due_date=lesson.due_date,
    )  # fmt: skip


def remind_learners(lesson: MicroLesson, *, by: User | None, at: datetime) -> str:
    """Put the to-do on top again for all who have not finished."""
    missing = list(LessonReading.objects.missing().filter(lesson=lesson).select_related("user"))
    for reading in missing:
        _remind(lesson, reading.user)
    record(action="remind", by=by, at=at, on=lesson, changes={"reminded": [0, len(missing)]})
    return f"已提醒 {len(missing)} 人。" if missing else "应学人员都已签收，不需要提醒。"


def open_lesson(lesson: MicroLesson, *, by: User, at: datetime) -> LessonReading:
    """One's own reading, made if one was not asked; the first opening is noted."""
    _must_be_out(lesson)
    reading: LessonReading
    reading, _ = LessonReading.objects.get_or_create(lesson=lesson, user=by, defaults={"unit": by.unit})
    if reading.opened_at is None:
        LessonReading.objects.filter(pk=reading.pk, opened_at=None).update(opened_at=at, updated_at=at)
        reading.opened_at = at
    return reading


@transaction.atomic
def sign_reading(lesson: MicroLesson, *, by: User, at: datetime) -> LessonReading:
    """“我已学习”. Signing twice changes nothing."""
    reading = open_lesson(lesson, by=by, at=at)
    if reading.signed_at is None:
        reading.signed_at = at
        reading.save(update_fields=["signed_at"])
        record(action="sign_reading", by=by, at=at, on=reading)
        _finish_if_done(reading, at)
    return reading


@dataclass(frozen=True)
class Marked:
    """One question as it was answered."""

    question: LessonQuestion
    chosen: str

    @property
    def is_right(self) -> bool:
        return self.chosen == self.question.right


@dataclass(frozen=True)
class Outcome:
    """A quiz that was marked: ``score`` in per cent of the questions."""

    marked: tuple[Marked, ...]
    score: int
    passed: bool


def mark_quiz(lesson: MicroLesson, chosen: Mapping[str, str], *, at: datetime) -> Outcome:
    """Mark the letters chosen, by position ("1": "B"); ValidationError names the questions left out."""
    questions = list(lesson.questions.all())
    left_out = [q.position for q in questions if chosen.get(str(q.position)) not in dict(q.options)]
    if left_out or not questions:
        raise ValidationError(f"第 {'、'.join(map(str, left_out))} 题还没有作答。" if left_out else "没有测验题。")
    marked = tuple(Marked(question, chosen[str(question.position)]) for question in questions)
    score = round(100 * sum(one.is_right for one in marked) / len(marked))
    return Outcome(marked, score, score >= pass_mark(at))


def pass_mark(at: datetime) -> int:
    """The score that passes, by the standard in force on the day."""
    today = timezone.localdate(at)
    return int(school_standards().number("quiz_pass_mark", today))


@transaction.atomic
def answer_quiz(lesson: MicroLesson, chosen: Mapping[str, str], *, by: User, at: datetime) -> Outcome:
    """Mark one's own quiz and keep the best try. Whoever has not signed must do that first."""
    reading = open_lesson(lesson, by=by, at=at)
    if reading.signed_at is None:
        raise ValidationError("请先读完并点“我已学习”，再答题。")
    outcome = mark_quiz(lesson, chosen, at=at)
    reading.tries += 1
    if reading.score is None or outcome.score > reading.score:
        reading.score, reading.passed, reading.answered_at = outcome.score, outcome.passed, at
        reading.answers = {str(one.question.position): one.chosen for one in outcome.marked}
    reading.save(update_fields=["tries", "score", "passed", "answered_at", "answers"])
    record(action="answer_quiz", by=by, at=at, on=reading)
    _finish_if_done(reading, at)
    return outcome


def _finish_if_done(reading: LessonReading, at: datetime) -> None:
    """The to-do is done once the lesson is signed and passed."""
    if reading.signed_at is not None and reading.passed:
        finish_todo(lesson_subject(reading.lesson), at=at, user=reading.user)


def count_visit(lesson: MicroLesson) -> None:
    """A stranger opened the link: only the number is kept."""
    MicroLesson.objects.filter(pk=lesson.pk).update(visit_count=F("visit_count") + 1)


def count_try(lesson: MicroLesson, passed: bool) -> None:
    """A stranger tried the quiz."""
    changes: dict[str, Any] = {"try_count": F("try_count") + 1}
    if passed:
        changes["pass_count"] = F("pass_count") + 1
    MicroLesson.objects.filter(pk=lesson.pk).update(**changes)


def _must_be_out(lesson: MicroLesson) -> None:
    if lesson.state != LessonState.PUBLISHED:
        raise ValidationError(f"微学习“{lesson}”{lesson.get_state_display()}，不能学习。")
