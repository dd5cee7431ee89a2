"""Every address; pages bring their own."""

from __future__ import annotations

from typing import Any

urlpatterns: list[Any] = []
