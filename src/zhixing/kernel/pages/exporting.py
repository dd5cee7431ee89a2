"""Exports: exactly what a list shows, masked; plain values only with another person's word; each one on the books.

The file is written when it is fetched, from the rows the asker may see at that moment, and kept nowhere.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import FileResponse, HttpResponse, QueryDict
from django.utils import timezone

from ..base.records import DataClass
from ..notices.send import notify
from ..people.grants import matches
from ..people.middleware import is_proved, to_step_up
from ..people.models import Assignment, Role, User
from ..people.sealing import SealedField, open_sealed
from ..trail.record import record
from .cells import Cell, field_at
from .errors import bad_question
from .filters import BadQuestion
from .forms import dress
from .models import ExportRequest
from .printing import text_of
from .querying import ordered, values
from .rendering import render
from .rights import may_export_plain

if TYPE_CHECKING:
    from .asking import Asked
    from .listing import ListPage
    from .page import Request

FREE_ROWS = 200
"""Up to this many masked rows need no reason."""
VALID = timedelta(hours=24)
APPROVE = "pages.exportrequest.approve"
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class ExportForm(forms.Form):
    """Why, and whether sealed columns are wanted whole."""

    reason = forms.CharField(label="用途", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    is_plain = forms.BooleanField(
        label="加密的列导出明文", required=False, help_text="须再次验证身份，并由另一人批准；批准后 24 小时内可下载。"
    )

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = count

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if (found.get("is_plain") or self.count > FREE_ROWS) and len(found.get("reason", "").strip()) < 2:
            self.add_error("reason", f"导出明文或超过 {FREE_ROWS} 行时，请写明用途。")
        return found


def exportable(page: ListPage, request: Request, asked: Asked, *, plain: bool = False) -> Any:
    """The rows that the question finds and the asker may export; plain ones only as far as that right reaches too."""
    rows = page.found(request, asked)
    for action in ("export", "export_plain") if plain else ("export",):
        if not request.user.grants.holds_everywhere(f"{page.model._meta.label_lower}.{action}"):
            allowed = page.model._default_manager.all().visible_to(request.user, action)
            rows = rows.filter(pk__in=allowed.values("pk"))
    return rows


def sealed_cells(page: ListPage, cells: tuple[Cell, ...]) -> list[str]:
    """Paths of the shown columns whose values are sealed on the row itself."""
    return [
        cell.path
        for cell in cells
        if isinstance(field_at(page.model, cell.path), SealedField) and "__" not in cell.path
    ]


def answer(page: ListPage, request: Request) -> HttpResponse:
    """GET shows the dialog; POST puts the export on the books and offers the file, or the wait for approval."""
    try:
        asked = page.ask(QueryDict(request.POST["query"]) if request.method == "POST" else request.GET)
        count = exportable(page, request, asked).count()
    except (BadQuestion, KeyError) as error:
        return bad_question(request, str(error) if isinstance(error, BadQuestion) else "缺少条件")
    cells = page.lawful_columns(asked)
    form = ExportForm(request.POST if request.method == "POST" else None, count=count)
    plain_allowed = bool(sealed_cells(page, cells)) and request.user.holds(
        may_export_plain(page.model._meta.label_lower)
    )
    if not plain_allowed:
        del form.fields["is_plain"]
    dress(form)
    context = {"page": page, "form": form, "count": count, "cells": cells, "query": asked.query(page=1),
               "free_rows": FREE_ROWS}  # fmt: skip
    if not form.is_valid():
        return render(request, "pages/_export.html", context, 422 if form.is_bound else 200)
    plain = form.cleaned_data.get("is_plain", False)
    if plain and not is_proved(request):
        return to_step_up(request)
    wanted = ask_for(page, asked, cells, count, by=request.user, at=timezone.now(), plain=plain,
                     reason=form.cleaned_data["reason"].strip())  # fmt: skip
    return render(request, "pages/_export_done.html", {**context, "wanted": wanted})


def ask_for(
    page: ListPage,
    asked: Asked,
    cells: tuple[Cell, ...],
    count: int,
    *,
    by: User,
    at: datetime,
    plain: bool,
    reason: str,
) -> ExportRequest:
    """Put an export on the books; a plain one then waits for another person."""
    wanted: ExportRequest = ExportRequest.objects.create(
        user=by, page=page.code(), query=asked.query(page=1), columns=[cell.path for cell in cells], is_plain=plain,
        row_count=count, reason=reason, expires_at=None if plain else at + VALID,
    )  # fmt: skip
    record(
        action="export_plain" if plain else "export", by=by, at=at, on=wanted, reason=reason, label=page.heading(),
        changes={"columns": wanted.columns, "row_count": count},
        data_class=DataClass.SEALED if plain else DataClass.PERSONAL,
    )  # fmt: skip
    if plain:
        approvers = [user for user in holders_of(APPROVE) if user.pk != by.pk]
        notify(approvers, f"{by.name}申请导出{page.heading()}明文 {count} 行", body=reason, url="/exports/")
    return wanted


def holders_of(permission: str) -> list[User]:
    """People whose running roles grant a permission over the whole tenant."""
    roles = [
        role.pk for role in Role.objects.all()
        if matches(tuple(role.permissions.get("tenant", ())), permission)
    ]  # fmt: skip
    running = Assignment.objects.filter(role__in=roles, user__is_active=True).running(timezone.localdate())
    return list(User.objects.filter(pk__in=running.values("user")))


@transaction.atomic
def decide(wanted: ExportRequest, *, approve: bool, by: User, at: datetime) -> None:
    """Approve or refuse a plain export; raises ValidationError when it is one's own or already decided."""
    if wanted.user_id == by.pk:
        raise ValidationError("导出申请须由他人批准。")
    if wanted.approved_by_id or wanted.refused_at or not wanted.is_plain:
        raise ValidationError("这份申请已经处理过了。")
    if approve:
        wanted.approved_by, wanted.expires_at = by, at + VALID
    else:
        wanted.refused_at = at
    wanted.save_if_unchanged(wanted.version, ["approved_by", "expires_at", "refused_at"])
    record(action="approve" if approve else "refuse", by=by, at=at, on=wanted, reason=wanted.reason)
    word = "已批准，24 小时内可下载" if approve else "未获批准"
    notify([wanted.user], f"您的明文导出申请{word}", url="/exports/")


def state_of(wanted: ExportRequest, at: datetime) -> str:
    """waiting, refused, ready or expired."""
    if wanted.refused_at:
        return "refused"
    if wanted.is_plain and not wanted.approved_by_id:
        return "waiting"
    return "ready" if wanted.expires_at and wanted.expires_at > at else "expired"


def fetch(page: ListPage, request: Request, wanted: ExportRequest, kind: str) -> Any:
    """Write the file for the person who asked for it. The caller has checked whose it is and that it is ready."""
    if wanted.is_plain and not is_proved(request):
        return to_step_up(request)
    asked = page.ask(QueryDict(wanted.query))
    every = page.cells()
    cells = tuple(every[path] for path in wanted.columns if path in every)
    usual = tuple(page.order or page.model._meta.ordering or ())
    rows = ordered(exportable(page, request, asked, plain=wanted.is_plain), asked, every, usual)
    lines = _plain_lines(page, rows, cells) if wanted.is_plain else _masked_lines(rows, cells)
    at = timezone.now()
    mark = (
        f"{request.user.name} {request.user.account} {timezone.localtime(at):%Y-%m-%d %H:%M} 编号 {wanted.uid.hex[:8]}"
    )
    body, count = _write(kind, [cell.title for cell in cells], lines, page.heading(), mark)
    wanted.download_count += 1
    wanted.row_count = count
    wanted.save(update_fields=["download_count", "row_count"])
    record(
        action="download", by=request.user, at=at, on=wanted, label=page.heading(), reason=wanted.reason,
        changes={"row_count": count}, data_class=DataClass.SEALED if wanted.is_plain else DataClass.PERSONAL,
    )  # fmt: skip
    response = FileResponse(body, content_type=FORMATS[kind])
    name = f"{page.heading()}-{timezone.localtime(at):%Y%m%d-%H%M}.{kind}"
    response["Content-Disposition"] = f"attachment; filename=\"export.{kind}\"; filename*=UTF-8''{quote(name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _masked_lines(rows: Any, cells: tuple[Cell, ...]) -> Iterator[list[Any]]:
    for _, *found in values(rows, cells).iterator(chunk_size=1000):
        yield [_cell(cell, value) for cell, value in zip(cells, found, strict=True)]


def _cell(cell: Cell, value: Any) -> Any:
    return value if cell.kind == "number" and cell.render is None else text_of(cell, value)


def _plain_lines(page: ListPage, rows: Any, cells: tuple[Cell, ...]) -> Iterator[list[Any]]:
    """Sealed values opened one by one; annotations and relations come from the same values as the masked sheet."""
    sealed = set(sealed_cells(page, cells))
    for row, (_, *found) in zip(
        rows.iterator(chunk_size=500), values(rows, cells).iterator(chunk_size=500), strict=True
    ):
        yield [
            open_sealed(row, cell.path) if cell.path in sealed else _cell(cell, value)
            for cell, value in zip(cells, found, strict=True)
        ]


def _write(kind: str, headings: list[str], lines: Iterator[list[Any]], title: str, mark: str) -> tuple[Any, int]:
    from ..sheets.writing import write_csv, write_table  # slow import

    body: Any = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115 - FileResponse closes it
    if kind == "xlsx":
        count = write_table(body, headings, lines, watermark=mark, sheet=title)
    else:
        stream = io.TextIOWrapper(body, encoding="utf-8-sig", newline="")
        count = write_csv(stream, headings, lines)
        stream.detach()
    body.seek(0)
    return body, count
