"""立项 from wherever one stands: by hand, from a work point, a finding, a decision, or a leader's note on one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from zhixing.domains.plans.models import Task, WorkPoint
from zhixing.kernel.checks.models import Finding
from zhixing.kernel.pages import Page, Panel, Request, Tab
from zhixing.kernel.pages.editing import blame
from zhixing.kernel.pages.forms import dress
from zhixing.kernel.pages.once import FIELD, SentBefore, fresh_mark, once

from ..actions import begin_order
from ..actions.orders import order_address
from ..choices import IN_HAND, OrderState, SourceKind
from ..models import Decision, Order
from ..queries.clock import Clock, WorkDays
from .forms import BeginForm

SOURCES = {"plans.workpoint": WorkPoint, "checks.finding": Finding, "supervision.decision": Decision}
USUAL_DAYS = 10


def source_asked(request: Request) -> Any:
    """The record an order shall come from, as far as the asker may see it; None for an order by hand."""
    label, uid = request.GET.get("from", ""), request.GET.get("uid", "")
    if not label:
        return None
    try:
        row = SOURCES[label].objects.all().visible_to(request.user, "view").filter(uid=UUID(uid)).first()
    except (KeyError, ValueError):
        row = None
    if row is None:
        raise Http404
    return row


def proposed(source: Any) -> dict[str, Any]:
    """What the source says already, so that nobody types it again."""
    due = WorkDays().shifted(timezone.localdate(), USUAL_DAYS)
    if isinstance(source, WorkPoint):
        return {
            "subject": str(source)[:120], "demand": source.text, "source_kind": SourceKind.POINT,
            "lead": source.lead_id, "owner": source.owner_id, "sponsor": source.sponsor_id,
            "due_date": max(due, source.due_date or due),
            "feedback_asked": source.expected_evidence[:200], "source_label": str(source.task)[:200],
            "supports": [support.unit_id for support in source.supports.all()],
        }  # fmt: skip
    if isinstance(source, Finding):
        lead = _department_of(source.unit)
        return {
            "subject": f"{source.title}（{source.object_label}）"[:120], "demand": source.message or source.title,
            "source_kind": SourceKind.FINDING, "source_label": str(source)[:200], "due_date": source.due_date or due,
            "lead": lead.pk if lead else None, "owner": source.owner_id,
        }  # fmt: skip
    if isinstance(source, Decision):
        return {
            "subject": source.text.rstrip("。")[:120], "demand": source.text, "source_kind": SourceKind.DECISION,
            "source_label": f"{source.meeting} 第{source.no}号决议", "lead": source.lead_id, "owner": source.owner_id,
            "due_date": source.due_date or due, "sponsor": source.meeting.chair_id,
        }  # fmt: skip
    return {"source_kind": SourceKind.HAND, "due_date": due}


def _department_of(unit: Any) -> Any:
    """The department above a class, or the unit itself."""
    while unit is not None and unit.kind != "department":
        unit = unit.parent
    return unit


class OrderBegin(Page):
    """One page for every source: ``?from=plans.workpoint&uid=…`` fills the form in."""

    path = "supervision/order/add/"
    name = "supervision.order.add"
    title = "督办立项"
    permission = "supervision.order.add"
    template = "supervision/begin.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        source = source_asked(request)
        initial = proposed(source)
        if request.GET.get("note") == "1":
            initial |= {"source_kind": SourceKind.NOTE, "instructed_by": request.user.pk}
        return self.shown(request, BeginForm(initial=initial), source)

    def post(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        source, form = source_asked(request), BeginForm(request.POST)
        if not form.is_valid():
            return self.shown(request, form, source)
        values = dict(form.cleaned_data)
        supports = values.pop("supports")

        def create() -> tuple[Any, str]:
            made = begin_order(values, by=request.user, at=timezone.now(), source=source, supports=supports)
            return made, order_address(made)

        try:
            return redirect(once(request.POST.get(FIELD, ""), request.user, create)[1])
        except SentBefore as twin:
            return redirect(twin.address)
        except (ValidationError, PermissionError) as error:
            blame(form, error)
        return self.shown(request, form, source)

    def shown(self, request: Request, form: BeginForm, source: Any) -> Mapping[str, Any]:
        dress(form)
        return {"form": form, "source": source, "mark": fresh_mark(request.POST.get(FIELD, ""))}


class OrdersPart:
    """The orders that a record has, and the way to another one."""

    template = "supervision/_orders_of.html"
    permission = "supervision.order.view"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        orders = Order.objects.all().visible_to(request.user, "view")
        mine = orders.filter(**self.condition(row)).select_related("lead", "owner").order_by("-pk")
        clock = Clock.of(timezone.localdate())
        address = ""
        if request.user.holds("supervision.order.add") and type(row)._meta.label_lower in SOURCES:
            address = f"{reverse('supervision.order.add')}?from={row._meta.label_lower}&uid={row.uid}"
        return {
            "orders": [(order, clock.lamp(order.state, order.due_date)) for order in mine[:20]],
            "begin": address,
            "may_note": request.user.holds("supervision.order.note"),
            "chased": any(order.state in (OrderState.DRAFTED, *IN_HAND) for order in mine[:20]),
        }

    def condition(self, row: Any) -> dict[str, Any]:
        return {"source_uid": row.uid}


class PointOrders(OrdersPart, Panel):
    on = WorkPoint
    title = "督办"
    order = 40

    def condition(self, row: Any) -> dict[str, Any]:
        return {"work_point": row}


class FindingOrders(OrdersPart, Panel):
    on = Finding
    title = "督办"
    order = 40


class TaskOrders(OrdersPart, Tab):
    on = Task
    title = "督办单"
    order = 40

    def condition(self, row: Any) -> dict[str, Any]:
        return {"work_point__task": row}
