"""One parent task: which tasks of the school answer it, or why it is not taken up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from zhixing.kernel.pages import Page, Request, render
from zhixing.kernel.pages.editing import blame
from zhixing.kernel.pages.forms import dress
from zhixing.kernel.pages.page import is_fragment

from .. import actions
from ..models import Plan, Task, TaskMatch
from .forms import AnswerForm


class AnswerPage(Page):
    path = "plans/plan/<uuid:uid>/answers/<uuid:asked>/"
    name = "plans.answer"
    title = "上级任务对照"
    model = Plan
    permission = "plans.plan.change"
    template = "plans/answer.html"

    def get(self, request: Request, uid: Any = None, asked: Any = None, **kwargs: Any) -> HttpResponse:
        plan, task = self.found(request, uid, asked)
        matches = list(TaskMatch.objects.filter(plan=plan, asked=task))
        initial = {
            "tasks": [match.task_id for match in matches if match.task_id],
            "reason": next((match.reason for match in matches if match.task_id is None), ""),
        }
        return self.asked(request, plan, task, AnswerForm(initial=initial, plan=plan))

    def post(self, request: Request, uid: Any = None, asked: Any = None, **kwargs: Any) -> HttpResponse:
        plan, task = self.found(request, uid, asked)
        form = AnswerForm(request.POST, plan=plan)
        if form.is_valid():
            try:
                actions.answer_with(
                    plan, task, tasks=list(form.cleaned_data["tasks"].select_related("action")), by=request.user,
                    at=timezone.now(), reason=form.cleaned_data["reason"],
                )  # fmt: skip
                return self.done(request, plan)
            except ValidationError as error:
                blame(form, error)
        return self.asked(request, plan, task, form, 422)

    def found(self, request: Request, uid: Any, asked: Any) -> tuple[Plan, Task]:
        plan = Plan.objects.all().visible_to(request.user, "change").filter(uid=uid).first()
        task = Task.objects.standing().filter(uid=asked, action__plan=plan.parent).first() if plan else None
        if plan is None or task is None or plan.parent_id is None:
            raise Http404
        return plan, task

    def asked(self, request: Request, plan: Plan, task: Task, form: AnswerForm, status: int = 200) -> HttpResponse:
        context: Mapping[str, Any] = {
            "title": f"上级任务：{task.title}", "page": self, "plan": plan, "task": task, "form": dress(form),
            "action": request.path,
        }  # fmt: skip
        template = "plans/_answer.html" if is_fragment(request) else self.template
        return render(request, template, dict(context), status)

    def done(self, request: Request, plan: Plan) -> HttpResponse:
        address = reverse("plans.plan.detail", args=[plan.uid])
        if is_fragment(request):
            answer = HttpResponse(status=204)
            answer["HX-Refresh"] = "true"
            return answer
        return HttpResponseRedirect(address)
