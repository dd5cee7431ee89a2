"""Run every check and every test, and tell the outcome in one table: `python tools/run_tests.py [--lint-only]`.

Stages: ruff, format, mypy, the imports' contracts, declared dependencies and generated documents; then pytest on
SQLite (journeys in a real browser included) and on a PostgreSQL server that is started here for the purpose. What
could not run is counted and said loudly; what failed makes the exit code 1.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from bootstrap import ROOT
from test_needs import SCRATCH, Missing, chromium, font_settings, postgres_bin

PYTHON = sys.executable
PATIENCE = 2700  # seconds a stage may take: a hung one ends, a slow machine does not
PASSED, FAILED, SKIPPED = "通过", "失败", "跳过"
NO_TESTS_COLLECTED = 5
# Spark's tests need Java and 450 MB of their own: `make test-spark` (run_spark_tests.py) is a run by itself.
ELSEWHERE = ("--ignore=tests/spark",)


@dataclass
class Outcome:
    """How one stage went: state, seconds, a line about it, and notices that nobody may overlook."""

    name: str
    state: str
    seconds: float = 0.0
    detail: str = ""
    notices: list[str] = field(default_factory=list)


def lint() -> list[Outcome]:
    """Check style, types and the directions of imports."""
    python_code = ["src", "tests", "tools", "bench", "hatch_build.py"]
    python_code = [name for name in python_code if (ROOT / name).exists()]
    return [
        command("代码检查 ruff", ["ruff", "check", "-q", *python_code]),
        command("代码格式 ruff format", ["ruff", "format", "-q", "--check", *python_code]),
        command("类型检查 mypy", ["mypy", "--no-error-summary", "src/zhixing"]),
        command("导入方向 import-linter", ["lint-imports"]),
        command("依赖声明 deptry", ["deptry", "src"]),
        command("生成的文档是否最新", ["python", "tools/generate_docs.py", "--check"]),
    ]


def command(name: str, words: Sequence[str]) -> Outcome:
    """Run a program of this environment's bin folder; its output goes to the terminal."""
    program, *arguments = words
    start = time.monotonic()
    print(f"\n── {name}", flush=True)
    code = _run([str(Path(PYTHON).parent / program), *arguments], os.environ)
    return Outcome(name, FAILED if code else PASSED, time.monotonic() - start)


def tests(name: str, report: str, arguments: Sequence[str], environment: dict[str, str]) -> Outcome:
    """Run pytest on two processes; read what it counted from its report file."""
    path = SCRATCH / f"{report}.xml"
    path.unlink(missing_ok=True)
    start = time.monotonic()
    print(f"\n── {name}", flush=True)
    # A module stays on one process: what it sets up once (a browser, a server) is set up once.
    options = ["-q", "-n", "2", "--dist", "loadscope", f"--junitxml={path}", "-o", "junit_family=xunit1"]
    code = _run([PYTHON, "-m", "pytest", *options, *arguments], {**os.environ, **environment})
    outcome = Outcome(name, FAILED if code else PASSED, time.monotonic() - start)
    if code == NO_TESTS_COLLECTED:
        outcome.detail = "没有收集到任何测试"
    elif not path.exists():
        outcome.detail = f"pytest 没有写出报告（退出码 {code}）"
        outcome.state = FAILED
    else:
        _count(path, outcome)
    return outcome


def _count(report: Path, outcome: Outcome) -> None:
    cases = list(ET.parse(report).getroot().iter("testcase"))
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    reasons = Counter(_why(case, skip) for case in cases for skip in case.findall("skipped"))
    skipped = reasons.total()
    outcome.detail = f"{len(cases) - failed - skipped} 通过，{failed} 失败，{skipped} 跳过"
    outcome.notices = [f"{count} 个测试被跳过：{reason}" for reason, count in reasons.most_common()]


def _why(case: ET.Element, skip: ET.Element) -> str:
    """Why a test was skipped. Of a whole module pytest says "collection skipped", and the reason only in the text."""
    message = skip.get("message") or "未说明"
    if message != "collection skipped":
        return message
    reason = (skip.text or "").rpartition("Skipped: ")[2].rstrip("')\"")
    return f"整个模块 {case.get('name')}：{reason or '未说明'}"


def browser(environment: dict[str, str]) -> list[str]:
    """Put the browser and the Chinese fonts into the tests' environment; give the notices of what is missing."""
    notices = []
    needs: dict[str, Callable[[], Path]] = {"ZHIXING_CHROMIUM": chromium, "FONTCONFIG_FILE": font_settings}
    for variable, need in needs.items():
        try:
            environment[variable] = os.environ.get(variable) or str(need())
        except Missing as missing:
            notices.append(str(missing))
    # Playwright's synchronous interface runs inside an event loop; Django would refuse its database there.
    environment["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return notices


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL server of our own for a while, and give its DATABASE_URL. Raises Missing."""
    postgres_bin()  # installs it where that is possible
    sys.path.insert(0, str(ROOT))
    from tests.support.postgres import NoServer, postgres_server

    try:
        with postgres_server() as address:
            yield as_database_url(address)
    except NoServer as problem:
        raise Missing(f"{problem}；PostgreSQL 上的测试全部跳过") from problem


def as_database_url(address: str) -> str:
    """Put the folder of a Unix socket, given as `?host=`, where DATABASE_URL has the host's name."""
    parts = urlsplit(address)
    folder = dict(parse_qsl(parts.query)).get("host")
    if not folder:
        return address
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}@{quote(folder, safe='')}", query=""))


def run_all(selection: Sequence[str]) -> list[Outcome]:
    """Run the tests on both databases; `selection` are further arguments for pytest."""
    # Data, keys and static copies of an installation in this folder are none of the tests' business.
    environment = {"ZHIXING_VAR": str(SCRATCH / "data")}
    notices = browser(environment)
    on_sqlite = tests("测试（SQLite，含浏览器）", "sqlite", [*ELSEWHERE, *selection], environment)
    on_sqlite.notices += notices
    name = "测试（PostgreSQL）"
    try:
        with postgres() as address:
            # A page in a browser looks the same on both: journeys run once.
            chosen = ["-m", "not journey", *ELSEWHERE, *selection]
            on_postgres = tests(name, "postgres", chosen, {**environment, "DATABASE_URL": address})
    except Missing as missing:
        on_postgres = Outcome(name, SKIPPED, notices=[str(missing)])
    return [on_sqlite, on_postgres]


def tell(outcomes: Sequence[Outcome]) -> int:
    """Print the table and the notices; 1 if any stage failed."""
    line = "═" * 72
    print(f"\n{line}\n结果汇总\n{line}")
    for outcome in outcomes:
        print(f"{outcome.state}  {outcome.seconds:7.1f} 秒  {outcome.name}  {outcome.detail}")
    loud = [(outcome.name, notice) for outcome in outcomes for notice in outcome.notices]
    for name, notice in loud:
        print(f"⚠ 注意  {name}：{notice}")
    failed = sum(outcome.state == FAILED for outcome in outcomes)
    unrun = sum(outcome.state == SKIPPED for outcome in outcomes)
    words = f"{failed} 个阶段失败" if failed else "全部通过" if not loud else "运行过的都已通过，但有未运行的部分，见上"
    print(f"{line}\n{words}（共 {len(outcomes)} 个阶段，{unrun} 个未运行）", flush=True)
    return 1 if failed else 0


def _run(words: Sequence[str], environment: os._Environ[str] | dict[str, str]) -> int:
    try:
        return subprocess.run(words, cwd=ROOT, env=environment, timeout=PATIENCE).returncode
    except subprocess.TimeoutExpired:
        print(f"超过 {PATIENCE} 秒，已中止：{' '.join(words)}", flush=True)
        return 124
    except FileNotFoundError:
        print(f"缺少程序 {words[0]}，请运行 make setup-dev", flush=True)
        return 127


def main() -> int:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description="运行全部检查与测试")
    parser.add_argument("--lint-only", action="store_true", help="只做代码检查")
    parser.add_argument("selection", nargs="*", help="只运行这些测试（pytest 的参数）")
    arguments = parser.parse_args()
    SCRATCH.mkdir(parents=True, exist_ok=True)
    outcomes = lint()
    if not arguments.lint_only:
        outcomes += run_all(arguments.selection)
    return tell(outcomes)


if __name__ == "__main__":
    sys.exit(main())
