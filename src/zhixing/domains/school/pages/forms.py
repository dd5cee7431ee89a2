"""Questions that a deed asks before it is done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from zhixing.kernel.people.models import User

from ..actions.institution import DEPARTMENT
from ..queries import departments


def colleagues() -> Any:
    """People with an account who belong to a department: no students, no guardians, nobody who has left."""
    return User.objects.filter(is_active=True, leaves_on=None, unit__kind=DEPARTMENT).order_by("name_keys", "pk")


class ColleagueField(forms.ModelChoiceField):
    """One colleague; who may be chosen is asked when the form is made, because rows need a tenant in scope."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=None, to_field_name="uid", **kwargs)

    def label_from_instance(self, user: Any) -> str:
        return f"{user.name}（{user.account}）"


class WithColleagues(forms.Form):
    """A form whose colleague fields offer today's colleagues."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, ColleagueField):
                field.queryset = colleagues()


class HeadForm(WithColleagues):
    head = ColleagueField(label="负责人", required=False, empty_label="（暂不指定）")


class TutorForm(WithColleagues):
    tutor = ColleagueField(label="新班主任", required=False, empty_label="（暂缺班主任）")
    since = forms.DateField(label="起始日期", initial=timezone.localdate, help_text="原班主任的权限到前一天为止。")
    reason = forms.CharField(label="原因", max_length=200, required=False)


class DayForm(forms.Form):
    on = forms.DateField(label="日期", initial=timezone.localdate)


class OfferForm(forms.Form):
    department = forms.ModelChoiceField(label="开办部门", queryset=None, to_field_name="uid")
    since = forms.IntegerField(label="首次招生年份", min_value=1950, max_value=2100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments()  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, required=False)
