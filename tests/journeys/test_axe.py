"""Main pages for three roles at both widths: no serious fault of accessibility, nothing wider than the window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from .conftest import ROOT, Windows

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PUBLIC = ("/sign-in/", "/activate/", "/column/")
EVERYONE = ("/", "/notices/", "/account/", "/exports/", "/jobs/", "/search/?q=zs")
PAGES = {
    "registrar": (
        *EVERYONE, "/students/student/", "/students/student/add/", "/students/guardian/", "/students/statusentry/",
        "/school/classgroup/", "/school/major/", "/import/", "/import/?sheet=students.StudentSheet", "/verification/",
        "/verification/own/", "/verification/own/add/", "/checks/finding/", "/checks/mine/", "/rectification/ledger/",
        "/standards/",
    ),
    "class-tutor": (*EVERYONE, "/students/student/", "/checks/mine/", "/checks/finding/", "/people/activation/"),
    "office-director": (
        "/", "/plans/", "/plans/import/", "/plans/board/", "/plans/gantt/", "/plans/load/", "/plans/wall/",
        "/plans/stages/", "/plans/readiness/", "/plans/evidence/", "/plans/workpoint/", "/plans/mine/",
        "/supervision/board/", "/supervision/order/", "/supervision/order/add/", "/supervision/reports/",
        "/supervision/meeting/", "/supervision/decision/", "/supervision/circular/month/",
        "/inspections/siteinspection/", "/inspections/complaint/", "/rectification/rectificationnotice/",
        "/papers/issuedpaper/",
    ),
    "system-admin": (*EVERYONE, "/people/user/", "/people/user/add/", "/people/role/", "/people/assignment/"),
}  # fmt: skip
# One record of each of these lists is opened too.
RECORDS = {
    "registrar": ("/students/student/", "/checks/finding/", "/school/classgroup/", "/standards/"),
    "class-tutor": ("/students/student/",),
    "office-director": (
        "/plans/workpoint/", "/supervision/order/", "/supervision/meeting/", "/inspections/siteinspection/",
        "/rectification/rectificationnotice/",
    ),
    "system-admin": ("/people/user/", "/people/role/"),
}  # fmt: skip
ROWS = 12  # of a table that axe looks at; the others are made by the same renderer
JUDGE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(found => ['serious', 'critical'].includes(found.impact))
  .map(found => `${found.id}: ${found.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`)"""


def faults(page: Page, address: str, width: int) -> list[str]:
    """Everything grave that axe says of the page, and whether it is wider than the window."""
    answer: Any = page.goto(address)
    if not answer.ok:
        return [f"{address}: answered {answer.status}"]
    page.wait_for_function("!document.querySelector('.htmx-request')")
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.add_script_tag(path=AXE)
    page.evaluate("most => document.querySelectorAll('tbody tr').forEach((row, at) => at < most || row.remove())", ROWS)
    found = [f"{address}: {told}" for told in page.evaluate(JUDGE)]
    return found if wide <= width else [*found, f"{address}: {wide} px wide"]


def records(page: Page, account: str) -> list[str]:
    """The address of the first record of each list."""
    addresses = []
    for listed in RECORDS[account]:
        page.goto(listed)
        link = page.locator("#main table tbody a, #main tbody th a").first
        addresses.append(str(link.get_attribute("href")))
    return addresses


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("account", PAGES)
def test_main_pages_are_accessible_and_fit(windows: Windows, account: str, phone: bool) -> None:
    assert Path(AXE).exists(), "npm ci has not been run with the development tools"
    page = windows.of(account, phone=phone, loose=True)
    width = 390 if phone else 1440
    found = [fault for address in (*PAGES[account], *records(page, account)) for fault in faults(page, address, width)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_the_doors_are_accessible_and_fit(windows: Windows, phone: bool) -> None:
    page = windows.stranger(phone=phone, loose=True)
    width = 390 if phone else 1440
    found = [fault for address in PUBLIC for fault in faults(page, address, width)]
    assert not found, "\n".join(found)
