"""Table bodies by compiled functions: one f-string per set of columns, written once and kept.

A template engine walks its nodes for every cell; here a row is one expression. The source is made only of declared
columns and escaped constants, never of anything a request brought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.utils import timezone
from markupsafe import Markup, escape

from .cells import Cell
from .printing import NOTHING

Renderer = Callable[[Iterable[tuple[Any, ...]], Mapping[Any, str]], str]

MARK_WORDS = {"error": "有错误级问题未整改", "warning": "有警告级问题未整改", "notice": "有提示级问题"}


def _shown(cell: Cell, index: int, scope: dict[str, Any]) -> str:
    """The expression that prints value ``v{index}``, known not to be empty."""
    value = f"v{index}"
    if cell.render is not None:
        scope[f"f{index}"] = cell.render
        return f"e(f{index}({value}))"
    if cell.kind == "choice":
        scope[f"f{index}"] = {key: str(escape(label)) for key, label in cell.labels}
        return f"(f{index}.get({value}) or e({value}))"
    return {
        "date": f"{value}.isoformat()",
        "moment": f"m({value})",
        "truth": f"('是' if {value} else '否')",
        "number": f"e({value})",
        "sealed": f"e({value}.mask)",
    }.get(cell.kind, f"e({value})")


def _empty(cell: Cell, index: int) -> str:
    if cell.kind == "sealed":
        return f"not v{index}"
    return f"v{index} is None" if cell.kind in {"truth", "number", "date", "moment"} else f"v{index} in N"


def _source(cells: tuple[Cell, ...], href: str, batch: bool, scope: dict[str, Any]) -> str:
    linked = next((i for i, cell in enumerate(cells) if cell.link), 0)
    parts = ['<tr{M.get(uid, "")}>']
    if batch:
        parts.append('<td class="pick"><input type="checkbox" name="row" value="{uid}" aria-label="选择 {label}"></td>')
    for index, cell in enumerate(cells):
        value = f"{{n if {_empty(cell, index)} else {_shown(cell, index, scope)}}}"
        if index == linked:
            inner = f'<a href="{href}">{value}</a>' if href else value
            parts.append(f'<th scope="row" class="lead">{{K.get(uid, "")}}{inner}</th>')
        else:
            classes = " ".join(filter(None, ("num" if cell.numeric else "", cell.width)))
            title = str(escape(cell.title)).replace("{", "{{").replace("}", "}}")
            styled = f' class="{classes}"' if classes else ""
            parts.append(f'<td data-label="{title}"{styled}>{value}</td>')
    names = ", ".join(["uid", *(f"v{i}" for i in range(len(cells)))])
    label = f"  label = e(v{linked})\n" if batch else ""
    body = "".join(parts).replace("\\", "&#92;") + "</tr>"
    return (
        "def body(rows, M, K):\n out = []\n put = out.append\n"
        f" for ({names},) in rows:\n{label}  put(f'''{body}''')\n return ''.join(out)"
    )


def _moment(zone: Any) -> Callable[[datetime], str]:
    return lambda value: value.astimezone(zone).strftime("%Y-%m-%d %H:%M")


@lru_cache(maxsize=512)
def renderer(cells: tuple[Cell, ...], address: str, batch: bool) -> Callable[..., Markup]:
    """The function that prints rows ``(uid, value, …)`` as table rows.

    ``address`` is the detail page's path with UID in place of the uid, blank for no link. The function takes the rows
    and a mapping uid -> severity of its worst open finding.
    """
    scope: dict[str, Any] = {
        "e": escape,
        "n": NOTHING,
        "N": (None, ""),
        "m": _moment(timezone.get_default_timezone()),
    }
    href = quote(address, safe="/").replace("{", "").replace("UID", "{uid}")
    exec(compile(_source(cells, href, batch, scope), "<row renderer>", "exec"), scope)  # noqa: S102
    body = scope["body"]

    def run(rows: Iterable[tuple[Any, ...]], marks: Mapping[Any, str]) -> Markup:
        classes = {uid: f' class="mark mark-{severity}"' for uid, severity in marks.items()}
        lamps = {
            uid: f'<span class="lamp lamp-{severity}" role="img" aria-label="{MARK_WORDS[severity]}"'
            f' title="{MARK_WORDS[severity]}"></span>'
            for uid, severity in marks.items()
        }
        return Markup(body(rows, classes, lamps))  # noqa: S704

    return run
