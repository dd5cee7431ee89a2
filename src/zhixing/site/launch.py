"""Start web and worker processes together, and stop them together.

One launcher owns every process it starts: SIGTERM or SIGINT stops all of them, and when one dies the rest is stopped
too, so that whoever watches the launcher (systemd, a container, a person at a terminal) sees the failure. It imports
no Django: it is small, and settings that are broken show themselves in the child that reads them.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

APPLICATION = "zhixing.site.wsgi:application"
PATIENCE = 10.0  # seconds a process gets to finish its work after SIGTERM
FIRST_ANSWER = 90.0  # seconds within which the web process must answer once
GLANCE = 0.2  # seconds between two looks at the processes
STARTED_IN_VAIN, TOLD_TO_STOP = 1, 0


@dataclass(frozen=True, slots=True)
class Part:
    """One process to run: the name people see, the command line, and whether what it prints is of no interest."""

    name: str
    command: tuple[str, ...]
    quiet: bool = False


class PortTaken(Exception):
    """The address can't be listened on; the message says so in Chinese, with a remedy."""


def zhixing(*arguments: str) -> tuple[str, ...]:
    """Give the command line of this very program with other arguments."""
    return (sys.executable, "-m", "zhixing", *arguments)


def web(host: str, port: int, workers: int, threads: int) -> Part:
    """Describe the web server: `workers` processes of `threads` threads each."""
    options = ["--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws", "--log-level", "warning"]
    # A header needs no more than this, and a slow sender no longer than 10 s; the rest is the reverse proxy's work.
    options += ["--http1-buffer-size", "65536", "--http1-header-read-timeout", "10000"]
    options += ["--workers", str(workers), "--blocking-threads", str(threads), "--workers-kill-timeout", "8"]
    return Part("网站", (sys.executable, "-m", "granian", *options, APPLICATION))


def require_free(host: str, port: int) -> None:
    """Raise PortTaken when nothing could listen on host:port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise PortTaken(_why_not(host, port, problem)) from problem


def _why_not(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            f"端口 {port} 已被别的程序占用。请先停止那个程序，或换一个端口，例如："
            f"PORT={port + 1} make run，或 zhixing serve --port {port + 1}"
        )
    if problem.errno == errno.EACCES:
        return f"没有权限使用端口 {port}（1024 以下的端口需要管理员权限）。请换用 8000 等端口。"
    return f"无法在 {host}:{port} 上监听：{problem.strerror or problem}。请检查地址是否属于本机。"


class Launch:
    """A group of processes that live and die together."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._running: list[tuple[Part, subprocess.Popen[bytes]]] = []
        self._told_to_stop = threading.Event()

    def run_first(self, steps: Sequence[Part]) -> int:
        """Run the steps one after another; 0, or the exit code of the first one that failed."""
        with self._listening():
            for step in steps:
                self._start(step)
                while (code := self._running[-1][1].poll()) is None and not self._told_to_stop.wait(GLANCE):
                    pass
                if self._told_to_stop.is_set():
                    return 128 + signal.SIGTERM
                self._running.pop()
                if code:
                    print(f"{step.name}失败（退出码 {code}），未启动。", file=sys.stderr, flush=True)
                    return code if code > 0 else STARTED_IN_VAIN
        return 0

    def run(self, parts: Sequence[Part], *, ready: Callable[[], bool], announce: Callable[[], None]) -> int:
        """Run `parts` until told to stop or one ends; `announce` once `ready` says so. 0 only when told to stop."""
        with self._listening():
            for part in parts:
                self._start(part)
            waiting_since: float | None = time.monotonic()
            while not self._told_to_stop.wait(GLANCE):
                trouble = self._fallen()
                if not trouble and waiting_since is not None:
                    if ready():
                        announce()
                        waiting_since = None
                    elif time.monotonic() - waiting_since > FIRST_ANSWER:
                        trouble = f"网站在 {FIRST_ANSWER:.0f} 秒内没有响应"
                if trouble:
                    print(f"{trouble}，全部停止。", file=sys.stderr, flush=True)
                    return STARTED_IN_VAIN
            print("正在停止……", flush=True)
        return TOLD_TO_STOP

    def _fallen(self) -> str:
        for part, child in self._running:
            code = child.poll()
            if code is not None:
                return f"{part.name}进程意外结束（退出码 {code}）"
        return ""

    def _start(self, part: Part) -> None:
        child = subprocess.Popen(  # noqa: S603 - command lines made in this file
            part.command,
            env=self._environment,
            stdout=subprocess.DEVNULL if part.quiet else None,
            # Ctrl+C must reach the launcher alone: it passes the word on in order, once.
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        self._running.append((part, child))

    def _stop_all(self) -> None:
        for _, child in reversed(self._running):
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        for _, child in self._running:
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                # The child leads its own session: what it started goes with it.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self._running.clear()

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        def stop(_signal: int, _frame: FrameType | None) -> None:
            self._told_to_stop.set()

        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
        try:
            yield
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)


def _die_with_parent() -> None:
    # A launcher killed by SIGKILL can't stop anybody; Linux then does it (prctl PR_SET_PDEATHSIG).
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def answers(host: str, port: int, name: str) -> bool:
    """Whether the web server gives any HTTP answer yet; `name` is a host name that the site accepts."""
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=5)
    try:
        connection.request("GET", "/sign-in/", headers={"Host": name})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def address(host: str, port: int) -> str:
    """Give the address to open in a browser on this machine."""
    name = _reachable(host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/"


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104


def demo_accounts(var: Path) -> str:
    """Give the text that `zhixing demo` left for the person who runs it; empty where there is none."""
    path = var / "demo_accounts.txt"
    return path.read_text("utf-8").strip() if path.exists() else ""
