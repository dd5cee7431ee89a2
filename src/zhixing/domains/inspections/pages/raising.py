"""The one deed by which anything of this app puts a finding on the book."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms

from zhixing.kernel.checks import Severity
from zhixing.kernel.pages import Deed
from zhixing.kernel.people.models import Unit, User

from ..actions import raise_from


class FaultForm(forms.Form):
    """What is wrong, and whose it is to mend."""

    title = forms.CharField(label="问题", max_length=120, help_text="一句话写清楚问题。")
    message = forms.CharField(label="具体情况", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    severity = forms.ChoiceField(label="严重程度", choices=Severity.choices, initial=Severity.ERROR)
    unit = forms.ModelChoiceField(
        label="责任部门或班级", queryset=None, required=False, to_field_name="uid",
        empty_label="（被检查的部门）", help_text="不选时为被检查的部门。",
    )  # fmt: skip
    basis = forms.CharField(label="依据条款", max_length=300, required=False)
    remedy = forms.CharField(label="整改要求", max_length=400, required=False)
    photo = forms.FileField(label="现场照片或材料", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Unit.objects.order_by("path")


def _raise(row: Any, *, by: User, at: datetime, **values: Any) -> str:
    finding = raise_from(row, by=by, at=at, **values)
    return f"已登记问题“{finding.title}”，可到“问题台账”交办。"


def raise_deed(label: str, *, when: Callable[[Any], bool] | None = None) -> Deed:
    """登记问题 on records of the model ``label``."""
    return Deed(
        "raise", "登记问题", _raise, permission=f"{label}.raise", form=FaultForm, icon="alert-triangle", when=when,
        many=False,
    )  # fmt: skip
