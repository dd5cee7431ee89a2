"""The watch over the browser tells a fault from a request that its own page gave up."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Request, Route, expect

from .conftest import Windows
from .rosters import FIRST_NUMBER

LISTED = re.compile(r"/students/student/\?")
ASKING = "查找在籍学生"


def held_back(page: Page) -> tuple[list[Route], list[str]]:
    """Hold back what the list asks for; gives what waits, and the addresses that were given up, as they come."""
    waiting: list[Route] = []
    given_up: list[str] = []

    def failed(request: Request) -> None:
        if LISTED.search(request.url):
            given_up.append(request.url)

    page.route(LISTED, lambda route: waiting.append(route))
    page.on("requestfailed", failed)
    return waiting, given_up


def until(page: Page, come: Callable[[], bool]) -> None:
    """Let the browser's news come in until ``come()``."""
    for _ in range(300):
        if come():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come")


def test_a_request_that_was_replaced_or_left_is_no_fault(windows: Windows) -> None:
    page = windows.of("registrar")
    page.goto("/students/student/")
    waiting, given_up = held_back(page)
    box = page.get_by_role("searchbox", name=ASKING)
    for nth, words in enumerate((f"{FIRST_NUMBER}3", f"{FIRST_NUMBER}33"), 1):
        box.fill(words)
        until(page, lambda nth=nth: len(waiting) == nth)  # type: ignore[misc]
    until(page, lambda: len(given_up) == 1)
    waiting[-1].continue_()
    expect(page.locator("tbody tr")).to_have_count(1)
    box.fill(f"{FIRST_NUMBER}4")
    until(page, lambda: len(waiting) == 3)
    page.goto("/notices/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    until(page, lambda: len(given_up) == 2)
    assert windows.watch.faults == []


def test_what_went_wrong_is_a_fault(windows: Windows) -> None:
    """A lost connection, a part that has no place on the page, an error of a script: each is told by its name."""
    page = windows.of("registrar")
    page.goto("/students/student/")
    page.route(LISTED, lambda route: route.abort("connectionreset"))
    page.get_by_role("searchbox", name=ASKING).fill(f"{FIRST_NUMBER}3")
    expect(page.locator("#message")).to_contain_text("网络连接不上")
    page.evaluate("""() => {
        document.body.insertAdjacentHTML("beforeend", '<a id="astray" hx-get="/notices/" hx-target="#nowhere">x</a>');
        htmx.process(document.getElementById("astray"));
        document.getElementById("astray").click();
        setTimeout(() => { throw new Error("of a script"); });
    }""")
    faults = windows.watch.faults
    for told in ("htmx:sendError", "htmx:targetError", "script error: of a script"):
        until(page, lambda told=told: any(told in fault for fault in faults))  # type: ignore[misc]
    assert not any("sendAbort" in fault or "afterRequest" in fault for fault in faults)
    faults.clear()
