"""The address of a stored file; who may have it is decided by the files room."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from ..base.records import DataClass
from ..files.store import deliver
from .page import Page, Request


class FilePage(Page):
    path = "files/<uuid:uid>/"
    name = "files.file"
    title = "文件"
    data_class = DataClass.SENSITIVE

    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        response: Any = deliver(request, kwargs["uid"])
        return response  # type: ignore[no-any-return]
