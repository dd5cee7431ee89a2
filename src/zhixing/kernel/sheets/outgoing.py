"""What goes back out: empty layouts to fill in, faulty rows to mend at one's desk, the register as the nation asks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from ..base.records import DataClass
from ..files.models import StoredFile
from ..files.store import store
from ..jobs.declare import Progress, job
from ..jobs.models import Job
from ..jobs.queue import enqueue
from ..people.models import User
from ..rosters.declarations import Codes, Layout
from ..rosters.tables import RowFinding, Verdict
from ..trail.record import record
from .annotate import annotate
from .declare import Sheet, sheets
from .layouts import write_layout
from .models import ImportBatch, StagedRow
from .staging import ask
from .staging_cells import Contents
from .staging_tables import table_of

KEPT = timedelta(days=7)
"""Files made on demand are kept so long."""
ORIGINAL_ROW = "原行号"
PIECE = 1000


def layout_of(kind: type[Sheet], code: str = "") -> Layout:
    """The layout of that code, or the one that the sheet writes by itself."""
    layouts = kind.plan().layouts
    return next((layout for layout in layouts if layout.code == code), layouts[0])


def choices_of(layout: Layout, codes: Codes) -> dict[str, Sequence[str]]:
    """The drop-down values of every coded column."""
    found: dict[str, Sequence[str]] = {}
    for column in layout.columns:
        titles = getattr(codes.sets.get(column.code_set), "titles", ()) if column.code_set else ()
        if titles:
            found[column.code_set] = tuple(titles)
    return found


def template_file(kind: type[Sheet], layout: str = "") -> tuple[bytes, str]:
    """An empty sheet in the layout, with drop-downs, and its file name."""
    chosen = layout_of(kind, layout)
    with tempfile.TemporaryDirectory(prefix="zhixing-") as folder:
        path = Path(folder) / "template.xlsx"
        write_layout(path, chosen, choices=choices_of(chosen, kind.codes()))
        return path.read_bytes(), f"{chosen.title}模板.xlsx"


def ask_for_faults(batch: ImportBatch, *, by: User, at: datetime) -> Job:
    """Have the rows with faults written to a sheet of their own, each fault marked."""
    return ask(batch, "sheets.faults", f"“{batch.file_name}”的问题行", by=by, by_uid=str(by.uid))


@job("sheets.faults", "生成问题行表格")
def faults_job(progress: Progress) -> dict[str, Any]:
    """Write the rows that have faults or were not written, with comments, for their uploader to mend and bring again.

    The uploader gets the cells as they were brought; anybody else gets them masked.
    """
    batch = ImportBatch.objects.get(uid=progress.arguments["batch"])
    by = User.objects.get(uid=progress.arguments["by_uid"])
    rows = list(StagedRow.objects.filter(batch=batch, is_written=False).exclude(worst="").order_by("pk"))
    if not rows:
        raise ValidationError("没有有问题的行。")
    progress.say(0, len(rows), "生成表格")
    with tempfile.TemporaryDirectory(prefix="zhixing-") as folder:
        target = Path(folder) / "faults.xlsx"
        _write_faults(batch, rows, target, plain=by.pk == batch.uploaded_by_id)
        stem = Path(batch.file_name).stem
        kept = keep_file(target, f"{stem}-问题行.xlsx", on=batch, by=by, at=timezone.now())
    progress.say(len(rows), len(rows), "完成")
    return {"url": file_address(kept), "file": str(kept.uid)}


def _write_faults(batch: ImportBatch, rows: Sequence[StagedRow], target: Path, *, plain: bool) -> None:
    words = {each["rule"]: each for each in batch.summary}
    verdict = Verdict(rows=len(rows))
    tables = []
    for facts in batch.tables:
        mine = [row for row in rows if row.sheet_name == facts["sheet"][:60]]
        lines = []
        for number, row in enumerate(mine, start=2):
            cells = Contents.of(row).cells if plain else row.shown
            lines.append((number, [*cells, str(row.row)]))
            verdict.findings += [_finding(batch, facts["sheet"], number, fault, words) for fault in row.faults]
        if lines:
            headings = [*facts["headings"], ORIGINAL_ROW]
            tables.append(table_of(batch.file_name, headings, lines, sheet=facts["sheet"]))
    # An empty file that is no workbook makes annotate write the tables anew instead of editing the upload.
    source = target.with_name("rows.csv")
    source.touch()
    annotate(source, target, tables, verdict)


def _finding(
    batch: ImportBatch, sheet: str, row: int, fault: dict[str, Any], words: dict[str, dict[str, Any]]
) -> RowFinding:
    told = words.get(fault["rule"], {})
    return RowFinding(
        rule=fault["rule"], severity=fault["severity"], title=told.get("title", fault["rule"]), file=batch.file_name,
        sheet=sheet, row=row, column=fault["column"], value="", message=fault["message"], basis=told.get("basis", ""),
        remedy=told.get("remedy", ""), suggestion=fault["suggestion"],
    )  # fmt: skip


def keep_file(path: Path, name: str, *, on: Any, by: User, at: datetime) -> StoredFile:
    """Keep a file made on demand for the one who asked for it, for a week."""
    with path.open("rb") as file:
        return store(
            file, name=name, purpose="导出", on=on, by=by, data_class=DataClass.SENSITIVE, expires_at=at + KEPT
        )


def file_address(file: StoredFile) -> str:
    return f"/files/{file.uid}/"


def write_register(
    kind: type[Sheet], folder: Path, *, rows: Iterable[Any], by: User, at: datetime, layout: str = ""
) -> list[Path]:
    """Records in a national layout: at most three sheets of 2,000 rows a file. Values are plain: log who and why first.

    ``rows`` are records of the sheet's model, already narrowed to what ``by`` may export.
    """
    chosen = layout_of(kind, layout)
    sheet = kind(by=by, at=at)
    path = folder / f"{chosen.title}.xlsx"
    return write_layout(path, chosen, sheet.export_rows(rows), choices=choices_of(chosen, kind.codes()))


def ask_for_register(kind: type[Sheet], *, by: User, at: datetime, reason: str, layout: str = "") -> Job:
    """Have the register written in its national layout, plain; the reason goes into the trail."""
    if len(reason.strip()) < 4:
        raise ValidationError("请写明导出用途（不少于 4 个字），用途会记入审计。")
    if not by.holds(kind.permission("export")):
        raise PermissionError("您没有导出这张表明文的权限。")
    rows = kind.model._default_manager.all().visible_to(by, "export")
    chosen = layout_of(kind, layout)
    record(
        action="export", by=by, at=at, reason=reason, label=chosen.title, data_class=DataClass.SEALED,
        changes={"rows": rows.count(), "layout": chosen.code, "plain": True},
    )  # fmt: skip
    title, key = f"导出{chosen.title}", f"sheets.export:{kind.code()}:{by.uid}"
    return enqueue("sheets.export", title, by=by, key=key, sheet=kind.code(), layout=chosen.code, by_uid=str(by.uid))


@job("sheets.export", "按全国版式导出")
def export_job(progress: Progress) -> dict[str, Any]:
    """Write the register for the one who asked; several files come as several links."""
    kind = sheets[progress.arguments["sheet"]]
    by = User.objects.get(uid=progress.arguments["by_uid"])
    if not by.holds(kind.permission("export")):
        raise PermissionError("您已没有导出的权限。")
    at = timezone.now()
    allowed = set(kind.model._default_manager.all().visible_to(by, "export").values_list("pk", flat=True))
    rows = [row for row in kind(by=by, at=at).records() if row.pk in allowed]
    progress.say(0, len(rows), "生成表格")
    with tempfile.TemporaryDirectory(prefix="zhixing-") as folder:
        paths = write_register(kind, Path(folder), rows=rows, by=by, at=at, layout=progress.arguments["layout"])
        kept = [keep_file(path, path.name, on=None, by=by, at=at) for path in paths]
    progress.say(len(rows), len(rows), "完成")
    return {"url": file_address(kept[0]), "files": [file_address(each) for each in kept], "rows": len(rows)}
