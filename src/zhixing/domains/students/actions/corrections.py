"""Put facts about a student right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhixing.kernel.files.kinds import IMAGES
from zhixing.kernel.files.store import store
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.writing import amend_row

from ..choices import ON_ROLL
from ..models import Student
from .identity import judge_identity

OWN_VERBS = ("class_group", "major")
"""Changed by change_class and change_major once a student is in a class, so that the history stays whole."""


def correct_student(
    row: Student, values: Mapping[str, Any], *, by: User | None, at: datetime, seen_version: int | None = None,
    judged: bool = False, reason: str = "",
) -> Student:  # fmt: skip
    """Amend facts of a student. ``judged`` as in enrol_student; ``extra`` is merged key by key.

    Raises ValidationError by field, and EditConflict when somebody else was faster than ``seen_version``.
    """
    facts = {name: value for name, value in values.items() if name not in OWN_VERBS or _first_time(row, name, value)}
    if "extra" in facts:
        facts["extra"] = {**row.extra, **facts["extra"]}
    if not judged:
        judge_identity(
            facts,
            document_kind=str(facts.get("document_kind", row.document_kind) or ""),
            birth_date=facts.get("birth_date", row.birth_date),
            sex=str(facts.get("sex", row.sex) or ""),
        )
    with transaction.atomic():
        row = amend_row(row, facts, by=by, at=at, seen_version=seen_version, reason=reason, inner=("extra",))
        if row.user is not None and row.user.name != row.name:
            row.user.name = row.name
            row.user.save(update_fields=["name"])
    return row


def set_photo(student: Student, *, photo: Any, by: User, at: datetime) -> Student:
    """Keep an ID photo (an uploaded picture); earlier ones stay among the files."""
    with transaction.atomic():
        file = store(photo, name=photo.name, purpose="学生照片", on=student, by=by)
        if file.media_type not in IMAGES:
            raise ValidationError({"photo": "照片应为 JPG 或 PNG 图片。"})
        return amend_row(student, {"photo": file}, by=by, at=at, action="photo", inner=("photo",))


def _first_time(row: Student, name: str, value: Any) -> bool:
    """Whether a class or major is being given to a student who had none; anything else is a change of status."""
    old = getattr(row, name)
    if value == old:
        return False
    if old is None:
        return True
    verb = "转班级" if name == "class_group" else "转专业"
    if row.status in ON_ROLL:
        raise ValidationError({name: f"在籍学生请用“{verb}”办理，以便留下异动记录。"})
    return True
