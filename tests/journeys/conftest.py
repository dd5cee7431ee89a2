"""The furnished school in a real headless browser, and a window per person of it."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from . import running
from .pictures import Pictures
from .watching import Watch

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "test-results"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--font-render-hinting=none", "--lang=zh-CN")  # fmt: skip
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 30_000  # milliseconds until a page shows what is expected, on a busy machine
TEST_TIMEOUT = 420  # the first journey of a process waits for the school to be furnished


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(TEST_TIMEOUT))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


def shared_by_processes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all parallel processes of this run have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.Site]:
    """One furnished small school with its web and worker processes."""
    template = running.furnished(shared_by_processes(tmp_path_factory) / "journeys")
    site = running.start(template, tmp_path_factory.getbasetemp() / "site")
    yield site
    site.stop()


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.Site]:
    """A school that has people and departments, and where everything else is still to begin."""
    template = running.furnished(shared_by_processes(tmp_path_factory) / "empty", people_only=True)
    site = running.start(template, tmp_path_factory.getbasetemp() / "empty-site")
    yield site
    site.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = os.environ.get("ZHIXING_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.skip("没有可用的 Chromium 浏览器，浏览器测试全部跳过")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield launch(playwright, program)


def launch(playwright: Playwright, program: str) -> Browser:
    """Chromium with the Chinese font that the repository's own tools install, so that pictures look alike anywhere."""
    sys.path.insert(0, str(ROOT / "tools"))
    from test_needs import Missing, font_settings

    environment = {**os.environ, "LANGUAGE": "zh_CN"}
    try:
        environment.setdefault("FONTCONFIG_FILE", str(font_settings()))
    except Missing:
        environment.pop("FONTCONFIG_FILE", None)
    return playwright.chromium.launch(executable_path=program, args=list(FLAGS), env=environment)


class Windows:
    """Opens browser windows for one test: a stranger's, or that of somebody who is signed in."""

    # What a sign-in left behind, by site and account; shared by a process's tests, so that each signs in once.
    kept: dict[tuple[str, str], Any] = {}

    def __init__(self, browser: Browser, site: running.Site) -> None:
        self.browser, self.site = browser, site
        self.watch = Watch(site.address)
        self.contexts: list[BrowserContext] = []

    @property
    def password(self) -> str:
        """What every demonstration account signs in with."""
        return running.PASSWORD

    def stranger(self, *, phone: bool = False, state: Any = None, loose: bool = False) -> Page:
        """A window without a session; ``loose`` lets the test inject scripts (axe), which the site's CSP forbids."""
        context = self.browser.new_context(
            base_url=self.site.address, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce",
            viewport=NARROW if phone else WIDE, has_touch=phone, is_mobile=phone, device_scale_factor=1,
            storage_state=state, bypass_csp=loose, accept_downloads=True,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        context.tracing.start(snapshots=not loose)
        self.watch.over(context)
        self.contexts.append(context)
        return context.new_page()

    def of(self, account: str, *, phone: bool = False, loose: bool = False, fresh: bool = False) -> Page:
        """A window of that person; signed in through the sign-in page, once a process unless ``fresh``."""
        key = (self.site.address, account)
        if key not in self.kept or fresh:
            page = self.stranger()
            self.sign_in(page, account)
            if fresh:
                return page
            self.kept[key] = page.context.storage_state()
        return self.stranger(phone=phone, state=self.kept[key], loose=loose)

    def sign_in(self, page: Page, account: str, password: str = "") -> None:
        page.goto("/sign-in/")
        page.get_by_label("账号或手机号").fill(account)
        page.get_by_label("密码", exact=True).fill(password or self.password)
        page.get_by_role("button", name="登录").click()
        expect(page).not_to_have_url(re.compile("/sign-in/"), timeout=PATIENCE)
        if "/second-factor/" in page.url:
            page.get_by_label("验证码").fill(self.site.code(account))
            page.get_by_role("button", name="确认").click()
            expect(page).not_to_have_url(re.compile("/second-factor/"), timeout=PATIENCE)

    def prove(self, page: Page, account: str) -> None:
        """Where a sensitive deed asks again who one is: answer, with a code that was not used yet."""
        box = page.get_by_label("密码", exact=True).or_(page.get_by_label("手机验证码或备用码"))
        while "/step-up/" in page.url:
            by_code = page.get_by_label("手机验证码或备用码").count()
            box.fill(self.site.code(account) if by_code else self.password)
            with page.expect_navigation():
                page.get_by_role("button", name="确认").click()
            if "/step-up/" in page.url:  # a code lasts for thirty seconds and opens once
                page.wait_for_timeout(3000)
        # A proof changes the session's key.
        self.kept[self.site.address, account] = page.context.storage_state()

    def close(self, name: str, *, failed: bool) -> None:
        folder = RESULTS / re.sub(r"\W+", "-", name)
        for number, context in enumerate(self.contexts, 1):
            if failed:
                folder.mkdir(parents=True, exist_ok=True)
                for place, page in enumerate(context.pages, 1):
                    page.screenshot(path=folder / f"{number}-{place}.png")
                context.tracing.stop(path=folder / f"{number}.trace.zip")
            context.close()


@pytest.fixture
def windows(browser: Browser, site: running.Site, request: pytest.FixtureRequest) -> Iterator[Windows]:
    """Windows for one test; whatever the browser complained of fails the test."""
    yield from watched(Windows(browser, site), request)


@pytest.fixture
def empty_windows(browser: Browser, empty_site: running.Site, request: pytest.FixtureRequest) -> Iterator[Windows]:
    """Windows onto the school where everything is still to begin."""
    yield from watched(Windows(browser, empty_site), request)


def watched(opened: Windows, request: pytest.FixtureRequest) -> Iterator[Windows]:
    """Lend the windows to one test, and look afterwards at what the browser complained of."""
    yield opened
    failed = request.node.stash.get(FAILED, True) or bool(opened.watch.faults)
    opened.close(request.node.name, failed=failed)
    assert not opened.watch.faults, "\n".join(opened.watch.faults)


@pytest.fixture(scope="session")
def pictures() -> Pictures:
    """Keeps pictures for the documents where ZHIXING_PICTURES=1; elsewhere does nothing."""
    return Pictures(ROOT / "docs" / "pictures", wanted=os.environ.get("ZHIXING_PICTURES") == "1")
