"""From a document to a plan: import, review side by side, changes against the plan in effect, taking effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from zhixing.kernel.base.records import EditConflict
from zhixing.kernel.pages import Page, Request, render
from zhixing.kernel.pages.forms import dress
from zhixing.kernel.pages.page import is_fragment

from .. import actions
from ..choices import NodeKind, VersionState
from ..models import DraftNode, Plan, PlanVersion
from ..queries.comparison import WORDS, compare
from ..queries.drafts import flaws
from .forms import NEW, ImportForm
from .incoming import read_upload

EXPECTED = (ValidationError, EditConflict)
SIMPLE = {
    "up": lambda node, **given: actions.shift(node, by=-1, **given),
    "down": lambda node, **given: actions.shift(node, by=1, **given),
    "merge": actions.merge,
    "remove": actions.remove,
    "renumber": actions.renumber,
}
"""Acts that ask nothing further."""


class ImportPage(Page):
    path = "plans/import/"
    name = "plans.import"
    title = "导入方案"
    permission = "plans.planversion.add"
    template = "plans/import.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        into = request.GET.get("into", NEW)
        return {"form": dress(ImportForm(initial={"into": into})), "plans_url": reverse("plans.plan.list")}

    def post(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        form = ImportForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                version = read_upload(form.cleaned_data, by=request.user, at=timezone.now())
                return HttpResponseRedirect(reverse("plans.review", args=[version.uid]))
            except ValidationError as error:
                form.add_error(None, error)
        context = {"title": self.title, "page": self, "form": dress(form), "plans_url": reverse("plans.plan.list")}
        return render(request, self.template, context, 422)


class VersionPage(Page):
    """What the pages about one version share."""

    abstract = True
    model = PlanVersion
    permission = "plans.planversion.view"

    def version(self, request: Request, uid: Any, action: str = "view") -> PlanVersion:
        rows = PlanVersion.objects.all().visible_to(request.user, action).select_related("plan", "read_by", "file")
        found: PlanVersion | None = rows.filter(uid=uid).first()
        if found is None:
            raise Http404
        return found


def tree_context(request: Request, version: PlanVersion, fault: str = "", said: str = "") -> dict[str, Any]:
    """What the fragment _tree.html needs; a constant number of queries."""
    nodes = list(version.standing_nodes)
    under: dict[int | None, list[DraftNode]] = {}
    for node in nodes:
        under.setdefault(node.parent_id, []).append(node)
    found = flaws(version) if version.state == VersionState.REVIEWING else []
    reviewing = version.state == VersionState.REVIEWING
    last = version.steps.filter(undone_at=None).select_related("by").order_by("-pk").first()
    holds = request.user.holds
    counts = {kind.label: sum(node.kind == kind for node in nodes) for kind in NodeKind}
    return {
        "version": version, "plan": version.plan, "under": under, "flaws": found,
        "faulty": {flaw.node.pk for flaw in found if flaw.node}, "counts": {k: n for k, n in counts.items() if n},
        "may_change": reviewing and holds("plans.planversion.change"),
        "may_effect": reviewing and holds("plans.planversion.take_effect"),
        "last": last, "seen": actions.last_step(version), "fault": fault, "said": said, "kinds": NodeKind.choices,
        "has_before": version.plan.state == "effective",
    }  # fmt: skip


class ReviewPage(VersionPage):
    """Source and tree side by side."""

    path = "plans/review/<uuid:uid>/"
    name = "plans.review"
    title = "校对方案"
    template = "plans/review.html"

    def get(self, request: Request, uid: Any = None, **kwargs: Any) -> Mapping[str, Any]:
        version = self.version(request, uid)
        warned = {one["line"] for one in version.warnings}
        return {
            **tree_context(request, version), "title": f"校对：{version.plan.title}", "lines": version.lines,
            "warned": warned,
        }  # fmt: skip


class ReviewAct(VersionPage):
    """One act on the draft; answers with the tree as it is now."""

    path = "plans/review/<uuid:uid>/act/"
    name = "plans.review.act"
    title = "校对方案"
    permission = "plans.planversion.change"
    methods = ("POST",)

    def post(self, request: Request, uid: Any = None, **kwargs: Any) -> HttpResponse:
        version = self.version(request, uid, "change")
        fault = said = ""
        try:
            step = self.act(request, version)
            said = f"已撤销：{step.label}" if request.POST.get("verb") == "undo" else step.label
        except EXPECTED as error:
            fault = "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return shown_tree(request, version, fault, said)

    def act(self, request: Request, version: PlanVersion) -> Any:
        verb, now = request.POST.get("verb", ""), timezone.now()
        if verb == "undo":
            return actions.undo(version, by=request.user, at=now)
        node = node_of(version, request.POST.get("node", ""))
        if verb not in SIMPLE:
            raise ValidationError("没有这个操作。")
        return SIMPLE[verb](node, person=request.user, at=now, seen=seen_of(request))


def shown_tree(request: Request, version: PlanVersion, fault: str, said: str) -> HttpResponse:
    """The tree as a fragment; a whole redirect for a browser without scripts, unless something went wrong."""
    if not is_fragment(request) and not fault:
        return HttpResponseRedirect(reverse("plans.review", args=[version.uid]))
    version.refresh_from_db()
    context = tree_context(request, version, fault, said)
    if is_fragment(request):
        return render(request, "plans/_tree.html", context)
    context |= {"title": f"校对：{version.plan.title}", "lines": version.lines, "page": ReviewPage(),
                "warned": {one["line"] for one in version.warnings}}  # fmt: skip
    return render(request, ReviewPage.template, context, 422)


def node_of(version: PlanVersion, uid: Any) -> DraftNode:
    """A standing node of this version, or 404."""
    try:
        found: DraftNode | None = version.standing_nodes.filter(uid=uid).first()
    except ValidationError as error:
        raise Http404 from error
    if found is None:
        raise Http404
    return found


def seen_of(request: Request) -> int | None:
    """How far the review had come when the page was made."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


class ChangesPage(VersionPage):
    """The new text beside the plan in effect, node by node."""

    path = "plans/review/<uuid:uid>/changes/"
    name = "plans.changes"
    title = "与现行方案对照"
    template = "plans/changes.html"

    def get(self, request: Request, uid: Any = None, **kwargs: Any) -> Mapping[str, Any]:
        version = self.version(request, uid)
        found = compare(version) if version.state == VersionState.REVIEWING else []
        counts = {word: sum(one.status == status for one in found) for status, word in WORDS.items()}
        return {
            "version": version, "plan": version.plan, "counts": counts, "all": request.GET.get("all") == "1",
            "changes": found if request.GET.get("all") == "1" else [one for one in found if one.status != "same"],
            "may_change": request.user.holds("plans.planversion.change"),
        }  # fmt: skip


class TakeEffect(VersionPage):
    """The draft becomes the plan, or is given up."""

    path = "plans/review/<uuid:uid>/effect/"
    name = "plans.effect"
    title = "方案生效"
    permission = "plans.planversion.take_effect"
    methods = ("POST",)

    def post(self, request: Request, uid: Any = None, **kwargs: Any) -> HttpResponse:
        version, now = self.version(request, uid, "take_effect"), timezone.now()
        try:
            if request.POST.get("verb") == "drop":
                actions.drop_version(version, by=request.user, at=now, reason=request.POST.get("reason", ""))
                return HttpResponseRedirect(reverse("plans.plan.detail", args=[version.plan.uid]))
            plan: Plan = actions.take_effect(version, by=request.user, at=now)
        except ValidationError as error:
            return shown_tree(request, version, "；".join(error.messages), "")
        home = plan.level == "school"
        return HttpResponseRedirect(reverse("plans.home") if home else reverse("plans.plan.detail", args=[plan.uid]))
