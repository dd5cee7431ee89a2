"""Packing evidence as a job: asked for from a page, done behind it, handed over for a week."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse

from ..files.bundles import MOST_FILES, Bundled, Folder, Item, Say, bundle
from ..files.models import Evidence, StoredFile
from ..files.store import drop, keep_archive, path_of, store
from ..jobs.models import Job
from ..jobs.queue import enqueue
from ..notices.send import notify
from ..people.models import User
from ..trail.record import record

KEPT = timedelta(days=7)
PACKED, INDEX, PLAN = "佐证打包", "打包目录", "打包清单"


def ask_bundle(*, title: str, catalogue: Sequence[Folder], index_docx: bytes, by: User, at: datetime) -> Job:
    """Have a catalogue packed behind the page; ``by`` gets a notice with the download, valid for KEPT.

    ``index_docx`` is the printed catalogue. Of the pieces only those are packed that ``by`` may see when the job
    runs; the others are listed as withheld. Raises ValidationError where there is nothing to pack, or too much.
    """
    count = sum(_count(folder) for folder in catalogue)
    if not count:
        raise ValidationError("目录里还没有佐证材料，无法打包。请先在各事项下添加材料。")
    if count > MOST_FILES:
        raise ValidationError(f"一次最多打包 {MOST_FILES} 份材料，现有 {count} 份。请分任务打包。")
    plan = io.BytesIO(json.dumps([_plain(folder) for folder in catalogue], ensure_ascii=False).encode())
    facts: dict[str, Any] = {"on": None, "by": by, "expires_at": at + KEPT}
    listed = store(plan, name=f"{title}.txt", purpose=PLAN, **facts)
    index = store(io.BytesIO(index_docx), name=f"{title}.docx", purpose=INDEX, **facts)
    record(action="bundle", by=by, at=at, label=title, changes={"pieces": count})
    return enqueue("files.bundle", f"佐证打包：{title}"[:120], by=by, plan=str(listed.uid), index=str(index.uid))


def _count(folder: Folder) -> int:
    return len(folder.items) + sum(_count(inner) for inner in folder.folders)


def _plain(folder: Folder) -> dict[str, Any]:
    return {
        "title": folder.title, "no": folder.no, "folders": [_plain(inner) for inner in folder.folders],
        "items": [[str(item.evidence.uid), item.title] for item in folder.items],
    }  # fmt: skip


def pack(plan: StoredFile, index: StoredFile, *, by: User, at: datetime, say: Say) -> dict[str, Any]:
    """Write the zip that was asked for and keep it for ``by``; returns what the job tells."""
    listed: list[dict[str, Any]] = json.loads(path_of(plan).read_bytes())
    wanted = {UUID(uid) for folder in listed for uid in _uids(folder)}
    rows = Evidence.objects.all().visible_to(by, "view").filter(uid__in=wanted).select_related("file")
    seen = {row.uid: row for row in rows}
    catalogue = [_folder(folder, seen) for folder in listed]
    title = Path(plan.name).stem
    with tempfile.TemporaryDirectory(prefix="zhixing-") as folder:
        target = Path(folder) / "bundle.zip"
        told = bundle(catalogue, path_of(index).read_bytes(), target, say=say)
        kept = keep_archive(
            target, name=f"{title}.zip", purpose=PACKED, by=by, expires_at=at + KEPT, digest=told.digest
        )
    withheld = len(wanted) - len(seen)
    _tell(told, title, kept, withheld, by)
    return {
        "url": reverse("files.file", args=[kept.uid]), "file": str(kept.uid), "files": told.file_count,
        "bytes": kept.size, "faults": len(told.faults), "withheld": withheld,
    }  # fmt: skip


def _tell(told: Bundled, title: str, kept: StoredFile, withheld: int, by: User) -> None:
    body = f"共 {told.file_count} 个文件，{kept.size / 1024**2:.1f} MB，7 天内可下载。"
    if told.faults:
        body += f"有 {len(told.faults)} 份未能放入或有异常，见包内“缺失与异常.txt”。"
    if withheld:
        body += f"有 {withheld} 份您无权查看，没有放入。"
    notify([by], f"“{title}”佐证材料已打包", body=body, url=reverse("files.file", args=[kept.uid]))


def _uids(folder: dict[str, Any]) -> list[str]:
    return [uid for uid, _ in folder["items"]] + [uid for inner in folder["folders"] for uid in _uids(inner)]


def _folder(plain: dict[str, Any], seen: dict[UUID, Evidence]) -> Folder:
    items = [Item(seen[UUID(uid)], title) for uid, title in plain["items"] if UUID(uid) in seen]
    return Folder(plain["title"], items, [_folder(inner, seen) for inner in plain["folders"]], plain["no"])


def sweep(at: datetime) -> int:
    """Throw away packed files, their plans and indexes whose time is over; returns how many."""
    over = StoredFile.objects.filter(Q(purpose=PACKED) | Q(purpose=INDEX) | Q(purpose=PLAN), expires_at__lt=at)
    count = 0
    for file in over:
        drop(file)
        count += 1
    return count
