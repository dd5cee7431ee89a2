"""Supervision's daily round as it will run on a later day: the clock is set forward in a process of its own.

This file is that process's program too: ``python later.py WORK_DAYS``, with the surroundings of a site.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .running import Site


def daily_round(site: Site, *, work_days: int) -> str:
    """Let so many work days go by for one round of reminders and cards; gives what the round did."""
    from .running import PATIENCE, environment  # the program itself is no part of a package

    words = [sys.executable, __file__, str(work_days)]
    env = environment(site.var)
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def main(count: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhixing.site.settings")
    import django
    from django.utils import timezone

    django.setup()
    from zhixing.domains.supervision.jobs import escalate_orders  # app ready
    from zhixing.domains.supervision.queries.clock import WorkDays
    from zhixing.kernel.base.tenancy import tenant_scope
    from zhixing.kernel.people.models import Tenant

    real = timezone.now
    with tenant_scope(Tenant.objects.get().pk):
        today = timezone.localdate()
        ahead = WorkDays().shifted(today, count) - today
        timezone.now = lambda: real() + ahead
        sys.stdout.write(json.dumps(escalate_orders.work(lambda *told, **more: None)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
