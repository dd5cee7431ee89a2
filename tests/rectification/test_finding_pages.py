"""A finding's page leads to its record from the first facts, and a long title doesn't push the list off the screen."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from zhixing.kernel.checks.models import Finding
from zhixing.kernel.checks.observe import Fault, observe
from zhixing.kernel.people.models import Unit

pytestmark = pytest.mark.django_db


def seen(object_type: str, label: str) -> Finding:
    unit = Unit.objects.create(name="26数控1班", kind="class")
    fault = Fault(
        rule="students.x", severity="error", title="问题", message="问题", object_type=object_type,
        object_uid=uuid.uuid4(), object_label=label, unit_id=unit.pk,
    )  # fmt: skip
    observe([fault], subject="x", title="核查", rules=["students.x"], row_count=1, by=None, at=timezone.now())
    return Finding.objects.get()


def test_the_record_is_linked_in_the_facts(make_user: Any, client_of: Any) -> None:
    finding = seen("students.student", "张三<b>")
    page = client_of(make_user("registrar")).get(reverse("checks.finding.detail", args=[finding.uid])).content.decode()
    href = reverse("students.student.detail", args=[finding.object_uid])
    assert f'<dd><a href="{href}">张三&lt;b&gt;</a></dd>' in page


def test_a_kind_without_a_page_is_plain_text(make_user: Any, client_of: Any) -> None:
    finding = seen("nothing.known", "张三<b>")
    page = client_of(make_user("registrar")).get(reverse("checks.finding.detail", args=[finding.uid])).content.decode()
    assert "<dd>张三&lt;b&gt;</dd>" in page


def test_the_title_of_a_finding_may_wrap(make_user: Any, client_of: Any) -> None:
    seen("students.student", "张三")
    page = client_of(make_user("registrar")).get(reverse("checks.finding.list")).content.decode()
    assert '<th scope="row" class="lead wrap">' in page
