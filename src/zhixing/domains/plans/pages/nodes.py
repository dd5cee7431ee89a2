"""Acts on one node of a draft that ask something: edit, split, retype, hang elsewhere, add, pair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.utils import timezone

from zhixing.kernel.pages import Request, render
from zhixing.kernel.pages.editing import blame
from zhixing.kernel.pages.forms import dress
from zhixing.kernel.pages.page import is_fragment

from .. import actions
from ..actions.tree import PARENTS, last_step
from ..choices import NodeKind
from ..models import DraftNode, PlanVersion
from ..queries.comparison import rows_in_effect, words_of
from .forms import AddNodeForm, NodeForm
from .review import EXPECTED, VersionPage, node_of, seen_of, shown_tree

TITLES = {
    "edit": "修改", "split": "拆分", "retype": "改类别", "hang": "移到别处", "add": "新增节点", "pair": "对应现行方案",
}  # fmt: skip
NOTHING = "new"


class NodePage(VersionPage):
    """A small form about one node; done, it answers with the tree."""

    path = "plans/review/<uuid:uid>/node/<uuid:node>/<str:verb>/"
    name = "plans.review.node"
    title = "修改节点"
    permission = "plans.planversion.change"
    template = "plans/node.html"

    def get(self, request: Request, uid: Any = None, node: Any = None, verb: str = "", **kwargs: Any) -> HttpResponse:
        version, found = self.found(request, uid, node, verb)
        return self.asked(request, version, found, verb, form_for(verb, version, found, None))

    def post(self, request: Request, uid: Any = None, node: Any = None, verb: str = "", **kwargs: Any) -> HttpResponse:
        version, found = self.found(request, uid, node, verb)
        form = form_for(verb, version, found, request.POST)
        if form.is_valid():
            try:
                step = perform(verb, version, found, form.cleaned_data, request)
                answer = shown_tree(request, version, "", step.label)
                if is_fragment(request):
                    answer["HX-Retarget"], answer["HX-Reswap"] = "#tree", "outerHTML"
                return answer
            except EXPECTED as error:
                blame(form, error)
        return self.asked(request, version, found, verb, form, 422)

    def found(self, request: Request, uid: Any, node: Any, verb: str) -> tuple[PlanVersion, DraftNode]:
        if verb not in TITLES:
            raise Http404
        version = self.version(request, uid, "change")
        return version, node_of(version, node)

    def asked(
        self, request: Request, version: PlanVersion, node: DraftNode, verb: str, form: forms.Form, status: int = 200
    ) -> HttpResponse:
        context = {
            "title": f"{TITLES[verb]}：{node}"[:60], "page": self, "form": dress(form), "node": node, "verb": verb,
            "version": version, "seen": last_step(version), "action": request.path, "word": TITLES[verb],
        }  # fmt: skip
        return render(request, "plans/_node.html" if is_fragment(request) else self.template, context, status)


def form_for(verb: str, version: PlanVersion, node: DraftNode, data: Mapping[str, Any] | None) -> forms.Form:
    """The form of an act on this node."""
    if verb == "edit":
        return _edit_form(node, data)
    if verb == "add":
        return AddNodeForm(data)
    made = forms.Form(data)
    made.fields["choice"] = forms.ChoiceField(
        label={"split": "从哪一句起成为新节点", "retype": "改为", "hang": "移到", "pair": "对应"}[verb],
        choices=_options(verb, version, node),
        widget=forms.RadioSelect if verb in ("split", "retype") else forms.Select,
    )  # fmt: skip
    if verb == "pair" and data is None:
        made.initial["choice"] = str(node.matched_uid or NOTHING)
    return made


def _edit_form(node: DraftNode, data: Mapping[str, Any] | None) -> forms.Form:
    names = ("no", "title", "body", "from_date", "to_date")
    form = NodeForm(data, initial={name: getattr(node, name) for name in names})
    if node.kind != NodeKind.STAGE:
        del form.fields["from_date"], form.fields["to_date"]
    if node.kind == NodeKind.POINT:
        del form.fields["title"]
        form.fields["body"].label, form.fields["body"].required = "工作要点", True
    return form


def _options(verb: str, version: PlanVersion, node: DraftNode) -> list[tuple[str, str]]:
    if verb == "split":
        return [(str(place), f"“{words}…”") for place, words in actions.cuts(node.body)]
    if verb == "retype":
        return [(value, label) for value, label in NodeKind.choices if value != node.kind]
    if verb == "pair":
        rows = rows_in_effect(version.plan).get(node.kind, [])
        return [(NOTHING, "没有对应，是新增的"), *((str(row.uid), "".join(words_of(row))[:60]) for row in rows)]
    wanted = PARENTS.get(NodeKind(node.kind))
    if wanted is None:
        return [("", "最上层")]
    hosts = version.standing_nodes.filter(kind=wanted).exclude(pk=node.pk)
    return [(str(host.uid), f"{host.no or ''} {host}".strip()) for host in hosts]


def perform(verb: str, version: PlanVersion, node: DraftNode, given: dict[str, Any], request: Request) -> Any:
    """Do what the form asks; raises what the verb raises."""
    who: dict[str, Any] = {"person": request.user, "at": timezone.now(), "seen": seen_of(request)}
    choice = given.get("choice", "")
    if verb == "edit":
        return actions.rewrite(node, values=given, **who)
    if verb == "add":
        return actions.add(node, kind=given["kind"], title=given["title"], body=given["body"], **who)
    if verb == "split":
        return actions.split(node, place=int(choice), **who)
    if verb == "retype":
        return actions.retype(node, kind=choice, **who)
    if verb == "pair":
        rows = rows_in_effect(version.plan).get(node.kind, [])
        return actions.pair(node, row=next((row for row in rows if str(row.uid) == choice), None), **who)
    return actions.hang(node, under=node_of(version, choice) if choice else None, **who)
