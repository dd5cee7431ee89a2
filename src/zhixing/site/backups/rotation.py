"""Which old backups to keep: the newest of each of the last 7 days, 4 weeks and 12 months that have one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

DAYS, WEEKS, MONTHS = 7, 4, 12
NAME = re.compile(r"^zhixing-(\d{8}-\d{6})\.(?:zxb|tar\.gz)$")


def made_at(path: Path) -> datetime | None:
    """When a backup was made, by its name; None for a file of another name."""
    found = NAME.match(path.name)
    try:
        return datetime.strptime(found[1], "%Y%m%d-%H%M%S") if found else None
    except ValueError:
        return None


def superfluous(files: Iterable[Path]) -> list[Path]:
    """The backups that no rule keeps, oldest first. Files that aren't backups are never among them."""
    dated = sorted((moment, path) for path in files if (moment := made_at(path)) is not None)
    periods: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (DAYS, lambda moment: moment.date()),
        (WEEKS, lambda moment: moment.isocalendar()[:2]),
        (MONTHS, lambda moment: (moment.year, moment.month)),
    )
    kept: set[Path] = set()
    for most, period in periods:
        newest = {period(moment): path for moment, path in dated}  # later ones overwrite earlier ones
        kept |= set(list(newest.values())[-most:])
    return [path for _, path in dated if path not in kept]
