"""Public appraisals and their results by question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from zhixing.kernel.pages import Column, Deed, DetailPage, EditPage, Facts, ListPage, Menu, Request, Tab
from zhixing.kernel.people.models import Unit, User

from ..actions import add_appraisal, add_appraisal_item, change_appraisal
from ..models import AppraisalItem, PublicAppraisal
from .raising import raise_deed

FIELDS = ("title", "audience", "on", "way", "issued_count", "returned_count", "valid_count", "least_valid_count")


class ItemForm(forms.Form):
    """One question and how it was answered."""

    question = forms.CharField(label="评议项目", max_length=200)
    unit = forms.ModelChoiceField(
        label="责任部门", queryset=None, required=False, to_field_name="uid", empty_label="（全校）"
    )  # fmt: skip
    satisfied_count = forms.IntegerField(label="满意（份）", min_value=0)
    fair_count = forms.IntegerField(label="基本满意（份）", min_value=0, initial=0)
    dissatisfied_count = forms.IntegerField(label="不满意（份）", min_value=0, initial=0)
    opinions = forms.CharField(label="意见摘要", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Unit.objects.of_kind("department").order_by("path")


def _add_item(row: PublicAppraisal, *, by: User, at: datetime, **values: Any) -> None:
    add_appraisal_item(row, by=by, at=at, **values)


class AppraisalList(ListPage):
    model = PublicAppraisal
    title = "群众评议"
    menu = Menu("检查整改", "群众评议", "message-star", 64)
    columns = (
        Column("title", link=True), Column("audience"), Column("on"), Column("way", default=False),
        Column("issued_count", numeric=True), Column("returned_count", numeric=True),
        Column("valid_count", numeric=True),
    )  # fmt: skip
    filters = ("audience", "on")
    search = ("title",)
    order = ("-on",)
    primary = "add"
    empty = "还没有群众评议。问卷或座谈后点“新增”登记结果。"


class AppraisalDetail(DetailPage):
    model = PublicAppraisal
    facts = (Facts("评议", FIELDS),)
    deeds = (
        Deed(
            "item", "登记评议结果", _add_item, permission="inspections.publicappraisal.change", form=ItemForm,
            icon="plus", many=False,
        ),
        raise_deed("inspections.publicappraisal"),
    )  # fmt: skip
    tabs = ("findings", "evidence", "trail")


class AppraisalItemsTab(Tab):
    on = PublicAppraisal
    title = "评议结果"
    order = 1
    template = "inspections/_appraisal_items.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        items = AppraisalItem.objects.filter(appraisal=row).select_related("unit")
        return {"items": items, "enough": row.valid_count >= row.least_valid_count}


class AppraisalEdit(EditPage):
    model = PublicAppraisal
    groups = (Facts("评议", FIELDS),)
    create = add_appraisal
    change = change_appraisal
