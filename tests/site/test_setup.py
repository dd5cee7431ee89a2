"""Setting up and starting: the locks, the vendored assets, and the launcher that lets nothing live on alone."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from tools.vendor_assets import vendor, vendor_targets
from zhixing.site import launch

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"^([\w.\-]+)==(\S+)", re.MULTILINE)


# -- locks and assets ---------------------------------------------------------------------------------------------


def pins(lock: str) -> dict[str, str]:
    return dict(PINNED.findall((ROOT / lock).read_text("utf-8")))


def test_what_is_tested_is_what_runs() -> None:
    run, develop = pins("requirements.lock"), pins("requirements-dev.lock")
    assert len(run) > 20
    assert {name: develop.get(name) for name in run} == run


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-spark.lock"])
def test_every_pin_carries_hashes(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8").strip())
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_browser_assets_are_pinned_exactly_and_name_no_registry() -> None:
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    assert [name for name, package in packages.items() if "resolved" in package] == []


def project(folder: Path, *lines: str) -> Path:
    listed = "".join(f"  {json.dumps(line)},\n" for line in lines)
    text = f'[[tool.assets]]\ntarget = "static/vendor"\nfiles = [\n{listed}]\n'
    (folder / "pyproject.toml").write_text(text, "utf-8")
    (folder / "package-lock.json").write_text("{}", "utf-8")
    (folder / "requirements.lock").write_text("", "utf-8")
    styles = folder / "node_modules" / "icons" / "icons.css"
    styles.parent.mkdir(parents=True)
    styles.write_text(
        '@font-face{src:url("a.woff2?v1") format("woff2"),url("a.woff?") format("woff"),url("a.ttf?v1") '
        'format("truetype")}\n/*# sourceMappingURL=icons.css.map */\n',
        "utf-8",
    )
    return folder


def test_vendored_styles_name_no_file_that_is_not_there(tmp_path: Path) -> None:
    root = project(tmp_path, "npm:icons/*.css -> icons/", "npm:icons/icons.css -> one.css")
    assert vendor(root) == 2
    text = (root / "static/vendor/icons/icons.css").read_text("utf-8")
    assert text.strip() == '@font-face{src:url("a.woff2?v1") format("woff2")}'
    assert (root / "static/vendor/one.css").read_text("utf-8") == text


def test_vendoring_again_does_nothing_until_the_list_changes(tmp_path: Path) -> None:
    root = project(tmp_path, "npm:icons/*.css -> icons/")
    assert [vendor(root), vendor(root)] == [1, 0]
    (root / "package-lock.json").write_text('{"new": 1}', "utf-8")
    assert vendor(root) == 1


def test_each_list_fills_its_own_folder(tmp_path: Path) -> None:
    root = project(tmp_path, "npm:icons/*.css -> icons/")
    listing = root / "pyproject.toml"
    more = '\n[[tool.assets]]\ntarget = "src/fonts"\nfiles = ["npm:icons/icons.css -> one.css"]\n'
    listing.write_text(listing.read_text("utf-8") + more, "utf-8")
    assert [vendor(root), vendor(root)] == [2, 0]
    assert (root / "src/fonts/one.css").exists()
    assert not (root / "static/vendor/one.css").exists()
    assert vendor_targets(root) == ["static/vendor", "src/fonts"]


def test_the_fonts_of_papers_are_no_static_files() -> None:
    fonts = ROOT / "src/zhixing/kernel/papers/fonts"
    assert {path.suffix for path in fonts.rglob("*") if path.is_file() and path.name != ".stamp"} == {".ttf", ""}
    assert len(list(fonts.rglob("LICENSE_FONT"))) == 2
    assert not list((ROOT / "src").glob("*/*/*/static/**/*.ttf"))


def test_a_listed_file_that_is_missing_is_an_error_and_keeps_the_old_copies(tmp_path: Path) -> None:
    root = project(tmp_path, "npm:icons/*.css -> icons/")
    vendor(root)
    listing = root / "pyproject.toml"
    listing.write_text(listing.read_text("utf-8").replace("*.css", "*.gone"), "utf-8")
    with pytest.raises(SystemExit, match="gone"):
        vendor(root)
    assert (root / "static/vendor/icons/icons.css").exists()


def test_every_asset_that_a_page_asks_for_is_on_the_list() -> None:
    vendored = ROOT / "src/zhixing/kernel/pages/static/vendor"
    pages = [path for path in (ROOT / "src").rglob("*") if path.suffix in {".html", ".py", ".js", ".css"}]
    pages = [path for path in pages if vendored not in path.parents]
    named = re.compile(r"""["'](?:/static/)?vendor/([^"'\s]+\.(?:css|js))["']""")
    asked = {name for path in pages for name in named.findall(path.read_text("utf-8"))}
    assert asked
    have = {str(path.relative_to(vendored)) for path in vendored.rglob("*") if path.suffix in {".css", ".js"}}
    assert asked <= have


# -- the launcher -------------------------------------------------------------------------------------------------

# Runs a Launch of small children that each write their process number, then sleep or end.
LAUNCHER = """
import os, pathlib, sys
from zhixing.site.launch import Launch, Part
folder = pathlib.Path(sys.argv[1])
def child(name, body):
    note = f"import os,pathlib,signal,time; pathlib.Path({str(folder)!r}, {name!r}).write_text(str(os.getpid()));"
    return Part(name, (sys.executable, "-c", note + body))
bodies = {"sleeper": "time.sleep(60)", "dying": "time.sleep(0.4); raise SystemExit(7)",
          "stubborn": "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"}
import zhixing.site.launch as launch
launch.PATIENCE = 1.0
parts = [child(name, bodies[name]) for name in sys.argv[2:]]
sys.exit(Launch(os.environ).run(parts, ready=lambda: all((folder / part.name).exists() for part in parts),
                                announce=lambda: print("READY", flush=True)))
"""


@contextlib.contextmanager
def launcher(folder: Path, *names: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", LAUNCHER, str(folder), *names]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def alive(folder: Path, name: str) -> bool:
    path = folder / name
    try:
        os.kill(int(path.read_text()), 0)
    except (ProcessLookupError, ValueError):
        return False
    # A zombie whose parent is gone too still answers to signal 0 until it is reaped.
    status = Path("/proc", path.read_text(), "stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "READY\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_every_process(tmp_path: Path, number: signal.Signals) -> None:
    with launcher(tmp_path, "sleeper", "stubborn") as process:
        wait_until_ready(process)
        assert alive(tmp_path, "sleeper")
        process.send_signal(number)
        assert process.wait(15) == 0
    assert [name for name in ("sleeper", "stubborn") if alive(tmp_path, name)] == []


def test_a_dying_process_takes_the_others_with_it(tmp_path: Path) -> None:
    with launcher(tmp_path, "sleeper", "dying") as process:
        _, errors = process.communicate(timeout=15)
        assert process.returncode == 1
    assert "dying进程意外结束（退出码 7）" in errors
    assert not alive(tmp_path, "sleeper")


@pytest.mark.skipif(sys.platform != "linux", reason="只有 Linux 能在启动进程被强行杀死时通知子进程")
def test_a_killed_launcher_leaves_nothing_behind(tmp_path: Path) -> None:
    with launcher(tmp_path, "sleeper") as process:
        wait_until_ready(process)
        process.kill()
        process.wait(5)
        deadline = time.monotonic() + 5
        while alive(tmp_path, "sleeper") and time.monotonic() < deadline:
            time.sleep(0.05)
    assert not alive(tmp_path, "sleeper")


def test_a_busy_port_is_said_in_plain_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(launch.PortTaken, match=f"端口 {port} 已被别的程序占用.*PORT={port + 1}"):
            launch.require_free("127.0.0.1", port)
    launch.require_free("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(launch.PortTaken, match="无法在 192.0.2.1:8000 上监听"):
        launch.require_free("192.0.2.1", 8000)


def test_steps_run_in_order_until_one_fails(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def step(name: str, code: int) -> launch.Part:
        return launch.Part(name, (sys.executable, "-c", f"print({name!r}); raise SystemExit({code})"))

    outcome = launch.Launch(os.environ).run_first([step("一", 0), step("二", 3), step("三", 0)])
    shown = capfd.readouterr()
    assert outcome == 3
    assert shown.out.split() == ["一", "二"]
    assert "二失败（退出码 3）" in shown.err


def test_addresses_to_open_are_reachable_ones() -> None:
    assert launch.address("0.0.0.0", 8000) == "http://127.0.0.1:8000/"
    assert launch.address("::", 8080) == "http://[::1]:8080/"


# -- the runner of all checks and tests -----------------------------------------------------------------------------

REPORT = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"><failure message="x"/></testcase>
<testcase name="c"><skipped message="没有浏览器"/></testcase>
<testcase name="d"><skipped message="没有浏览器"/></testcase>
<testcase name="tests.e"><skipped message="collection skipped">('e.py', 3, 'Skipped: 没有 Java')</skipped></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return import_module("run_tests")


def test_what_was_skipped_is_counted_and_said_with_its_reason(
    runner: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.xml").write_text(REPORT, "utf-8")
    outcome = runner.Outcome("测试", runner.PASSED)
    runner._count(tmp_path / "report.xml", outcome)
    assert runner.tell([outcome]) == 0
    shown = capsys.readouterr().out
    assert "1 通过，1 失败，3 跳过" in shown
    assert "2 个测试被跳过：没有浏览器" in shown
    assert "1 个测试被跳过：整个模块 tests.e：没有 Java" in shown
    assert "全部通过" not in shown


def test_one_failed_stage_fails_the_run(runner: ModuleType) -> None:
    assert runner.tell([runner.Outcome("甲", runner.PASSED), runner.Outcome("乙", runner.FAILED)]) == 1


def test_the_folder_of_a_socket_becomes_the_host_of_a_database_url(runner: ModuleType) -> None:
    from zhixing.site.settings import database

    settings = database(runner.as_database_url("postgresql://zhixing@/postgres?host=/run/a_b/socket"))
    assert (settings["HOST"], settings["NAME"], settings["USER"]) == ("/run/a_b/socket", "postgres", "zhixing")


# -- what is told about it ----------------------------------------------------------------------------------------

NAMED_SETTING = re.compile(r'"((?:ZHIXING_[A-Z_]+|DATABASE_URL|PORT))"')


def test_the_deployment_guide_lists_exactly_the_settings_that_are_read() -> None:
    read = {name for path in (ROOT / "src").rglob("*.py") for name in NAMED_SETTING.findall(path.read_text("utf-8"))}
    guide = (ROOT / "docs" / "how-to" / "deploy.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", guide, re.MULTILINE))
    assert listed == read


def test_readmes_link_only_what_exists() -> None:
    for name in ("README.md", "README.en.md", "docs/how-to/deploy.md"):
        page = ROOT / name
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == []
