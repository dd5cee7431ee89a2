"""How long a roll takes from the dropped file to the register, beside a plain bulk insert of as many rows.

    python bench/imports.py [2000 50000]

Runs in a database of its own in a temporary folder. The floor writes as many rows of the same width into the same
table by bulk_create in one transaction: no reading, no rules, no staging, no sealing.
"""

from __future__ import annotations

import base64
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SIZES = (2000, 50_000)
CLASS_OF = 45


def main(sizes: list[int]) -> None:
    """Print seconds for each step, and the whole as a multiple of the floor."""
    with tempfile.TemporaryDirectory(prefix="zhixing-bench-") as folder:
        os.environ.update(
            ZHIXING_VAR=folder, DJANGO_SETTINGS_MODULE="zhixing.site.settings",
            ZHIXING_MASTER_KEY=base64.b64encode(b"zhixing-test-key").decode(),
        )  # fmt: skip
        os.environ.pop("DATABASE_URL", None)
        sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, skip_checks=True)
        for number, size in enumerate(sizes):
            _measure(f"b{number}", size)


def _measure(code: str, size: int) -> None:
    from zhixing.kernel.base.tenancy import tenant_scope

    school, by, at = _school(code)
    with tenant_scope(school.pk):
        data = _file(size)
        floor = _timed(lambda: _floor(size))
        steps = _through(data, by, at)
    whole = sum(seconds for name, seconds in steps.items() if name != "verify the register")
    told = "  ".join(f"{name} {seconds:.1f} s" for name, seconds in steps.items())
    print(f"{size:>6} rows  {told}  together {whole:.1f} s  floor {floor:.1f} s  ratio {whole / floor:.1f}")


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


def _file(size: int) -> bytes:
    from tests.kernel.staging.rolls import person, workbook

    return workbook([person(n, class_group=f"26数控{n // CLASS_OF}班") for n in range(1, size + 1)])


def _floor(size: int) -> None:
    from django.db import transaction

    from zhixing.domains.students.models import Student

    class Done(Exception):
        """Undoes the floor's rows."""

    try:
        with transaction.atomic():
            rows = [Student(name=f"甲{n}", student_no=f"floor{n}", note="二" * 200) for n in range(size)]
            Student.objects.bulk_create(rows, batch_size=1000)
            raise Done
    except Done:
        pass


def _through(data: bytes, by: Any, at: Any) -> dict[str, float]:
    from zhixing.domains.students.sheets import StudentSheet
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.sheets.apply import ask_to_apply
    from zhixing.kernel.sheets.staging import receive
    from zhixing.kernel.sheets.staging_edit import choose

    steps: dict[str, float] = {}
    file = io.BytesIO(data)
    began = time.perf_counter()
    batch = receive(file, name="名单.xlsx", sheet=StudentSheet, by=by, at=at).batch
    steps["drop"] = time.perf_counter() - began
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


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or list(SIZES))
