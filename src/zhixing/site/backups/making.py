"""Make one backup: snapshot, archive, put in place, and only then let old ones go."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.recorder import MigrationRecorder

from zhixing.kernel.base.tenancy import across_tenants
from zhixing.kernel.people.keys import KeyMissing
from zhixing.kernel.people.models import Tenant
from zhixing.kernel.trail.models import AuditEvent
from zhixing.kernel.trail.sealer import seal_pending

from . import BackupFailed
from .archive import Manifest, Tell, master_key_print, write_archive
from .databases import engine_of
from .digests import columns_of_models
from .rotation import superfluous

UNFINISHED = ".unfinished-"
STALE = 24 * 3600
STORED = re.compile(r"[0-9a-f]{32}")
FULL = "磁盘空间不足，没有生成新的备份；原有备份没有改动。请腾出空间，或用 --to 指定别的磁盘。"


def back_up(folder: Path, recipient: X25519PublicKey | None, at: datetime, tell: Tell) -> tuple[Path, list[Path]]:
    """Write one archive into ``folder`` (sealed unless there is no recipient); it and the old ones taken away.

    Raises BackupFailed and leaves what was there before untouched.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=folder) as private:
            unfinished = _archive(Path(private), recipient, at, tell)
            ending = "zxb" if recipient else "tar.gz"
            finished = folder / f"zhixing-{at:%Y%m%d-%H%M%S}.{ending}"
            unfinished.chmod(0o600)
            unfinished.replace(finished)
            _settle(folder)
    except KeyMissing as missing:
        raise BackupFailed(f"没有生成备份：{missing}") from missing
    except (sqlite3.Error, DatabaseError) as problem:
        full = "full" in str(problem)
        raise BackupFailed(FULL if full else f"读取数据库时出错，没有生成备份：{problem}") from problem
    except OSError as problem:
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        why = f"没有生成备份：{problem.strerror or problem}（{problem.filename or folder}）"
        raise BackupFailed(FULL if full else why) from problem
    gone = superfluous(folder.iterdir())
    for path in gone:
        path.unlink()
    return finished, gone


def _archive(private: Path, recipient: X25519PublicKey | None, at: datetime, tell: Tell) -> Path:
    engine = engine_of(settings.DATABASES["default"])
    database, target = private / engine.file_name, private / "archive"
    seal_pending()
    manifest = Manifest(
        made_at=at.isoformat(),
        vendor=engine.vendor,
        database=engine.file_name,
        migrations=sorted([app, name] for app, name in MigrationRecorder(connections["default"]).applied_migrations()),
        columns=_present_columns(),
        # Read before the copy is made: chains only grow, so the copy holds these heads for certain.
        audit_heads=_audit_heads(),
        master_key_print=master_key_print(),
    )
    tell("数据库", 0)
    manifest.tables = engine.dump(database, manifest.columns)
    with target.open("xb") as out:
        write_archive(out, manifest, database, _stored_files(), recipient, tell)
        out.flush()
        os.fsync(out.fileno())
    return target


def _present_columns() -> dict[str, Any]:
    present = set(connections["default"].introspection.table_names())
    return {table: columns for table, columns in columns_of_models().items() if table in present}


def _audit_heads() -> list[list[Any]]:
    heads: list[list[Any]] = []
    with across_tenants("backup"):
        for tenant_id in [None, *Tenant.objects.order_by("pk").values_list("pk", flat=True)]:
            sealed = AuditEvent.objects.filter(tenant_id=tenant_id).exclude(seq=None)
            head = sealed.order_by("-seq").values_list("seq", "digest").first()
            if head:
                heads.append([tenant_id or 0, *head])
    return heads


def _stored_files() -> list[tuple[str, Path]]:
    """Finished files only, by the names they have in the archive."""
    folder = Path(settings.FILES_DIR)
    found = (path for path in folder.glob("*/*") if STORED.fullmatch(path.name) and path.parent.name == path.name[:2])
    return sorted((f"files/{path.parent.name}/{path.name}", path) for path in found)


def _sweep(folder: Path) -> None:
    """Take away what a killed backup left."""
    for path in folder.glob(f"{UNFINISHED}*"):
        if path.stat().st_mtime < time.time() - STALE:
            shutil.rmtree(path, ignore_errors=True)


def _settle(folder: Path) -> None:
    """The new name, too, must survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
