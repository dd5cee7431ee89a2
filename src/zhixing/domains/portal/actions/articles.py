"""Write an article, and keep its pictures with the consent of whoever is in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhixing.kernel.base.records import DataClass
from zhixing.kernel.files.kinds import IMAGES
from zhixing.kernel.files.store import drop, store
from zhixing.kernel.people.models import Unit, User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import WRITABLE, ArticleState, Consent
from ..models import Article, ArticlePicture
from ..queries.privacy import numbers_in
from ..queries.publishable import privacy_faults

DEPARTMENT = "department"
MOST_PICTURES = 9
"""As many as a WeChat post shows in its grid."""
SOURCE_FIELDS = ("organ", "document_no", "document_date", "valid_until", "replaced_by")
TEXT_FIELDS = {
    "title": "标题", "summary": "摘要", "body": "正文", "organ": "发文机关", "document_no": "文号",
    "replaced_by": "已被替代", "names_waived": "姓名公开依据",
}  # fmt: skip


def write_article(values: Mapping[str, Any], *, by: User, at: datetime) -> Article:
    """Begin a draft; it belongs to whoever writes it. ValidationError by field."""
    _refuse(values)
    row: Article = add_row(Article(**values, writer=by, edited_by=by), by=by, at=at)
    return row


def rewrite_article(
    row: Article, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int | None = None
) -> Article:
    """Change a draft, or one that came back; whoever changes it may no longer review it."""
    if row.state not in WRITABLE:
        raise ValidationError(f"稿件“{row}”{row.get_state_display()}，不能修改。要修改请先退回或撤下。")
    _refuse(values)
    wanted = {**values, "edited_by": by}
    amended: Article = amend_row(row, wanted, by=by, at=at, seen_version=seen_version, inner=("edited_by",))
    return amended


def mark_replaced(row: Article, *, replaced_by: str, by: User, at: datetime) -> Article:
    """Say of a published policy which document has taken its place; strangers see it beside the title."""
    if len(replaced_by.strip()) < 4:
        raise ValidationError({"replaced_by": "请写明替代它的文件名称和文号。"})
    _refuse({"replaced_by": replaced_by})
    if faults := privacy_faults({TEXT_FIELDS["replaced_by"]: replaced_by}, row.names_waived):
        raise ValidationError({"replaced_by": faults})  # of a published article nobody reviews these words any more
    amended: Article = amend_row(row, {"replaced_by": replaced_by.strip()}, by=by, at=at, action="mark_replaced")
    return amended


@transaction.atomic
def add_picture(
    row: Article, *, picture: Any, caption: str, consent: str, by: User, at: datetime, consent_note: str = ""
) -> ArticlePicture:
    """Put a picture to a draft. The file loses its metadata (place, camera) on the way in.

    A caption is text that strangers read: whoever adds it may no longer review the article.
    """
    _must_be_writable(row)
    if row.pictures.count() >= MOST_PICTURES:
        raise ValidationError(f"一篇稿件最多 {MOST_PICTURES} 张图片。")
    _refuse({"title": caption})
    _consent(consent, consent_note)
    file = store(picture, name=picture.name, purpose="column", on=row, by=by, data_class=DataClass.PERSONAL)
    if file.media_type not in IMAGES:
        drop(file)
        raise ValidationError({"picture": "请上传 JPG 或 PNG 图片。"})
    fresh = ArticlePicture(
        article=row, file=file, caption=caption.strip(), consent=consent, consent_note=consent_note.strip(),
        position=row.pictures.count() + 1,
    )  # fmt: skip
    try:
        made: ArticlePicture = add_row(fresh, by=by, at=at)
    except ValidationError:
        drop(file)
        raise
    if row.edited_by_id != by.pk:
        amend_row(row, {"edited_by": by}, by=by, at=at, action="add_picture", inner=("edited_by",))
    return made


def note_consent(row: ArticlePicture, *, consent: str, by: User, at: datetime, consent_note: str = "") -> str:
    """Note that consent was given, or taken back: from then on the picture is shown to nobody outside, at any time."""
    _consent(consent, consent_note)
    amend_row(row, {"consent": consent, "consent_note": consent_note.strip()}, by=by, at=at, action="note_consent")
    return "已登记。" if row.is_showable else "已登记，专栏上不再显示这张图片。"


@transaction.atomic
def remove_picture(row: ArticlePicture, *, by: User, at: datetime) -> None:
    """Take a picture out of a draft; the file goes with it."""
    _must_be_writable(row.article)
    record(action="remove_picture", by=by, at=at, on=row.article, changes={"picture": [row.caption, None]})
    file = row.file
    row.delete()
    drop(file)


def _consent(consent: str, note: str) -> None:
    if consent not in Consent.values:
        raise ValidationError({"consent": "请选择图片中有没有人脸、是否取得同意。"})
    if consent == Consent.GIVEN and len(note.strip()) < 2:
        raise ValidationError({"consent_note": "请写明同意书存放在哪里。"})


def _must_be_writable(row: Article) -> None:
    if row.state not in WRITABLE:
        words = ArticleState(row.state).label
        raise ValidationError(f"稿件“{row}”{words}，不能改动图片。要修改请先退回或撤下。")


def _refuse(values: Mapping[str, Any]) -> None:
    """Numbers of people are not kept in a text meant for the public, not even in a draft."""
    faults: dict[str, Any] = {}
    for name, title in TEXT_FIELDS.items():
        spots = numbers_in({title: str(values.get(name) or "")})
        if spots:
            faults[name] = [f"{spot}。专栏文字不得含个人号码，请删除。" for spot in spots]
    unit = values.get("unit")
    if isinstance(unit, Unit) and unit.kind != DEPARTMENT:
        faults["unit"] = "供稿部门请选科室（部），不选班级。"
    if faults:
        raise ValidationError(faults)
