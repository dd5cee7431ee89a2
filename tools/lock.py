"""Lock what pyproject.toml and package.json ask for: exact versions and hashes, and no registry's address.

Run by `make lock`. Three Python locks: running, developing, and the `spark` extra alone (installed beside developing).
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from bootstrap import ROOT, npm, run, uv, uv_environment
from setup_environment import DEV_LOCK, RUN_LOCK, SPARK_LOCK

COMPILE = ["pip", "compile", "-q", "--universal", "--generate-hashes", "--no-header", "--no-annotate"]
COMPILE += ["--python-version", "3.11"]


def lock() -> None:
    """Write all four lock files in the project folder."""
    _compile("pyproject.toml", RUN_LOCK)
    # The same versions in both, so that what is tested is what runs.
    _compile("pyproject.toml", DEV_LOCK, "--group", "dev", "-c", RUN_LOCK)
    wishes = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["spark"]
    _compile("-", SPARK_LOCK, "-c", DEV_LOCK, wishes="\n".join(wishes))
    run([npm(), "install", "--package-lock-only", "--silent"], timeout=120)
    locks = [RUN_LOCK, DEV_LOCK, SPARK_LOCK, "package-lock.json"]
    named = [name for name in locks if "://" in _without_links(ROOT / name)]
    if named:
        raise SystemExit(f"锁定文件中出现了网址，请检查：{named}")


def _compile(source: str, target: str, *options: str, wishes: str | None = None) -> None:
    command = [uv(), *COMPILE, *options, source, "-o", target]
    given = {"input": wishes} if wishes is not None else {}
    run(command, env=uv_environment(), timeout=300, **given)


def _without_links(path: Path) -> str:
    # A package may name its own funding page; that is no registry.
    return "\n".join(line for line in path.read_text("utf-8").splitlines() if '"url"' not in line)


if __name__ == "__main__":
    lock()
    print("依赖已重新锁定")
