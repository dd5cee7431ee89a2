"""A verdict as one HTML page that stands alone and prints: figures, charts, then every rule with its rows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from html import escape
from typing import TextIO

from zhixing.kernel.rosters.tables import RowFinding, Verdict

from .charts import Bar, bar_chart, share_bar
from .shown import (
    SEVERITY_ORDER,
    SEVERITY_TITLES,
    RuleSummary,
    by_summary,
    closing_line,
    count_by_severity,
    faulty_rows,
    shown_suggestion,
    shown_value,
    summaries_of,
)

# A page is for reading and printing; the whole list of a long verdict is in xlsx and json.
ROWS_PER_RULE = 200
_BARS = 24

_STYLE = """
:root{--ink:#1f2937;--soft:#6b7280;--line:#e5e7eb;--paper:#fff;--accent:#1661ab;--error:#c2352b;--warning:#c98a00;
--notice:#3b82a0;--clean:#2f855a}
*{box-sizing:border-box}
body{margin:0;background:#f6f7f9;color:var(--ink);font:14px/1.6 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",
"Source Han Sans SC",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1080px;margin:0 auto;padding:32px 24px 64px}
header{border-bottom:3px solid var(--accent);padding-bottom:12px;margin-bottom:24px}
h1{margin:0;font-size:26px;letter-spacing:.02em}
header p{margin:4px 0 0;color:var(--soft)}
h2{font-size:18px;margin:36px 0 12px}
h3{font-size:15px;margin:0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px}
.figure-card,.card{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:14px 18px}
.figure-card b{display:block;font-size:26px;line-height:1.25;font-weight:600}
.figure-card span{color:var(--soft)}
.card{margin-top:12px}
.rule{border-left:4px solid var(--line)}
.rule.error{border-left-color:var(--error)}.rule.warning{border-left-color:var(--warning)}
.rule.notice{border-left-color:var(--notice)}
b.error{color:var(--error)}b.warning{color:var(--warning)}b.notice{color:var(--notice)}b.clean{color:var(--clean)}
.tag{display:inline-block;padding:0 8px;border-radius:4px;color:#fff;font-size:12px;margin-right:8px}
.tag.error{background:var(--error)}.tag.warning{background:#946300}.tag.notice{background:#2c6a83}
.count{float:right;color:var(--soft)}
dl{display:grid;grid-template-columns:4em 1fr;margin:6px 0 10px;color:var(--soft)}dt{font-weight:600}dd{margin:0}
table{border-collapse:collapse;width:100%;font-size:13px}
th{background:#f3f4f6;text-align:left;font-weight:600}
th,td{border-bottom:1px solid var(--line);padding:4px 8px;vertical-align:top;overflow-wrap:anywhere}
td.number{text-align:right;white-space:nowrap}
.more,footer{color:var(--soft)}
svg{width:100%;height:auto;display:block}
svg text{font-size:12.5px;fill:var(--ink)}svg .label{text-anchor:end}svg .figure{fill:var(--soft)}
rect.error{fill:var(--error)}rect.warning{fill:#d9a21b}rect.notice{fill:var(--notice)}rect.clean{fill:var(--clean)}
rect.plain{fill:var(--accent)}
footer{margin-top:40px;border-top:1px solid var(--line);padding-top:8px;font-size:12px}
@media print{@page{size:A4;margin:14mm 12mm}body{background:#fff;font-size:11px}main{max-width:none;padding:0}
.card,.figure-card{break-inside:auto;border-color:#ccc}h2,h3,.figure-card,svg{break-inside:avoid;break-after:avoid}
tr{break-inside:avoid}thead{display:table-header-group}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
@media (max-width:600px){main{padding:20px 12px}.count{float:none;display:block}}
""".replace("\n", "")


def write_page(
    verdict: Verdict,
    stream: TextIO,
    *,
    reveal: bool = False,
    made_at: datetime.datetime | None = None,
    titles: Mapping[str, str] | None = None,
) -> None:
    """Write the page; values masked unless ``reveal``.

    ``made_at`` is the moment printed on it, if any; ``titles`` gives the layouts' titles by code.
    """
    title = "名册核验报告"
    write = stream.write
    write('<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">')
    write('<meta name="viewport" content="width=device-width,initial-scale=1">')
    write("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">")
    write(f"<title>{title}</title><style>{_STYLE}</style></head><body><main>")
    files = "、".join(dict.fromkeys(each.file for each in verdict.rosters))
    moment = f"　{made_at:%Y年%m月%d日 %H:%M}" if made_at else ""
    write(f"<header><h1>{title}</h1><p>{escape(files)}{moment}</p></header>")
    write(_figures(verdict))
    write(_rosters(verdict, titles or {}))
    if verdict.findings:
        write(_charts(verdict))
        write("<h2>逐条问题</h2>")
        for summary, findings in by_summary(verdict):
            _write_rule(stream, summary, findings, reveal=reveal)
    shown = "个人信息按原样显示，请妥善保管，用后销毁。" if reveal else "个人信息已遮盖显示。"
    write(f"<footer>由知行生成。{shown}</footer></main></body></html>\n")


def _figures(verdict: Verdict) -> str:
    counts = count_by_severity(verdict.findings)
    faulty = faulty_rows(verdict)
    share = f"{(verdict.rows - faulty) / verdict.rows:.1%}" if verdict.rows else "—"
    cards = [
        (f"{verdict.rows:,}", "核验行数", ""),
        (f"{counts['error']:,}", "错误", "error" if counts["error"] else "clean"),
        (f"{counts['warning']:,}", "提醒", "warning" if counts["warning"] else "clean"),
        (f"{faulty:,}", "有错误的行", "error" if faulty else "clean"),
        (share, "无错误的行占比", "clean" if not faulty else ""),
    ]
    boxes = "".join(
        f'<div class="figure-card"><b class="{look}">{figure}</b><span>{label}</span></div>'
        for figure, label, look in cards
    )
    return f'<p>{escape(closing_line(verdict))}</p><div class="figures">{boxes}</div>'


def _rosters(verdict: Verdict, titles: Mapping[str, str]) -> str:
    lines = "".join(
        f"<tr><td>{escape(each.file)}</td><td>{escape(each.sheet)}</td>"
        f"<td>{escape(titles.get(each.layout, each.layout))}</td>"
        f'<td class="number">{each.rows:,}</td></tr>'
        for each in verdict.rosters
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in verdict.notes)
    remarks = f'<ul class="more">{notes}</ul>' if notes else ""
    head = "<thead><tr><th>文件</th><th>工作表</th><th>认出的格式</th><th>行数</th></tr></thead>"
    return f'<h2>核验范围</h2><div class="card"><table>{head}<tbody>{lines}</tbody></table>{remarks}</div>'


def _charts(verdict: Verdict) -> str:
    counts = count_by_severity(verdict.findings)
    faulty = faulty_rows(verdict)
    rows = [Bar("有错误的行", faulty, "error"), Bar("没有错误的行", max(verdict.rows - faulty, 0), "clean")]
    kinds = [Bar(SEVERITY_TITLES[name], counts[name], name) for name in SEVERITY_ORDER]
    rules = [Bar(line.title, line.count, line.severity) for line in summaries_of(verdict)[:_BARS]]
    columns: dict[str, int] = {}
    for finding in verdict.findings:
        columns[finding.column or "（整行）"] = columns.get(finding.column or "（整行）", 0) + 1
    most = sorted(columns.items(), key=lambda item: (-item[1], item[0]))[:12]
    return (
        "<h2>总体情况</h2><div class='card'>"
        f"<h3>行</h3>{share_bar(rows, '有错误的行所占的比例')}{_legend(rows)}"
        f"<h3>问题</h3>{share_bar(kinds, '错误与提醒所占的比例')}{_legend(kinds)}</div>"
        f"<h2>按规则</h2><div class='card'>{bar_chart(rules, '每条规则发现的问题数')}</div>"
        f"<h2>问题最多的列</h2><div class='card'>"
        f"{bar_chart([Bar(name, count, 'plain') for name, count in most], '每一列的问题数')}</div>"
    )


def _legend(bars: list[Bar]) -> str:
    return "<p>" + "　".join(f'<b class="{bar.look}">■</b> {bar.label} {bar.amount:,}' for bar in bars) + "</p>"


def _write_rule(stream: TextIO, summary: RuleSummary, findings: list[RowFinding], *, reveal: bool) -> None:
    write = stream.write
    write(f'<section class="card rule {summary.severity}"><h3><span class="count">{summary.count:,} 处</span>')
    write(
        f'<span class="tag {summary.severity}">{SEVERITY_TITLES[summary.severity]}</span>{escape(summary.title)}</h3>'
    )
    words = [("依据", summary.basis), ("办法", summary.remedy), ("编号", summary.rule)]
    write("<dl>" + "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in words if text) + "</dl>")
    several = len({each.file for each in findings}) > 1
    write("<table><thead><tr>" + ("<th>文件</th>" if several else ""))
    write("<th>工作表</th><th>行</th><th>列</th><th>值</th><th>说明</th><th>建议</th></tr></thead><tbody>")
    for finding in findings[:ROWS_PER_RULE]:
        write(_row(finding, several=several, reveal=reveal))
    write("</tbody></table>")
    if len(findings) > ROWS_PER_RULE:
        write(f'<p class="more">另有 {len(findings) - ROWS_PER_RULE:,} 处，请用 xlsx 或 json 格式查看全部。</p>')
    write("</section>")


def _row(finding: RowFinding, *, several: bool, reveal: bool) -> str:
    file = f"<td>{escape(finding.file)}</td>" if several else ""
    texts = (
        finding.column,
        shown_value(finding, reveal=reveal),
        finding.message,
        shown_suggestion(finding, reveal=reveal),
    )
    cells = "".join(f"<td>{escape(text)}</td>" for text in texts)
    return f'<tr>{file}<td>{escape(finding.sheet)}</td><td class="number">{finding.row}</td>{cells}</tr>'
