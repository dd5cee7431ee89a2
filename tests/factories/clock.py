"""The moment at which the tests' verbs happen, and numbers that never repeat."""

from __future__ import annotations

import itertools
from datetime import datetime
from zoneinfo import ZoneInfo

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
NUMBERS = itertools.count(1)
