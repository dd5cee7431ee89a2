"""The bytes of a stored picture that a paper shows."""

from __future__ import annotations

from ..files.kinds import IMAGES
from ..files.models import StoredFile
from ..files.store import path_of


def bytes_of(uid: str) -> bytes | None:
    """The picture, or None when it was removed or is no picture."""
    file = StoredFile.objects.filter(uid=uid, media_type__in=IMAGES).first()
    path = path_of(file) if file is not None else None
    return path.read_bytes() if path is not None and path.exists() else None
