"""Authenticated encryption and keyed digests behind one small interface, so that a certified device can take over.

The software provider uses SM4-GCM and HMAC-SM3 from OpenSSL. It supports a cryptography assessment; it does not pass
one, because assessors score certified products (GB/T 39786, GB/T 37092).
"""

from __future__ import annotations

import os
from typing import Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE, TAG = 12, 16


class Undecryptable(Exception):
    """The value was altered, moved to another row, or sealed under a key that is not here."""


class CryptoProvider(Protocol):
    """What the product asks of cryptography: 16-byte keys in, bytes out."""

    def encrypt(self, key: bytes, plain: bytes, context: bytes) -> tuple[str, bytes]: ...

    def decrypt(self, algorithm: str, key: bytes, sealed: bytes, context: bytes) -> bytes: ...

    def digest(self, key: bytes, data: bytes) -> bytes: ...


class SoftwareProvider:
    """SM4-GCM where OpenSSL has it, AES-128-GCM elsewhere; each value says which it used."""

    def __init__(self) -> None:
        try:
            Cipher(algorithms.SM4(bytes(16)), modes.GCM(bytes(NONCE))).encryptor()
            self.algorithm = "sm4gcm"
        except UnsupportedAlgorithm:
            self.algorithm = "aesgcm"

    def encrypt(self, key: bytes, plain: bytes, context: bytes) -> tuple[str, bytes]:
        nonce = os.urandom(NONCE)
        if self.algorithm == "aesgcm":
            return self.algorithm, nonce + AESGCM(key).encrypt(nonce, plain, context)
        worker = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        worker.authenticate_additional_data(context)
        return self.algorithm, nonce + worker.update(plain) + worker.finalize() + worker.tag

    def decrypt(self, algorithm: str, key: bytes, sealed: bytes, context: bytes) -> bytes:
        nonce, body, tag = sealed[:NONCE], sealed[NONCE:-TAG], sealed[-TAG:]
        try:
            if algorithm == "aesgcm":
                return AESGCM(key).decrypt(nonce, body + tag, context)
            worker = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
            worker.authenticate_additional_data(context)
            return worker.update(body) + worker.finalize()
        except InvalidTag as error:
            raise Undecryptable("密文校验未通过：数据被改动，或密钥不符") from error

    def digest(self, key: bytes, data: bytes) -> bytes:
        worker = hmac.HMAC(key, hashes.SM3())
        worker.update(data)
        return worker.finalize()


provider: CryptoProvider = SoftwareProvider()
