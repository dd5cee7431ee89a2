"""What people are asked before something is done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from markupsafe import Markup

from zhixing.kernel.people.models import Unit, User

from ..choices import DecisionState, Mark, SourceKind, TopicKind

OUTSIDERS = ("student", "guardian", "enterprise_mentor")
AREA = forms.Textarea(attrs={"rows": 3})
SHORT_AREA = forms.Textarea(attrs={"rows": 2})


def colleagues() -> Any:
    """People of the school who hold an office, by name."""
    held = User.objects.filter(is_active=True, assignments__isnull=False)
    return held.exclude(assignments__role__code__in=OUTSIDERS).distinct().order_by("name_keys", "pk")


def units() -> Any:
    """Departments that exist today."""
    return Unit.objects.filter(kind="department", closed_on=None).order_by("position", "pk")


class LightSelect(forms.Select):
    """A select whose options are written in one go: a school has a hundred colleagues in each of several selects."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, Markup(" selected") if str(key) == chosen else "", label) for key, label in self.choices),
        )
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})})), options
        )


class Asking(forms.Form):
    """A form whose choices are looked up when it is shown: people under ``people``, units under ``places``."""

    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for names, rows in ((self.people, colleagues), (self.places, units)):
            offered = [(row.pk, str(row)) for row in rows()] if names else []
            for name in names:
                field = self._field(name)
                field.queryset = rows()
                blank = [("", field.empty_label)] if field.empty_label is not None else []
                field.widget.choices = [*blank, *offered]

    def _field(self, name: str) -> forms.ModelChoiceField[Any]:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        return field


def person(label: str, *, required: bool = True, help_text: str = "", empty: str = "请选择") -> Any:
    return forms.ModelChoiceField(
        queryset=None, label=label, required=required, help_text=help_text, empty_label=empty, widget=LightSelect
    )


def unit(label: str, *, required: bool = True) -> Any:
    return forms.ModelChoiceField(
        queryset=None, label=label, required=required, empty_label="请选择", widget=LightSelect
    )


class BeginForm(Asking):
    """立项."""

    people = ("owner", "sponsor", "instructed_by")
    places = ("lead", "supports")

    subject = forms.CharField(label="督办事项", max_length=120)
    demand = forms.CharField(
        label="办理要求", max_length=1000, widget=AREA, help_text="要办成什么、办到什么程度、交什么材料。"
    )
    source_kind = forms.ChoiceField(label="来源", choices=SourceKind.choices)
    source_label = forms.CharField(label="来源说明", required=False, max_length=200, help_text="如会议名称、批示出处。")
    instructed_by = person("批示领导", required=False)
    instruction = forms.CharField(label="领导批示", required=False, max_length=400, widget=SHORT_AREA)
    lead = unit("牵头部门")
    owner = person("责任人", required=False, empty="牵头部门负责人")
    supports = forms.ModelMultipleChoiceField(
        queryset=None, label="协办部门", required=False, widget=forms.CheckboxSelectMultiple
    )
    sponsor = person("责任领导", required=False, help_text="黄红牌抄送给他。")
    due_date = forms.DateField(label="办结时限")
    feedback_asked = forms.CharField(label="反馈要求", required=False, max_length=200)


class SupportsForm(Asking):
    places = ("units",)

    units = forms.ModelMultipleChoiceField(
        queryset=None, label="协办部门", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="按现在勾选的为准；协办部门能看到督办单，由牵头部门统一反馈。",
    )  # fmt: skip


class ReassignForm(Asking):
    people = ("owner",)

    owner = person("新责任人")
    reason = forms.CharField(label="改派原因", min_length=2, max_length=200)


class AnswerForm(forms.Form):
    """反馈并申请办结."""

    progress = forms.CharField(label="办理情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    result = forms.CharField(label="办理结果", required=False, max_length=1000, widget=SHORT_AREA)
    unfinished = forms.CharField(label="未完成事项及原因", required=False, max_length=400)
    proof = forms.FileField(label="佐证材料", required=False, help_text="更多材料可在“佐证材料”中添加。")
    proof_title = forms.CharField(label="材料题名", required=False, max_length=200)


class ProgressForm(forms.Form):
    """进展 while work goes on."""

    progress = forms.CharField(label="进展情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    unfinished = forms.CharField(label="困难或未完成的原因", required=False, max_length=400)
    proof = forms.FileField(label="佐证材料", required=False)


class SettleForm(forms.Form):
    """审核办结."""

    mark = forms.ChoiceField(label="评定", choices=Mark.choices, widget=forms.RadioSelect, initial=Mark.GOOD)
    note = forms.CharField(
        label="审核意见", required=False, max_length=400, widget=SHORT_AREA,
        help_text="没有佐证材料的，须说明理由。",
    )  # fmt: skip


class OpinionForm(forms.Form):
    """Why."""

    opinion = forms.CharField(label="理由", min_length=2, max_length=400, widget=SHORT_AREA)


class ArchiveForm(forms.Form):
    archive_class = forms.CharField(
        label="归档类别", required=False, max_length=20, help_text="不填时按来源归类，如“会议决定”。"
    )


class RemindForm(forms.Form):
    text = forms.CharField(
        label="催办内容", required=False, max_length=300, widget=SHORT_AREA, help_text="不填时按逾期情况自动写。"
    )


class ExtensionForm(forms.Form):
    """延期申请."""

    asked_due_date = forms.DateField(label="申请延至")
    reason = forms.CharField(label="延期原因", min_length=4, max_length=400, widget=SHORT_AREA)
    progress = forms.CharField(label="已有进展", min_length=4, max_length=400, widget=SHORT_AREA)


class DecideForm(forms.Form):
    """延期审批."""

    granted = forms.TypedChoiceField(
        label="审批结论", choices=(("1", "同意延期"), ("0", "不同意")), coerce=lambda value: value == "1",
        widget=forms.RadioSelect, initial="1",
    )  # fmt: skip
    opinion = forms.CharField(
        label="审批意见", required=False, max_length=400, widget=SHORT_AREA, help_text="不同意的，须写明理由。"
    )


class RefuseForm(forms.Form):
    opinion = forms.CharField(label="不同意的理由", min_length=2, max_length=400, widget=SHORT_AREA)


class ProblemForm(forms.Form):
    """A problem told in a monthly report."""

    text = forms.CharField(label="存在问题", min_length=4, max_length=400, widget=SHORT_AREA)
    cause = forms.CharField(label="原因", required=False, max_length=300)


class HoldForm(forms.Form):
    note = forms.CharField(
        label="未达法定人数仍开会的理由", required=False, max_length=200,
        help_text="达到法定人数的不用填。",
    )  # fmt: skip


class InviteForm(Asking):
    """Who is expected, who sits in."""

    people = ("members", "guests")

    members = forms.ModelMultipleChoiceField(queryset=None, label="应到人员", widget=forms.CheckboxSelectMultiple)
    guests = forms.ModelMultipleChoiceField(
        queryset=None, label="列席人员", required=False, widget=forms.CheckboxSelectMultiple
    )


class TopicForm(Asking):
    """提交议题."""

    places = ("unit",)

    title = forms.CharField(label="议题", max_length=120)
    kind = forms.ChoiceField(label="类别", choices=TopicKind.choices, initial=TopicKind.BUSINESS)
    brief = forms.CharField(label="提请研究的内容", required=False, max_length=1000, widget=AREA)
    unit = forms.ModelChoiceField(queryset=None, label="提出部门", required=False, empty_label="本人所在部门")
    guests = forms.CharField(label="列席人员", required=False, max_length=120)
    minutes_needed = forms.IntegerField(label="预计用时（分钟）", initial=15, min_value=1, max_value=240)
    papers = forms.FileField(label="议题材料", required=False)


class DecisionForm(Asking):
    """记录决议."""

    people = ("owner",)
    places = ("lead",)

    text = forms.CharField(label="决议内容", min_length=2, max_length=400, widget=SHORT_AREA)
    lead = unit("承办部门", required=False)
    owner = person("责任人", required=False, empty="承办部门负责人")
    due_date = forms.DateField(label="时限", required=False)


class SettleDecisionForm(forms.Form):
    state = forms.ChoiceField(
        label="落实情况", choices=[(s.value, s.label) for s in (DecisionState.FULFILLED, DecisionState.VOID)],
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = forms.CharField(label="依据", min_length=2, max_length=300, widget=SHORT_AREA)


class TopicReplyForm(forms.Form):
    reply = forms.CharField(label="理由", min_length=2, max_length=200, widget=SHORT_AREA)
