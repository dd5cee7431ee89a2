"""Encrypt a stream to a public key, so that the server that writes a backup can't read it again.

X25519 between a fresh key and the recipient's gives, through HKDF-SHA256, one AES-256-GCM key per archive. The stream
goes out in chunks; each chunk's nonce is its number and whether it is the last, so that chunks can't be reordered,
dropped or cut off (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).

    magic (16) | recipient's fingerprint (16) | fresh public key (32) | chunks of 1 MiB + 16 bytes, the last shorter
"""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from . import BackupFailed

MAGIC = b"ZHIXING-BACKUP-1"
CHUNK = 1 << 20
TAG = 16
PRINT = 16
RAW = 32
HEADER = len(MAGIC) + PRINT + RAW
ALTERED = "备份文件已损坏或被改动，没有恢复任何内容。请换一份备份。"


def make_key_pair(private: Path, public: Path) -> None:
    """Write a new pair; the private half goes to ``private``, readable by its owner only. FileExistsError if there."""
    key = X25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    handle = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def read_public_key(path: Path) -> X25519PublicKey:
    """The key that archives are sealed to."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BackupFailed(f"读不出备份公钥 {path}。请用 zhixing backup --make-key 重新生成。") from error
    if not isinstance(key, X25519PublicKey):
        raise BackupFailed(f"{path} 不是备份公钥（应为 X25519）。")
    return key


def read_private_key(path: Path) -> X25519PrivateKey:
    """The key that opens archives."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise BackupFailed(f"读不出备份私钥 {path}。请给出生成密钥时保存的那个文件。") from error
    if not isinstance(key, X25519PrivateKey):
        raise BackupFailed(f"{path} 不是备份私钥（应为 X25519）。")
    return key


def is_sealed(path: Path) -> bool:
    """Whether the file begins as an encrypted archive does."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


class SealingWriter(io.RawIOBase):
    """What is written goes encrypted to ``target``; close() writes the last chunk and leaves ``target`` open."""

    def __init__(self, target: BinaryIO, recipient: X25519PublicKey) -> None:
        fresh = X25519PrivateKey.generate()
        header = MAGIC + _fingerprint(recipient) + _raw(fresh.public_key())
        target.write(header)
        self._target, self._header = target, header
        self._cipher = _cipher(fresh.exchange(recipient), header, recipient)
        self._waiting, self._count = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        """Take in bytes; whole chunks go out."""
        block = memoryview(data)  # type: ignore[arg-type]
        self._waiting += block
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return block.nbytes

    def close(self) -> None:
        if not self.closed:
            try:
                self._put(bytes(self._waiting), last=True)
            finally:
                super().close()

    def abandon(self) -> None:
        """Close without the last chunk: the file stays unreadable."""
        if not self.closed:
            super().close()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._count, last), chunk, self._header))
        self._count += 1


class OpeningReader(io.RawIOBase):
    """Reads what a SealingWriter wrote. Raises BackupFailed for a wrong key and for any altered or missing byte."""

    def __init__(self, source: BinaryIO, key: X25519PrivateKey) -> None:
        header = source.read(HEADER)
        if len(header) != HEADER or not header.startswith(MAGIC):
            raise BackupFailed("这不是知行的加密备份文件。")
        if header[len(MAGIC) : len(MAGIC) + PRINT] != _fingerprint(key.public_key()):
            raise BackupFailed("备份私钥不符：这份备份是用另一对密钥加密的，没有恢复任何内容。")
        self._source, self._header, self._count = source, header, 0
        try:
            shared = key.exchange(X25519PublicKey.from_public_bytes(header[-RAW:]))
        except ValueError as error:
            raise BackupFailed(ALTERED) from error
        self._cipher = _cipher(shared, header, key.public_key())
        self._ahead = source.read(CHUNK + TAG)
        self._ready = memoryview(b"")
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        """Fill ``buffer`` with plain bytes; 0 at the end, which the last chunk itself must declare."""
        into = memoryview(buffer)  # type: ignore[arg-type]
        if not self._ready and not self._ended:
            self._ready = memoryview(self._next())
        taken = min(len(into), len(self._ready))
        into[:taken] = self._ready[:taken]
        self._ready = self._ready[taken:]
        return taken

    def _next(self) -> bytes:
        chunk, self._ahead = self._ahead, self._source.read(CHUNK + TAG)
        last = not self._ahead
        try:
            plain = self._cipher.decrypt(_nonce(self._count, last), chunk, self._header)
        except InvalidTag as error:
            raise BackupFailed(ALTERED) from error
        self._count += 1
        self._ended = last
        return plain


def _cipher(shared: bytes, header: bytes, recipient: X25519PublicKey) -> AESGCM:
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=header, info=b"zhixing backup" + _raw(recipient))
    return AESGCM(derive.derive(shared))


def _nonce(count: int, last: bool) -> bytes:
    return count.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _raw(key: X25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _fingerprint(key: X25519PublicKey) -> bytes:
    return hashlib.sha256(_raw(key)).digest()[:PRINT]
