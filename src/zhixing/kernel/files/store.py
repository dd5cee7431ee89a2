"""Keep uploaded files: checked by content, under random names outside the web root, images re-encoded."""

from __future__ import annotations

import hashlib
import io
import secrets
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone

from ..base.records import DataClass, Record
from ..people.models import User
from .kinds import IMAGES, kind_of
from .models import StoredFile

LIMIT = 20 * 1024 * 1024
PIXELS = 40_000_000


def folder() -> Path:
    return Path(settings.FILES_DIR)


def store(
    upload: Any, *, name: str, purpose: str, on: Record | None, by: User | None, data_class: str = DataClass.PERSONAL,
    expires_at: Any = None,
) -> StoredFile:  # fmt: skip
    """Keep one file (an open binary file or Django upload) about ``on``; raises ValidationError with a plain message.

    What the file is comes from its bytes, not its name. Images lose their metadata.
    """
    data = upload.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise ValidationError(f"文件“{name}”超过 {LIMIT // 1048576} MB，请压缩后再上传。")
    if not data:
        raise ValidationError(f"文件“{name}”是空的，请检查后重新上传。")
    media_type = kind_of(data, name)
    if media_type in IMAGES:
        data = re_encode(data, media_type, name)
    return _kept(
        data, media_type, name=name, purpose=purpose, on=on, by=by, data_class=data_class, expires_at=expires_at
    )


def keep_made(
    data: bytes, *, name: str, purpose: str, on: Record | None, by: User | None, data_class: str = DataClass.PERSONAL,
    expires_at: Any = None,
) -> StoredFile:  # fmt: skip
    """Keep a file that the system itself made (a paper, a snapshot), byte for byte as it was made, of any size.

    The kind is still told by the bytes, so that nothing unwelcome is ever served.
    """
    return _kept(
        data, kind_of(data, name), name=name, purpose=purpose, on=on, by=by, data_class=data_class,
        expires_at=expires_at,
    )  # fmt: skip


def keep_archive(
    made: Path, *, name: str, purpose: str, by: User | None, expires_at: Any, digest: str,
    data_class: str = DataClass.PERSONAL,
) -> StoredFile:  # fmt: skip
    """Move a zip that the system made into the store; for the one who asked, until it expires."""
    stored_name, target = _place()
    made.chmod(0o600)
    shutil.move(made, target)
    kept: StoredFile = StoredFile.objects.create(
        name=clean_name(name), size=target.stat().st_size, digest=digest, media_type="application/zip",
        purpose=purpose, stored_name=stored_name, data_class=data_class, uploaded_by=by, expires_at=expires_at,
    )  # fmt: skip
    return kept


def drop(file: StoredFile) -> None:
    """Forget a file that never came to be used: row and bytes."""
    path = path_of(file)
    file.delete()
    path.unlink(missing_ok=True)


def _place() -> tuple[str, Path]:
    """A name no one can guess and the path it stands for."""
    stored_name = secrets.token_hex(16)
    target = folder() / stored_name[:2] / stored_name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return stored_name, target


def _kept(data: bytes, media_type: str, *, name: str, on: Record | None, by: User | None, **facts: Any) -> StoredFile:
    stored_name, target = _place()
    partial = target.with_suffix(".part")
    partial.write_bytes(data)
    partial.chmod(0o600)
    partial.replace(target)
    kept: StoredFile = StoredFile.objects.create(
        name=clean_name(name), size=len(data), digest=hashlib.sha256(data).hexdigest(), media_type=media_type,
        stored_name=stored_name, object_type=on._meta.label_lower if on else "", object_uid=on.uid if on else None,
        uploaded_by=by, **facts,
    )  # fmt: skip
    return kept


def clean_name(name: str) -> str:
    """A name fit to print and to download under: no paths, no control or direction characters."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in base if c.isprintable() and c not in '<>:"|?*\u202e\u202d')[-120:] or "文件"


def re_encode(data: bytes, media_type: str, name: str) -> bytes:
    """The same picture without metadata; refuses one that is damaged or too large to open safely."""
    from PIL import Image  # slow import

    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > PIXELS:
                raise ValidationError(f"图片“{name}”尺寸过大，请缩小后再上传。")
            out = io.BytesIO()
            clean = image.convert("RGB") if media_type == "image/jpeg" else image.copy()
            clean.info = {}
            clean.save(out, "JPEG" if media_type == "image/jpeg" else "PNG", quality=88)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(f"图片“{name}”已损坏，请换一张。") from error
    return out.getvalue()


def path_of(file: StoredFile) -> Path:
    return folder() / file.stored_name[:2] / file.stored_name


def may_read(user: User, file: StoredFile) -> bool:
    """One's own uploads, and files about a record that one may see."""
    if file.uploaded_by_id == user.pk:
        return True
    if not file.object_type:
        return False
    from django.apps import apps  # app ready

    model: Any = apps.get_model(file.object_type)
    return bool(model.objects.all().visible_to(user, "view").filter(uid=file.object_uid).exists())


def deliver(request: HttpRequest, uid: Any) -> FileResponse:
    """Send a file to someone who may see what it is about; 404 for everybody else."""
    file = StoredFile.objects.filter(uid=uid).first()
    user: Any = request.user
    if file is None or not may_read(user, file) or (file.expires_at and file.expires_at < timezone.now()):
        raise Http404
    path = path_of(file)
    if not path.exists():
        raise Http404
    inline = file.media_type in IMAGES and "inline" in request.GET
    response = FileResponse(path.open("rb"), as_attachment=not inline, filename=file.name, content_type=file.media_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def files_of(row: Record) -> Any:
    """Files about one record, newest first."""
    return StoredFile.objects.filter(object_type=row._meta.label_lower, object_uid=row.uid).order_by("-pk")
