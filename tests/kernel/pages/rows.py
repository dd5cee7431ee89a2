"""Rows of any model, filled by field type: enough to count queries over a page that knows nothing about us."""

from __future__ import annotations

import datetime
import itertools
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.db import models

from zhixing.kernel.people.models import Tenant, User
from zhixing.kernel.people.sealing import SealedField

COUNTER = itertools.count(1)
YEAR = re.compile(r"year|cohort")
ODD: dict[str, dict[str, Callable[[User], Any]]] = {
    "portal.lessonquestion": {"position": lambda user: 1, "right": lambda user: "A"},
    "plans.stagesnapshot": {
        "closed_by": lambda user: make_row(User, user),
        "evidence": lambda user: frozen_stage(user),
    },
    "plans.taskmatch": {"state": lambda user: "not_adopted"},
    "inspections.publicappraisal": {
        "issued_count": lambda user: 100,
        "returned_count": lambda user: 90,
        "valid_count": lambda user: 80,
    },
    "papers.issuedpaper": {"content": lambda user: paper_content()},
    "supervision.meeting": {"recorder": lambda user: make_row(User, user)},
    "supervision.orderextension": {
        "old_due_date": lambda user: datetime.date(2024, 9, 10),
        "asked_due_date": lambda user: datetime.date(2024, 9, 20),
        "asked_date": lambda user: datetime.date(2024, 9, 1),
    },
}
"""Fields that the field's type alone would fill against the model's own rules."""


def paper_content() -> dict[str, Any]:
    """A letter as the register keeps it."""
    from zhixing.kernel.papers import Letter, Para
    from zhixing.kernel.papers.frozen import plain

    return plain(Letter(title="试验通知", blocks=[Para("正文")]))


def frozen_stage(user: User) -> Any:
    """What a stage looked like, kept as evidence."""
    from zhixing.domains.plans.models import PlanStage
    from zhixing.domains.plans.queries.snapshots import stage_payload
    from zhixing.kernel.files.evidence import freeze_snapshot

    stage = make_row(PlanStage, user)
    at = datetime.datetime(2024, 9, 1, 8, tzinfo=datetime.UTC)
    return freeze_snapshot(
        title="阶段快照", what="stage", payload=stage_payload(stage, at.date()), lineage={"row_count": 0}, on=stage,
        by=user, at=at,
    )  # fmt: skip


def make_rows(model: Any, count: int, user: User) -> None:
    """Add ``count`` rows straight to the table, through bulk_create so that no verb is needed."""
    for _ in range(count):
        make_row(model, user)


def make_row(model: Any, user: User) -> Any:
    if model is User:
        number = next(COUNTER)
        return User.objects.create(tenant=user.tenant, account=f"row{number}", name=f"行{number}", password="!")
    values = {f.name: value_of(f, user) for f in model._meta.concrete_fields if needs(f)}
    values |= {name: make(user) for name, make in ODD.get(model._meta.label_lower, {}).items()}
    row = model(**values)
    row.save()
    return row


def needs(field: Any) -> bool:
    """Fields that stay empty by themselves: keys, nullable ones, ones with a default, blank text."""
    if field.primary_key or field.name == "tenant" or field.has_default() or field.null:
        return False
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return False
    return not (field.blank and isinstance(field, models.CharField | models.TextField)) or isinstance(
        field, SealedField
    )


def value_of(field: Any, user: User) -> Any:
    number = next(COUNTER)
    if isinstance(field, models.ForeignKey):
        related = field.related_model
        if related is User:
            return user
        return user.tenant if related is Tenant else make_row(related, user)
    if isinstance(field, SealedField):
        return f"1380000{number:04d}"
    if field.flatchoices:
        return field.flatchoices[number % len(field.flatchoices)][0]
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.DateTimeField):
        return datetime.datetime(2024, 9, 1, 8, tzinfo=datetime.UTC) + datetime.timedelta(minutes=number)
    if isinstance(field, models.DateField):
        return datetime.date(2024, 9, 1) + datetime.timedelta(days=number)
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.IntegerField | models.DecimalField | models.FloatField):
        return 2000 + number % 50 if YEAR.search(field.name) else number % 7 + 1
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.TimeField):
        return datetime.time(8, number % 60)
    return f"{number:x}值"[: getattr(field, "max_length", None) or 20]
