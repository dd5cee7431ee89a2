"""The signing key: from the environment, or made once and kept readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

SHORTEST = 40


def secret_key(var: Path) -> str:
    """ZHIXING_SECRET_KEY, or the content of var/keys/secret.key, which is made at first use.

    Raises SystemExit with a Chinese message for a key too short to be safe.
    """
    given = os.environ.get("ZHIXING_SECRET_KEY", "")
    path = var / "keys" / "secret.key"
    if not given and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(50))
    key = given or path.read_text("ascii").strip()
    if len(key) < SHORTEST:
        raise SystemExit(f"签名密钥过短（至少 {SHORTEST} 个字符）。请检查 ZHIXING_SECRET_KEY 或 {path}。")
    return key
