"""Pictures of real pages for the documents: small palette PNGs that change only where the pages do."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

MOST_BYTES = 250_000
COLOURS = 256


@dataclass(frozen=True)
class Pictures:
    """Where pictures are kept, and whether this run is to renew them."""

    folder: Path
    wanted: bool

    def take(self, page: Page, name: str) -> None:
        """Keep what the window shows now as ``name``.png."""
        if not self.wanted:
            return
        page.evaluate("document.activeElement?.blur()")
        page.mouse.move(0, 0)
        page.wait_for_timeout(250)
        # Hiding the caret would leave an empty style attribute on every box, which the CSP then complains of.
        with Image.open(io.BytesIO(page.screenshot(caret="initial"))) as shot:
            small = shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.png"
        small.save(path, optimize=True)
        assert path.stat().st_size <= MOST_BYTES, f"{name}.png: {path.stat().st_size} bytes"
