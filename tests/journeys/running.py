"""A furnished demonstration school that runs in processes of its own: web and worker on one SQLite file, loopback only.

Furnishing takes longest, so parallel test processes share one furnished folder: the first of them makes it under a
lock, each runs its site on its own copy.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ZHIXING = Path(sys.executable).with_name("zhixing")
STUDENTS, SEED = "450", "2026"
PASSWORD = "qing-shan-lan-tian-4217"  # noqa: S105 - of a school that lives as long as the tests
PATIENCE = 300.0  # seconds for furnishing on a busy machine
READY = 90.0
DONE = "furnished"


def environment(var: Path, **more: str) -> dict[str, str]:
    """The surroundings of the site's processes: nothing of the tests' own settings but the search path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZHIXING_", "DJANGO_"))}
    for name in ("DATABASE_URL", "PORT"):
        kept.pop(name, None)
    return {**kept, "ZHIXING_VAR": str(var), **more}


def run(var: Path, *words: str) -> str:
    """Run one `zhixing` command to its end; give what it printed."""
    done = subprocess.run(
        [ZHIXING, *words], env=environment(var), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, f"zhixing {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


def furnished(shared: Path, *, people_only: bool = False) -> Path:
    """The folder of a furnished school that nobody has used yet; made by whoever comes first.

    ``people_only``: departments, staff and accounts, and everything else still to be done.
    """
    shared.mkdir(parents=True, exist_ok=True)
    extent = ("--people-only",) if people_only else ("--students", STUDENTS)
    var = shared / "var"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / DONE).exists():
            shutil.rmtree(var, ignore_errors=True)
            var.mkdir(mode=0o700)
            run(var, "migrate")
            run(var, "demo", *extent, "--seed", SEED, "--password", PASSWORD)
            (shared / DONE).touch()
    return var


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Site:
    """The running site: where it is, and its folder."""

    var: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def code(self, account: str) -> str:
        """The six digits that the account's authenticator shows now."""
        return run(self.var, "demo", "--code", account).strip()

    def log(self) -> str:
        return (self.var / "site.log").read_text("utf-8", "replace")

    def stop(self) -> None:
        """End the launcher, which ends its own web and worker processes."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


def start(template: Path, var: Path) -> Site:
    """Run web and worker on a copy of the furnished folder; wait until the site answers."""
    shutil.copytree(template, var)
    port = free_port()
    with (var / "site.log").open("wb") as log:
        process = subprocess.Popen(
            [ZHIXING, "serve", "--port", str(port), "--with-worker"],
            env=environment(var), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    site = Site(var, port, process)
    deadline = time.monotonic() + READY
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{site.address}/sign-in/", timeout=5):
                return site
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    site.stop()
    raise AssertionError(f"the site did not start:\n{site.log()[-4000:]}")
