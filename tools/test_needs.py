"""Find, or install where that is possible, what tests need beside Python packages: a browser, fonts, servers, Java.

Each function gives a value to use, or raises Missing with a Chinese reason that the test summary shows loudly.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bootstrap import ROOT, CannotSetUp, apt_install, is_root_on_debian, run

SCRATCH = ROOT / "var" / "test"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROME = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
OLDEST_CHROMIUM, OLDEST_POSTGRES, OLDEST_JAVA = 111, 14, 17
FONTS = ROOT / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
# The pages' own font stack ends in sans-serif: with this file it means the same font on every machine.
FONT_SETTINGS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}/400Regular</dir>
  <dir>{fonts}/700Bold</dir>
  <cachedir>{cache}</cachedir>
  <match target="pattern"><edit name="family" mode="append_last"><string>Noto Sans SC</string></edit></match>
</fontconfig>
"""


class Missing(Exception):
    """Something that tests need isn't there and can't be installed from here; the message says what to do."""


def chromium() -> Path:
    """Give the program of a Chromium that really starts."""
    for path in _chromiums():
        if _starts(path):
            return path
    for install in (_chromium_by_apt, _chromium_by_playwright):
        try:
            path = install()
        except CannotSetUp:
            continue
        if path and _starts(path):
            return path
    raise Missing(
        "没有可用的 Chromium 浏览器，浏览器测试全部跳过。"
        "请安装 Chromium（Debian：sudo apt-get install chromium），或运行 .venv/bin/playwright install chromium 后重试"
    )


def _chromiums() -> Iterator[Path]:
    for name in CHROMIUM_NAMES:
        found = shutil.which(name)
        if found:
            yield Path(found)
    yield MAC_CHROME
    own = _playwright_chromium()
    if own:
        yield own


def _starts(program: Path) -> bool:
    if not program.exists():
        return False
    try:
        version = run([program, "--version"], timeout=30).stdout
        page = run([program, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank"], timeout=60)
    except (CannotSetUp, subprocess.TimeoutExpired):
        return False
    number = re.search(r"(\d+)\.\d+", version)
    return bool(number) and int(number.group(1)) >= OLDEST_CHROMIUM and "<html>" in page.stdout


def _chromium_by_apt() -> Path | None:
    # Ubuntu's package of that name only fetches a snap, which neither containers nor root sessions can run.
    if not is_root_on_debian() or "ID=debian" not in Path("/etc/os-release").read_text("utf-8").splitlines():
        return None
    print("· 安装 Chromium（apt-get）……", flush=True)
    apt_install("chromium")
    return Path("/usr/bin/chromium")


def _chromium_by_playwright() -> Path | None:
    print("· 安装 Chromium（playwright install）……", flush=True)
    libraries = ["--with-deps"] if is_root_on_debian() else []
    try:
        run([sys.executable, "-m", "playwright", "install", *libraries, "chromium"], timeout=420)
    except subprocess.TimeoutExpired:
        return None
    return _playwright_chromium()


def _playwright_chromium() -> Path | None:
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    path = Path(run([sys.executable, "-c", ask], timeout=60).stdout.strip())
    return path if path.exists() else None


def font_settings() -> Path:
    """Write a fontconfig file that shows Chinese in the npm font, and give its path."""
    if not FONTS.exists():
        raise Missing("缺少中文字体（node_modules/@expo-google-fonts），请运行 make setup-dev")
    SCRATCH.mkdir(parents=True, exist_ok=True)
    path = SCRATCH / "fonts.conf"
    path.write_text(FONT_SETTINGS.format(fonts=FONTS, cache=SCRATCH / "fonts"), "utf-8")
    return path


def postgres_bin() -> Path:
    """Give the folder of initdb and pg_ctl of a PostgreSQL server, the newest one found."""
    found = _newest_postgres()
    if found is None and is_root_on_debian():
        print("· 安装 PostgreSQL（apt-get）……", flush=True)
        try:
            apt_install("postgresql")
        except CannotSetUp as problem:
            raise Missing(f"安装 PostgreSQL 失败，PostgreSQL 上的测试全部跳过：{str(problem)[:300]}") from problem
        found = _newest_postgres()
    if found is None:
        raise Missing(
            "没有 PostgreSQL 服务器程序，PostgreSQL 上的测试全部跳过。"
            "请安装后重试（Debian/Ubuntu：sudo apt-get install postgresql；macOS：brew install postgresql@16）"
        )
    return found


def _newest_postgres() -> Path | None:
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr/pgsql").parent.glob("pgsql-*/bin")]
    for brew in ("/opt/homebrew/opt", "/usr/local/opt"):
        folders += Path(brew).glob("postgresql*/bin")
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    usable = [(version, folder) for folder in folders if (version := _postgres_version(folder)) >= OLDEST_POSTGRES]
    return max(usable)[1] if usable else None


def _postgres_version(folder: Path) -> int:
    if not (folder / "initdb").exists() or not (folder / "postgres").exists():
        return 0
    number = re.search(r"(\d+)", run([folder / "postgres", "--version"], timeout=30).stdout)
    return int(number.group(1)) if number else 0


def java() -> Path:
    """Give the program of a Java that Spark 4 can run on."""
    found = _java()
    if found is None and is_root_on_debian():
        for package in ("openjdk-17-jre-headless", "openjdk-21-jre-headless"):
            print(f"· 安装 Java（{package}）……", flush=True)
            try:
                apt_install(package)
            except CannotSetUp:
                continue
            found = _java()
            break
    if found is None:
        raise Missing(
            "Spark 测试需要 Java 17 或 21。请安装后重试（Debian：sudo apt-get install openjdk-17-jre-headless）"
        )
    return found


def _java() -> Path | None:
    program = shutil.which("java")
    if program is None:
        return None
    try:
        version = re.search(r'version "(\d+)', run([program, "-version"], timeout=30).stdout)
    except CannotSetUp:  # macOS has a `java` that only says where to buy one
        return None
    return Path(program) if version and int(version.group(1)) >= OLDEST_JAVA else None
