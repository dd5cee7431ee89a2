from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture(autouse=True)
def _own_anchors(settings: Any, tmp_path: Path) -> None:
    """Anchors outlive the rolled-back rows of a test; each has its own file."""
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "anchors.tsv")
