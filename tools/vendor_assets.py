"""Copy the browser assets this product serves, and the fonts it prints with, out of npm and PyPI packages.

Each `[[tool.assets]]` in pyproject.toml is an allow-list with the folder it fills. A line is `npm:PATTERN -> FOLDER/`
(below node_modules) or `python:PACKAGE/PATTERN -> FOLDER/` (an installed Python package); a place without the last
slash renames the file. The folders are git-ignored; nothing else of the packages is ever served or shipped.
Used by `make setup` and by the wheel build (hatch_build.py).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Browsers that run this product all read woff2; the older formats would be dead addresses, since they aren't copied.
OLD_FONT_SOURCE = re.compile(r',\s*url\("[^"]+\.(?:woff|ttf)(?:\?[^"]*)?"\)\s*format\("[a-z]+"\)')
# Hashed static storage refuses a file that names a source map which isn't there.
SOURCE_MAP = re.compile(r"(?://|/\*)# sourceMappingURL=\S+?\s*(?:\*/|$)", re.MULTILINE)


def vendor(root: Path = ROOT) -> int:
    """Copy every listed file; return how many were copied (0: already there and unchanged).

    Raises SystemExit when a line matches no file, so that a renamed file in a new version is noticed at once.
    """
    return sum(_fill(root, wanted) for wanted in _wanted(root))


def vendor_targets(root: Path = ROOT) -> list[str]:
    """Name the folders of the copies, relative to `root`."""
    return [wanted["target"] for wanted in _wanted(root)]


def _wanted(root: Path) -> list[dict[str, Any]]:
    assets: list[dict[str, Any]] = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["assets"]
    return assets


def _fill(root: Path, wanted: dict[str, Any]) -> int:
    target = root / wanted["target"]
    stamp, key = target / ".stamp", _key(root, wanted)
    if stamp.exists() and stamp.read_text("utf-8") == key:
        return 0
    staging = target.with_name(f".{target.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    copied = sum(_copy_line(root, line, staging) for line in wanted["files"])
    (staging / ".stamp").write_text(key, "utf-8")
    shutil.rmtree(target, ignore_errors=True)
    staging.rename(target)
    return copied


def _key(root: Path, wanted: dict[str, Any]) -> str:
    locks = [root / "package-lock.json", root / "requirements.lock", Path(__file__)]
    digest = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode())
    for path in locks:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _copy_line(root: Path, line: str, staging: Path) -> int:
    source, _, place = line.partition(" -> ")
    files = sorted(path for path in _matches(root, source) if path.is_file())
    if not files or (len(files) > 1 and not place.endswith("/")):
        raise SystemExit(
            f"vendor_assets: 没有文件符合 {line!r}（请先运行 make setup，或核对 pyproject.toml 的 [tool.assets]）"
        )
    for path in files:
        copy = staging / place / path.name if place.endswith("/") else staging / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in {".css", ".js"}:
            text = SOURCE_MAP.sub("", path.read_text("utf-8"))
            copy.write_text(OLD_FONT_SOURCE.sub("", text), "utf-8")
        else:
            shutil.copyfile(path, copy)
    return len(files)


def _matches(root: Path, source: str) -> list[Path]:
    kind, _, pattern = source.partition(":")
    if kind == "npm":
        return list((root / "node_modules").glob(pattern))
    package, _, inner = pattern.partition("/")
    # A dotted sibling such as `django_htmx-*.dist-info` holds the licence; the package itself holds the script.
    home = _site_packages(package)
    return [found for match in home.glob(package) for found in match.glob(inner)]


def _site_packages(package: str) -> Path:
    spec = importlib.util.find_spec(package.partition("-")[0])
    if spec is None or spec.origin is None:
        raise SystemExit(f"vendor_assets: 缺少 Python 包 {package}，请先运行 make setup")
    return Path(spec.origin).parent.parent


if __name__ == "__main__":
    count = vendor()
    print(f"静态资源：已复制 {count} 个文件" if count else "静态资源：无变化", file=sys.stderr)
