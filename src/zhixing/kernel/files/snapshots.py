"""What a frozen snapshot holds, and whether a piece of evidence is still what it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..people.models import User
from ..trail.record import record
from .models import Evidence
from .store import path_of

CHUNK = 1 << 20


def app_version() -> str:
    """The version of the software, as installed."""
    try:
        return version("zhixing")
    except PackageNotFoundError:
        return ""


def frozen_of(
    what: str, payload: Mapping[str, Any], lineage: Mapping[str, Any], *, by: User | None, at: datetime
) -> dict[str, Any]:
    """What ``Evidence.frozen`` holds: {"what", "payload", "lineage" (with by, by_uid, app_version), "at"}."""
    made = {"by": by.name if by else "系统", "by_uid": str(by.uid) if by else "", "app_version": app_version()}
    whole = plain({"what": what, "payload": payload, "lineage": {**lineage, **made}, "at": at.isoformat()})
    return dict(whole)


def plain(value: Any) -> Any:
    """The same in types that every database gives back exactly as they were; anything else becomes its text."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value).replace("\x00", "")


def canonical(frozen: Mapping[str, Any]) -> bytes:
    """One spelling of a snapshot's content, the same on every engine."""
    return json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(evidence: Evidence) -> str:
    """SHA-256 in hex: of the file; of the content where there is no file; of both (content, file's digest) in one.

    Blank for a paper original without a scan.
    """
    file_digest = evidence.file.digest if evidence.file is not None else ""
    if evidence.frozen is None:
        return file_digest
    content = hashlib.sha256(canonical(evidence.frozen))
    if file_digest:
        content.update(b"\n" + file_digest.encode())
    return content.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 in hex of a file, read in pieces; FileNotFoundError when it is gone."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            found.update(piece)
    return found.hexdigest()


def fault_of(evidence: Evidence) -> str:
    """What is wrong with a piece now: blank, or words for the user. Reads the whole file."""
    if evidence.file is not None:
        path = path_of(evidence.file)
        if not path.exists():
            return "文件已丢失"
        if file_digest(path) != evidence.file.digest:
            return "文件内容与入库时不一致"
    if digest_of(evidence) != evidence.digest:
        return "快照内容与存档时不一致" if evidence.frozen is not None else "登记的校验值与文件不一致"
    return ""


def verify_evidence(evidence: Evidence, *, by: User | None, at: datetime) -> str:
    """Look at a piece again and write down the result; returns ``fault_of``. Without ``by`` only the result is kept."""
    fault = fault_of(evidence)
    Evidence.objects.filter(pk=evidence.pk).update(checked_at=at, is_intact=not fault)
    evidence.checked_at, evidence.is_intact = at, not fault
    if by is not None:
        record(action="verify_evidence", by=by, at=at, on=evidence, changes={"is_intact": not fault})
    return fault
