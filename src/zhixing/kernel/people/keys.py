"""Where keys come from: one master key outside the database, wrapping one data key per tenant and purpose."""

from __future__ import annotations

import base64
import os
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from ..base.tenancy import across_tenants
from .ciphers import provider

MASTER_BYTES = 16


class KeyMissing(ImproperlyConfigured):
    """The master key is absent, unreadable or of the wrong length."""


@cache
def master_key() -> bytes:
    """The key-encryption key: from ZHIXING_MASTER_KEY (base64) or the file settings.MASTER_KEY_FILE."""
    text = settings.MASTER_KEY
    if not text:
        path = Path(settings.MASTER_KEY_FILE)
        if not path.exists():
            raise KeyMissing(f"找不到主密钥文件 {path}。请运行 zhixing migrate 生成，或从密钥备份恢复后重试。")
        text = path.read_text("ascii").strip()
    key = base64.b64decode(text)
    if len(key) != MASTER_BYTES:
        raise KeyMissing("主密钥长度不对，应为 16 字节的 base64 文本。")
    return key


def create_master_key(path: Path) -> bool:
    """Write a new master key readable by its owner only; False if one is there already."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w") as file:
        file.write(base64.b64encode(os.urandom(MASTER_BYTES)).decode())
    return True


def purpose_key(purpose: str) -> bytes:
    """A key for the whole platform, derived from the master key; one per purpose, never stored."""
    return provider.digest(master_key(), f"platform|{purpose}".encode())[:16]


def wrap(key: bytes, context: str) -> str:
    algorithm, sealed = provider.encrypt(master_key(), key, context.encode())
    return f"{algorithm}.{base64.b64encode(sealed).decode()}"


def unwrap(text: str, context: str) -> bytes:
    algorithm, _, body = text.partition(".")
    return provider.decrypt(algorithm, master_key(), base64.b64decode(body), context.encode())


_by_id: dict[int, bytes] = {}
_current: dict[tuple[int, str], tuple[int, bytes]] = {}


def current_key(tenant_id: int, purpose: str) -> tuple[int, bytes]:
    """The (key id, key) a tenant seals or indexes with now; made at first use."""
    slot = (tenant_id, purpose)
    if slot not in _current:
        _current[slot] = _load_or_create(tenant_id, purpose)
    return _current[slot]


def key_by_id(key_id: int) -> bytes:
    """A key by the id that a sealed value carries; raises KeyMissing for a key that is not in this database."""
    if key_id not in _by_id:
        from .models import TenantKey  # app ready

        with across_tenants("key ring"):
            row = TenantKey.objects.filter(pk=key_id).first()
        if row is None:
            raise KeyMissing(f"数据密钥 {key_id} 不存在")
        _by_id[key_id] = unwrap(row.wrapped, f"{row.tenant_id}|{row.purpose}")
    return _by_id[key_id]


def _load_or_create(tenant_id: int, purpose: str) -> tuple[int, bytes]:
    from .models import TenantKey  # app ready

    context = f"{tenant_id}|{purpose}"
    with across_tenants("key ring"), transaction.atomic():
        row = TenantKey.objects.filter(tenant_id=tenant_id, purpose=purpose, retired_at=None).order_by("pk").first()
        if row is None:
            row = TenantKey.objects.create(tenant_id=tenant_id, purpose=purpose, wrapped=wrap(os.urandom(16), context))
    key = unwrap(row.wrapped, context)
    _by_id[row.pk] = key
    return row.pk, key


def forget_keys() -> None:
    """Drop what is held in memory: after a rotation, a restore, or between tests."""
    _by_id.clear()
    _current.clear()
    master_key.cache_clear()
