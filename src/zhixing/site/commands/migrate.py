"""`zhixing migrate`: make the keys that are missing and bring the database to this version."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

NEEDS_DJANGO = True
HELP = "建立或升级数据库"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zhixing migrate`."""
    parser.add_argument("--verbose", action="store_true", help="逐项列出升级步骤")


def run(options: argparse.Namespace) -> int:
    """Create the master key where there is none and migrate; 1 where the database can't be reached."""
    from django.conf import settings  # app ready
    from django.db import OperationalError, connection

    from zhixing.kernel.people.keys import create_master_key

    key = Path(settings.MASTER_KEY_FILE)
    try:
        if not settings.MASTER_KEY and _needs_key(connection) and create_master_key(key):
            print(f"已生成主密钥 {key}。请另行备份：丢失后，加密的个人信息无法恢复。")
        _migrate(options.verbose)
    except KeyLost as lost:
        print(lost, file=sys.stderr)
        return 1
    except OperationalError as problem:
        print(f"连接不上数据库：{problem}。请检查 DATABASE_URL 和数据库服务。", file=sys.stderr)
        return 1
    print("数据库已是最新。")
    return 0


def _migrate(verbose: bool) -> None:
    """Migrate; should it fail half-way, the guards that were lifted for it stand again before the failure is told."""
    from django.core.management import call_command
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import DatabaseError, connection

    try:
        if connection.introspection.table_names() or not create_at_once(connection):
            call_command("migrate", interactive=False, verbosity=1 if verbose else 0)
    except BaseException:
        with suppress(DatabaseError):
            emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
        raise


def create_at_once(connection: Any) -> bool:
    """Give an empty database every table in its present form and note all migrations as done; False if that can't be.

    The way through the migrations takes Django time that grows with the square of the models (20 seconds for a
    hundred), and ends in the same tables; only a migration that also writes rows makes it necessary.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.db.migrations import RunPython, RunSQL
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    loader = MigrationLoader(connection)
    ours = [one for one in loader.graph.nodes.values() if type(one).__module__.startswith("zhixing.")]
    if any(isinstance(step, RunPython | RunSQL) for one in ours for step in one.operations):
        return False
    settings.MIGRATION_MODULES = dict.fromkeys(loader.migrated_apps)
    try:
        call_command("migrate", interactive=False, verbosity=0, run_syncdb=True)
    finally:
        settings.MIGRATION_MODULES = {}
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for app, name in loader.graph.nodes:
        recorder.record_applied(app, name)
    return True


class KeyLost(Exception):
    """The database holds sealed data and the key they are sealed with is gone; a new one would hide that."""


def _needs_key(connection: object) -> bool:
    """Whether a new master key may be made: there is none, and nothing is sealed under a lost one."""
    from django.conf import settings

    from zhixing.kernel.people.models import TenantKey

    if Path(settings.MASTER_KEY_FILE).exists():
        return False
    tables = connection.introspection.table_names()  # type: ignore[attr-defined]
    if TenantKey._meta.db_table in tables and TenantKey.objects.exists():
        raise KeyLost(
            f"数据库里已有加密数据，但找不到主密钥文件 {settings.MASTER_KEY_FILE}。"
            "请从密钥备份恢复该文件（或设置 ZHIXING_MASTER_KEY）后重试。"
        )
    return True
