"""Importing: drop a file, look at what it would do, mend it, confirm it, and take it back while nobody minds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from ..base.records import DataClass
from ..files.models import StoredFile
from ..jobs.models import Job, State
from ..sheets import staging_edit
from ..sheets.apply import ask_to_apply, obstacle, to_be_written
from ..sheets.declare import Sheet, sheets
from ..sheets.limits import MIB, WEB
from ..sheets.models import ImportBatch, ImportState, Mode, OnErrors, StagedDeed, StagedRow
from ..sheets.outgoing import ask_for_faults
from ..sheets.preview import DEED_COLOURS, SEVERITIES, Asked, free_columns, open_columns, preview
from ..sheets.refusal import SheetRefused
from ..sheets.staging import IN_FLIGHT, abandon, receive, recover
from ..sheets.undo import ask_to_undo, undo_obstacle
from . import Page, Request, render
from .page import is_fragment

SEEN = "sheets.importbatch.view"
CHANGED = "sheets.importbatch.change"
RECENT = 12
LIVE = (State.WAITING, State.RUNNING)


def importable(request: Request) -> list[type[Sheet]]:
    """The sheets that the asker may import."""
    return [kind for kind in sheets if request.user.holds(kind.permission())]


def sheet_asked(request: Request, code: str) -> type[Sheet]:
    """The sheet of that code; a 404 for one that the asker may not import."""
    kind = sheets.get(code)
    if kind is None or not request.user.holds(kind.permission()):
        raise Http404
    return kind


def batch_asked(request: Request, uid: Any, action: str = "view") -> ImportBatch:
    """The batch, if the asker may see it and import its sheet; a 404 otherwise."""
    batch = ImportBatch.objects.visible_to(request.user, action).filter(uid=uid).select_related("uploaded_by").first()
    if batch is None or batch.sheet not in sheets or not request.user.holds(sheets[batch.sheet].permission()):
        raise Http404
    found: ImportBatch = batch
    return found


class UploadPage(Page):
    path = "import/"
    name = "sheets.upload"
    title = "导入表格"
    permission = "sheets.importbatch.add"
    data_class = DataClass.PERSONAL
    template = "sheets/upload.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        return self._shown(request, self._kind(request, request.GET.get("sheet", "")))

    def _kind(self, request: Request, code: str) -> type[Sheet] | None:
        if code:
            return sheet_asked(request, code)
        offered = importable(request)
        return offered[0] if len(offered) == 1 else None

    def _shown(self, request: Request, kind: type[Sheet] | None, **told: Any) -> dict[str, Any]:
        offered = importable(request)
        codes = [kind.code()] if kind else [each.code() for each in offered]
        recent = ImportBatch.objects.visible_to(request.user, "view").filter(sheet__in=codes)
        return {
            "title": f"导入{kind.title}" if kind else self.title,
            "kind": kind,
            "offered": offered,
            "recent": list(recent.select_related("uploaded_by").order_by("-pk")[:RECENT]),
            "may_export": bool(kind and kind.roster and request.user.holds(kind.permission("export"))),
            "titles": {each.code(): each.title for each in sheets},
            "most_mib": WEB.file_bytes // MIB,
            "most_rows": WEB.rows - 1,
            "refused": None,
            "message": "",
            **told,
        }

    def post(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        kind = sheet_asked(request, request.POST.get("sheet", ""))
        upload = request.FILES.get("file")
        if upload is None:
            missing = SheetRefused("上传", "没有收到文件", "请选择或拖入一个表格文件")
            return self._shown(request, kind, refused=missing)
        try:
            name = str(upload.name or "表格.xlsx")
            received = receive(upload, name=name, sheet=kind, by=request.user, at=timezone.now())
        except SheetRefused as problem:
            return self._shown(request, kind, refused=problem)
        except ValidationError as problem:
            told = SheetRefused(str(upload.name), "；".join(problem.messages).rstrip("。"), "请改正后重新上传")
            return self._shown(request, kind, refused=told)
        known = "?known=1" if received.is_known else ""
        return redirect(reverse("sheets.batch", args=[received.batch.uid]) + known)


class BatchPage(Page):
    """One upload, in whatever state it is: being read, waiting to be confirmed, written, refused."""

    path = "import/<uuid:uid>/"
    name = "sheets.batch"
    permission = SEEN
    data_class = DataClass.PERSONAL
    template = "sheets/batch.html"

    def get(self, request: Request, uid: Any = None, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        batch = batch_asked(request, uid)
        if request.GET.get("part") == "strip":
            return strip(request, batch)
        context = batch_context(request, batch)
        if is_fragment(request, "batch"):
            return render(request, "sheets/_batch.html", context)
        return context


def strip(request: Request, batch: ImportBatch) -> HttpResponse:
    """The line that tells how far the work on the batch is; when it ends, the page is asked to renew itself."""
    work = live_job(batch)
    response = render(request, "sheets/_strip.html", {"batch": batch, "work": work})
    if work is None:
        response.headers["HX-Trigger"] = "sheetschecked"
    return response


def live_job(batch: ImportBatch) -> Job | None:
    found: Job | None = Job.objects.filter(uid=batch.job_uid, state__in=LIVE).first() if batch.job_uid else None
    return found


def batch_context(request: Request, batch: ImportBatch) -> dict[str, Any]:
    """Everything that the page of a batch shows."""
    kind, asked = sheets[batch.sheet], asked_of(request, batch)
    now = timezone.now()
    work = live_job(batch)
    if work is None and batch.state in IN_FLIGHT:  # the job may have ended since the batch was read
        batch.refresh_from_db()
        work = live_job(batch)
    context: dict[str, Any] = {
        "title": batch.file_name,
        "batch": batch,
        "kind": kind,
        "work": work,
        "last_work": Job.objects.filter(uid=batch.job_uid).first() if batch.job_uid else None,
        "in_flight": batch.state in IN_FLIGHT,
        "known": request.GET.get("known") == "1",
        "message": "",
        "may_change": request.user.holds(CHANGED),
        "fault": "",
    }
    if batch.state in (ImportState.STAGED, ImportState.APPLIED):
        context |= {
            "view": preview(batch, asked),
            "severities": SEVERITIES,
            "deeds": StagedDeed.choices,
            "deed_colours": DEED_COLOURS,
        }
    if batch.state == ImportState.STAGED:
        context |= _to_choose(batch)
    if batch.state in (ImportState.APPLIED, ImportState.UNDONE):
        context |= {
            "file": StoredFile.objects.filter(uid=batch.file_uid).first(),
            "no_undo": undo_obstacle(batch, now),
            "left_out": StagedRow.objects.filter(batch=batch, is_written=False).exclude(deed=StagedDeed.SAME).count(),
        }
    return context


def asked_of(request: Request, batch: ImportBatch) -> Asked:
    """What the reader looks at: the page's own address line, also when a button on it was pressed."""
    if request.method in ("GET", "HEAD"):
        return Asked.of(request.GET.dict())
    seen = urlsplit(request.headers.get("HX-Current-URL", ""))
    if seen.path != reverse("sheets.batch", args=[batch.uid]):
        return Asked()
    return Asked.of(QueryDict(seen.query).dict())


def _to_choose(batch: ImportBatch) -> dict[str, Any]:
    pending = to_be_written(batch)
    return {
        "modes": Mode.choices,
        "ways": OnErrors.choices,
        "obstacle": obstacle(batch),
        "will_create": pending.filter(deed=StagedDeed.CREATE).count(),
        "will_update": pending.filter(deed=StagedDeed.UPDATE).count(),
        "open_columns": open_columns(batch),
        "free_columns": free_columns(batch),
    }


class CellPage(Page):
    """A dialog to mend one cell."""

    path = "import/<uuid:uid>/cell/<uuid:row>/<int:position>/"
    name = "sheets.cell"
    permission = CHANGED
    data_class = DataClass.PERSONAL
    methods = ("GET", "HEAD", "POST")

    def get(self, request: Request, uid: Any = None, row: Any = None, position: int = 0, **kwargs: Any) -> HttpResponse:
        return self._dialog(request, batch_asked(request, uid, "change"), row, position)

    def _dialog(self, request: Request, batch: ImportBatch, row: Any, position: int, fault: str = "") -> HttpResponse:
        staged = StagedRow.objects.filter(batch=batch, uid=row).first()
        facts = next((each for each in batch.tables if staged and each["sheet"][:60] == staged.sheet_name), None)
        if staged is None or facts is None or position >= len(facts["headings"]):
            raise Http404
        column = next((name for name, at in facts["mapping"].items() if at == position), "")
        declared = sheets[batch.sheet].plan().columns().get(column)
        codes = sheets[batch.sheet].codes().sets.get(declared.code_set) if declared and declared.code_set else None
        words = {each["rule"]: each for each in batch.summary}
        context = {
            "batch": batch,
            "row": staged,
            "position": position,
            "heading": facts["headings"][position],
            "text": staged.shown[position] if position < len(staged.shown) else "",
            "masked": bool(declared and declared.sensitive and declared.sensitive != "name"),
            "faults": [(each, words.get(each["rule"], {})) for each in staged.faults if each["pos"] == position],
            "choices": list(getattr(codes, "titles", ()))[:400],
            "fault": fault,
        }
        return render(request, "sheets/_cell.html", context, 422 if fault else 200)

    def post(
        self, request: Request, uid: Any = None, row: Any = None, position: int = 0, **kwargs: Any
    ) -> HttpResponse:
        batch = batch_asked(request, uid, "change")
        given: dict[str, Any] = {"row_uid": row, "position": position, "by": request.user, "at": timezone.now()}
        try:
            if rule := request.POST.get("rule"):
                staging_edit.take_suggestion(batch, rule=rule, **given)
            else:
                staging_edit.edit_cell(batch, text=request.POST.get("text", ""), **given)
        except ValidationError as problem:
            return self._dialog(request, batch, row, position, "；".join(problem.messages))
        return _renewed(request, batch)


class ConfirmPage(Page):
    """A dialog that says once more what confirming or undoing will do."""

    path = "import/<uuid:uid>/confirm/<str:deed>/"
    name = "sheets.confirm"
    permission = CHANGED

    def get(self, request: Request, uid: Any = None, deed: str = "", **kwargs: Any) -> HttpResponse:
        batch = batch_asked(request, uid, "change")
        if deed not in ("apply", "undo", "abandon"):
            raise Http404
        context: dict[str, Any] = {"batch": batch, "deed": deed, "obstacle": "", "will_create": 0, "will_update": 0}
        if deed == "apply":
            context |= _to_choose(batch)
        elif deed == "undo":
            context["obstacle"] = undo_obstacle(batch, timezone.now())
        return render(request, "sheets/_confirm.html", context)


class BatchDeed(Page):
    """Whatever is done to a batch by a button."""

    path = "import/<uuid:uid>/do/<str:deed>/"
    name = "sheets.deed"
    permission = CHANGED
    data_class = DataClass.PERSONAL
    methods = ("POST",)

    def post(self, request: Request, uid: Any = None, deed: str = "", **kwargs: Any) -> HttpResponse:
        batch = batch_asked(request, uid, "change")
        act = getattr(self, f"do_{deed}", None)
        if act is None:
            raise Http404
        try:
            act(request, batch)
        except (ValidationError, PermissionError) as problem:
            told = "；".join(problem.messages) if isinstance(problem, ValidationError) else str(problem)
            return _renewed(request, batch, told)
        if deed == "abandon":
            address = f"{reverse('sheets.upload')}?sheet={batch.sheet}"
            return (
                HttpResponse(status=204, headers={"HX-Redirect": address}) if _by_htmx(request) else redirect(address)
            )
        return _renewed(request, batch)

    def do_choose(self, request: Request, batch: ImportBatch) -> None:
        """Two forms come here: how to write, and what to make along with the rows; each leaves the other alone."""
        given = request.POST
        accepted = given.getlist("offer") if "offers" in given else batch.accepted
        if given.get("offers") == "all":
            accepted = [offer["code"] for offer in batch.offers]
        staging_edit.choose(
            batch,
            mode=given.get("mode", batch.mode),
            on_errors=given.get("on_errors", batch.on_errors),
            accepted=accepted,
            by=request.user,
            at=timezone.now(),
        )

    def do_mend(self, request: Request, batch: ImportBatch) -> None:
        rule = request.POST.get("rule", "*")
        staging_edit.take_suggestions(batch, rule=rule, by=request.user, at=timezone.now())

    def do_map(self, request: Request, batch: ImportBatch) -> None:
        headings, columns = request.POST.getlist("heading"), request.POST.getlist("column")
        mapping = {
            heading: "" if column == "-" else column
            for heading, column in zip(headings, columns, strict=False)
            if column
        }
        staging_edit.map_columns(batch, mapping=mapping, by=request.user, at=timezone.now())

    def do_apply(self, request: Request, batch: ImportBatch) -> None:
        ask_to_apply(batch, by=request.user, at=timezone.now())

    def do_undo(self, request: Request, batch: ImportBatch) -> None:
        ask_to_undo(batch, by=request.user, at=timezone.now())

    def do_abandon(self, request: Request, batch: ImportBatch) -> None:
        abandon(batch, by=request.user, at=timezone.now())

    def do_recover(self, request: Request, batch: ImportBatch) -> None:
        recover(batch, by=request.user, at=timezone.now())

    def do_annotate(self, request: Request, batch: ImportBatch) -> None:
        ask_for_faults(batch, by=request.user, at=timezone.now())


def _by_htmx(request: Request) -> bool:
    return request.headers.get("HX-Request") == "true"


def _renewed(request: Request, batch: ImportBatch, fault: str = "") -> HttpResponse:
    """The batch's part of the page again, or the whole page where the browser sent a plain form."""
    batch.refresh_from_db()
    if not _by_htmx(request):
        if fault:
            context = batch_context(request, batch) | {"message": fault, "message_kind": "fault"}
            return render(request, "sheets/batch.html", context, 422)
        return redirect(reverse("sheets.batch", args=[batch.uid]))
    context = batch_context(request, batch) | {"fault": fault}
    response = render(request, "sheets/_batch.html", context)
    response.headers["HX-Retarget"] = "#batch"
    response.headers["HX-Reswap"] = "outerHTML"
    response.headers["HX-Trigger-After-Settle"] = "sheetsdone"
    return response
