"""The archive: one compressed tar of the database, the files, a manifest of both, and a signature over the manifest."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hmac import compare_digest
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from zhixing.kernel.people.ciphers import provider
from zhixing.kernel.people.keys import purpose_key

from . import BackupFailed
from .digests import Columns, TableDigest
from .envelope import ALTERED, OpeningReader, SealingWriter, is_sealed

VERSION = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.mac"
MEMBER = re.compile(r"database\.(sqlite3|pgdump)|files/[0-9a-f]{2}/[0-9a-f]{32}|manifest\.(json|mac)")
LARGEST_MANIFEST = 1 << 28
COPY = 1 << 20
LEVEL = 3  # of gzip: most of the bytes are ciphertext, which no level makes smaller

Tell = Callable[[str, int], None]
"""Progress: what is being done, and how many bytes more of it are done."""


@dataclass
class Manifest:
    """What is in the archive and how the database stood."""

    made_at: str
    vendor: str
    database: str
    migrations: list[list[str]] = field(default_factory=list)
    columns: dict[str, Columns] = field(default_factory=dict)
    tables: dict[str, TableDigest] = field(default_factory=dict)
    audit_heads: list[list[Any]] = field(default_factory=list)
    master_key_print: str = ""
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    version: int = VERSION

    def encode(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def decode(cls, data: bytes) -> Manifest:
        found = cls(**json.loads(data))
        found.tables = {name: TableDigest(*digest) for name, digest in found.tables.items()}
        found.columns = {name: [(one, kind) for one, kind in columns] for name, columns in found.columns.items()}
        return found


def master_key_print() -> str:
    """A short mark of the master key, which tells a wrong key from an altered archive."""
    return provider.digest(purpose_key("backup-print"), b"").hex()[:16]


def sign(manifest: bytes) -> str:
    """The keyed digest under which only an installation with the same master key takes a manifest."""
    return provider.digest(purpose_key("backup"), manifest).hex()


def write_archive(
    target: BinaryIO, manifest: Manifest, database: Path, files: list[tuple[str, Path]],
    recipient: X25519PublicKey | None, tell: Tell,
) -> None:  # fmt: skip
    """Write everything; ``manifest.files`` is filled on the way. Plain where there is no recipient."""
    with (
        _sealed(target, recipient) as out,
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=LEVEL, mtime=0, filename="") as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, path in [(manifest.database, database), *files]:
            try:
                with path.open("rb") as source:
                    manifest.files[name] = _add(tar, name, source, path.stat().st_size, tell)
            except FileNotFoundError:
                if path == database:
                    raise
                continue  # deleted since the list was made; no row of the snapshot's future needs it
        text = manifest.encode()
        for name, data in ((MANIFEST, text), (SIGNATURE, sign(text).encode())):
            _add(tar, name, io.BytesIO(data), len(data), tell)


@contextmanager
def _sealed(target: BinaryIO, recipient: X25519PublicKey | None) -> Iterator[Any]:
    if recipient is None:
        yield target
        return
    out = SealingWriter(target, recipient)
    try:
        yield out
    except BaseException:
        out.abandon()
        raise
    out.close()


def _add(tar: tarfile.TarFile, name: str, source: BinaryIO, size: int, tell: Tell) -> tuple[int, str]:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    reader = _Hashing(source, tell, name)
    tar.addfile(member, reader)
    return size, reader.digest.hexdigest()


class _Hashing:
    def __init__(self, source: BinaryIO, tell: Tell, name: str) -> None:
        self.source, self.tell, self.name = source, tell, name
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.digest.update(data)
        self.tell(self.name, len(data))
        return data


def unpack(archive: Path, into: Path, key: X25519PrivateKey | None, tell: Tell) -> Manifest:
    """Unpack into a private folder and check every byte; BackupFailed before anything outside ``into`` is touched.

    The manifest must be signed under this installation's master key and name exactly what the archive holds.
    """
    if is_sealed(archive) and key is None:
        raise BackupFailed("这是加密备份，请用 --key 给出备份私钥文件。")
    seen: dict[str, tuple[int, str]] = {}
    try:
        with archive.open("rb") as source:
            plain = io.BufferedReader(OpeningReader(source, key), COPY) if key and is_sealed(archive) else source
            with gzip.GzipFile(fileobj=plain, mode="rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
                for member in tar:
                    _take(tar, member, into, seen, tell)
                if packed.read(1):
                    raise BackupFailed(ALTERED)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, ValueError) as error:
        raise BackupFailed(ALTERED) from error
    except OSError as error:
        raise BackupFailed(f"读取备份或写临时文件时出错，没有恢复任何内容：{error.strerror or error}。") from error
    return _checked(into, seen)


def _take(
    tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path, seen: dict[str, tuple[int, str]], tell: Tell
) -> None:  # fmt: skip
    content = tar.extractfile(member) if member.isreg() and MEMBER.fullmatch(member.name) else None
    if content is None or member.name in seen:
        raise BackupFailed(ALTERED)
    if member.name in (MANIFEST, SIGNATURE) and member.size > LARGEST_MANIFEST:
        raise BackupFailed(ALTERED)
    if member.size > shutil.disk_usage(into).free:
        raise BackupFailed("磁盘空间不足，放不下备份的内容，没有恢复任何内容。")
    path = into / member.name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with path.open("xb") as out:
        path.chmod(0o600)
        while block := content.read(COPY):
            digest.update(block)
            out.write(block)
            tell(member.name, len(block))
    seen[member.name] = member.size, digest.hexdigest()


def _checked(into: Path, seen: dict[str, tuple[int, str]]) -> Manifest:
    if not {MANIFEST, SIGNATURE} <= set(seen):
        raise BackupFailed(ALTERED)
    text = (into / MANIFEST).read_bytes()
    print_in_archive = _print_in(text)
    if print_in_archive != master_key_print():
        raise BackupFailed(
            "主密钥与做备份时的不同：恢复出来的加密信息将无法打开，所以没有恢复任何内容。请先恢复当时的主密钥文件。"
        )
    if not compare_digest((into / SIGNATURE).read_text("ascii", errors="replace"), sign(text)):
        raise BackupFailed(ALTERED)
    manifest = Manifest.decode(text)
    listed = {name: (size, digest) for name, (size, digest) in manifest.files.items()}
    if listed != {name: each for name, each in seen.items() if name not in (MANIFEST, SIGNATURE)}:
        raise BackupFailed(ALTERED)
    return manifest


def _print_in(text: bytes) -> str:
    try:
        found = json.loads(text)
        if found["version"] != VERSION:
            raise BackupFailed(f"这份备份是另一版本的格式（{found['version']}），请用做备份时的程序版本恢复。")
        return str(found["master_key_print"])
    except (ValueError, KeyError, TypeError) as error:
        raise BackupFailed(ALTERED) from error
