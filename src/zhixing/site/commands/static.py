"""`zhixing static`: make the hashed and compressed copies of static files that production serves."""

from __future__ import annotations

import argparse

NEEDS_DJANGO = True
HELP = "生成带摘要并压缩的静态文件（生产环境每次升级后运行一次）"
HASHED = "whitenoise.storage.CompressedManifestStaticFilesStorage"


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
    print(f"静态文件已生成：{settings.STATIC_ROOT}")
    return 0
