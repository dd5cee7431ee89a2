"""Cases of good practice: written, illustrated, their figures fixed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zhixing.kernel.files.kinds import IMAGES
from zhixing.kernel.files.store import drop, store
from zhixing.kernel.people.models import User
from zhixing.kernel.standards.in_force import school_standards
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import CaseState
from ..models import SECTIONS, CasePicture, CaseStudy
from ..queries.cases import demand, faults_in, names_of, pictures_of, read_figures

MEGABYTE = 1024 * 1024


def begin_case(values: Mapping[str, Any], *, by: User, at: datetime) -> CaseStudy:
    """A new case; whoever begins it is its author, in his own department unless another is named."""
    given = dict(values)
    given["unit"] = given.get("unit") or by.unit
    if given["unit"] is None:
        raise ValidationError({"unit": "请选择单位（部门）。"})
    _judge_figures(given)
    return add_row(CaseStudy(**given, author=by), by=by, at=at)


def correct_case(case: CaseStudy, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int) -> CaseStudy:
    """Amend a draft. Raises ValidationError for a figure that stands for nothing, or once it was handed in."""
    _must_be_draft(case)
    _judge_figures(values)
    return amend_row(case, values, by=by, at=at, seen_version=seen_version)


@transaction.atomic
def add_picture(case: CaseStudy, *, upload: Any, caption: str, by: User, at: datetime) -> CasePicture:
    """A picture behind those there are. Raises ValidationError by field: no picture, too large, too many."""
    _must_be_draft(case)
    today = timezone.localdate(at)
    if not caption.strip():
        raise ValidationError({"caption": "请填写图片说明。"})
    most = demand(today).most_pictures
    if len(pictures_of(case)) >= most:
        raise ValidationError({"upload": f"一个案例最多 {most} 张图片，请先删除不用的。"})
    limit = school_standards().number("case_picture_size", today)
    if upload.size > limit * MEGABYTE:
        raise ValidationError({"upload": f"图片“{upload.name}”超过 {limit} MB，请压缩后再上传。"})
    file = store(upload, name=upload.name, purpose="案例图片", on=case, by=by)
    if file.media_type not in IMAGES:
        drop(file)
        raise ValidationError({"upload": f"“{upload.name}”不是 JPG 或 PNG 图片。"})
    last = int(case.pictures.aggregate(last=Max("position"))["last"] or 0)
    return add_row(CasePicture(case=case, file=file, caption=caption.strip(), position=last + 1), by=by, at=at)


def remove_picture(picture: CasePicture, *, by: User, at: datetime) -> CasePicture:
    """Take a picture out of a draft."""
    _must_be_draft(picture.case)
    if picture.removed_at is not None:
        raise ValidationError("这张图片已经删除。")
    return amend_row(picture, {"removed_at": at}, by=by, at=at, action="remove", inner=("removed_at",))


def unwritten(case: CaseStudy) -> list[str]:
    """What a case still lacks to be handed in, in words."""
    return [f"“{heading}”还是空的" for name, heading in SECTIONS if not getattr(case, name).strip()]


def fix_figures(case: CaseStudy) -> None:
    """Write down the figures of the text as they are now; saved by the step that adopts the case."""
    case.figures = read_figures(names_of(case))


def _must_be_draft(case: CaseStudy) -> None:
    if case.state != CaseState.DRAFT:
        raise ValidationError(f"案例“{case}”{case.get_state_display()}，不能再修改；确需修改的，请先退回。")


def _judge_figures(values: Mapping[str, Any]) -> None:
    if faults := faults_in(values):
        raise ValidationError({name: list(words) for name, words in faults.items()})
