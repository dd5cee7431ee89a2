"""The standards of the tenant in scope: what is shipped with the apps, and what the school has set itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.apps import apps

from .models import StandardOverride
from .standards import Standards, load_standards

DATA = Path("data") / "standards.toml"


@cache
def shipped_standards() -> Standards:
    """Every standard that an installed app ships in ``data/standards.toml``."""
    files = (Path(app.path) / DATA for app in apps.get_app_configs() if app.name.startswith("zhixing."))
    return load_standards(*(file for file in files if file.exists()))


def school_standards() -> Standards:
    """The shipped standards with the tenant's own values on top; one query."""
    shipped = shipped_standards()
    rows = StandardOverride.objects.filter(name__in=shipped.names).order_by("valid_from")
    return shipped.with_overrides(
        shipped.edit(row.name, row.value, source=row.source, valid_from=row.valid_from, valid_to=row.valid_to)
        for row in rows
    )
