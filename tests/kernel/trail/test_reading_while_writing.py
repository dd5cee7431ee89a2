"""Another process holds SQLite's pen, as a long import does: people go on reading, and nobody loses what he typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MAKE = """
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.people.models import Assignment, Role, Tenant, User
from zhixing.kernel.people.roles import furnish_roles
# The tables at once, guards and all: all migrations take longer than the test.
settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
call_command("migrate", verbosity=0, skip_checks=True, run_syncdb=True)
school = Tenant.objects.create(code="k1", name="忙碌学校")
with tenant_scope(school.pk):
    furnish_roles(school)
    by = User(tenant=school, account="r", name="学籍员", must_set_password=False)
    by.password = "!"
    by.save()
    Assignment.objects.create(user=by, role=Role.objects.get(code="registrar"))
"""
READ = """
import json, sqlite3, sys, time
import django
django.setup()
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from zhixing.domains.students.models import Student
from zhixing.kernel.base.tenancy import across_tenants, tenant_scope
from zhixing.kernel.people.models import Tenant, User
from zhixing.kernel.trail import spool
from zhixing.kernel.trail.models import AuditEvent
from zhixing.kernel.trail.sealer import seal_pending, verify_chain
settings.ALLOWED_HOSTS = ["testserver"]
settings.DATABASES["default"]["OPTIONS"]["timeout"] = 1
school = Tenant.objects.get()
with tenant_scope(school.pk):
    by = User.objects.get()
    student = Student(name="张三", student_no="1")
    student.save()
client = Client(raise_request_exception=False)
client.force_login(by)
session = client.session
session.update({"second_factor_done": True, "proved_at": time.time()})
session.save()
said = {}
pen = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
pen.execute("BEGIN IMMEDIATE")
pen.execute("UPDATE people_user SET name = name")
address = reverse("students.student.detail", args=[student.uid])
began = time.perf_counter()
said["read"] = [client.get(address).status_code for _ in range(3)]
said["waited"] = time.perf_counter() - began
said["refused"] = client.get("/trail/overview/").status_code
typed = {"name": "张三丰<b>", "student_no": "1", "seen_version": student.version}
answer = client.post(reverse("students.student.edit", args=[student.uid]), typed)
text = answer.content.decode()
said["post"] = [answer.status_code, answer.headers.get("Retry-After"), "再次提交" in text,
                'name="name" value="张三丰&lt;b&gt;"' in text, text.count("csrfmiddlewaretoken")]
part = client.post(reverse("students.student.edit", args=[student.uid]), typed, headers={"HX-Request": "true"})
said["part"] = [part.status_code, "<html" in part.content.decode()]
said["waiting"] = spool.place().read_bytes().count(b"\\n")
pen.execute("ROLLBACK")
seal_pending()
with across_tenants("test"):
    said["views"] = AuditEvent.objects.filter(action="view", object_uid=student.uid, seq__isnull=False).count()
    said["refusals"] = AuditEvent.objects.filter(action="access", result="refused").count()
said["broken"] = [str(each) for each in verify_chain()]
print(json.dumps(said))
"""


def run(code: str, var: Path) -> Any:
    keep = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "ZHIXING_VAR")}
    environment = keep | {
        "ZHIXING_VAR": str(var), "DJANGO_SETTINGS_MODULE": "zhixing.site.settings",
        "ZHIXING_MASTER_KEY": "emhpeGluZy10ZXN0LWtleQ==", "PYTHONPATH": str(Path(__file__).parents[3] / "src"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_a_long_writing_keeps_nobody_from_reading(tmp_path: Path) -> None:
    run(MAKE, tmp_path)
    said = run(READ, tmp_path)
    assert said["read"] == [200, 200, 200]
    assert said["waited"] < 1, "a reader waited for the writer"
    assert said["refused"] == 403
    assert said["post"] == [503, "30", True, True, 2], "one token in the form, one for the page's own sign-out"
    assert said["part"] == [503, False]
    assert said["waiting"] == 4
    assert (said["views"], said["refusals"], said["broken"]) == (3, 1, [])
