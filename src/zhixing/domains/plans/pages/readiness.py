"""逐项过关 and 查漏补缺: how each point of each task stands, and what lacks; the evidence index and its bundle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from zhixing.kernel.pages import Menu, Request
from zhixing.kernel.pages.bundling import ask_bundle
from zhixing.kernel.papers import to_docx
from zhixing.kernel.papers.issuing import school_in_scope
from zhixing.kernel.people.models import Unit

from ..choices import PlanState
from ..models import Action, Plan
from ..papers.proofs import index_letter
from ..queries import points_of
from ..queries.proof_index import boxes, catalogue
from ..queries.readiness import VERDICTS, readiness, told
from .views import PlanPage

COLOURS = {"done": "green", "part": "amber", "none": "red"}


class ScopedPage(PlanPage):
    """A page about the plan or a part of it: one action, one leading department."""

    abstract = True
    permission = "plans.workpoint.view"

    def running(self) -> Plan | None:
        plan = self.plan()
        return None if plan is None or plan.state == PlanState.DRAFT else plan

    def scope(self, request: Request, plan: Plan) -> dict[str, Any]:
        """What the address narrows to, with the choices of the two selects; 404 for what isn't among them."""
        points = points_of(plan, request.user)
        actions = list(Action.objects.standing().filter(plan=plan).order_by("no"))
        units = list(Unit.objects.filter(pk__in=points.order_by().values("lead")).order_by("position", "pk"))
        asked = request.POST if request.method == "POST" else request.GET
        chosen = {}
        for name, rows in (("action", actions), ("lead", units)):
            wanted = asked.get(name, "")
            found = next((one for one in rows if str(one.uid) == wanted), None)
            if wanted and found is None:
                raise Http404
            chosen[name] = found
        return {"actions": actions, "units": units, "action": chosen["action"], "unit": chosen["lead"]}


class ReadinessPage(ScopedPage):
    path = "plans/readiness/"
    name = "plans.readiness"
    title = "逐项过关"
    menu = Menu("提升计划", "逐项过关", "list-check", 49)
    template = "plans/stage_readiness.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        plan = self.running()
        if plan is None:
            return {"plan": None}
        scope = self.scope(request, plan)
        gaps = request.GET.get("show") == "gaps"
        found = readiness(plan, request.user, action=scope["action"], unit=scope["unit"])
        return {
            **self.usual(request), **scope, "plan": plan, "sheet": found, "counts": found.counts,
            "verdicts": VERDICTS, "verdict_colours": COLOURS, "gaps": found.gaps, "show_gaps": gaps,
            "told": told,
            "may_print": request.user.holds("plans.stagesnapshot.view"),
        }  # fmt: skip


class ProofIndexPage(ScopedPage):
    """佐证材料目录: by action, task and point, with what is missing; packed at one click."""

    path = "plans/evidence/"
    name = "plans.evidence"
    title = "佐证材料目录"
    menu = Menu("提升计划", "佐证材料目录", "archive", 51)
    template = "plans/stage_proofs.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        plan = self.running()
        return {"plan": None} if plan is None else self.shown(request, plan)

    def shown(self, request: Request, plan: Plan, fault: str = "") -> Mapping[str, Any]:
        scope = self.scope(request, plan)
        found = boxes(plan, request.user, action=scope["action"], unit=scope["unit"])
        pieces = [use for box in found for use in box.pieces]
        return {
            **self.usual(request), **scope, "plan": plan, "boxes": found, "piece_count": len(pieces),
            "missing": sum(box.missing for box in found),
            "waiting": sum(use.accepted_at is None for use in pieces),
            "may_print": request.user.holds("plans.stagesnapshot.view"),
            "sees_evidence": request.user.holds("files.evidence.view"),
            **({"message": fault, "message_kind": "fault"} if fault else {}),
        }  # fmt: skip

    def post(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        """Pack what is shown; the job packs only what the asker may see when it runs."""
        plan = self.running()
        if plan is None:
            raise Http404
        scope = self.scope(request, plan)
        found = boxes(plan, request.user, action=scope["action"], unit=scope["unit"])
        named = "".join(f"（{one}）" for one in (scope["action"], scope["unit"]) if one is not None)
        title = f"{plan.title}佐证材料{named}"[:100]
        at = timezone.now()
        try:
            letter = index_letter(f"{title}目录", found, timezone.localdate(at), school_in_scope())
            index = to_docx(letter, at)
            job = ask_bundle(title=title, catalogue=catalogue(found), index_docx=index, by=request.user, at=at)
        except ValidationError as error:
            return self.shown(request, plan, "；".join(error.messages))
        return redirect("jobs.one", uid=job.uid)
