"""The sample's words, kept as data: articles by state and kind, lessons with their questions."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent.parent / "data" / "demo_texts.toml"
FIGURES = (
    "plans.task_completion_rate", "plans.point_completion_rate", "rectification.rectified_rate",
    "rectification.on_time_rate", "supervision.settled_rate", "portal.study_coverage_rate",
    "staff.dual_qualified_rate", "portal.published_article_count",
)  # fmt: skip
"""What the sample school shows to everyone."""


@cache
def told() -> dict[str, Any]:
    """Everything the sample says, by the name of its part."""
    return tomllib.loads(TEXTS.read_text("utf-8"))
