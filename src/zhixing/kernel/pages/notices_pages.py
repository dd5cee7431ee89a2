"""Messages and to-dos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from ..notices.models import Notice
from ..notices.send import open_todos
from ..people.signin import safe_path
from .page import Page, Request
from .values import Menu

SHOWN = 100


class NoticesPage(Page):
    path = "notices/"
    name = "notices.mine"
    title = "消息与待办"
    menu = Menu("工作台", "消息与待办", "bell", 15)
    template = "pages/notices.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        mine = Notice.objects.filter(user=request.user)
        return {
            "todos": open_todos(request.user)[:SHOWN],
            "messages": mine.filter(is_todo=False).order_by("-pk")[:SHOWN],
            "finished": mine.filter(is_todo=True, done_at__isnull=False).order_by("-done_at")[:20],
            "unread": mine.filter(is_todo=False, read_at=None).exists(),
        }

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Mark every message as read."""
        Notice.objects.filter(user=request.user, is_todo=False, read_at=None).update(read_at=timezone.now())
        return HttpResponseRedirect("/notices/")


class OpenNotice(Page):
    """Follow a message to what it is about; that counts as reading it."""

    path = "notices/<uuid:uid>/"
    name = "notices.open"
    title = "打开消息"

    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        notice = Notice.objects.filter(uid=kwargs["uid"], user=request.user).first()
        if notice is None:
            raise Http404
        if notice.read_at is None:
            Notice.objects.filter(pk=notice.pk).update(read_at=timezone.now())
        return HttpResponseRedirect(safe_path(notice.url) if notice.url else "/notices/")
