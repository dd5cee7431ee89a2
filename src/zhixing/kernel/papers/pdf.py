"""A letter as PDF/A-2b, set by typst with fonts that travel inside the file."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings

from .blocks import Letter
from .laid import laid
from .looks import FACES, LANDSCAPE, LEDGER, PORTRAIT

ROOM = Path(__file__).resolve().parent
TEMPLATE = ROOM / "paper.typ"
FONTS = ROOM / "fonts"
SHEETS = {
    "portrait": asdict(PORTRAIT),
    **{f"{layout}-landscape": asdict(LANDSCAPE) for layout in ("letter", "form", "minutes")},
    "table-landscape": asdict(LEDGER),
}
PAGES = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count (\d+)|/Count (\d+)[^>]*?/Type\s*/Pages\b", re.DOTALL)
_one_at_a_time = threading.Lock()


class FontsMissing(RuntimeError):
    """The fonts of papers are not there: make setup was not run. str() is fit for the user's eyes."""


def to_pdf(letter: Letter, at: datetime | None = None) -> bytes:
    """The letter as the bytes of a PDF; ``at`` is written down as the time it was made. Raises FontsMissing."""
    return to_pdf_pages(letter, at)[0]


def to_pdf_pages(letter: Letter, at: datetime | None = None) -> tuple[bytes, int]:
    """The PDF and how many pages it has."""
    data = cast(bytes, _set(letter, format="pdf", pdf_standards="a-2b", timestamp=int(at.timestamp()) if at else None))
    return data, page_count(data)


def to_pngs(letter: Letter, *, ppi: float = 80) -> list[bytes]:
    """Each page as a picture, for eyes that check a layout."""
    pages = _set(letter, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def page_count(pdf: bytes) -> int:
    """How many pages a PDF that typst wrote has."""
    counts = [int(one or other) for one, other in PAGES.findall(pdf)]
    return max(counts, default=1)


def school_fonts() -> Path:
    """Where a school may lay fonts it has a licence for (方正小标宋, 仿宋_GB2312 …)."""
    return Path(settings.PAPER_FONTS_DIR)


def _set(letter: Letter, **output: Any) -> Any:
    page = laid(letter)
    _with_pictures(page)
    compiler, faces = _press()
    inputs = {"letter": json.dumps(page, ensure_ascii=False), "faces": faces, "sheets": json.dumps(SHEETS)}
    with _one_at_a_time:
        return compiler.compile(sys_inputs=inputs, **output)


def _with_pictures(page: dict[str, Any]) -> None:
    from .pictures import bytes_of  # slow import

    for block in page["blocks"]:
        if block["kind"] == "Picture":
            data = bytes_of(block["stored_file"])
            block["bytes"] = list(data) if data is not None else None


@cache
def _press() -> tuple[Any, str]:
    """The compiler with its fonts, loaded once a process; and which face is set in which family."""
    import typst  # slow import

    if not any(FONTS.glob("*/*.ttf")):
        raise FontsMissing("缺少印制公文用的字体，请联系管理员运行 make setup。")
    places = [str(FONTS)] + ([str(school_fonts())] if school_fonts().is_dir() else [])
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=cast(Any, places))
    compiler = typst.Compiler(str(TEMPLATE), root=str(ROOM), font_paths=fonts, ignore_system_fonts=True)
    return compiler, json.dumps(_faces(fonts.families()))


def _faces(families: list[str]) -> dict[str, Any]:
    """face -> families to set it in, the school's own before the free one; free 楷体 and 小标宋 are set bold."""
    have = {family.lower(): family for family in families}
    found: dict[str, Any] = {}
    for name, face in FACES.items():
        own = next((have[family.lower()] for family in face.families if family.lower() in have), None)
        found[name] = [own, face.free] if own else [face.free]
        found[f"{name}_weight"] = "regular" if own else "bold"
    return found
