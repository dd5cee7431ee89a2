"""Pages of the improvement plan: CPU milliseconds per request with 1,000 work points and 50,000 open findings.

Usage: python bench/plan_pages.py [--points 1000] [--findings 50000] [--rounds 30] [--engine sqlite|postgresql|both].
Requests go through the whole WSGI application as in bench/pages.py. Goal: 25 ms of CPU each.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parents[1]
sys.path.insert(0, str(HOUSE / "bench"))
GOAL = 25.0
RULES = ("students.id_number_wrong", "students.name_malformed", "students.class_too_large", "staff.certificate_expired",
         "school.class_without_tutor", "students.region_unknown", "plans.point_overdue")  # fmt: skip
ADDRESSES = {
    "方案总览": "/plans/", "看板": "/plans/board/", "看板（按状态）": "/plans/board/?by=state", "甘特图": "/plans/gantt/",
    "人员负荷": "/plans/load/", "挂图作战": "/plans/wall/", "工作要点": "/plans/workpoint/",
    "逾期要点": "/plans/workpoint/?lamp=red", "问题台账": "/checks/finding/", "工作台": "/",
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--findings", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        measure(given.points, given.findings, given.rounds)
        return
    from pages import database_of

    for engine in ("sqlite", "postgresql") if given.engine == "both" else (given.engine,):
        with tempfile.TemporaryDirectory(prefix="zhixing-bench-") as var, database_of(engine) as url:
            if url is None:
                print(f"{engine}: 没有可用的服务器，未测")
                continue
            paths = os.pathsep.join([str(HOUSE / "src"), str(HOUSE)])
            environ = os.environ | {"ZHIXING_VAR": var, "DATABASE_URL": url, "PYTHONPATH": paths}
            command = [sys.executable, __file__, "--child", "--points", str(given.points), "--findings",
                       str(given.findings), "--rounds", str(given.rounds)]  # fmt: skip
            subprocess.run(command, env=environ, check=True, timeout=900)


def measure(points: int, findings: int, rounds: int) -> None:
    """Fill the database, then time each page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhixing.site.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from pages import asker, queries, timed

    call_command("migrate", verbosity=0, skip_checks=True)
    from zhixing.kernel.people.keys import create_master_key

    create_master_key(Path(settings.MASTER_KEY_FILE))
    cookie, task = furnish(points, findings)
    if connection.vendor == "sqlite":
        connection.cursor().execute("ANALYZE")
    ask = asker(cookie)
    print(f"\n{connection.vendor}，{points} 条要点、{findings} 个问题，CPU 毫秒（{rounds} 次的中位数）")
    for title, address in {**ADDRESSES, "任务实时状态": f"/plans/task/{task}/tab/plans.LiveTab/"}.items():
        spent, wall, size = timed(lambda address=address: ask(address), rounds)
        print(f"  {title:<8}\t{spent:6.2f}  目标 ≤{GOAL:<4} {'达到' if spent <= GOAL else '未达到'}  "
              f"墙钟 {wall:6.2f}  {queries(ask, address)} 次查询  {size / 1024:.0f} KB")  # fmt: skip


def furnish(points: int, findings: int) -> tuple[str, Any]:
    """A plan of 17 tasks with its points and a school full of findings: (session key, uid of a task)."""
    from django.utils import timezone
    from pages import session_of

    from zhixing.domains.plans.actions import create_plan, take_effect, take_in
    from zhixing.domains.plans.demo import plan_text
    from zhixing.domains.plans.documents import read_pasted
    from zhixing.domains.plans.models import PlanStage, Task
    from zhixing.kernel.base.tenancy import tenant_scope
    from zhixing.kernel.people.models import Assignment, Role, Tenant, Unit, User

    tenant, at = Tenant.objects.create(code="bench", name="测速学校"), timezone.now()
    with tenant_scope(tenant.pk):
        user = User.objects.create(tenant=tenant, account="bench", name="测速员", password="!", must_set_password=False)
        role = Role.objects.create(code="bench", title="测速", permissions={"tenant": ["*"]})
        Assignment.objects.create(user=user, role=role)
        units = [Unit.objects.create(name=f"第{n}科", kind="department") for n in range(12)]
        people = [User.objects.create(tenant=tenant, account=f"p{n}", name=f"王测{n}", password="!", unit=units[n % 12])
                  for n in range(60)]  # fmt: skip
        plan = create_plan({"title": "测速方案"}, by=None, at=at)
        take_effect(take_in(plan, read_pasted(plan_text(at.date())), by=user, at=at), by=user, at=at)
        tasks, stages = list(Task.objects.filter(action__plan=plan)), list(PlanStage.objects.filter(plan=plan))
        add_points(points, tasks, stages, units, people, at)
        add_findings(findings, units, at)
        return session_of(user), next(task.uid for task in tasks if task.kind == "enrolment_check")


def add_points(count: int, tasks: Any, stages: Any, units: Any, people: Any, at: Any) -> None:
    from zhixing.domains.plans.models import WorkPoint

    chance = random.Random(7)
    WorkPoint.objects.all().delete()
    made = []
    for number in range(count):
        state = chance.choice(("in_effect", "in_effect", "submitted", "accepted", "accepted"))
        due = at.date() + timedelta(days=chance.randrange(-60, 200))
        made.append(
            WorkPoint(
                task=tasks[number % len(tasks)], no=number + 1, text=f"第{number}条：完善制度、开展检查并形成记录",
                lead=units[number % len(tasks) % 12], owner=people[number % 60], sponsor=people[(number + 1) % 60],
                stage=stages[number // 17 % 3], start_date=due - timedelta(days=90), due_date=due, state=state,
                submitted_at=at if state != "in_effect" else None,
                submitted_date=at.date() if state != "in_effect" else None,
                accepted_by=people[(number + 1) % 60] if state == "accepted" else None,
                accepted_at=at if state == "accepted" else None, expected_evidence="检查记录",
            )
        )  # fmt: skip
    WorkPoint.objects.bulk_create(made, batch_size=200)


def add_findings(count: int, units: Any, at: Any) -> None:
    from zhixing.kernel.checks.models import Finding

    chance = random.Random(9)
    for start in range(0, count, 5000):
        Finding.objects.bulk_create(
            (
                Finding(
                    rule=chance.choice(RULES), severity=chance.choice(("error", "warning", "notice")), title="测速问题",
                    message="测速", object_type="students.student", object_uid=uuid.UUID(int=number + 1),
                    object_label=f"甲{number}", fingerprint=hashlib.sha256(str(number).encode()).hexdigest(),
                    unit=units[number % 12], found_at=at - timedelta(minutes=number // 40), seen_at=at,
                )
                for number in range(start, min(start + 5000, count))
            ),
            batch_size=500,
        )  # fmt: skip


if __name__ == "__main__":
    main()
