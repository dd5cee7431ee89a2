"""Charts as inline SVG, for pages that must stand alone: no script, no link, prints as it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_BAR_HEIGHT, _BAR_GAP, _LABEL_WIDTH, _CHART_WIDTH, _COUNT_WIDTH = 18, 10, 260, 760, 70


@dataclass(frozen=True)
class Bar:
    """One quantity: its label, how much, and the CSS class that colours it."""

    label: str
    amount: int
    look: str


def bar_chart(bars: Sequence[Bar], title: str) -> str:
    """Horizontal bars, longest = full width, each with its label on the left and its figure at its end."""
    most = max((bar.amount for bar in bars), default=0) or 1
    room = _CHART_WIDTH - _LABEL_WIDTH - _COUNT_WIDTH
    height = len(bars) * (_BAR_HEIGHT + _BAR_GAP) + _BAR_GAP
    parts = [_opening(_CHART_WIDTH, height, title)]
    for number, bar in enumerate(bars):
        top = _BAR_GAP + number * (_BAR_HEIGHT + _BAR_GAP)
        middle = top + _BAR_HEIGHT * 0.74
        width = max(2.0, room * bar.amount / most)
        parts.append(
            f'<text x="{_LABEL_WIDTH - 10}" y="{middle:.1f}" class="label">{escape(_shortened(bar.label))}</text>'
        )
        parts.append(
            f'<rect x="{_LABEL_WIDTH}" y="{top}" width="{width:.1f}" height="{_BAR_HEIGHT}" rx="3" class="{bar.look}"/>'
        )
        parts.append(f'<text x="{_LABEL_WIDTH + width + 8:.1f}" y="{middle:.1f}" class="figure">{bar.amount:,}</text>')
    parts.append("</svg>")
    return "".join(parts)


def share_bar(bars: Sequence[Bar], title: str) -> str:
    """One bar cut into shares of the whole."""
    whole = sum(bar.amount for bar in bars) or 1
    parts = [_opening(_CHART_WIDTH, 22, title)]
    left = 0.0
    for bar in bars:
        width = _CHART_WIDTH * bar.amount / whole
        if bar.amount:
            parts.append(f'<rect x="{left:.1f}" y="2" width="{width:.1f}" height="18" class="{bar.look}"/>')
        left += width
    parts.append("</svg>")
    return "".join(parts)


def _opening(width: int, height: int, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" '
        'xmlns="http://www.w3.org/2000/svg">'
    )


def _shortened(label: str) -> str:
    return label if len(label) <= 18 else label[:17] + "…"
