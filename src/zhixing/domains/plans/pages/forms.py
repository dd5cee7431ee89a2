"""Forms of the plan's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from zhixing.kernel.people.models import Unit, User

from ..choices import NodeKind, PlanLevel
from ..models import Plan, PlanStage, Task

STAFFLESS = ("student", "guardian", "enterprise_mentor", "platform_operator")
NEW = "new"


def colleagues() -> Any:
    """Active accounts of the school's own people."""
    rows = User.objects.filter(is_active=True, leaves_on=None, assignments__isnull=False)
    return rows.exclude(assignments__role__code__in=STAFFLESS).distinct().order_by("name")


def open_units() -> Any:
    """Departments that exist today."""
    return Unit.objects.filter(kind="department", closed_on=None).order_by("position", "pk")


class RowsForm(forms.Form):
    """A form whose choices are rows of the school in scope: looked up when the form is made, not when it is read."""

    def choose(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows


class AssignForm(RowsForm):
    """Duties for one or many points; blank leaves what is there."""

    lead = forms.ModelChoiceField(queryset=None, required=False, label="牵头部门", empty_label="不修改")
    owner = forms.ModelChoiceField(queryset=None, required=False, label="责任人", empty_label="不修改")
    sponsor = forms.ModelChoiceField(queryset=None, required=False, label="责任领导", empty_label="不修改")
    start_date = forms.DateField(label="开始日期", required=False)
    due_date = forms.DateField(label="完成时限", required=False)
    stage = forms.ModelChoiceField(queryset=None, required=False, label="阶段", empty_label="不修改")
    expected_evidence = forms.CharField(label="预期成果/佐证材料", required=False, max_length=300)
    effect = forms.BooleanField(
        label="要素齐全的立即生效", required=False, initial=True, help_text="有牵头部门、责任人和完成时限才能生效。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("lead", open_units())
        self.choose("owner", colleagues())
        self.choose("sponsor", colleagues())
        self.choose("stage", PlanStage.objects.standing().select_related("plan").order_by("-plan", "no"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        start, due = given.get("start_date"), given.get("due_date")
        if start and due and due < start:
            raise ValidationError({"due_date": "完成时限不能早于开始日期。"})
        return given


class SupportForm(RowsForm):
    """The supporting departments of a point."""

    units = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="配合部门", widget=forms.CheckboxSelectMultiple,
        help_text="不选表示没有配合部门。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("units", open_units())


class HandOverForm(RowsForm):
    """Who takes the points over, and why."""

    to = forms.ModelChoiceField(queryset=None, label="接手人")
    reason = forms.CharField(label="移交原因", min_length=2, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("to", colleagues())


class HandInForm(forms.Form):
    """What proves that the point is done; evidence added before counts as well."""

    title = forms.CharField(label="佐证材料题名", required=False, max_length=200, help_text="不填时用文件名。")
    file = forms.FileField(label="佐证文件", required=False, help_text="已在“佐证材料”中添加过的，可以不再上传。")
    opinion = forms.CharField(
        label="完成情况说明", required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    """Why."""

    opinion = forms.CharField(label="理由", min_length=2, max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class RemarkForm(forms.Form):
    """A word with the acceptance, if wanted."""

    opinion = forms.CharField(
        label="验收意见", required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class EndForm(forms.Form):
    reason = forms.CharField(label="原因", min_length=2, max_length=200)


class YearForm(forms.Form):
    """Which year the letters are for."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = timezone.localdate().year


class ImportForm(forms.Form):
    """A document and what it is to become."""

    file = forms.FileField(label="方案文件", required=False, help_text="支持 .docx、.txt、.xlsx（任务分解表）。")
    text = forms.CharField(
        label="或粘贴方案全文", required=False, max_length=400_000, widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip
    into = forms.ChoiceField(label="导入为")
    level = forms.ChoiceField(
        label="方案级别", choices=PlanLevel.choices, initial=PlanLevel.SCHOOL, required=False,
        help_text="导入为新方案时有效。上级方案用于对照本校方案是否有遗漏。",
    )  # fmt: skip
    issuer = forms.CharField(label="制定单位", required=False, max_length=60, help_text="上级方案请填写制定单位。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        assert isinstance(field, forms.ChoiceField)
        plans = Plan.objects.exclude(state="ended").exclude(level=PlanLevel.NATIONAL).order_by("level", "-pk")
        later = [(str(plan.uid), f"“{plan.title}”的新版本") for plan in plans]
        field.choices = [(NEW, "新方案"), *later]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("file") and not (given.get("text") or "").strip():
            raise ValidationError("请选择方案文件，或粘贴方案全文。")
        if given.get("file") and (given.get("text") or "").strip():
            raise ValidationError("文件和粘贴的文字请只用一种。")
        return given


class NodeForm(forms.Form):
    """A node's own fields."""

    no = forms.IntegerField(label="序号", required=False, min_value=1, max_value=99_999)
    title = forms.CharField(label="标题", required=False, max_length=200)
    body = forms.CharField(label="正文", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}))
    from_date = forms.DateField(label="开始日期", required=False)
    to_date = forms.DateField(label="结束日期", required=False)


class AddNodeForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=NodeKind.choices, initial=NodeKind.POINT)
    title = forms.CharField(label="标题或要点内容", max_length=500)
    body = forms.CharField(label="正文", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}))


class AnswerForm(RowsForm):
    """Which tasks answer a parent's task, or why none does."""

    tasks = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="对应的本校任务", widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label="不纳入的理由", required=False, max_length=200, help_text="没有对应任务、也不打算纳入时填写。"
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Task.objects.standing().filter(action__plan=plan).order_by("action__no", "no")
        self.choose("tasks", rows)
