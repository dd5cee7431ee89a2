"""The verification centre, and the rules that a school writes for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from ..base.records import DataClass
from ..checks.models import OwnRule
from ..checks.severity import Severity
from ..jobs.models import Job, State
from ..jobs.queue import enqueue
from ..rosters.primitives import PRIMITIVES
from ..rosters.shelf import rosters
from ..sheets.overview import rule_lines, trends
from ..sheets.own_rules import switch_off, switch_on, write_rule
from ..sheets.trying import ask_to_try, sheet_of_roster
from . import Menu, Page, Request

CENTRE = "checks.verificationrun.view"
RUN = "checks.verificationrun.add"
KEY = "verify:all"
LIVE = (State.WAITING, State.RUNNING)


def live_run() -> Job | None:
    """A verification that is under way now."""
    found: Job | None = Job.objects.filter(kind="checks.verify_all", state__in=LIVE).order_by("-pk").first()
    return found


class Centre(Page):
    path = "verification/"
    name = "checks.centre"
    title = "核查中心"
    menu = Menu("学生", "核查中心", "shield-check", 20)
    permission = CENTRE
    template = "checks/centre.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        lines = rule_lines(request.user)
        found = [line for line in lines if line.present or line.gone or line.in_work]
        return {
            "work": live_run(),
            "trends": (told := trends()),
            "last": max((trend.last for trend in told), key=lambda run: run.at, default=None),
            "seen": sum(trend.last.row_count for trend in told),
            "found": found,
            "clean": [line for line in lines if line not in found],
            "present": sum(line.present for line in lines),
            "errors": sum(line.present for line in lines if line.severity == "error"),
            "to_hand_out": sum(line.to_hand_out for line in lines),
            "in_work": sum(line.in_work for line in lines),
            "gone": sum(line.gone for line in lines),
            "book": reverse("checks.finding.list"),
            "may_run": request.user.holds(RUN),
            "may_assign": request.user.holds("checks.finding.assign"),
            "may_write": request.user.holds("checks.ownrule.view"),
            "message": "",
        }


class RunNow(Page):
    """Ask for a verification of everything; a second asking while one is under way changes nothing."""

    path = "verification/run/"
    name = "checks.run"
    permission = RUN
    methods = ("POST",)

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        if live_run() is None:
            enqueue("checks.verify_all", "核查全部记录", by=request.user, key=KEY)
        return redirect("checks.centre")


class OwnRuleForm(forms.Form):
    """What a school says of a rule."""

    roster = forms.ChoiceField(label="适用名册")
    title = forms.CharField(label="名称", max_length=120, help_text="说出哪里不对，如“走读生没有填联系电话”。")
    severity = forms.ChoiceField(label="严重程度", choices=Severity.choices, initial=Severity.WARNING)
    condition = forms.CharField(
        label="判定式", widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "form-control code"}),
        max_length=4000, help_text="写出“什么样的行有问题”。点右侧的列名和函数可以插入。",
    )  # fmt: skip
    column = forms.ChoiceField(label="问题记在哪一列", required=False)
    basis = forms.CharField(
        label="依据", max_length=300, required=False, help_text="文件名称和条款；不填则记为“本校规定”。"
    )
    remedy = forms.CharField(label="整改办法", max_length=400, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usable = [roster for roster in rosters if sheet_of_roster(roster.code) is not None]
        for name, choices in (
            ("roster", [(roster.code, roster.title) for roster in usable]),
            ("column", [("", "按判定式自动确定"), *((n, c.title) for r in usable for n, c in r.columns().items())]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        for field in self.fields.values():
            kind = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs.setdefault("class", kind)


def words_to_use() -> dict[str, Any]:
    """The columns and functions that a condition may name, with what they mean."""
    columns = []
    for roster in rosters:
        kind = sheet_of_roster(roster.code)
        if kind is None:
            continue
        sets = kind.codes().sets
        for name, column in roster.columns().items():
            titles = getattr(sets.get(column.code_set), "titles", ()) if column.code_set else ()
            columns.append((name, column.title, "、".join(titles[:3])))
    functions = [(each.name, each.title, len(each.takes)) for each in PRIMITIVES.values() if each.title]
    return {"columns": columns, "functions": functions}


EXAMPLES = (
    ("住校生没有填宿舍楼所在教学点", "attendance_kind = '住校' and blank(teaching_point)"),
    ("未成年学生没有家长电话", "not blank(birth_date) and blank(guardian_phone)"),
    ("姓名超过四个字，请核对", "length(name) > 4"),
)


class OwnRules(Page):
    path = "verification/own/"
    name = "checks.own_rules"
    title = "自定规则"
    menu = Menu("学生", "自定规则", "writing", 30)
    permission = "checks.ownrule.view"
    template = "checks/own_rules.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        rules = (
            OwnRule.objects.all().visible_to(request.user).select_related("written_by").order_by("-is_active", "-pk")
        )
        return {"rules": list(rules), "may_add": request.user.holds("checks.ownrule.add"), "message": ""}


class OwnRuleAdd(Page):
    path = "verification/own/add/"
    name = "checks.own_rule_add"
    title = "新写一条规则"
    permission = "checks.ownrule.add"
    template = "checks/own_rule.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        return self._shown(OwnRuleForm())

    def _shown(self, form: OwnRuleForm) -> dict[str, Any]:
        nothing: dict[str, Any] = {"rule": None, "job": None, "trial": None, "offenders": []}
        rights = {"may_change": True, "may_switch": False}
        return {"form": form, "examples": EXAMPLES, "message": "", **nothing, **rights, **words_to_use()}

    def post(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        form = OwnRuleForm(request.POST)
        row = saved(form, request)
        return redirect("checks.own_rule", row.uid) if row is not None else self._shown(form)


def saved(form: OwnRuleForm, request: Request, row: OwnRule | None = None) -> OwnRule | None:
    """The rule as kept, or None with the faults on the form."""
    if not form.is_valid():
        return None
    try:
        return write_rule(form.cleaned_data, by=request.user, at=timezone.now(), row=row)
    except ValidationError as problem:
        form.add_error(None, problem)
        return None


class OwnRulePage(Page):
    """One rule: its words, what a trial found, the switch."""

    path = "verification/own/<uuid:uid>/"
    name = "checks.own_rule"
    permission = "checks.ownrule.view"
    data_class = DataClass.PERSONAL
    template = "checks/own_rule.html"
    methods = ("GET", "HEAD", "POST")

    def _rule(self, request: Request, uid: Any, action: str) -> OwnRule:
        rule: OwnRule | None = OwnRule.objects.all().visible_to(request.user, action).filter(uid=uid).first()
        if rule is None:
            raise Http404
        return rule

    def get(self, request: Request, uid: Any = None, **kwargs: Any) -> Mapping[str, Any]:
        rule = self._rule(request, uid, "view")
        initial = {name: getattr(rule, name) for name in OwnRuleForm.base_fields}
        return self._shown(request, rule, OwnRuleForm(initial=initial))

    def _shown(self, request: Request, rule: OwnRule, form: OwnRuleForm, fault: str = "") -> dict[str, Any]:
        job = Job.objects.filter(kind="checks.try_rule", arguments__rule=str(rule.uid)).order_by("-pk").first()
        trial = job.result if job and job.state == State.DONE and job.result.get("version") == rule.version else None
        return {
            "title": rule.title,
            "rule": rule,
            "form": form,
            "job": job if job and job.state in (*LIVE, State.FAILED) else None,
            "trial": trial,
            "offenders": self._offenders(request, rule, trial),
            "may_change": request.user.holds("checks.ownrule.change"),
            "may_switch": request.user.holds("checks.ownrule.activate"),
            "examples": EXAMPLES,
            "message": fault,
            "message_kind": "fault",
            **words_to_use(),
        }

    def _offenders(self, request: Request, rule: OwnRule, trial: dict[str, Any] | None) -> list[Any]:
        kind = sheet_of_roster(rule.roster)
        if kind is None or not trial:
            return []
        rows = kind.model._default_manager.all().visible_to(request.user, "view").filter(uid__in=trial["uids"])
        return list(rows.select_related(*getattr(kind, "select", ())))

    def post(self, request: Request, uid: Any = None, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        deed = request.POST.get("deed", "save")
        action = {"save": "change", "try": "change", "on": "activate", "off": "activate"}.get(deed)
        if action is None:
            raise Http404
        rule = self._rule(request, uid, action)
        now = timezone.now()
        form = OwnRuleForm(request.POST if deed == "save" else None)
        try:
            if deed == "save":
                if saved(form, request, rule) is None:
                    return self._shown(request, rule, form)
            elif deed == "try":
                ask_to_try(rule, by=request.user, at=now)
            elif deed == "on":
                switch_on(rule, by=request.user, at=now)
            else:
                switch_off(rule, by=request.user, at=now)
        except ValidationError as problem:
            initial = {name: getattr(rule, name) for name in OwnRuleForm.base_fields}
            return self._shown(request, rule, OwnRuleForm(initial=initial), "；".join(problem.messages))
        return redirect("checks.own_rule", rule.uid)
