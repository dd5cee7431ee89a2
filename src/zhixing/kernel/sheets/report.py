"""A verdict as text for the eye and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from zhixing.kernel.rosters.tables import RowFinding, Verdict

from .shown import (
    SEVERITY_TITLES,
    RuleSummary,
    by_summary,
    closing_line,
    place_of,
    shown_suggestion,
    shown_value,
    summaries_of,
)

if TYPE_CHECKING:
    from rich.console import Console

_COLOURS = {"error": "red", "warning": "yellow", "notice": "cyan"}
_WIDTH_ON_PAPER = 120


def write_json(verdict: Verdict, stream: TextIO, *, reveal: bool = False) -> None:
    """Write the verdict as one JSON object: rows, rosters, findings, by_rule; values masked unless ``reveal``."""
    stream.write(f'{{"rows": {verdict.rows}, "rosters": ')
    rosters = [
        {"file": each.file, "sheet": each.sheet, "layout": each.layout, "rows": each.rows} for each in verdict.rosters
    ]
    stream.write(_dumped(rosters))
    stream.write(', "findings": [')
    for number, finding in enumerate(verdict.findings):
        stream.write(",\n" if number else "\n")
        stream.write(_dumped(_as_object(finding, reveal=reveal)))
    stream.write(f'\n], "by_rule": {_dumped(verdict.by_rule())}}}\n')


def _as_object(finding: RowFinding, *, reveal: bool) -> dict[str, str | int]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "title": finding.title,
        "file": finding.file,
        "sheet": finding.sheet,
        "row": finding.row,
        "column": finding.column,
        "value": shown_value(finding, reveal=reveal),
        "message": finding.message,
        "basis": finding.basis,
        "remedy": finding.remedy,
    }


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def write_text(
    verdict: Verdict, stream: TextIO, *, reveal: bool = False, titles: Mapping[str, str] | None = None
) -> None:
    """Write a table by rule, then every finding under its rule, then the verdict in one sentence.

    ``titles`` gives the layouts' titles by code.
    """
    from rich.console import Console

    on_terminal = stream.isatty()
    console = Console(file=stream, width=None if on_terminal else _WIDTH_ON_PAPER, highlight=False, emoji=False)
    for seen in verdict.rosters:
        sheet = f"“{seen.sheet}”" if seen.sheet else ""
        console.print(
            f"{seen.file}{sheet}：按“{(titles or {}).get(seen.layout, seen.layout)}”读取，{seen.rows} 行", markup=False
        )
    for note in verdict.notes:
        console.print(f"注意：{note}", markup=False)
    if verdict.findings:
        console.print(_table_by_rule(verdict))
        several_files = len({each.file for each in verdict.findings}) > 1
        for summary, findings in by_summary(verdict):
            _write_rule(console, summary, findings, several_files=several_files, reveal=reveal)
    console.print(closing_line(verdict), markup=False, style="bold")


def _table_by_rule(verdict: Verdict) -> object:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title="按规则统计", title_justify="left")
    for title in ("级别", "问题", "处数", "规则"):
        table.add_column(title, justify="right" if title == "处数" else "left", no_wrap=title in ("级别", "处数"))
    for line in summaries_of(verdict):
        severity = Text(SEVERITY_TITLES[line.severity], style=_COLOURS[line.severity])
        table.add_row(severity, Text(line.title), str(line.count), Text(line.rule, style="dim"))
    return table


def _write_rule(
    console: Console, summary: RuleSummary, findings: list[RowFinding], *, several_files: bool, reveal: bool
) -> None:
    heading = f"【{SEVERITY_TITLES[summary.severity]}】{summary.title}（{summary.count} 处）"
    console.print(heading, style=f"bold {_COLOURS[summary.severity]}", markup=False)
    if summary.basis:
        console.print(f"  依据：{summary.basis}", style="dim", markup=False)
    if summary.remedy:
        console.print(f"  办法：{summary.remedy}", style="dim", markup=False)
    for finding in findings:
        console.print(_line(finding, several_files=several_files, reveal=reveal), markup=False, soft_wrap=True)
    console.print()


def _line(finding: RowFinding, *, several_files: bool, reveal: bool) -> str:
    file = f"{finding.file} " if several_files else ""
    value = shown_value(finding, reveal=reveal)
    suggestion = shown_suggestion(finding, reveal=reveal)
    parts = [f"  {file}{place_of(finding)}"]
    if value:
        parts.append(f"：{value}")
    if finding.message:
        parts.append(f"　{finding.message}")
    if suggestion:
        parts.append(f"　建议改为：{suggestion}")
    return _printable("".join(parts))


def _printable(text: str) -> str:
    """The text without line breaks and control characters, which a terminal might obey."""
    return "".join(each if each.isprintable() or each == "　" else " " for each in text)
