"""The audit administrator's pages: what was done by whom, how much personal data was seen, whether the chain holds."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from ..base.tenancy import current_tenant
from ..people.models import Tenant
from ..trail.models import Anchor, AuditEvent, Result
from ..trail.record import record
from ..trail.sealer import read_anchors, verify_one
from .acts import act
from .listing import ListPage
from .page import Answer, Page, Request
from .values import Column, Filter, Menu, ViewPreset

WHOLE_TRAIL = "trail.auditevent.verify"
PERIOD_DAYS = 30
MOST_PEOPLE = 10
PERSONAL = {"view": "查看个人信息", "reveal": "查看明文", "export": "导出", "access": "越权访问被拒"}


class TrailList(ListPage):
    model = AuditEvent
    title = "审计记录"
    menu = Menu("系统", "审计记录", "history", 60)
    permission = WHOLE_TRAIL
    links = False
    columns = (
        "at", "actor_name", Column("action", "动作", render=act), "object_label", "result", "reason",
        Column("roles", default=False), Column("object_type", default=False), Column("request_id", default=False),
        Column("seq", numeric=True, default=False),
    )  # fmt: skip
    filters = ("at", "result", Filter("action", "动作"), Filter("data_class", "数据级别"))
    search = ("actor_name", "object_label", "action", "reason")
    order = ("-at",)
    presets = (
        ViewPreset("查看明文", "action=reveal"),
        ViewPreset("被拒绝", "result=refused"),
        ViewPreset("登录", "action=people.sign_in"),
    )
    empty = "还没有审计记录。"


class TrailOverview(Page):
    """Access statistics of the last thirty days, and the proof that the chain is whole."""

    path = "trail/overview/"
    name = "trail.overview"
    title = "审计概览"
    menu = Menu("系统", "审计概览", "shield-check", 50)
    permission = WHOLE_TRAIL
    methods = ("GET", "HEAD", "POST")
    template = "trail/overview.html"

    def get(self, request: Request, **kwargs: Any) -> Answer:
        return self.show(request)

    def post(self, request: Request, **kwargs: Any) -> Answer:
        tenant = Tenant.objects.get(pk=current_tenant() or 0)
        path = Path(settings.AUDIT_ANCHOR_FILE)
        broken = verify_one(tenant, read_anchors(path) if path.exists() else [])
        record(
            action="trail.verify", by=request.user, at=timezone.now(),
            result=Result.FAILED if broken else Result.DONE, reason=broken.why if broken else "",
        )  # fmt: skip
        if broken:
            return {
                **self.show(request), "message": f"第 {broken.seq} 条起有问题：{broken.why}。请立即保全数据库并上报。",
                "message_kind": "fault",
            }  # fmt: skip
        return {**self.show(request), "message": "审计链完整，没有发现改动、缺失或截断。"}

    def show(self, request: Request) -> dict[str, Any]:
        since = timezone.now() - timedelta(days=PERIOD_DAYS)
        events = AuditEvent.objects.filter(at__gte=since)
        people = (
            events.filter(action__in=["view", "reveal", "export"], actor__isnull=False)
            .values("actor_name", "actor__account")
            .annotate(
                views=Count("pk", filter=Q(action="view")),
                reveals=Count("pk", filter=Q(action="reveal")),
                exports=Count("pk", filter=Q(action="export")),
                persons=Count("object_uid", distinct=True),
            )
            .order_by("-persons")[:MOST_PEOPLE]
        )
        counts = dict(events.filter(action__in=PERSONAL).values_list("action").annotate(Count("pk")).order_by())
        whole = AuditEvent.objects.all()
        return {
            "days": PERIOD_DAYS,
            "figures": [(title, counts.get(action, 0), action) for action, title in PERSONAL.items()],
            "people": list(people),
            "total": whole.count(),
            "unsealed": whole.filter(seq=None).count(),
            "anchor": Anchor.objects.filter(tenant=request.user.tenant_id).order_by("-pk").first(),
        }
