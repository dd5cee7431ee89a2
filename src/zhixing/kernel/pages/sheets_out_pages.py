"""What goes out to spreadsheets: empty layouts to fill in, and the register as the national systems ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header

from ..base.records import DataClass
from ..sheets.declare import Sheet, sheets
from ..sheets.outgoing import ask_for_register, template_file
from . import Page, Request
from .sheets_pages import SEEN, sheet_asked


class TemplatePage(Page):
    """The empty layout with drop-downs."""

    path = "import/template/<str:code>/"
    name = "sheets.template"
    permission = "sheets.importbatch.add"

    def get(self, request: Request, code: str = "", **kwargs: Any) -> HttpResponse:
        kind = sheet_asked(request, code)
        data, name = template_file(kind, request.GET.get("layout", ""))
        response = HttpResponse(data, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        response.headers["Content-Disposition"] = str(content_disposition_header(True, name))
        return response


class ExportPage(Page):
    """The register in a national layout, plain: with the right, a fresh proof of identity, and a reason."""

    path = "import/export/<str:code>/"
    name = "sheets.export"
    permission = SEEN
    data_class = DataClass.SEALED
    step_up = True
    template = "sheets/export.html"

    def _kind(self, request: Request, code: str) -> type[Sheet]:
        kind = sheets.get(code)
        if kind is None or kind.roster is None or not request.user.holds(kind.permission("export")):
            raise Http404
        return kind

    def _shown(self, kind: type[Sheet], fault: str = "") -> dict[str, Any]:
        return {"title": f"按全国版式导出{kind.title}", "kind": kind, "message": fault, "message_kind": "fault"}

    def get(self, request: Request, code: str = "", **kwargs: Any) -> Mapping[str, Any]:
        return self._shown(self._kind(request, code))

    def post(self, request: Request, code: str = "", **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        kind = self._kind(request, code)
        words = {"reason": request.POST.get("reason", ""), "layout": request.POST.get("layout", "")}
        try:
            ask_for_register(kind, by=request.user, at=timezone.now(), **words)
        except ValidationError as problem:
            return self._shown(kind, "；".join(problem.messages))
        return redirect("/jobs/")
