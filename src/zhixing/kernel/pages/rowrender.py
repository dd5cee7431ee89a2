"""Table bodies by compiled functions: columns are made ready one at a time, rows are one f-string each.

A template engine walks its nodes for every cell; here escaping a column is a handful of C calls, whatever the number
of rows, and a row is one expression. The source is made only of declared columns and escaped constants, never of
anything a request brought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.utils import timezone
from markupsafe import Markup, escape

from .cells import Cell
from .printing import NOTHING

Texts = list[str]
MARK_WORDS = {"error": "有错误级问题未整改", "warning": "有警告级问题未整改", "notice": "有提示级问题"}
DASH = str(NOTHING)
APART = "\x1f"


def escaped(texts: Sequence[str]) -> Texts:
    """Each text escaped; all of them in one call, unless one holds the separator."""
    found = str(escape(APART.join(texts))).split(APART)
    return found if len(found) == len(texts) else [str(escape(text)) for text in texts]


def _column(cell: Cell) -> Callable[[Sequence[Any]], Texts]:
    """The function that turns a column of values into a column of HTML."""
    if cell.render is not None:
        render = cell.render
        return lambda values: [DASH if v is None or v == "" else str(escape(render(v))) for v in values]
    if cell.kind == "choice":
        labels = {value: str(escape(label)) for value, label in cell.labels} | {None: DASH, "": DASH}
        return lambda values: [labels[v] if v in labels else str(escape(v)) for v in values]
    if cell.kind == "truth":
        words = {True: "是", False: "否", None: DASH}
        return lambda values: [words[v] for v in values]
    if cell.kind == "date":
        return lambda values: [DASH if v is None else v.isoformat() for v in values]
    if cell.kind == "moment":
        zone = timezone.get_default_timezone()
        return lambda values: [DASH if v is None else v.astimezone(zone).strftime("%Y-%m-%d %H:%M") for v in values]
    if cell.kind == "sealed":
        return lambda values: [text or DASH for text in escaped([v.mask if v else "" for v in values])]
    return lambda values: [text or DASH for text in escaped(["" if v is None else str(v) for v in values])]


def _named(html: str) -> str:
    """What an attribute may hold of a cell: its text."""
    return str(escape(Markup(html).striptags())) if "<" in html else html  # noqa: S704 - only to strip its tags


def _source(cells: tuple[Cell, ...], href: str, batch: bool) -> str:
    linked = next((i for i, cell in enumerate(cells) if cell.link), 0)
    parts = ['<tr{M.get(uid, "")}>']
    if batch:
        pick = '<input type="checkbox" name="row" value="{uid}" aria-label="选择 {label}">'
        parts.append(f'<td class="pick">{pick}</td>')
    for index, cell in enumerate(cells):
        value = f"{{v{index}}}"
        if index == linked:
            inner = f'<a href="{href}">{value}</a>' if href else value
            classes = " ".join(filter(None, ("lead", cell.width)))
            parts.append(f'<th scope="row" class="{classes}">{{K.get(uid, "")}}{inner}</th>')
        else:
            classes = " ".join(filter(None, ("num" if cell.numeric else "", cell.width)))
            title = str(escape(cell.title)).replace("{", "{{").replace("}", "}}")
            styled = f' class="{classes}"' if classes else ""
            parts.append(f'<td data-label="{title}"{styled}>{value}</td>')
    names = ", ".join(["uid", "label", *(f"v{i}" for i in range(len(cells)))])
    body = "".join(parts).replace("\\", "&#92;") + "</tr>"
    return f"def body(columns, M, K):\n return ''.join([f'''{body}''' for {names} in zip(*columns)])"


@lru_cache(maxsize=512)
def renderer(cells: tuple[Cell, ...], address: str, batch: bool) -> Callable[..., Markup]:
    """The function that prints rows ``(uid, value, …)`` as table rows.

    ``address`` is the detail page's path with UID in place of the uid, blank for no link. The function takes the rows
    and a mapping uid -> severity of its worst open finding.
    """
    scope: dict[str, Any] = {}
    href = quote(address, safe="/").replace("UID", "{uid}")
    exec(compile(_source(cells, href, batch), "<row renderer>", "exec"), scope)  # noqa: S102 - see the module's word
    body, makers = scope["body"], [_column(cell) for cell in cells]
    linked = next((i for i, cell in enumerate(cells) if cell.link), 0)

    def run(rows: Iterable[tuple[Any, ...]], marks: Mapping[Any, str]) -> Markup:
        columns = list(zip(*rows, strict=True))
        if not columns:
            return Markup()
        uids = [str(uid) for uid in columns[0]]
        made = [make(values) for make, values in zip(makers, columns[1:], strict=True)]
        labels = [_named(text) for text in made[linked]] if batch else uids
        classes = {str(uid): f' class="mark mark-{severity}"' for uid, severity in marks.items()}
        lamps = {str(uid): LAMPS[severity] for uid, severity in marks.items()}
        return Markup(body([uids, labels, *made], classes, lamps))  # noqa: S704 - every part is escaped above

    return run


LAMPS = {
    severity: f'<span class="lamp lamp-{severity}" role="img" aria-label="{words}" title="{words}"></span>'
    for severity, words in MARK_WORDS.items()
}
