"""How findings are shown, whatever the format: masked unless revealing was asked for, in one order, in one wording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from zhixing.kernel.base.masking import mask
from zhixing.kernel.rosters.tables import RowFinding, SeverityName, Verdict

SEVERITY_TITLES: dict[SeverityName, str] = {"error": "错误", "warning": "提醒", "notice": "提示"}
SEVERITY_ORDER: tuple[SeverityName, ...] = ("error", "warning", "notice")


@dataclass(frozen=True)
class RuleSummary:
    """One rule that found something: its words and how often it did, by severity where a rule has several."""

    rule: str
    title: str
    severity: SeverityName
    basis: str
    remedy: str
    count: int


def shown_value(finding: RowFinding, *, reveal: bool) -> str:
    """The faulty value as it may be printed."""
    return finding.value if reveal else mask(finding.sensitive, finding.value)


def shown_suggestion(finding: RowFinding, *, reveal: bool) -> str:
    """The suggested value as it may be printed."""
    return finding.suggestion if reveal else mask(finding.sensitive, finding.suggestion)


def place_of(finding: RowFinding) -> str:
    """Where a finding stands, in words: 学生1 第 12 行“身份证号”."""
    sheet = f"{finding.sheet} " if finding.sheet else ""
    column = f"“{finding.column}”" if finding.column else ""
    return f"{sheet}第 {finding.row} 行{column}"


def count_by_severity(findings: Iterable[RowFinding]) -> dict[SeverityName, int]:
    """How many findings of each severity, all three named."""
    counts = dict.fromkeys(SEVERITY_ORDER, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def summaries_of(verdict: Verdict) -> list[RuleSummary]:
    """One line per rule and severity: errors first, then by how many findings there are."""
    counted: dict[tuple[str, SeverityName], tuple[RowFinding, int]] = {}
    for finding in verdict.findings:
        key = (finding.rule, finding.severity)
        first, count = counted.get(key, (finding, 0))
        counted[key] = (first, count + 1)
    lines = [
        RuleSummary(first.rule, first.title, first.severity, first.basis, first.remedy, count)
        for first, count in counted.values()
    ]
    return sorted(lines, key=lambda line: (SEVERITY_ORDER.index(line.severity), -line.count, line.rule))


def by_summary(verdict: Verdict) -> Iterator[tuple[RuleSummary, list[RowFinding]]]:
    """Each summary with its findings, in the order of files, sheets and rows."""
    ordered = sorted(verdict.findings, key=lambda each: (each.rule, each.severity))
    groups = {key: list(group) for key, group in groupby(ordered, key=lambda each: (each.rule, each.severity))}
    for summary in summaries_of(verdict):
        found = groups[summary.rule, summary.severity]
        yield summary, sorted(found, key=lambda each: (each.file, each.sheet, each.row, each.column))


def faulty_rows(verdict: Verdict) -> int:
    """How many rows have at least one error."""
    return len({(each.file, each.sheet, each.row) for each in verdict.findings if each.severity == "error"})


def closing_line(verdict: Verdict) -> str:
    """The whole verdict in one sentence."""
    counts = count_by_severity(verdict.findings)
    if not verdict.findings:
        return f"共核验 {verdict.rows} 行，没有发现问题。"
    told = "，".join(f"{SEVERITY_TITLES[name]} {counts[name]} 处" for name in SEVERITY_ORDER if counts[name])
    return f"共核验 {verdict.rows} 行，发现{told}，有错误的行 {faulty_rows(verdict)} 行。"
