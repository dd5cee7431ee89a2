from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone


@pytest.fixture
def at() -> datetime:
    return timezone.now()
