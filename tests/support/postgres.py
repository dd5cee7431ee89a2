"""A PostgreSQL server for the tests: the one of ZHIXING_TEST_POSTGRES_URL, or a private one started here.

The private server listens on a Unix socket in its own temporary folder and on no network address. The server refuses
to run as root, so root starts it as a user that owns nothing else.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

URL_VARIABLE = "ZHIXING_TEST_POSTGRES_URL"
USUAL_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin",
                "/usr/local/opt/postgresql*/bin")  # fmt: skip
SECONDS = 60


class NoServer(RuntimeError):
    """No PostgreSQL server binary was found; tests that need one are skipped, loudly."""


def server_folder() -> Path:
    """The folder of the newest initdb and pg_ctl on this machine. Raises NoServer."""
    found = shutil.which("initdb")
    if found and (Path(found).parent / "pg_ctl").exists():
        return Path(found).resolve().parent
    places = [path for pattern in USUAL_PLACES for path in Path("/").glob(pattern[1:]) if (path / "initdb").exists()]
    if not places:
        raise NoServer("没有找到 PostgreSQL 服务器程序（initdb）；请安装 postgresql，或设置 " + URL_VARIABLE)
    return max(places, key=lambda path: [int(part) if part.isdigit() else 0 for part in path.parts])


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a server for as long as the block lasts. Raises NoServer where there is none to start."""
    given = os.environ.get(URL_VARIABLE)
    if given:
        yield given
        return
    binaries = server_folder()
    folder = Path(tempfile.mkdtemp(prefix="zhixing-pg-"))
    try:
        run_as = _other_user(folder)
        data, socket = folder / "data", folder / "socket"
        _run(run_as, binaries / "initdb", "-D", data, "-U", "zhixing", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
             "--no-sync")  # fmt: skip
        _run(run_as, "mkdir", socket)
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{socket}' -c fsync=off -c synchronous_commit=off "
            "-c full_page_writes=off -c shared_buffers=64MB -c max_connections=60"
        )
        log = folder / "server.log"
        _run(run_as, binaries / "pg_ctl", "-D", data, "-l", log, "-w", "-t", SECONDS, "-o", options, "start")
        try:
            yield f"postgresql://zhixing@/postgres?host={socket}"
        finally:
            _run(run_as, binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user(folder: Path) -> list[str]:
    """The words that run a command as somebody who isn't root, and the folder made theirs."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            os.chown(folder, user.pw_uid, user.pw_gid)
            return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    raise NoServer("以 root 运行时需要 postgres 或 nobody 用户来启动 PostgreSQL")


def _run(run_as: list[str], *command: object) -> None:
    """Run to the end; the words of a failure come with the exception."""
    done = subprocess.run(
        [*run_as, *map(str, command)], cwd="/", capture_output=True, text=True, timeout=2 * SECONDS, check=False,
        stdin=subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    ) if "start" not in command else _start([*run_as, *map(str, command)])  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")


def _start(command: list[str]) -> subprocess.CompletedProcess[str]:
    """A server keeps its starter's pipes open, so it must not inherit any."""
    return subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
        timeout=2 * SECONDS, check=False, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
