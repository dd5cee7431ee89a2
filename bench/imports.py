"""What a roll costs from the dropped file to the register, beside a plain bulk insert of as many rows.

    python bench/imports.py [2000 50000]

Each size runs in a process and a database of its own in a temporary folder, so that its peak memory is its own. CPU
seconds count the child process that parses the file. The floor writes as many rows of the same width into the same
table by bulk_create in one transaction: no reading, no rules, no staging, no sealing.
"""

from __future__ import annotations

import base64
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SIZES = (2000, 50_000)
CLASS_OF = 45
MAKE, ONE = "--make", "--one"


def main(sizes: list[int]) -> None:
    """Print for each step CPU and wall seconds, then the whole as a multiple of the floor, and the peak of memory."""
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="zhixing-bench-") as folder:
            for part in (MAKE, ONE):  # the file apart: a process begins with the peak of the one that started it
                subprocess.run([sys.executable, __file__, part, str(size), folder], check=True)


def _alone(size: int, folder: Path) -> None:
    os.environ.update(
        ZHIXING_VAR=str(folder / "var"), DJANGO_SETTINGS_MODULE="zhixing.site.settings",
        ZHIXING_MASTER_KEY=base64.b64encode(b"zhixing-test-key").decode(),
    )  # fmt: skip
    os.environ.pop("DATABASE_URL", None)
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    import django

    django.setup()
    from django.core.management import call_command

    from zhixing.kernel.base.tenancy import tenant_scope

    call_command("migrate", verbosity=0, skip_checks=True)
    school, by, at = _school("b1")
    with tenant_scope(school.pk):
        steps = _through(folder / "roll.xlsx", by, at)
        peak = _peak()
        floor = _timed(lambda: _floor(size))
    whole = Spent.together([spent for name, spent in steps.items() if name != "verify the register"])
    print(f"{size:>6} rows  {'drop to applied':<20} {whole}")
    print(f"{size:>6} rows  {'floor':<20} {floor}  ratio {whole.cpu / floor.cpu:.1f}")
    print(f"{size:>6} rows  peak {peak} MB  load {' '.join(f'{each:.2f}' for each in os.getloadavg())}", flush=True)


@dataclass(frozen=True)
class Spent:
    """CPU and wall seconds of a step."""

    cpu: float
    wall: float

    @classmethod
    def together(cls, parts: list[Spent]) -> Spent:
        return cls(sum(part.cpu for part in parts), sum(part.wall for part in parts))

    def __str__(self) -> str:
        return f"CPU {self.cpu:6.1f} s  wall {self.wall:6.1f} s"


class Steps(dict[str, Spent]):
    """What each step took, told as soon as it is done: a long run is watched."""

    def __setitem__(self, name: str, spent: Spent) -> None:
        super().__setitem__(name, spent)
        print(f"            {name:<20} {spent}  peak {_peak()} MB", flush=True)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _school(code: str) -> tuple[Any, Any, Any]:
    from django.utils import timezone

    from zhixing.domains.school.actions import add_department, add_major
    from zhixing.kernel.base.tenancy import tenant_scope
    from zhixing.kernel.people.models import Assignment, Role, Tenant, User
    from zhixing.kernel.people.roles import furnish_roles

    school, at = Tenant.objects.create(code=code, name="测速学校"), timezone.now()
    with tenant_scope(school.pk):
        furnish_roles(school)
        by = User(tenant=school, account="r", name="学籍员")
        by.password = "!"
        by.save()
        Assignment.objects.create(user=by, role=Role.objects.get(code="registrar"))
        department = add_department({"name": "机电部", "kind": "teaching"}, by=by, at=at)
        facts = {"code": "660103", "name": "数控技术应用", "directory_version": "2021", "department": department}
        add_major(facts, by=by, at=at)
    return school, by, at


def _make(size: int, folder: Path) -> None:
    sys.path[:0] = [str(ROOT)]
    from tests.kernel.staging.rolls import person, workbook

    rows = [person(n, class_group=f"26数控{n // CLASS_OF}班") for n in range(1, size + 1)]
    (folder / "roll.xlsx").write_bytes(workbook(rows))


def _floor(size: int) -> None:
    from django.db import transaction

    from zhixing.domains.students.models import Student

    class Done(Exception):
        """Undoes the floor's rows."""

    try:
        with transaction.atomic():
            for start in range(0, size, 1000):
                numbers = range(start, min(start + 1000, size))
                Student.objects.bulk_create(
                    Student(name=f"甲{n}", student_no=f"floor{n}", note="二" * 200) for n in numbers
                )
            raise Done
    except Done:
        pass


def _through(roll: Path, by: Any, at: Any) -> Steps:
    from zhixing.domains.students.sheets import StudentSheet
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.sheets.apply import ask_to_apply
    from zhixing.kernel.sheets.models import ImportBatch
    from zhixing.kernel.sheets.staging import receive
    from zhixing.kernel.sheets.staging_edit import choose

    steps = Steps()
    with roll.open("rb") as file:
        steps["drop"] = _timed(lambda: receive(file, name="名单.xlsx", sheet=StudentSheet, by=by, at=at))
    batch = ImportBatch.objects.get()
    steps["read and verify"] = _timed(lambda: run_pending(1))
    batch.refresh_from_db()
    codes = [offer["code"] for offer in batch.offers]
    choose(batch, mode="both", on_errors="as_is", accepted=codes, by=by, at=at)
    steps["verify again"] = _timed(lambda: run_pending(1))
    batch.refresh_from_db()
    ask_to_apply(batch, by=by, at=at)
    steps["apply"] = _timed(lambda: run_pending(1))
    batch.refresh_from_db()
    if batch.state != "applied":
        raise SystemExit(f"not applied: {batch.state} {batch.refusal}")
    steps["verify the register"] = _timed(run_pending)
    return steps


def _timed(work: Callable[[], Any]) -> Spent:
    began, cpu = time.perf_counter(), _cpu()
    work()
    return Spent(_cpu() - cpu, time.perf_counter() - began)


def _cpu() -> float:
    """CPU seconds so far, of this process and of the children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    part = {MAKE: _make, ONE: _alone}.get(sys.argv[1]) if sys.argv[1:] else None
    if part is not None:
        part(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main([int(each) for each in sys.argv[1:]] or list(SIZES))
