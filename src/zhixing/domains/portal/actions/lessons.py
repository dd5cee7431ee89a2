"""Write a micro-lesson with its three questions, and say who should study it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.kernel.people.models import Unit, User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row, judge

from ..choices import WRITABLE
from ..models import QUESTIONS, LessonQuestion, LessonTarget, MicroLesson
from ..queries.privacy import numbers_in

TEXT_FIELDS = {"title": "题目", "body": "学习内容", "names_waived": "姓名公开依据"}
QUESTION_FIELDS = ("text", "option_a", "option_b", "option_c", "option_d", "right", "explanation")


def write_lesson(values: Mapping[str, Any], *, by: User, at: datetime) -> MicroLesson:
    """Begin a draft. ValidationError by field."""
    _refuse(values, at)
    row: MicroLesson = add_row(MicroLesson(**values, writer=by, edited_by=by), by=by, at=at)
    return row


def rewrite_lesson(
    row: MicroLesson, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int | None = None
) -> MicroLesson:
    """Change a draft, or one that came back; a published lesson stays as its readers signed it."""
    _must_be_writable(row)
    _refuse(values, at)
    wanted = {**values, "edited_by": by}
    amended: MicroLesson = amend_row(row, wanted, by=by, at=at, seen_version=seen_version, inner=("edited_by",))
    return amended


@transaction.atomic
def set_questions(row: MicroLesson, questions: Sequence[Mapping[str, Any]], *, by: User, at: datetime) -> None:
    """Put the three questions in place of those there were; ValidationError says which question is at fault."""
    _must_be_writable(row)
    if len(questions) != QUESTIONS:
        raise ValidationError(f"测验要有 {QUESTIONS} 道题。")
    row.questions.all().delete()
    for position, asked in enumerate(questions, 1):
        known = {name: str(asked.get(name) or "").strip() for name in QUESTION_FIELDS}
        question = LessonQuestion(lesson=row, position=position, **known)
        try:
            _judge_question(question)
            judge(question)
        except ValidationError as error:
            raise ValidationError([f"第 {position} 题：{words}" for words in error.messages]) from error
        question.save()
    row.edited_by = by
    row.version += 1
    row.save(update_fields=["edited_by", "version"])
    record(action="set_questions", by=by, at=at, on=row, changes={"questions": [None, QUESTIONS]})


def _judge_question(question: LessonQuestion) -> None:
    texts = [text for _, text in question.options]
    if question.right not in dict(question.options):
        raise ValidationError("正确选项没有内容。")
    if len({text.strip() for text in texts}) != len(texts):
        raise ValidationError("有两个选项内容相同。")
    spots = numbers_in({"题干和选项": " ； ".join([question.text, *texts, question.explanation])})
    if spots:
        raise ValidationError([f"{spot}，请删除。" for spot in spots])


@transaction.atomic
def set_targets(row: MicroLesson, *, units: Iterable[Unit], by: User, at: datetime) -> None:
    """Say which departments study the lesson; none means everybody. Only before it goes out."""
    _must_be_writable(row)
    wanted = list(dict.fromkeys(units))
    before = sorted(str(target) for target in row.targets.select_related("unit"))
    row.targets.all().delete()
    for unit in wanted:
        target = LessonTarget(lesson=row, unit=unit)
        judge(target)
        target.save()
    after = sorted(str(unit) for unit in wanted)
    if before != after:
        record(action="set_targets", by=by, at=at, on=row, changes={"targets": [before, after]})


def _must_be_writable(row: MicroLesson) -> None:
    if row.state not in WRITABLE:
        raise ValidationError(f"微学习“{row}”{row.get_state_display()}，不能修改。")


def _refuse(values: Mapping[str, Any], at: datetime) -> None:
    faults: dict[str, Any] = {}
    for name, title in TEXT_FIELDS.items():
        spots = numbers_in({title: str(values.get(name) or "")})
        if spots:
            faults[name] = [f"{spot}。微学习对外公开，请删除个人号码。" for spot in spots]
    due = values.get("due_date")
    if due is not None and due < timezone.localdate(at):
        faults["due_date"] = "完成期限不能早于今天。"
    minutes = values.get("minutes")
    if minutes is not None and not 1 <= minutes <= 15:
        faults["minutes"] = "学习时长应在 1 到 15 分钟之间；再长请拆成几课。"
    if faults:
        raise ValidationError(faults)
