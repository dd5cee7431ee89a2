"""A letter worked out: everything that Word, PDF and screen must agree on, as plain values.

Widths are in mm, sizes in points. The three writers only set what stands here.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from .blocks import Letter
from .frozen import plain
from .grids import form_grid, table_grid
from .looks import RED, SMALL, Sheet, sheet_of
from .titles import title_lines, width_of

WIDEST_ORGAN = 46
"""The largest letters of the organ's name, in points; long names are set smaller to stay on one line."""
WAITING = "（印发时编号）"


def laid(letter: Letter) -> dict[str, Any]:
    """The letter worked out, ready to be set."""
    written = plain(letter)
    sheet = sheet_of(letter.kind_of_layout, letter.landscape)
    number = letter.number or (WAITING if letter.draft else "")
    return {
        "layout": letter.kind_of_layout,
        "landscape": letter.landscape,
        "draft": letter.draft,
        "plain_title": written["title"].replace("\n", ""),
        "title": list(title_lines(written["title"], int(sheet.inner / 7.8))),
        "organ": written["organ"],
        "number": number,
        "head": _head(written["head"], sheet),
        "addressee": _with_colon(written["addressee"]),
        "blocks": _blocks(written["blocks"], letter.kind_of_layout, letter.landscape),
        "attachments": written["attachments"],
        "closing": _closing(written["signer"], letter.date),
        "ends_at": _end(written["blocks"]),
        "imprint": _imprint(letter, written["imprint"]),
        "red": RED,
    }


def chinese_day(day: date | None) -> str:
    """2018年1月6日: Arabic figures, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _end(written: list[dict[str, Any]]) -> int:
    """Before which block the letter is signed: annexes and slips come after the signature."""
    return next((at for at, block in enumerate(written) if block["kind"] in {"Annex", "Slip"}), len(written))


def _with_colon(addressee: str) -> str:
    addressee = addressee.strip().rstrip("：:")
    return f"{addressee}：" if addressee else ""


def _head(head: dict[str, Any] | None, sheet: Sheet) -> dict[str, Any] | None:
    if head is None:
        return None
    room = sheet.inner / 25.4 * 72
    return {**head, "points": min(WIDEST_ORGAN, int(room / max(width_of(head["organ"]), 1) * 0.97))}


def _closing(signer: str, day: date | None) -> dict[str, Any]:
    """署名 centred over 成文日期, which stands four characters from the right (7.3.5.1)."""
    dated = chinese_day(day)
    over = (width_of(dated) - width_of(signer)) / 2
    day_right = max(4.0, 1 - over) if dated else 0.0
    return {"signer": signer, "date": dated, "date_right": day_right if over >= -3 or not signer else 1 - over,
            "signer_right": day_right + over if dated else 4.0}  # fmt: skip


def _imprint(letter: Letter, imprint: dict[str, Any] | None) -> dict[str, Any] | None:
    if imprint is None or letter.imprint is None:
        return None
    day = chinese_day(letter.imprint.printed_on)
    copies = imprint["copies"].rstrip("。")
    return {
        "copies": f"{copies}。" if copies else "",
        "printed_by": imprint["printed_by"],
        "printed_on": f"{day}印发" if day else "",
    }


def _blocks(written: list[dict[str, Any]], layout: str, landscape: bool) -> list[dict[str, Any]]:
    found = []
    for block in written:
        kind = block["kind"]
        if kind == "Annex" or (kind == "PageBreak" and block["landscape"] is not None):
            turned, landscape = block["landscape"] is not landscape, block["landscape"]
            block = {**block, "turned": turned, "landscape": landscape}
        elif kind == "PageBreak":
            block = {**block, "turned": False, "landscape": landscape}
        sheet = sheet_of(layout, landscape)
        found.append(_worked_out(block, sheet))
    return found


def _worked_out(block: dict[str, Any], sheet: Sheet) -> dict[str, Any]:
    kind = block["kind"]
    if kind == "Table":
        return {**block, **table_grid(block, sheet)}
    if kind in {"Form", "Slip"}:
        return {**block, **form_grid(block["rows"], sheet.inner), "points": SMALL}
    if kind == "Annex":
        return {**block, "title": list(title_lines(block["title"], int(sheet.inner / 7.8)))}
    if kind == "Para":
        return {**block, "lines": [line.strip() for line in block["text"].split("\n") if line.strip()]}
    if kind == "Heading":
        return {**block, "lines": [line.strip() for line in block["body"].split("\n") if line.strip()]}
    if kind == "Picture":
        return {**block, "width_mm": min(block["width_mm"], sheet.inner)}
    return block
