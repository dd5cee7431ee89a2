"""What people are asked before something is done."""

from __future__ import annotations

from typing import Any

from django import forms

from zhixing.kernel.people.models import Unit

from ..choices import Consent


def departments() -> Any:
    """Departments that exist today."""
    return Unit.objects.filter(kind="department", closed_on=None).order_by("position", "pk")


class OpinionForm(forms.Form):
    """A reason, for those concerned to read."""

    opinion = forms.CharField(label="意见", min_length=2, max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class ReplacedForm(forms.Form):
    """What has taken a policy's place."""

    replaced_by = forms.CharField(label="替代它的文件", max_length=120, help_text="文件名称和文号。")


class ConsentForm(forms.Form):
    """Whether those in a picture agreed."""

    consent = forms.ChoiceField(label="肖像同意", choices=Consent.choices)
    consent_note = forms.CharField(
        label="同意书存放处",
        max_length=100,
        required=False,
        help_text="有人脸且已取得同意的必填；未成年人由监护人签字。",
    )


class PictureForm(ConsentForm):
    """A picture with what must be known about it."""

    picture = forms.FileField(label="图片", help_text="JPG 或 PNG，20 MB 以内；拍摄地点等信息会自动去除。")
    caption = forms.CharField(label="图片说明", max_length=100)
    field_order = ("picture", "caption", "consent", "consent_note")


class TargetsForm(forms.Form):
    """Which departments should study."""

    units = forms.ModelMultipleChoiceField(
        label="学习部门", queryset=None, required=False, to_field_name="uid", widget=forms.CheckboxSelectMultiple,
        help_text="一个都不选，就是全校教职工。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["units"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = departments()
