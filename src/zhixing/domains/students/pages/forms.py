"""Questions that a deed asks before it is done, and the choices that code sets offer."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.utils import timezone

from zhixing.domains.school.models import ClassGroup
from zhixing.kernel.codes.code_sets import load_code_sets

from ..choices import Relation, Status

CODE_SETS = Path(__file__).resolve().parent.parent / "data" / "code_sets.toml"
SET_OF_FIELD = {
    "document_kind": "identity_document", "ethnic_group": "ethnic_group", "political_status": "political_status",
    "overseas_kind": "overseas_kind", "marital_status": "marital_status", "study_length": "study_length",
    "study_form": "study_form", "learner_category": "learner_category", "school_kind": "school_kind",
    "attendance_kind": "attendance_kind", "intake_kind": "intake_kind", "admission_target": "admission_target",
    "admission_way": "admission_way", "entry_way": "entry_way", "learner_source": "learner_source",
    "origin_kind": "origin_kind", "joint_kind": "joint_kind", "staged_training": "staged_training",
    "household_kind": "household_kind", "residence_kind": "residence_kind", "hardship_level": "hardship_level",
    "aid_basis": "aid_basis",
}  # fmt: skip
"""Columns of Student and the code set that offers their values."""
HEALTH_SET = "health"


@cache
def titles(name: str) -> tuple[str, ...]:
    """The lawful values of a code set, in the order of the standard."""
    return load_code_sets(CODE_SETS)[name].titles


def code_field(name: str, label: str, help_text: str, kept: str, required: bool = False) -> forms.ChoiceField:
    """A choice among the values of a code set; a value that was kept though it is none of them stays choosable."""
    options = [("", "（未填写）"), *((title, title) for title in titles(name))]
    if kept and kept not in titles(name):
        options.append((kept, f"{kept}（不在代码集内，请改选）"))
    return forms.ChoiceField(label=label, help_text=help_text, choices=options, required=required)


def truth_field(label: str, help_text: str) -> forms.TypedChoiceField:
    """Yes, no, or nobody knows yet."""
    return forms.TypedChoiceField(
        label=label, help_text=help_text, required=False, choices=[("", "（未填写）"), ("True", "是"), ("False", "否")],
        coerce=lambda value: value == "True", empty_value=None,
    )  # fmt: skip


class WithClasses(forms.Form):
    """A form whose ``class_group`` offers the classes that run now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ClassGroup.objects.running().select_related("major")
        self.fields["class_group"].queryset = rows  # type: ignore[attr-defined]


class ClassForm(WithClasses):
    class_group = forms.ModelChoiceField(label="转入班级", queryset=None, to_field_name="uid")
    on = forms.DateField(label="生效日期", initial=timezone.localdate)
    reason = forms.CharField(label="原因", max_length=300, required=False)


class MajorForm(ClassForm):
    reason = forms.CharField(label="原因", max_length=300, min_length=2)


class StatusForm(forms.Form):
    to = forms.ChoiceField(label="新状态", choices=Status.choices)
    on = forms.DateField(label="生效日期", initial=timezone.localdate)
    reason = forms.CharField(label="原因", max_length=300, required=False)
    document_no = forms.CharField(
        label="批准或备案文号", max_length=60, required=False, help_text="开除学籍、死亡必须填写。"
    )
    partner_school = forms.CharField(label="对方学校", max_length=100, required=False, help_text="转出必须填写。")


class PhotoForm(forms.Form):
    photo = forms.FileField(label="照片", help_text="近期正面免冠彩色证件照，JPG 或 PNG。")


class GuardianForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=60)
    relation = forms.ChoiceField(label="与学生关系", choices=[("", "（未填写）"), *Relation.choices], required=False)
    is_guardian = forms.BooleanField(label="是监护人", required=False, initial=True)
    phone = forms.CharField(label="联系电话", max_length=30, required=False)
    workplace = forms.CharField(label="工作或学习单位", max_length=100, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, min_length=2)
