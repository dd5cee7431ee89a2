"""An upload on its way in: received once, its rows kept where they can be looked at, mended and left."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from ..base.records import DataClass
from ..files.models import StoredFile
from ..files.store import path_of, store
from ..jobs.models import Job, State
from ..jobs.queue import enqueue
from ..people.models import User
from ..trail.record import record
from .declare import Sheet, sheets
from .guard import guard
from .limits import WEB
from .models import ImportBatch, ImportState, MappingProfile, StagedRow
from .refusal import SheetRefused

KEPT_DAYS = 30
"""Uploads, staged rows and the way back (undo) are kept so long."""
IN_FLIGHT = (ImportState.READING, ImportState.APPLYING)


@dataclass(frozen=True)
class Received:
    """A batch, and whether the very same file had been brought before."""

    batch: ImportBatch
    is_known: bool


def receive(upload: Any, *, name: str, sheet: type[Sheet], by: User, at: datetime) -> Received:
    """Take in one file: guard it, recognise it if it came before, keep it, and ask for it to be read.

    Raises SheetRefused (what, why, remedy) or ValidationError with a plain message; nothing is kept then.
    """
    if not by.holds(sheet.permission()):
        raise PermissionError("您没有导入这张表的权限。")
    data = upload.read(WEB.file_bytes + 1)
    with named_file(data, name) as path:
        guard(path, limits=WEB, name=name)
    digest = hashlib.sha256(data).hexdigest()
    known = alike(sheet, digest)
    if known is not None:
        return Received(known, is_known=True)
    try:
        return Received(_kept(upload, data, digest, name=name, sheet=sheet, by=by, at=at), is_known=False)
    except IntegrityError:  # the same file came twice at once
        known = alike(sheet, digest)
        if known is None:
            raise
        return Received(known, is_known=True)


@transaction.atomic
def _kept(
    upload: Any, data: bytes, digest: str, *, name: str, sheet: type[Sheet], by: User, at: datetime
) -> ImportBatch:
    batch: ImportBatch = ImportBatch.objects.create(
        sheet=sheet.code(), file_name=name[-200:], digest=digest, uploaded_by=by
    )
    upload.seek(0)
    kept = store(
        upload, name=name, purpose="导入表格", on=batch, by=by, data_class=DataClass.SENSITIVE,
        expires_at=at + timedelta(days=KEPT_DAYS),
    )  # fmt: skip
    batch.file_uid = kept.uid
    batch.save(update_fields=["file_uid"])
    ask(batch, "sheets.read", f"读取“{batch.file_name}”", by=by)
    record(action="import.upload", by=by, at=at, on=batch, changes={"digest": digest[:16], "bytes": len(data)})
    return batch


def alike(sheet: type[Sheet], digest: str) -> ImportBatch | None:
    """A batch of the very same file that is applied or still under way; undone and given-up ones don't count."""
    live = (ImportState.APPLIED, ImportState.APPLYING, ImportState.STAGED, ImportState.READING)
    found: ImportBatch | None = (
        ImportBatch.objects.filter(sheet=sheet.code(), digest=digest, state__in=live).order_by("-pk").first()
    )
    return found


@contextmanager
def named_file(data: bytes | Path, name: str) -> Iterator[Path]:
    """The bytes, or the stored file, for a moment under a name with the user's extension."""
    with tempfile.TemporaryDirectory(prefix="zhixing-") as folder:
        path = Path(folder) / f"upload{Path(name).suffix.lower()}"
        if isinstance(data, Path):
            path.symlink_to(data)
        else:
            path.write_bytes(data)
        yield path


def ask(batch: ImportBatch, kind: str, title: str, *, by: User, **arguments: Any) -> Job:
    """Put a job about the batch in the queue; a second asking while one is live gets the same job."""
    job = enqueue(kind, title[:120], by=by, key=f"{kind}:{batch.uid}", batch=str(batch.uid), **arguments)
    ImportBatch.objects.filter(pk=batch.pk).update(job_uid=job.uid)
    batch.job_uid = job.uid
    return job


def sheet_of(batch: ImportBatch, at: datetime, by: User | None = None) -> Sheet:
    """A fresh sheet for one piece of work on the batch."""
    return sheets[batch.sheet](by=by or batch.uploaded_by, at=at)


def stored(batch: ImportBatch) -> tuple[StoredFile, Path]:
    """The uploaded file; ValidationError where it is gone because its time is over."""
    file = StoredFile.objects.filter(uid=batch.file_uid).first()
    if file is None or not path_of(file).exists():
        raise ValidationError("上传的文件已过保存期限，请重新上传。")
    return file, path_of(file)


def locked(uid: Any) -> ImportBatch:
    """The batch, held until the transaction ends, so that work on it is done one after another."""
    batch: ImportBatch = ImportBatch.objects.select_for_update().get(uid=uid)
    return batch


def refuse(batch: ImportBatch, problem: SheetRefused | str) -> None:
    """End a batch whose file can't be read."""
    batch.state, batch.refusal = ImportState.REFUSED, str(problem)[:400]
    batch.save(update_fields=["state", "refusal"])


def abandon(batch: ImportBatch, *, by: User, at: datetime) -> None:
    """Give a batch up: its rows go, its line in the history stays."""
    with transaction.atomic():
        held = locked(batch.uid)
        if held.state != ImportState.STAGED:
            raise ValidationError("只有待确认的导入可以放弃。")
        held.state = ImportState.ABANDONED
        held.save(update_fields=["state"])
        StagedRow.objects.filter(batch=held).delete()
        record(action="import.abandon", by=by, at=at, on=held)


def recover(batch: ImportBatch, *, by: User, at: datetime) -> None:
    """Bring a batch whose job was given up back to where one can go on from; nothing of it was written."""
    with transaction.atomic():
        held = locked(batch.uid)
        work = Job.objects.filter(uid=held.job_uid).first()
        if held.state not in IN_FLIGHT or (work is not None and work.state in (State.WAITING, State.RUNNING)):
            return
        reading = held.state == ImportState.READING
        held.state = ImportState.REFUSED if reading else ImportState.STAGED
        held.refusal = "读取没有完成，请重新上传这个文件。" if reading else "上次写入没有完成，没有写入任何一行。"
        held.save(update_fields=["state", "refusal"])
        record(action="import.recover", by=by, at=at, on=held)


def remember(sheet: type[Sheet], mapping: dict[str, str], *, by: User) -> None:
    """Keep what someone mapped by hand for the next file with the same headings."""
    for heading, column in mapping.items():
        MappingProfile.objects.update_or_create(
            sheet=sheet.code(), heading=heading[:80], defaults={"column": column, "by": by}
        )
