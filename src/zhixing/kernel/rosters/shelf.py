"""Where collected rosters stand."""

from __future__ import annotations

from ..base.registry import Registry
from .declarations import Roster

rosters: Registry[Roster] = Registry("roster")
