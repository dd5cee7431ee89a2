"""The bytes of a stored picture that a paper shows, no larger than a sheet of paper can show."""

from __future__ import annotations

from io import BytesIO

from ..files.kinds import IMAGES
from ..files.models import StoredFile
from ..files.store import path_of

WIDEST = 1400
"""Pixels: 225 mm at some 160 dots an inch. Photographs of a telephone are three times that."""


def bytes_of(uid: str) -> bytes | None:
    """The picture (JPEG or PNG), or None when it was removed or is no picture."""
    file = StoredFile.objects.filter(uid=uid, media_type__in=IMAGES).first()
    path = path_of(file) if file is not None else None
    return _fit(path.read_bytes()) if path is not None and path.exists() else None


def _fit(data: bytes) -> bytes:
    from PIL import Image  # slow import

    with Image.open(BytesIO(data)) as image:
        if max(image.size) <= WIDEST:
            return data
        kind = image.format or "JPEG"
        image.thumbnail((WIDEST, WIDEST))
        out = BytesIO()
        image.save(out, kind, quality=85)
        return out.getvalue()
