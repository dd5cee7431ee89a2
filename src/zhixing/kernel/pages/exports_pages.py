"""My exports, and those that wait for my word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from ..base.records import DataClass, EditConflict
from .declare import pages
from .errors import bad_question, forbidden
from .exporting import APPROVE, FORMATS, decide, fetch, state_of
from .filters import BadQuestion
from .listing import ListPage
from .models import ExportRequest
from .page import Page, Request
from .rights import may_export, may_export_plain

SHOWN = 50
STATES = {"waiting": "等待批准", "refused": "未获批准", "ready": "可下载", "expired": "已过期"}


class ExportsPage(Page):
    path = "exports/"
    name = "pages.exports"
    title = "我的导出"
    template = "pages/exports.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        now = timezone.now()
        mine = ExportRequest.objects.filter(user=request.user).select_related("approved_by").order_by("-pk")[:SHOWN]
        waiting: list[ExportRequest] = []
        if request.user.holds(APPROVE):
            asked = ExportRequest.objects.all().visible_to(request.user, "approve")
            asked = asked.filter(is_plain=True, approved_by=None, refused_at=None).exclude(user=request.user)
            waiting = list(asked.select_related("user").order_by("pk"))
        return {
            "mine": [(one, heading_of(one), state_of(one, now)) for one in mine],
            "waiting": [(one, heading_of(one), columns_of(one)) for one in waiting],
            "states": STATES,
        }


class DecideExport(Page):
    """Approve or refuse somebody else's plain export."""

    path = "exports/<uuid:uid>/decide/"
    name = "pages.decide_export"
    title = "批准导出"
    permission = APPROVE
    methods = ("POST",)

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        asked = ExportRequest.objects.all().visible_to(request.user, "approve").filter(uid=kwargs["uid"]).first()
        if asked is None:
            raise Http404
        try:
            decide(asked, approve=request.POST.get("approve") == "1", by=request.user, at=timezone.now())
        except (ValidationError, EditConflict) as error:
            return forbidden(request, "；".join(error.messages) if isinstance(error, ValidationError) else error)
        return HttpResponseRedirect("/exports/")


class FetchExport(Page):
    """The file itself: for the person who asked, while it is valid."""

    path = "exports/<uuid:uid>/file/"
    name = "pages.fetch_export"
    title = "下载导出"
    data_class = DataClass.SENSITIVE

    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        wanted = ExportRequest.objects.filter(uid=kwargs["uid"], user=request.user).first()
        page = page_of(wanted) if wanted is not None else None
        if wanted is None or page is None:
            raise Http404
        if state_of(wanted, timezone.now()) != "ready":
            return forbidden(request, "这份导出还没有获得批准，或已超过 24 小时。请重新申请。")
        label = page.model._meta.label_lower
        rights = [page.view_permission(), may_export(label), *([may_export_plain(label)] if wanted.is_plain else [])]
        if not all(request.user.holds(right) for right in rights):
            return forbidden(request, "您现在没有导出这些内容的权限。")
        kind = request.GET.get("format", "xlsx")
        if kind not in FORMATS:
            return bad_question(request, "只能导出 xlsx 或 csv")
        try:
            response: HttpResponse = fetch(page(), request, wanted, kind)
        except BadQuestion as error:  # the page's columns or filters have changed since
            return bad_question(request, str(error))
        return response


def page_of(wanted: ExportRequest) -> type[ListPage] | None:
    found = pages.get(wanted.page)
    return found if found is not None and issubclass(found, ListPage) else None


def heading_of(wanted: ExportRequest) -> str:
    page = page_of(wanted)
    return page.heading() if page is not None else "（页面已不存在）"


def columns_of(wanted: ExportRequest) -> str:
    page = page_of(wanted)
    titles = {path: cell.title for path, cell in page.cells().items()} if page is not None else {}
    return "、".join(titles.get(path, path) for path in wanted.columns)
