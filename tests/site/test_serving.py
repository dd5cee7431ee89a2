"""The production shape on loopback: one database, two web processes, two workers, hashed and compressed static files.

On the PostgreSQL run of the suite it uses the server that run started (DATABASE_URL), otherwise SQLite.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
ZHIXING = (sys.executable, "-m", "zhixing")
STARTING, STOPPING = 60, 20


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running site: where, and the process that launched it."""

    port: int
    process: subprocess.Popen[str]

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def environment(var: Path) -> dict[str, str]:
    wanted = {"ZHIXING_VAR": str(var), "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
    return {**os.environ, **wanted, "PYTHONUNBUFFERED": "1"}


def zhixing(var: Path, *arguments: str) -> None:
    done = subprocess.run(
        [*ZHIXING, *arguments], env=environment(var), cwd=var, capture_output=True, text=True, timeout=150
    )
    assert done.returncode == 0, done.stderr[-3000:]


@contextlib.contextmanager
def serving(var: Path, *arguments: str) -> Iterator[Site]:
    port = free_port()
    log = (var / "serve.log").open("w+")
    process = subprocess.Popen(
        [*ZHIXING, "serve", "--port", str(port), *arguments], env=environment(var), cwd=var, stdout=log, stderr=log
    )
    try:
        deadline = time.monotonic() + STARTING
        while "知行已启动" not in (var / "serve.log").read_text("utf-8"):
            assert process.poll() is None, (var / "serve.log").read_text("utf-8")[-3000:]
            assert time.monotonic() < deadline, (var / "serve.log").read_text("utf-8")[-3000:]
            time.sleep(0.1)
        yield Site(port, process)
    finally:
        process.terminate()
        try:
            process.wait(STOPPING)
        finally:
            process.kill()
            log.close()


def descendants(parent: int) -> list[int]:
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in table.splitlines():
        pid, ppid = map(int, line.split())
        children.setdefault(ppid, []).append(pid)
    found, waiting = [], [parent]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def is_running(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installed school without people: database, keys and static files made by the commands of the guide."""
    var = tmp_path_factory.mktemp("installation")
    zhixing(var, "migrate")
    zhixing(var, "static")
    return var


def test_several_web_processes_and_workers_serve_one_database_and_stop_together(installation: Path) -> None:
    with serving(installation, "--workers", "2", "--with-worker", "--job-workers", "2") as site:
        # Launcher's children: the web server, which has two processes of its own, and two workers.
        family = descendants(site.process.pid)
        assert len(family) >= 5
        for _ in range(8):
            status, headers, _body = site.get("/sign-in/")
            assert status == 200
            assert headers["x-content-type-options"] == "nosniff"
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(STOPPING) == 0
    assert [pid for pid in family if is_running(pid)] == []


def test_static_files_are_hashed_compressed_and_cached_for_ever(installation: Path) -> None:
    with serving(installation) as site:
        _, _, page = site.get("/sign-in/")
        sheet = re.search(rb'href="(/static/[^"]+\.css)"', page)
        assert sheet is not None
        address = sheet.group(1).decode()
        assert re.search(r"\.[0-9a-f]{12}\.css$", address)
        status, headers, body = site.get(address, Accept_Encoding="gzip")
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert "immutable" in headers["cache-control"]
        assert gzip.decompress(body) == site.get(address)[2]


def test_an_unknown_host_is_refused(installation: Path) -> None:
    with serving(installation) as site:
        assert site.get("/sign-in/", Host="elsewhere.example")[0] == 400


def test_stale_static_copies_are_renewed_at_the_start(installation: Path) -> None:
    note = installation / "static" / ".made-from"
    right = note.read_text("ascii")
    note.write_text("an older version", "ascii")
    with serving(installation):
        assert note.read_text("ascii") == right


def test_a_busy_port_ends_at_once_and_says_so(installation: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*ZHIXING, "serve", "--port", port],
            env=environment(installation),
            capture_output=True,
            text=True,
            timeout=20,
        )
    assert done.returncode == 1
    assert f"端口 {port} 已被别的程序占用" in done.stderr
    assert "Traceback" not in done.stderr
