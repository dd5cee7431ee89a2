"""Work behind the page: what I asked for and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect

from ..jobs.models import Job, State
from .page import Page, Request, is_fragment
from .rendering import render

SHOWN = 50


class JobsPage(Page):
    path = "jobs/"
    name = "jobs.mine"
    title = "我的任务"
    template = "pages/jobs.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        return {"jobs": Job.objects.all().visible_to(request.user, "view").order_by("-pk")[:SHOWN]
                if request.user.grants.holds_everywhere("jobs.job.view")
                else Job.objects.filter(requested_by=request.user).order_by("-pk")[:SHOWN]}  # fmt: skip


class JobPage(Page):
    """One job: asked for by HTMX while it runs; a person who left comes back to the whole page."""

    path = "jobs/<uuid:uid>/"
    name = "jobs.one"
    title = "任务进度"
    template = "pages/jobs.html"

    def job(self, request: Request, uid: Any, action: str = "view") -> Job:
        found: Job | None = Job.objects.filter(uid=uid).first()
        whole = request.user.grants.holds_everywhere(f"jobs.job.{action}")
        if found is None or not (whole or found.requested_by_id == request.user.pk):
            raise Http404
        return found

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        job = self.job(request, kwargs["uid"])
        if is_fragment(request):
            response = render(request, "pages/_job.html", {"job": job})
            if job.state not in {State.WAITING, State.RUNNING}:
                response["HX-Trigger"] = "job-finished"
            return response
        return {"jobs": [job]}

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Ask the job to stop; it does at its next report. Who may only look at others' jobs may not stop them."""
        job = self.job(request, kwargs["uid"], "change")
        Job.objects.filter(pk=job.pk, state__in=[State.WAITING, State.RUNNING]).update(cancel_asked=True)
        return HttpResponseRedirect("/jobs/")
