"""`zhixing verify FILE…`: roster files in, faults out. Needs no server, no database, no configuration."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import glob
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from zhixing.kernel.sheets.refusal import SheetRefused

if TYPE_CHECKING:
    from zhixing.kernel.rosters.declarations import Roster
    from zhixing.kernel.rosters.tables import RawTable, Verdict

HELP = "核验名册文件"
CLEAN, ERRORS_FOUND, UNREADABLE = 0, 1, 2
READ_FROM_FOLDERS = (".xlsx", ".csv", ".parquet")
FORMATS = ("text", "json", "xlsx", "html")
_RESULT = ".核验结果.xlsx"
_WORTH_A_BAR = 1 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zhixing verify`."""
    parser.epilog = "退出码：0 没有错误；1 发现错误；2 文件不能读取（说明是哪个文件、为什么、怎么办）。"
    add = parser.add_argument
    add("files", nargs="+", metavar="文件", help="xlsx、csv 或 parquet 文件；也可以是文件夹或通配符")
    add("--roster", default="auto", metavar="名册", help="按哪种名册核验（默认 auto：按标题行自动识别）")
    add("--against", nargs="+", default=[], metavar="文件", help="别校的名册，用来查一人两校在籍")
    add("--on", type=_date, metavar="日期", help="按哪一天有效的标准核验，如 2026-09-01（默认今天）")
    add("--format", choices=FORMATS, default="text", help="结果格式（默认 text）")
    add("--out", type=Path, metavar="路径", help="结果写到哪里（xlsx 有多个文件时为文件夹）")
    add("--engine", choices=("duckdb", "postgres", "spark"), default="duckdb", help="计算引擎（默认 duckdb）")
    add("--workers", type=_positive, default=os.cpu_count() or 1, metavar="数", help="同时使用的处理器个数")
    add("--reveal", action="store_true", help="显示完整的个人信息（默认遮盖）")


def run(options: argparse.Namespace) -> int:
    """Verify and write the result; the exit code says clean, errors found or unreadable."""
    try:
        sources = _expanded(options.files)
        others = _expanded(options.against)
        _check_out(options.out, sources + others)
        with _steps(sources + others) as step:
            step("读取文件")
            tables = _read(sources, options.workers)
            against = _read(others, options.workers)
            step("按规则核验")
            verdict = _verified(tables, against, options)
            step("写出结果")
            _write(verdict, sources, tables, options)
    except Unreadable as problem:
        print(problem, file=sys.stderr)
        return UNREADABLE
    return ERRORS_FOUND if any(each.severity == "error" for each in verdict.findings) else CLEAN


def travel_light(options: argparse.Namespace) -> None:
    """Keep pyarrow and DuckDB from loading numpy: a tenth of a second in every run, and nothing here needs it."""
    if options.engine == "duckdb":
        sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]


class Unreadable(Exception):
    """The input can't be verified; the message is for the user: which file, why, what to do."""


Source = tuple[Path, str]
"""A file and the name by which findings call it."""


def _expanded(given: Sequence[str]) -> list[Source]:
    """The files meant by ``given``: files, folders and patterns. Called by their bare names while these differ."""
    found: list[Path] = []
    for each in given:
        path = Path(each)
        if path.is_dir():
            inside = sorted(one for one in path.iterdir() if one.suffix.lower() in READ_FROM_FOLDERS)
            inside = [one for one in inside if not one.name.startswith(("~$", ".")) and not one.name.endswith(_RESULT)]
            if not inside:
                raise Unreadable(f"“{each}”文件夹里没有 xlsx、csv 或 parquet 文件。请检查路径。")
            found += inside
        elif not path.exists() and glob.has_magic(each):
            matches = sorted(Path(one) for one in glob.glob(each, recursive=True))
            if not matches:
                raise Unreadable(f"没有与“{each}”相符的文件。请检查路径和通配符。")
            found += matches
        else:
            found.append(path)
    found = list(dict.fromkeys(found))
    names = [path.name for path in found]
    return [(path, path.name if names.count(path.name) == 1 else str(path)) for path in found]


def _check_out(out: Path | None, sources: Sequence[Source]) -> None:
    if out is not None and any(path.exists() and out.resolve() == path.resolve() for path, _ in sources):
        raise Unreadable(f"结果不能写到原文件“{out}”上。请换一个 --out 路径。")


def _read(sources: Sequence[Source], workers: int) -> list[list[RawTable]]:
    """The tables of each source; all that can't be read are told at once."""
    from concurrent.futures import ThreadPoolExecutor

    from zhixing.kernel.sheets.reading import read_tables

    known = _known_headings()

    def read(source: Source) -> list[RawTable] | SheetRefused:
        try:
            return read_tables(source[0], known_headings=known, name=source[1])
        except SheetRefused as refused:
            return refused

    with ThreadPoolExecutor(max_workers=max(1, min(workers, len(sources)))) as pool:
        results = list(pool.map(read, sources))
    refusals = [each for each in results if isinstance(each, SheetRefused)]
    if refusals:
        raise Unreadable("\n".join(map(str, refusals)))
    return [each for each in results if not isinstance(each, SheetRefused)]


def _known_headings() -> set[str]:
    """Every heading that some layout of some roster knows."""
    return {
        heading
        for roster in _rosters_of_the_house()
        for layout in roster.layouts
        for column in layout.columns
        for heading in (column.title, *column.synonyms)
    }


def _rosters_of_the_house() -> list[Roster]:
    from zhixing.domains.students.rosters import STUDENTS

    return [STUDENTS]


def _chosen(name: str) -> list[Roster]:
    """The rosters to recognise: all, one by its code, or one layout of one by the layout's code."""
    rosters = _rosters_of_the_house()
    if name == "auto":
        return rosters
    for roster in rosters:
        if name in (roster.code, roster.title):
            return [roster]
        layouts = tuple(layout for layout in roster.layouts if name in (layout.code, layout.title))
        if layouts:
            return [dataclasses.replace(roster, layouts=layouts)]
    names = [code for roster in rosters for code in (roster.code, *(layout.code for layout in roster.layouts))]
    raise Unreadable(f"没有名为“{name}”的名册。可用的有：auto、{'、'.join(names)}。")


def _verified(tables: list[list[RawTable]], against: list[list[RawTable]], options: argparse.Namespace) -> Verdict:
    """The verdict on all tables; Unreadable where none of them is a roster."""
    from zhixing.domains.students.rosters import student_codes, student_standards
    from zhixing.kernel.rosters import verify

    rosters = _chosen(options.roster)
    own = [table for found in tables for table in found]
    try:
        verdict = verify(
            own,
            rosters=rosters,
            against=[table for found in against for table in found],
            on=options.on or datetime.date.today(),
            engine=options.engine,
            standards=student_standards(),
            codes=student_codes(),
            options=_engine_options(options),
        )
    except ImportError as missing:
        raise Unreadable(
            f"计算引擎 {options.engine} 没有装好（缺少 {missing.name}）。请换用 --engine duckdb。"
        ) from missing
    verdict.notes[:0] = [f"{table.file}：{note}" for table in own for note in table.notes]
    if not verdict.rosters:
        wanted = "、".join(roster.title for roster in rosters)
        raise Unreadable("\n".join([f"没有认出任何名册（可认的有：{wanted}）。", *verdict.notes]))
    return verdict


def _engine_options(options: argparse.Namespace) -> dict[str, object]:
    if options.engine == "duckdb":
        return {"threads": options.workers}
    if options.engine == "postgres":
        url = os.environ.get("DATABASE_URL", "")
        if not url:
            raise Unreadable("--engine postgres 需要数据库地址。请先设置环境变量 DATABASE_URL。")
        return {"url": url}
    return {}


def _write(
    verdict: Verdict, sources: Sequence[Source], tables: list[list[RawTable]], options: argparse.Namespace
) -> None:
    if options.format == "xlsx":
        _write_sheets(verdict, sources, tables, options)
        return
    if options.out is None:
        _write_stream(verdict, sys.stdout, options)
        return
    with _replacing(options.out) as path, path.open("w", encoding="utf-8", newline="") as stream:
        _write_stream(verdict, stream, options)
    print(f"结果已写到 {options.out}", file=sys.stderr)


def _write_stream(verdict: Verdict, stream: TextIO, options: argparse.Namespace) -> None:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="replace")
    if options.format == "html":
        from zhixing.kernel.sheets.page import write_page

        now = datetime.datetime.now()
        write_page(verdict, stream, reveal=options.reveal, made_at=now, titles=_layout_titles())
        return
    from zhixing.kernel.sheets import report

    if options.format == "json":
        report.write_json(verdict, stream, reveal=options.reveal)
    else:
        report.write_text(verdict, stream, reveal=options.reveal, titles=_layout_titles())


def _layout_titles() -> dict[str, str]:
    return {layout.code: layout.title for roster in _rosters_of_the_house() for layout in roster.layouts}


def _write_sheets(
    verdict: Verdict, sources: Sequence[Source], tables: list[list[RawTable]], options: argparse.Namespace
) -> None:
    from zhixing.kernel.sheets.annotate import annotate

    several = len(sources) > 1
    for (path, _), found in zip(sources, tables, strict=True):
        target = Path(path.stem + _RESULT)
        if options.out is not None:
            target = options.out / target if several or options.out.is_dir() else options.out
        with _replacing(target) as unfinished:
            annotate(path, unfinished, found, verdict, reveal=options.reveal)
        print(f"结果已写到 {target}", file=sys.stderr)


@contextlib.contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A path to write to that takes the place of ``target`` only when all went well.

    What is no ordinary file (a device, a pipe) can't be replaced, only written to, and is written to directly.
    """
    try:
        if target.exists() and not target.is_file():
            yield target
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".zhixing-", dir=target.parent) as folder:
            unfinished = Path(folder) / f"result{target.suffix or '.txt'}"
            yield unfinished
            unfinished.replace(target)
    except OSError as error:
        raise Unreadable(
            f"结果写不到“{target}”：{error.strerror or error}。请检查文件夹是否存在、是否可写。"
        ) from error


@contextlib.contextmanager
def _steps(sources: Sequence[Source]) -> Iterator[Callable[[str], None]]:
    """A way to say what is going on: a moving bar on a terminal for long files, nothing otherwise."""
    size = sum(path.stat().st_size for path, _ in sources if path.exists())
    if not sys.stderr.isatty() or size < _WORTH_A_BAR:
        yield lambda told: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda told: progress.update(task, description=told)


def _date(text: str) -> datetime.date:
    for pattern in ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d"):
        with contextlib.suppress(ValueError):
            return datetime.datetime.strptime(text, pattern).date()
    raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2026-09-01 这样")


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("请写一个正整数")
    return int(text)
