"""A worker killed in the middle of applying leaves all rows or none, and the next one finishes the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.kernel.staging.rolls import person, saved, workbook

ROWS = 400
KILLS = 3
MAKE = """
import sys, django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.people.models import Assignment, Role, Tenant, User
from zhixing.kernel.people.roles import furnish_roles
from zhixing.domains.school.actions import add_department, add_major, open_class_group
from zhixing.domains.students.sheets import StudentSheet
from zhixing.kernel.jobs.worker import run_pending
from zhixing.kernel.sheets.apply import ask_to_apply
from zhixing.kernel.sheets.staging import receive
# The tables at once, guards and all: all migrations take longer than the test.
settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
call_command("migrate", verbosity=0, skip_checks=True, run_syncdb=True)
school, at = Tenant.objects.create(code="k1", name="断电学校"), timezone.now()
with tenant_scope(school.pk):
    furnish_roles(school)
    by = User(tenant=school, account="r", name="学籍员")
    by.password = "!"
    by.save()
    Assignment.objects.create(user=by, role=Role.objects.get(code="registrar"))
    department = add_department({"name": "机电部", "kind": "teaching"}, by=by, at=at)
    facts = {"code": "660103", "name": "数控技术应用", "directory_version": "2021", "department": department}
    major = add_major(facts, by=by, at=at)
    open_class_group({"name": "26数控1班", "cohort": 2026, "major": major, "department": department}, by=by, at=at)
    with open(sys.argv[1], "rb") as file:
        batch = receive(file, name="名单.xlsx", sheet=StudentSheet, by=by, at=at).batch
    run_pending()
    batch.refresh_from_db()
    batch = ask_to_apply(batch, by=by, at=at)
    print(batch.state, batch.create_count)
"""
WORK = """
import django
django.setup()
from zhixing.kernel.base.tenancy import across_tenants
from zhixing.kernel.jobs.models import Job
from zhixing.kernel.jobs.worker import run_pending
with across_tenants("test"):
    # Leases of killed workers run out at once, as they would after a minute; each kill is forgiven.
    Job.objects.filter(state="running").update(lease_until="2000-01-01T00:00Z", attempt=0)
print("begin", flush=True)
run_pending(1)
"""
COUNT = """
import django
django.setup()
from zhixing.kernel.base.tenancy import across_tenants
from zhixing.domains.students.models import Guardian, Student
from zhixing.kernel.sheets.models import ImportBatch
with across_tenants("test"):
    print(Student.objects.count(), Guardian.objects.count(), ImportBatch.objects.get().state)
"""


def _run(code: str, var: Path, *arguments: str, wait: bool = True) -> Any:
    keep = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "ZHIXING_VAR")}
    environment = keep | {
        "ZHIXING_VAR": str(var), "DJANGO_SETTINGS_MODULE": "zhixing.site.settings",
        "ZHIXING_MASTER_KEY": "emhpeGluZy10ZXN0LWtleQ==", "PYTHONPATH": str(Path(__file__).parents[3] / "src"),
    }  # fmt: skip
    command = [sys.executable, "-c", code, *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if not wait:
        return process
    out, error = process.communicate(timeout=100)
    assert process.returncode == 0, error[-3000:]
    return out.split()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_killed_worker_leaves_all_or_nothing(tmp_path: Path) -> None:
    rows = [person(number) for number in range(1, ROWS + 1)]
    assert _run(MAKE, tmp_path, str(saved(workbook(rows), tmp_path))) == ["applying", str(ROWS)]
    delay = 0.15
    for _ in range(KILLS):
        worker = _run(WORK, tmp_path, wait=False)
        worker.stdout.readline()
        time.sleep(delay)
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=20)
        worker.stdout.close()
        worker.stderr.close()
        students, guardians, state = _run(COUNT, tmp_path)
        assert (int(students), int(guardians)) in ((0, 0), (ROWS, ROWS)), "a part of the rows was written"
        assert (state == "applied") == (int(students) == ROWS)
        delay *= 2.5
    _run(WORK, tmp_path)
    assert _run(COUNT, tmp_path) == [str(ROWS), str(ROWS), "applied"]
    _run(WORK, tmp_path)
    assert _run(COUNT, tmp_path)[0] == str(ROWS), "done twice"
