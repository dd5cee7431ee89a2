"""Standards: every threshold that a rule asks for, where it comes from, how sure it is, and who changed it why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from ..standards.edits import KINDS, end_standard, kind_of, plain_of, set_standard, shown
from ..standards.in_force import school_standards, shipped_standards
from ..standards.models import StandardOverride
from ..standards.standards import Standard, StandardError
from ..trail.models import AuditEvent
from . import Menu, Page, Request

VIEW = "standards.standardoverride.view"
CHANGE = "standards.standardoverride.change"
DATE = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")


class StandardForm(forms.Form):
    """A value of the standard's own kind, from when to when, on whose word, and why."""

    low = forms.DecimalField(label="下限", required=False)
    high = forms.DecimalField(label="上限", required=False)
    number = forms.DecimalField(label="数值", required=False)
    text = forms.CharField(label="内容", required=False, max_length=200)
    list = forms.CharField(
        label="列表", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text="每行一个。"
    )
    valid_from = forms.DateField(label="生效日期", widget=DATE)
    valid_to = forms.DateField(label="失效日期", required=False, widget=DATE, help_text="不填为长期有效。")
    source = forms.CharField(label="依据", max_length=200, help_text="文件名称、文号，或学校哪次会议的决定。")
    reason = forms.CharField(label="修改原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    NEEDED = {"number": ("number",), "range": ("low", "high"), "list": ("list",), "text": ("text",)}

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        needed = self.NEEDED[kind]
        for name in ("low", "high", "number", "text", "list"):
            if name in needed:
                self.fields[name].required = True
            else:
                del self.fields[name]
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-control")

    def plain(self) -> Any:
        """The value as JSON keeps it."""
        given = self.cleaned_data
        if self.kind == "range":
            return {"low": _number(given["low"]), "high": _number(given["high"])}
        if self.kind == "list":
            items = [line.strip() for line in given["list"].splitlines() if line.strip()]
            return [_number(item) if _is_number(item) else item for item in items]
        return _number(given["number"]) if self.kind == "number" else given["text"]


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and text.isascii()


def _number(value: Any) -> int | float:
    number = float(value)
    return int(number) if number == int(number) else number


def initial_of(standard: Standard) -> dict[str, Any]:
    """The form filled with the value now in force."""
    plain = plain_of(standard.value)
    kind = kind_of(standard.value)
    if kind == "range":
        return dict(plain)
    return {kind: "\n".join(str(item) for item in plain) if kind == "list" else plain}


class StandardList(Page):
    path = "standards/"
    name = "standards.list"
    title = "标准"
    menu = Menu("制度", "核查标准", "ruler-measure", 60)
    permission = VIEW
    template = "standards/list.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        standards, today = school_standards(), timezone.localdate()
        overrides = {(row.name, row.valid_from): row for row in StandardOverride.objects.select_related("changed_by")}
        lines: list[dict[str, Any]] = []
        for name in standards.names:
            versions = standards.versions(name)
            try:
                now: Standard | None = standards.standard(name, today)
            except StandardError:
                now = None
            own = overrides.get((name, now.valid_from)) if now is not None and now.valid_from else None
            told = now or versions[0]
            lines.append(
                {"name": name, "standard": told, "in_force": now is not None, "value": shown(told), "own": own,
                 "versions": len(versions)}
            )  # fmt: skip
        return {
            "lines": lines,
            "unverified": sum(line["standard"].is_memory for line in lines),
            "own_count": sum(line["own"] is not None for line in lines),
            "message": "",
        }


class StandardPage(Page):
    path = "standards/<slug:standard>/"
    name = "standards.standard"
    permission = VIEW
    template = "standards/standard.html"
    methods = ("GET", "HEAD", "POST")

    def get(self, request: Request, standard: str = "", **kwargs: Any) -> Mapping[str, Any]:
        return self._shown(request, standard)

    def _shown(self, request: Request, name: str, form: StandardForm | None = None, fault: str = "") -> dict[str, Any]:
        standards, today = school_standards(), timezone.localdate()
        if name not in standards.names:
            raise Http404
        versions = standards.versions(name)
        now = next((each for each in versions if each.holds_on(today)), versions[0])
        rows = list(StandardOverride.objects.filter(name=name).select_related("changed_by").order_by("-valid_from"))
        uids = [row.uid for row in rows]
        events = AuditEvent.objects.filter(object_type="standards.standardoverride", object_uid__in=uids).order_by(
            "-at"
        )
        kind = kind_of(now.value)
        return {
            "title": now.title,
            "name": name,
            "now": now,
            "in_force": now.holds_on(today),
            "is_own": now not in shipped_standards().versions(name),
            "value": shown(now),
            "kind": KINDS[kind],
            "shipped": [(each, shown(each)) for each in shipped_standards().versions(name)],
            "own": [(row, self._told(row)) for row in rows],
            "events": list(events[:50]),
            "form": form or StandardForm(kind, initial=initial_of(now) | {"valid_from": today}),
            "may_change": request.user.holds(CHANGE),
            "today": today,
            "message": fault,
            "message_kind": "fault",
        }

    def _told(self, row: StandardOverride) -> str:
        edited = shipped_standards().edit(row.name, row.value, source=row.source)
        return shown(edited)

    def post(self, request: Request, standard: str = "", **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        if not request.user.holds(CHANGE):
            raise Http404
        if standard not in shipped_standards().names:
            raise Http404
        now = timezone.now()
        if uid := request.POST.get("end"):
            row = (
                StandardOverride.objects.all().visible_to(request.user, "change").filter(uid=uid, name=standard).first()
            )
            if row is None:
                raise Http404
            try:
                end_standard(row, by=request.user, at=now, reason=request.POST.get("reason", ""))
            except ValidationError as problem:
                return self._shown(request, standard, fault="；".join(problem.messages))
            return redirect("standards.standard", standard)
        form = StandardForm(kind_of(shipped_standards().versions(standard)[0].value), request.POST)
        if form.is_valid():
            try:
                given = {name: form.cleaned_data[name] for name in ("valid_from", "valid_to", "source", "reason")}
                set_standard(standard, form.plain(), by=request.user, at=now, **given)
                return redirect("standards.standard", standard)
            except ValidationError as problem:
                for name, told in getattr(problem, "error_dict", {"": problem.error_list}).items():
                    form.add_error(name if name in form.fields else None, told)
        return self._shown(request, standard, form)
