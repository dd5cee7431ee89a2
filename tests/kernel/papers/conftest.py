from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.kernel.pages.conftest import person, trial_pages, units
from tests.security.test_races import room

__all__ = ["person", "room", "trial_pages", "units"]


@pytest.fixture
def trial_papers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The trial papers on the shelf, as if an app had declared them."""
    from tests.kernel.papers import trial
    from zhixing.kernel.pages.papering import forget_offers
    from zhixing.kernel.papers.declare import papers

    monkeypatch.setattr(papers, "_shelf", dict(papers._shelf) | {paper.code(): paper for paper in trial.PAPERS})
    forget_offers()
    yield trial
    forget_offers()
