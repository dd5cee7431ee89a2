"""The child process: parses one foreign file under hard limits and leaves its tables as Arrow files.

Asked by a JSON object on standard input, answers with one on standard output. Exit code 0: tables written;
3: refused, with reason and remedy. Anything else, a signal included, means that the file broke the parser.
"""

from __future__ import annotations

import contextlib
import gc
import json
import resource
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from .batches import BatchWriter
from .refusal import DAMAGED, SAVE_AGAIN, SheetRefused

REFUSED = 3
_ROWS_AT_A_TIME = 20_000


def main() -> None:
    """Do what standard input asks, then leave by the exit code."""
    gc.disable()  # rows are lists by the hundred thousand and never in rings; looking for rings costs a second
    task = json.load(sys.stdin)
    _bind(task["memory_bytes"], task["cpu_seconds"], task["unpacked_bytes"])
    try:
        answer = {"sheets": _READERS[task["kind"]](task)}
    except SheetRefused as refused:
        json.dump({"why": refused.why, "remedy": refused.remedy}, sys.stdout)
        sys.exit(REFUSED)
    json.dump(answer, sys.stdout)


def _bind(memory_bytes: int, cpu_seconds: int, file_bytes: int) -> None:
    """Take on limits that can't be lifted again; a system that knows one of them not goes without it."""
    bounds = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: max(file_bytes, 1 << 20) * 2,
        resource.RLIMIT_NOFILE: 64,
    }
    for kind, bound in bounds.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (bound, bound))


def _read_workbook(task: dict[str, Any]) -> list[dict[str, Any]]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum  # slow import

    wanted = set(task["sheets"])
    found = []
    try:
        with CalamineWorkbook.from_path(task["path"]) as workbook:
            for number, meta in enumerate(workbook.sheets_metadata):
                if meta.name in wanted and meta.typ == SheetTypeEnum.WorkSheet:
                    sheet = workbook.get_sheet_by_index(number)
                    found.append(_write_sheet(sheet, Path(task["out"]) / f"{number}.arrow", task))
    except (CalamineError, OSError, ValueError) as error:
        raise SheetRefused("", DAMAGED, SAVE_AGAIN) from error
    return found


def _write_sheet(sheet: Any, path: Path, task: dict[str, Any]) -> dict[str, Any]:
    first_column = sheet.start[1] if sheet.start else 0
    width = sheet.end[1] + 1 if sheet.end else 0
    if width > task["columns"] or (sheet.end and sheet.end[0] >= task["rows"]):
        raise SheetRefused("", f"表格超过 {task['rows']} 行或 {task['columns']} 列", "请删去多余的行和列，另存后再试")
    batches = BatchWriter(path, width)
    rows = sheet.iter_rows()
    done = 0
    while chunk := list(islice(rows, _ROWS_AT_A_TIME)):
        batches.write_rows(range(done + 1, done + len(chunk) + 1), chunk, first_column=first_column)
        done += len(chunk)
    batches.close()
    return _described(sheet.name, path, batches)


def _read_csv(task: dict[str, Any]) -> list[dict[str, Any]]:
    from .delimited import read_delimited

    path = Path(task["out"]) / "0.arrow"
    batches = read_delimited(Path(task["path"]), path, rows=task["table_rows"], columns=task["columns"])
    return [_described("", path, batches)]


def _read_parquet(task: dict[str, Any]) -> list[dict[str, Any]]:
    from .parquet import read_parquet

    path = Path(task["out"]) / "0.arrow"
    batches = read_parquet(Path(task["path"]), path, rows=task["table_rows"], columns=task["columns"])
    return [_described("", path, batches)]


def _described(name: str, path: Path, batches: BatchWriter) -> dict[str, Any]:
    return {"name": name, "file": path.name, "rows": batches.rows, "lossy": batches.lossy}


_READERS = {"xlsx": _read_workbook, "csv": _read_csv, "parquet": _read_parquet}
