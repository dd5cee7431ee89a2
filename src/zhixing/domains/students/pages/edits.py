"""Add and amend students and guardians."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from zhixing.kernel.pages import EditPage, Facts, Request
from zhixing.kernel.pages.forms import dress

from .. import actions
from ..models import Guardian, Student
from .forms import HEALTH_SET, SET_OF_FIELD, code_field, truth_field
from .groups import ENTRY, IDENTITY, NEEDS, PLACES, STUDY


class WithCodes(EditPage):
    """An edit page whose columns with code values offer the values of their sets."""

    abstract = True

    def form(self, request: Request, row: Any, data: Any) -> forms.Form:
        """The usual form, with selects instead of boxes to type codes into."""
        made = super().form(request, row, data)
        for name in self.names():
            field: Any = self.model._meta.get_field(name)
            label, helped = str(field.verbose_name), str(field.help_text)
            if name in SET_OF_FIELD:
                made.fields[name] = code_field(SET_OF_FIELD[name], label, helped, getattr(row, name, ""))
            elif name == "health":
                kept = row is not None and row.health
                made.fields[name] = code_field(HEALTH_SET, label, "已加密保存。留空表示不修改。" if kept else "", "")
            elif isinstance(field, models.BooleanField) and field.null:
                made.fields[name] = truth_field(label, helped)
        dress(made)
        return made


class StudentEdit(WithCodes):
    model = Student
    groups = (
        Facts("基本信息", IDENTITY),
        Facts("学籍", ("student_no", "national_student_no", "class_group", *STUDY)),
        ENTRY,
        PLACES,
        NEEDS,
    )
    create = actions.enrol_student
    change = actions.correct_student


class GuardianEdit(WithCodes):
    model = Guardian
    groups = (
        Facts("家庭成员", ("name", "relation", "is_guardian", "position", "phone", "birth_month", "document_kind",
                       "id_number", "ethnic_group", "political_status", "health", "workplace", "job")),
    )  # fmt: skip
    change = actions.correct_guardian
