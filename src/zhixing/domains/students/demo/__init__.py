"""Sample students with planted faults and their key; everybody is invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from random import Random
from typing import Any

from .canaries import canaries
from .faults import plant
from .roster import ClassPlan, DemoRoster, Planted, class_plans, clean_roster

STUDENTS = 1800
SEED = 2026

__all__ = ["ClassPlan", "DemoRoster", "Planted", "canaries", "demo_roster", "furnish"]


def demo_roster(
    *, on: date, students: int = STUDENTS, seed: int = SEED, plans: Sequence[ClassPlan] = (), faulty: bool = True
) -> DemoRoster:  # fmt: skip
    """The roster of the demonstration school as text, the same for the same arguments.

    ``plans`` are its classes (by default forty-five of its own). A faulty roster has about thirty rows more than
    ``students``: those that faults need.
    """
    rnd = Random(seed)  # noqa: S311 - sample data, not secrets
    roster = clean_roster(plans or class_plans(on), students, rnd, on)
    return plant(roster, rnd) if faulty else roster


def furnish(school: Any, rnd: Random, *, at: datetime, students: int = STUDENTS, seed: int = SEED) -> list[Planted]:
    """Put the roster into a school's register; see records.furnish. The roster itself needs no Django."""
    from .records import furnish as into_register  # app ready

    return into_register(school, rnd, at=at, students=students, seed=seed)
