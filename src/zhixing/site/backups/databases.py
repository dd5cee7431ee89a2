"""Copy a database while it is in use, and put a copy into an empty place: one small class per engine."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from . import BackupFailed
from .digests import Columns, TableDigest, digest_tables

Settings = Mapping[str, Any]
"""A database as settings.DATABASES describes one."""

PATIENCE = 3600
POSTGRES_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")


class Engine(Protocol):
    """What a backup needs of a database."""

    vendor: str
    file_name: str

    def dump(self, target: Path, tables: Mapping[str, Columns]) -> dict[str, TableDigest]:
        """Write one consistent copy to ``target`` and give the digests of that very copy."""

    def load(self, source: Path) -> None:
        """Fill the (empty) database from a copy."""

    def is_empty(self) -> bool:
        """Whether nothing is there yet that a restore could destroy."""

    def digests(self, tables: Mapping[str, Columns]) -> dict[str, TableDigest]:
        """The digests of the tables as they are now."""


def engine_of(settings: Settings) -> Engine:
    """The engine for a database of settings.DATABASES."""
    return Postgres(settings) if settings["ENGINE"].endswith("postgresql") else Sqlite(settings)


class Sqlite:
    """The file in VAR; copied by SQLite's own online backup, so writers needn't stop."""

    vendor = "sqlite"
    file_name = "database.sqlite3"

    def __init__(self, settings: Settings) -> None:
        self.path = Path(settings["NAME"])

    def dump(self, target: Path, tables: Mapping[str, Columns]) -> dict[str, TableDigest]:
        source = connections["default"]
        source.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            source.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, no companions
            problem = copy.execute("PRAGMA quick_check").fetchone()[0]
            if problem != "ok":
                raise BackupFailed(f"数据库自检发现损坏，没有生成备份：{problem}")
            return digest_tables(copy.cursor(), tables)

    def load(self, source: Path) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = self.path.with_name(self.path.name + ".unfinished")
        shutil.copyfile(source, unfinished)
        unfinished.chmod(0o600)
        unfinished.replace(self.path)

    def is_empty(self) -> bool:
        if not self.path.exists() or not self.path.stat().st_size:
            return True
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as there:
            return not there.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]

    def digests(self, tables: Mapping[str, Columns]) -> dict[str, TableDigest]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as there:
            return digest_tables(there.cursor(), tables)


class Postgres:
    """A server; copied by its own pg_dump from the snapshot that the digests are read in."""

    vendor = "postgresql"
    file_name = "database.pgdump"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def dump(self, target: Path, tables: Mapping[str, Columns]) -> dict[str, TableDigest]:
        with self._snapshot() as (cursor, snapshot):
            self._client("pg_dump", "--format=custom", "--compress=0", f"--snapshot={snapshot}", f"--file={target}")
            return digest_tables(cursor, tables)

    def load(self, source: Path) -> None:
        self._client("pg_restore", "--single-transaction", "--exit-on-error", str(source))

    def is_empty(self) -> bool:
        with self._connection() as connection:
            return not connection.introspection.table_names()

    def digests(self, tables: Mapping[str, Columns]) -> dict[str, TableDigest]:
        with self._snapshot() as (cursor, _):
            return digest_tables(cursor, tables)

    def run(self, statement: str) -> None:
        """Run one statement of our own outside any transaction."""
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    @contextmanager
    def _connection(self) -> Iterator[BaseDatabaseWrapper]:
        connection = connections["default"].copy(alias="backup")
        connection.settings_dict = {**connection.settings_dict, **self.settings, "CONN_MAX_AGE": 0}
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _snapshot(self) -> Iterator[tuple[Any, str]]:
        with self._connection() as connection:
            connection.set_autocommit(False)
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SELECT pg_export_snapshot()")
                yield cursor, cursor.fetchone()[0]
            connection.rollback()

    def _client(self, name: str, *arguments: str) -> None:
        """Run a client program against this database; its password goes by the environment, never the command line."""
        to = self.settings
        command = [str(self._program(name)), "--no-owner", "--no-privileges", "--no-password", f"--dbname={to['NAME']}"]
        for option, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
            if to.get(key):
                command.append(f"{option}={to[key]}")
        environment = {**os.environ, "PGPASSWORD": str(to.get("PASSWORD") or "")}
        done = subprocess.run(  # noqa: S603 - a program found in fixed places, arguments of our own
            [*command, *arguments], env=environment, capture_output=True, text=True, timeout=PATIENCE
        )
        if "No space left" in done.stderr or done.returncode == -signal.SIGXFSZ:
            raise OSError(errno.ENOSPC, "磁盘空间不足", name)
        if done.returncode:
            raise BackupFailed(f"{name} 没有完成（退出码 {done.returncode}）：{done.stderr.strip()[-600:]}")

    def _program(self, name: str) -> Path:
        """The client of the server's own major version, else the nearest newer one: an older one is refused."""
        with self._connection() as connection:
            connection.ensure_connection()
            wanted = connection.connection.info.server_version // 10000
        usable = sorted((major, path) for path in _programs(name) if (major := _major(path)) >= wanted)
        if not usable:
            raise BackupFailed(
                f"找不到能用于 PostgreSQL {wanted} 的 {name}。"
                f"请安装客户端程序（Debian/Ubuntu：sudo apt-get install postgresql-client-{wanted}；"
                f"macOS：brew install postgresql@{wanted}），或用 ZHIXING_POSTGRES_BIN 指明它所在的文件夹。"
            )
        return usable[0][1]


def _programs(name: str) -> Iterator[Path]:
    folders = [Path(os.environ["ZHIXING_POSTGRES_BIN"])] if os.environ.get("ZHIXING_POSTGRES_BIN") else []
    for pattern in POSTGRES_FOLDERS:
        folders += Path("/").glob(pattern.lstrip("/"))
    found = shutil.which(name)
    places = [*(folder / name for folder in folders), *([Path(found)] if found else [])]
    return (path for path in places if path.exists())


def _major(program: Path) -> int:
    shown = subprocess.run(  # noqa: S603 - only asks the program for its version
        [str(program), "--version"], capture_output=True, text=True, timeout=30
    ).stdout
    number = re.search(r"(\d+)", shown)
    return int(number[1]) if number else 0
