"""Text whose paragraphs were broken at a fixed width: which line goes on with the one before it."""

from __future__ import annotations

from collections.abc import Sequence

from .lines import Line

_ENDS = "。！？；：!?;:…”』」》）)】"
_SHARE, _NARROWEST, _SLACK, _FEWEST = 0.35, 16, 3, 6


def broken_width(lines: Sequence[Line]) -> int:
    """The width at which lines were broken, in characters; 0 where each line is a paragraph of its own.

    A broken text has many lines of nearly the greatest width, few of which end as a sentence does.
    """
    texts = [line.text.rstrip() for line in lines if line.kind == "paragraph" and line.text.strip()]
    if len(texts) < _FEWEST:
        return 0
    widths = sorted(map(len, texts))
    width = widths[-max(len(widths) // 50, 1)]
    if width < _NARROWEST or widths[-1] > width + _SLACK * 2:
        return 0
    full = [text for text in texts if len(text) >= width - _SLACK]
    running = sum(text[-1] not in _ENDS for text in full)
    return width if len(full) >= _SHARE * len(texts) and running >= 0.6 * len(full) else 0


def goes_on(before: Line, line: Line, width: int) -> bool:
    """Whether ``line``, which has no mark of its own, continues ``before`` in a text broken at ``width``."""
    text = before.text.rstrip()
    return bool(width) and line.no == before.no + 1 and len(text) >= width - _SLACK and text[-1:] not in "。！？!?"
