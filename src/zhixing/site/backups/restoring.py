"""Restore into an empty place, and prove that what is there now is what was backed up."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader

from zhixing.kernel.base.tenancy import across_tenants
from zhixing.kernel.people.ciphers import Undecryptable
from zhixing.kernel.people.keys import KeyMissing, forget_keys, master_key
from zhixing.kernel.people.models import Session
from zhixing.kernel.people.sealing import BlindIndexField, SealedField, open_sealed
from zhixing.kernel.trail.sealer import verify_chain

from . import BackupFailed
from .archive import Manifest, Tell, unpack
from .databases import Postgres, Settings, engine_of
from .digests import differing


@dataclass(frozen=True)
class Place:
    """Where to restore to: a database of settings.DATABASES' form, and the folder of stored files."""

    database: Settings
    files: Path


@dataclass
class Proof:
    """What was compared after a restore."""

    manifest: Manifest
    rows: int = 0
    files: int = 0
    audit_events: int = 0
    opened: int = 0
    remarks: list[str] = field(default_factory=list)


def restore(archive: Path, key: X25519PrivateKey | None, place: Place, tell: Tell) -> Proof:
    """Check the archive, fill the empty ``place``, compare. Raises BackupFailed; writes nothing before the check."""
    _require_master_key()
    if not archive.exists():
        raise BackupFailed(f"没有这个备份文件：{archive}")
    engine = engine_of(place.database)
    if not engine.is_empty() or (place.files.exists() and any(place.files.iterdir())):
        raise BackupFailed("要恢复到的地方已有数据，没有恢复任何内容。请用 --into 指定一个空的位置。")
    there_before = place.files.parent.exists()
    place.files.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=place.files.parent) as private:
            manifest = unpack(archive, Path(private), key, tell)
            is_older = _require_same_program(manifest, engine.vendor)
            tell("写入数据库", 0)
            engine.load(Path(private) / manifest.database)
            _move_files(Path(private) / "files", place.files)
    except OSError as problem:
        raise BackupFailed(f"恢复没有完成：{problem.strerror or problem}。请清理后重试。") from problem
    finally:
        if not there_before and not any(place.files.parent.iterdir()):
            place.files.parent.rmdir()
    tell("比对", 0)
    wrong = differing(manifest.tables, engine.digests(manifest.columns))
    if wrong:
        raise BackupFailed(f"恢复出的数据与备份不一致，请勿使用。不一致的表：{'、'.join(wrong)}")
    proof = Proof(manifest, rows=sum(one.rows for one in manifest.tables.values()), files=len(manifest.files) - 1)
    with pointed_at(place.database):
        _prove(proof, is_older)
    return proof


@contextmanager
def scratch(like: Settings, folder: Path) -> Iterator[Place]:
    """A place that lasts for one drill only: a folder, or a database made and dropped on the same server."""
    with tempfile.TemporaryDirectory(prefix=".drill-", dir=folder) as private:
        files = Path(private) / "files"
        if not like["ENGINE"].endswith("postgresql"):
            yield Place({**like, "NAME": Path(private) / "zhixing.sqlite3"}, files)
            return
        server, name = Postgres(like), f"zhixing_drill_{secrets.token_hex(6)}"
        server.run(f'CREATE DATABASE "{name}"')
        try:
            yield Place({**like, "NAME": name}, files)
        finally:
            server.run(f'DROP DATABASE IF EXISTS "{name}"')


@contextmanager
def pointed_at(database: Settings) -> Iterator[None]:
    """Inside, Django's default connection leads to ``database``."""
    before = connections.settings["default"]
    _switch({**before, **database})
    try:
        yield
    finally:
        _switch(before)


def _switch(database: dict[str, Any]) -> None:
    connections["default"].close()
    connections.settings["default"] = database
    del connections["default"]
    forget_keys()


def _require_master_key() -> None:
    try:
        master_key()
    except (KeyMissing, ValueError, OSError) as problem:
        raise BackupFailed(
            "缺少主密钥：没有它，恢复出来的身份证号、电话等加密信息永远无法打开，所以没有恢复任何内容。"
            f"请先把单独保管的主密钥文件放到 {settings.MASTER_KEY_FILE}，或用 --master-key 指明它在哪里。"
        ) from problem


def _require_same_program(manifest: Manifest, vendor: str) -> bool:
    """Refuse another engine's or a newer program's data; True for older data that will need ``migrate``."""
    if manifest.vendor != vendor:
        raise BackupFailed(f"这份备份来自 {manifest.vendor} 数据库，要恢复到的是 {vendor}，没有恢复任何内容。")
    known = {tuple(key) for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    applied = {(app, name) for app, name in manifest.migrations}
    ours = {app for app, _ in known}
    if newer := sorted(f"{app}.{name}" for app, name in applied - known if app in ours):
        raise BackupFailed(f"这份备份来自更新版本的程序（{newer[0]}），请先升级程序再恢复。没有恢复任何内容。")
    return bool(known - applied)


def _move_files(source: Path, target: Path) -> None:
    if target.exists():
        target.rmdir()
    if source.exists():
        shutil.move(source, target)
    else:
        target.mkdir(mode=0o700)


def _prove(proof: Proof, is_older: bool) -> None:
    """The chain holds up to the heads that the archive noted, and sealed values open."""
    if is_older:
        proof.remarks.append("备份来自较早版本的程序：请先运行 zhixing migrate，再运行 zhixing audit verify。")
        return
    try:
        broken = verify_chain([(tenant, seq, digest) for tenant, seq, digest in proof.manifest.audit_heads])
        if broken:
            first = broken[0]
            raise BackupFailed(f"恢复出的审计记录未通过检验：{first.tenant} 第 {first.seq} 条，{first.why}。")
        proof.audit_events = sum(int(seq) for _, seq, _ in proof.manifest.audit_heads)
        proof.opened = _open_some()
        with across_tenants("restore"):
            Session.objects.all().delete()  # who was signed in then must sign in again
    except (Undecryptable, KeyMissing) as problem:
        raise BackupFailed(f"恢复出的加密信息打不开：{problem}。请核对主密钥。") from problem
    except DatabaseError as problem:
        raise BackupFailed(f"恢复出的数据库不能正常读取：{problem}") from problem


def _open_some() -> int:
    """Open one sealed value of every column that has any, and find it again by its blind index; how many."""
    opened = 0
    with across_tenants("restore"):
        for model in apps.get_models():
            indexes = {one.source: one for one in model._meta.concrete_fields if isinstance(one, BlindIndexField)}
            for column in model._meta.concrete_fields:
                if not isinstance(column, SealedField):
                    continue
                row = model._base_manager.exclude(**{column.name: ""}).order_by("pk").first()
                if row is None:
                    continue
                text = open_sealed(row, column.name)
                index = indexes.get(column.name)
                if index is not None and index.digest(row, column.kind, text) != getattr(row, index.attname):
                    raise BackupFailed(f"恢复出的检索索引与内容不符：{model._meta.verbose_name}.{column.verbose_name}")
                opened += 1
    return opened
