"""`zhixing static`: make the hashed and compressed copies of static files that production serves."""

from __future__ import annotations

import argparse
import hashlib
import os
from pathlib import Path

NEEDS_DJANGO = True
HELP = "生成带摘要并压缩的静态文件"
HASHED = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PACKAGE = Path(__file__).resolve().parents[2]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`zhixing static` has no options."""


def run(_options: argparse.Namespace) -> int:
    """Write STATIC_ROOT; web processes started afterwards serve from there, cached for ever by their names."""
    from django.conf import settings  # app ready
    from django.core.management import call_command

    # Settings turn to hashed names where a manifest exists; the very first one has to be asked for.
    settings.STORAGES["staticfiles"] = {"BACKEND": HASHED}
    # Nothing is cleared: pages open in browsers during an upgrade still ask for the files they were made with.
    call_command("collectstatic", interactive=False, verbosity=0)
    _note(Path(settings.STATIC_ROOT)).write_text(digest(), "ascii")
    print(f"静态文件已生成：{settings.STATIC_ROOT}")
    return 0


def stale() -> bool:
    """Whether copies were made once and are no longer those of this version; needs no Django."""
    root = static_root()
    if not (root / "staticfiles.json").exists():
        return False
    note = _note(root)
    return not note.exists() or note.read_text("ascii") != digest()


def static_root() -> Path:
    """Give the folder of the copies, as settings.py does, without loading settings."""
    var = Path(os.environ.get("ZHIXING_VAR", Path.cwd() / "var"))
    return Path(os.environ.get("ZHIXING_STATIC_ROOT", var / "static"))


def digest() -> str:
    """Give the SHA-256 over names and contents of every static file of the package."""
    whole = hashlib.sha256()
    for path in sorted(path for path in PACKAGE.glob("*/*/static/**/*") if path.is_file()):
        whole.update(f"{path.relative_to(PACKAGE)}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _note(root: Path) -> Path:
    return root / ".made-from"
