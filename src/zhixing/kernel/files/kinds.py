"""Which files are welcome, told by their bytes."""

from __future__ import annotations

import io
import zipfile

from django.core.exceptions import ValidationError

IMAGES = frozenset({"image/jpeg", "image/png"})
_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}
WELCOME = "请上传 JPG、PNG、PDF、Word、Excel、PPT（新版格式）或 TXT、CSV 文件。"


def kind_of(data: bytes, name: str) -> str:
    """The media type of a welcome file; ValidationError for anything else, macros included."""
    for magic, media_type in _MAGIC.items():
        if data.startswith(magic):
            return media_type
    if data.startswith(b"PK\x03\x04"):
        return _office(data, name)
    if name.lower().endswith((".txt", ".csv")) and b"\x00" not in data[:4096]:
        return "text/plain"
    raise ValidationError(f"不支持文件“{name}”的格式。{WELCOME}")


def _office(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError) as error:
        raise ValidationError(f"文件“{name}”已损坏，请重新导出后上传。") from error
    inner = [part.lower() for part in names]
    if any("vbaproject" in part or (part.endswith(".bin") and "oleobject" in part) for part in inner):
        raise ValidationError(f"文件“{name}”含有宏或嵌入对象，请另存为不含宏的文件后上传。")
    for part, media_type in _OFFICE.items():
        if part in names:
            return media_type
    raise ValidationError(f"不支持文件“{name}”的格式。{WELCOME}")
