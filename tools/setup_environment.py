"""Make the project runnable: `python3 tools/setup_environment.py [--dev]`. Standard library only; safe to repeat.

Writes .venv (exactly what requirements.lock names, hashes checked), the `zhixing` command in .venv/bin, node_modules
and the vendored browser assets. Work that is done already is recognised by the digest of its lock file, so that a
second run takes a moment. `--dev` adds what tests need (requirements-dev.lock, axe-core and Chinese fonts).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bootstrap import ROOT, TOOLS, CannotSetUp, npm, run, uv, uv_environment

OLDEST_PYTHON = (3, 11)
RUN_LOCK, DEV_LOCK, SPARK_LOCK = "requirements.lock", "requirements-dev.lock", "requirements-spark.lock"
COMMAND = """\
#!{python}
import sys

from zhixing.site.command import main

sys.exit(main())
"""


def set_up(venv: Path, *, dev: bool) -> None:
    """Bring Python packages and browser assets up to their locks, both at the same time. Raises CannotSetUp."""
    uv()  # both sides need it; fetched once, before they part
    with ThreadPoolExecutor() as side_by_side:
        assets = side_by_side.submit(install_node_modules, dev=dev)
        python = side_by_side.submit(install_python, venv, DEV_LOCK if dev else RUN_LOCK)
        python.result()
        assets.result()
    link_package(venv)
    run([venv / "bin" / "python", ROOT / "tools" / "vendor_assets.py"], timeout=120)


def install_python(venv: Path, *locks: str) -> None:
    """Make the virtual environment hold exactly the packages of `locks` (file names in the project folder)."""
    stamp, python = venv / ".lock-digest", venv / "bin" / "python"
    # Its scripts name the folder it was made in: one that was moved or copied here has to be made anew.
    place = f"in {venv.absolute()}"
    have, wanted = set(_read(stamp).splitlines()), {place, *(f"{lock} {digest(ROOT / lock)}" for lock in locks)}
    if python.exists() and wanted <= have:
        return
    print(f"· 安装 Python 包（{'、'.join(locks)}）……", flush=True)
    if not python.exists() or (have and place not in have):
        run([uv(), "venv", "-q", "--clear", "--python", sys.executable, venv], env=uv_environment())
    stamp.unlink(missing_ok=True)
    sync = [uv(), "pip", "sync", "-q", "--require-hashes", "--python", python, *(ROOT / lock for lock in locks)]
    run(sync, env=uv_environment(), timeout=900)
    if DEV_LOCK in locks:  # it holds everything that running needs: `make run` must not take the rest away again
        wanted.add(f"{RUN_LOCK} {digest(ROOT / RUN_LOCK)}")
    stamp.write_text("\n".join(sorted(wanted)), "utf-8")


def link_package(venv: Path) -> None:
    """Put the source folder on the environment's path and the `zhixing` command into its bin.

    The same as an editable install, without fetching a build backend: it works offline and at once.
    """
    site_packages = next((venv / "lib").glob("python3.*/site-packages"))
    _write(site_packages / "zhixing-source.pth", f"{ROOT / 'src'}\n")
    command = venv / "bin" / "zhixing"
    _write(command, COMMAND.format(python=venv.absolute() / "bin" / "python"))
    command.chmod(0o755)


def install_node_modules(*, dev: bool) -> None:
    """Fetch the npm packages that package-lock.json names; without `dev` only those whose files are served."""
    stamp, wanted = ROOT / "node_modules" / ".lock-digest", digest(ROOT / "package-lock.json")
    have = _read(stamp).split()
    if have[:1] == [wanted] and (not dev or "dev" in have):
        return
    program = npm()
    print("· 取得网页静态资源（npm）……", flush=True)
    path = os.pathsep.join([str(program.parent), os.environ.get("PATH", ""), str(TOOLS / "node" / "bin")])
    command = [program, "ci", "--silent", *([] if dev else ["--omit=dev"])]
    run(command, env={**os.environ, "PATH": path}, timeout=600)
    stamp.write_text(f"{wanted} {'dev' if dev else 'run'}", "utf-8")


def digest(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def _write(path: Path, text: str) -> None:
    if _read(path) != text:
        path.write_text(text, "utf-8")


def main() -> int:
    """Set up what the arguments ask for; 1 with a Chinese message when that's impossible."""
    parser = argparse.ArgumentParser(description="准备运行环境（可重复执行）")
    parser.add_argument("--dev", action="store_true", help="同时安装测试与检查所需的工具")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="虚拟环境目录")
    arguments = parser.parse_args()
    if sys.version_info < OLDEST_PYTHON:
        print(f"需要 Python 3.11 或更高版本，当前是 {sys.version.split()[0]}。", file=sys.stderr)
        return 1
    start = time.monotonic()
    try:
        set_up(arguments.venv, dev=arguments.dev)
    except CannotSetUp as problem:
        print(f"\n准备运行环境失败：{problem}", file=sys.stderr)
        return 1
    print(f"· 运行环境就绪（{time.monotonic() - start:.1f} 秒）", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
