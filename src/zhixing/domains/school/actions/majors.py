"""Change what the school may teach and does teach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhixing.kernel.codes.directories import Edition, load_directory
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from ..models import Department, Major, MajorField

DIRECTORY = Path(__file__).resolve().parent.parent / "data" / "majors.toml"
AGRICULTURAL = "涉农"


def add_field(values: Mapping[str, Any], *, by: User | None, at: datetime) -> MajorField:
    return add_row(MajorField(**values), by=by, at=at)


def correct_field(
    row: MajorField, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> MajorField:
    return amend_row(row, values, by=by, at=at, seen_version=seen_version)


def add_major(values: Mapping[str, Any], *, by: User | None, at: datetime) -> Major:
    row = Major(**values)
    _judge_filing(row)
    return add_row(row, by=by, at=at)


def correct_major(row: Major, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int) -> Major:
    with transaction.atomic():
        row = amend_row(row, values, by=by, at=at, seen_version=seen_version)
        _judge_filing(row)
    return row


def offer_major(
    major: Major,
    *,
    department: Department | None,
    since: int | None,
    by: User | None,
    at: datetime,
    study_length: str = "三年",
) -> Major:
    """Take a major of the directory into the school's own programme."""
    values = {"is_offered": True, "department": department, "opened_year": since, "study_length": study_length}
    return amend_row(major, values, by=by, at=at, action="offer")


def load_directory_into_school(*, by: User | None, at: datetime) -> int:
    """Enter the fields and majors that this system knows of, with their certainty; the number of new majors.

    What the school has entered or corrected itself is left as it is.
    """
    with transaction.atomic():
        new = sum(_load_edition(edition) for edition in load_directory(DIRECTORY).editions.values())
        record(action="load", by=by, at=at, label="专业目录", changes={"majors": new})
    return new


def _load_edition(edition: Edition) -> int:
    version = edition.version
    known = set(MajorField.objects.filter(directory_version=version).values_list("code", flat=True))
    MajorField.objects.bulk_create(
        MajorField(code=code, name=name, directory_version=version)
        for code, name in edition.groups.items()
        if code not in known
    )
    fields = {field.code: field for field in MajorField.objects.filter(directory_version=version)}
    present = set(Major.objects.filter(directory_version=version).values_list("code", flat=True))
    fresh = [
        Major(
            code=entry.code,
            name=entry.title,
            directory_version=version,
            field=fields.get(entry.code[:2]),
            certainty=entry.certainty.value,
            is_agricultural=AGRICULTURAL in entry.marks,
        )
        for entry in edition.entries.values()
        if entry.code not in present
    ]
    Major.objects.bulk_create(fresh)
    return len(fresh)


def _judge_filing(row: Major) -> None:
    if (row.out_of_directory or row.is_controlled) and not row.filing_no.strip():
        raise ValidationError({"filing_no": "目录外专业和国家控制布点专业必须填写备案或批准文号。"})
