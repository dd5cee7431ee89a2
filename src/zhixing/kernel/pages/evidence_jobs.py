"""Work on evidence behind the page: packing, and the nightly look whether files are still what they were."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from ..checks.observe import Fault, observe
from ..checks.severity import Severity
from ..files.models import Evidence, StoredFile
from ..files.snapshots import verify_evidence
from ..jobs.declare import Progress, job
from ..people.models import User
from .bundling import pack, sweep

RULE = "files.evidence_damaged"
A_NIGHT = 4 * 1024**3
"""So many bytes are read in one night; the rest follows in the next nights, the longest unseen first."""


@job("files.bundle", "佐证打包")
def bundle_evidence(progress: Progress) -> dict[str, Any]:
    """Pack what ``ask_bundle`` put on the list. Done twice, it makes a second zip; the first expires."""
    files = {name: StoredFile.objects.get(uid=progress.arguments[name]) for name in ("plan", "index")}
    by = User.objects.get(pk=progress.arguments["_by"])
    return pack(files["plan"], files["index"], by=by, at=timezone.now(), say=progress.say)


@job("files.verify_evidence", "校验佐证材料", daily_at=4)
def verify_all_evidence(progress: Progress) -> dict[str, Any]:
    """Compare files with their digests, put damaged ones on the book of findings, throw away what has expired."""
    at = timezone.now()
    swept = sweep(at)
    looked = _look(progress, at)
    damaged = list(Evidence.objects.damaged())
    observe(
        [_fault(piece) for piece in damaged], subject=Evidence._meta.label_lower, title="佐证材料校验", rules=[RULE],
        row_count=looked, by=None, at=at,
    )  # fmt: skip
    return {"count": looked, "damaged": len(damaged), "swept": swept}


def _look(progress: Progress, at: datetime) -> int:
    """Verify pieces not looked at in the last day, the longest unseen first, up to A_NIGHT bytes."""
    rows = Evidence.objects.exclude(digest="").exclude(checked_at__gt=at - timedelta(hours=20))
    wanted = list(rows.select_related("file").order_by(F("checked_at").asc(nulls_first=True), "pk"))
    read = 0
    for number, piece in enumerate(wanted, 1):
        if read > A_NIGHT:
            return number - 1
        verify_evidence(piece, by=None, at=at)
        read += piece.file.size if piece.file is not None else 0
        if number % 20 == 0 or number == len(wanted):
            progress.say(number, len(wanted), "校验佐证材料")
    return len(wanted)


def _fault(piece: Evidence) -> Fault:
    return Fault(
        rule=RULE, severity=Severity.ERROR, title="佐证材料的文件缺失或被改动",
        message=f"“{piece}”与入库时的校验值不一致，或文件已丢失。", object_type=Evidence._meta.label_lower,
        object_uid=piece.uid, object_label=str(piece), basis="佐证材料入库后不得更改（SHA-256 校验）",
        remedy="由系统管理员从备份恢复文件后再次校验；无法恢复的，重新取得材料并上传新版本。", unit_id=piece.unit_id,
    )  # fmt: skip
