"""A foreign file becomes tables of text, by way of the guard and a child process."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from zhixing.kernel.rosters.tables import RawTable

from .guard import Inspection, SheetFacts, look_at, look_within, refusing_as
from .headings import find_header, name_headings
from .limits import COMMAND_LINE, Limits
from .merging import fill_merged
from .refusal import DAMAGED, SAVE_AGAIN, SheetRefused

_SOURCE = str(Path(__file__).parents[3])
# numpy would cost the child a third of its start and is not needed.
_START = f"import sys; sys.modules['numpy'] = None; sys.path.insert(0, {_SOURCE!r}); " + (
    "from zhixing.kernel.sheets.child import main; main()"
)
_REFUSED = 3
_COMPLAINT_KEPT = 4096
_PASSED_ON = ("rows", "columns", "table_rows", "memory_bytes", "cpu_seconds", "unpacked_bytes")
# How Python, Arrow and the loader say that the limit on memory was reached.
_SIGNS_OF_WEIGHT = (b"MemoryError", b"allocate", b"failed to map segment", b"malloc")
_TOO_HEAVY = "读取时超出了内存或时间的上限，表格过大或内容异常"


def read_tables(
    path: str | Path, *, limits: Limits = COMMAND_LINE, known_headings: Collection[str] = (), name: str = ""
) -> list[RawTable]:
    """Every visible sheet of ``path`` with anything in it, as text.

    ``known_headings`` help to tell the heading row from title rows above it; ``name`` is the file's name to the user
    (default: that of ``path``). The tables are memory-mapped from files already unlinked: nothing stays on disk.
    Raises SheetRefused, never anything worse: a file that kills the parser kills only the child.
    """
    path = Path(path)
    name = name or path.name
    with tempfile.TemporaryDirectory(prefix="zhixing-") as out, refusing_as(name):
        inspection = look_at(path, limits)
        with _Child(path, inspection, limits, out) as child:  # parses while we look at every byte; both must agree
            inspection = look_within(path, inspection, limits)
            found = child.answer()
        loaded = [(sheet, _mapped(Path(out) / sheet["file"])) for sheet in found]
    facts = {sheet.name: sheet for sheet in inspection.sheets}
    tables = [
        _as_table(name, sheet, data, facts.get(sheet["name"]), known_headings)
        for sheet, data in loaded
        if data.num_rows
    ]
    if not tables:
        raise SheetRefused(name, "文件里没有数据", "请检查是否选对了文件，数据所在的工作表是否被隐藏")
    return _with_hidden_noted(tables, inspection)


class _Child:
    """The process that parses one file; leaving the block ends it, done or not."""

    def __init__(self, path: Path, inspection: Inspection, limits: Limits, out: str) -> None:
        task = {
            "path": str(path.resolve()),
            "kind": inspection.kind,
            "out": out,
            "sheets": [sheet.name for sheet in inspection.sheets if sheet.visible],
            **{name: getattr(limits, name) for name in _PASSED_ON},
        }
        Path(out, "task.json").write_text(json.dumps(task), encoding="utf-8")
        self._patience = limits.cpu_seconds * 2 + 10
        self._out = Path(out)
        command = [sys.executable, "-I", *(["-B"] if sys.dont_write_bytecode else []), "-c", _START]
        with contextlib.ExitStack() as stack:
            asked = stack.enter_context(open(self._out / "task.json", "rb"))
            answered = stack.enter_context(open(self._out / "answer.json", "wb"))
            complaint = stack.enter_context(open(self._out / "complaint.txt", "wb"))
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter, fixed arguments
                command, stdin=asked, stdout=answered, stderr=complaint, env=_bare_environment(), cwd=out
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def answer(self) -> list[dict[str, Any]]:
        """The sheets it wrote, or SheetRefused for whatever became of it."""
        try:
            code = self._process.wait(self._patience)
        except subprocess.TimeoutExpired as error:
            raise SheetRefused("", _TOO_HEAVY, "请把名单分成几个文件再试") from error
        if code in (0, _REFUSED):
            told = json.loads((self._out / "answer.json").read_bytes())
            if code == _REFUSED:
                raise SheetRefused("", told["why"], told["remedy"])
            sheets: list[dict[str, Any]] = told["sheets"]
            return sheets
        complaint = (self._out / "complaint.txt").read_bytes()[-_COMPLAINT_KEPT:]
        if code < 0 or any(sign in complaint for sign in _SIGNS_OF_WEIGHT):
            raise SheetRefused("", _TOO_HEAVY, "请删去多余的行和列，或把名单分成几个文件再试")
        raise SheetRefused("", DAMAGED, SAVE_AGAIN) from RuntimeError(complaint.decode(errors="replace"))


def _bare_environment() -> dict[str, str]:
    """What the child gets to know of its surroundings: no secrets, and an allocator that reserves nothing ahead."""
    return {
        "PATH": os.defpath,
        "LC_ALL": "C.UTF-8",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OMP_NUM_THREADS": "2",
        "TZ": "UTC",
    }


def _mapped(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def _as_table(
    file: str, sheet: dict[str, Any], data: pa.Table, facts: SheetFacts | None, known_headings: Collection[str]
) -> RawTable:
    at = find_header(data, known_headings)
    header_row = int(data["_row"][at].as_py())
    width = _filled_width(data)
    data = data.select(["_row", *(f"c{each}" for each in range(width))])
    cells = [data[f"c{each}"][at].as_py() for each in range(width)]
    body = data.slice(at + 1)
    above = tuple(tuple(cell for cell in list(row.values())[1:] if cell) for row in data.slice(0, at).to_pylist())
    notes: list[str] = []
    if facts and facts.merges:
        body, filled = fill_merged(body, facts.merges, header_row)
        if filled:
            notes.append(f"工作表“{sheet['name']}”里有合并单元格，已按左上角的内容填到它盖住的每一行")
    if facts and facts.error_cells:
        notes.append(f"工作表“{sheet['name']}”里有 {facts.error_cells} 个单元格是公式错误（如 #N/A），按空白处理")
    headings, remarks = name_headings(cells, body)
    notes += [f"工作表“{sheet['name']}”：{remark}" if sheet["name"] else remark for remark in remarks]
    return RawTable(
        file=file,
        sheet=sheet["name"],
        header_row=header_row,
        headings=headings,
        data=body,
        lossy=frozenset((row, column) for row, column in sheet["lossy"] if row > header_row and column < width),
        notes=tuple(notes),
        above=above,
    )


def _filled_width(data: pa.Table) -> int:
    """How many columns there are up to the last with anything in it."""
    for at in range(data.num_columns - 2, -1, -1):
        if data[f"c{at}"].null_count < data.num_rows:
            return at + 1
    return 0


def _with_hidden_noted(tables: list[RawTable], inspection: Inspection) -> list[RawTable]:
    hidden = [sheet.name for sheet in inspection.sheets if not sheet.visible]
    if not hidden:
        return tables
    note = f"没有读取隐藏的工作表：{'、'.join(hidden)}"
    first = tables[0]
    noted = RawTable(**{**first.__dict__, "notes": (*first.notes, note)})
    return [noted, *tables[1:]]
