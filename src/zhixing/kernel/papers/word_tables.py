"""Tables, forms, slips and signature lines of a Word body, as XML text."""

from __future__ import annotations

from typing import Any

from .looks import Sheet, twips
from .word_parts import lines, paragraph, run

BLANK = "　　　　　　"
DATE = "　　年　　月　　日"


def table(block: dict[str, Any]) -> str:
    """A ruled table: the head stands on every page, rows don't break, equal neighbours are merged where asked."""
    points, widths = block["points"], [twips(width) for width in block["widths"]]
    head = "".join(
        _cell(text, width, points, "center", head=True) for text, width in zip(block["headers"], widths, strict=True)
    )
    rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"]
    for at, row in enumerate(block["rows"]):
        spans = block["spans"][at] if block["spans"] else [1] * len(row)
        cells = "".join(
            _cell(text, width, points, side, span)
            for text, width, side, span in zip(row, widths, block["align"], spans, strict=True)
        )
        whole = "" if block["breaks"][at] else "<w:cantSplit/>"
        rows.append(f"<w:tr><w:trPr>{whole}</w:trPr>{cells}</w:tr>")
    caption = paragraph("Caption", run(block["caption"])) if block["caption"] else ""
    return f"{caption}{_frame(widths, ''.join(rows))}{paragraph('TearLine', '', LOOSE)}"


LOOSE = '<w:keepNext w:val="0"/>'


def _frame(widths: list[int], rows: str, style: str = "PaperTable") -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>'
    )


def _cell(text: str, width: int, points: float, side: str, span: int = 1, *, head: bool = False) -> str:
    merge = "" if span == 1 else '<w:vMerge w:val="restart"/>' if span else "<w:vMerge/>"
    align = {"center": "center", "right": "right"}.get(side, "both")
    inner = "" if span == 0 else lines(text, points=points)
    style = "TableHead" if head else "TableText"
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merge}<w:vAlign w:val="center"/></w:tcPr>'
        f'{paragraph(style, inner, f"""<w:jc w:val="{align}"/>""")}</w:tc>'
    )


def form(block: dict[str, Any], *, keep: bool = False) -> str:
    """A ruled form with label cells; ``keep`` holds it on one page."""
    widths = [twips(width) for width in block["columns"]]
    rows = []
    for at, line in enumerate(block["lines"]):
        hold = keep and at < len(block["lines"]) - 1
        cells, start = [], 0
        for cell in line["cells"]:
            width = sum(widths[start : start + cell["span"]])
            start += cell["span"]
            span = f'<w:gridSpan w:val="{cell["span"]}"/>' if cell["span"] > 1 else ""
            style = "FormLabel" if cell["label"] else "FormText"
            text = paragraph(style, lines(cell["text"]), "<w:keepNext/>" if hold else "")
            settings = f'<w:tcW w:w="{width}" w:type="dxa"/>{span}<w:vAlign w:val="center"/>'
            cells.append(f"<w:tc><w:tcPr>{settings}</w:tcPr>{text}</w:tc>")
        height = f'<w:trHeight w:val="{twips(line["height"])}" w:hRule="atLeast"/>'
        whole = "<w:cantSplit/>" if keep or line["height"] > 20 else ""
        rows.append(f"<w:tr><w:trPr>{whole}{height}</w:trPr>{''.join(cells)}</w:tr>")
    return _frame(widths, "".join(rows))


def slip(block: dict[str, Any]) -> str:
    """回执: a dashed line to tear along, a title, a line of text, a form; all on one page."""
    dashes = (
        '<w:pBdr><w:bottom w:val="dashed" w:sz="6" w:space="1" w:color="auto"/></w:pBdr><w:spacing w:before="240"/>'
    )
    text = paragraph("PaperText", run(block["text"]), "<w:keepNext/>") if block["text"] else ""
    title = paragraph("SlipTitle", run(block["title"]), '<w:spacing w:before="120"/>')
    tear = paragraph("TearLine", run("裁　切　线"), dashes)
    return tear + title + text + form(block, keep=True) + paragraph("TearLine", "", LOOSE)


def signatures(block: dict[str, Any], sheet: Sheet) -> str:
    """Places to sign, two beside each other, each with a day."""
    places = block["places"]
    across = 2 if len(places) > 1 else 1
    width = twips(sheet.inner) // across
    rows = []
    for at in range(0, len(places), across):
        cells = [_place(label, name, block["date"]) for label, name in places[at : at + across]]
        cells += [paragraph("Signing", "")] * (across - len(cells))
        rows.append(
            "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
            + "".join(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>' for cell in cells)
            + "</w:tr>"
        )
    return (
        paragraph("TearLine", "")
        + _frame([width] * across, "".join(rows), "TableNormal")
        + paragraph("TearLine", "", LOOSE)
    )


def _place(label: str, name: str, dated: bool) -> str:
    label = label.rstrip("：:") + "："
    line = paragraph("Signing", run(label) + run(name or BLANK, under=not name))
    return line + (paragraph("Signing", run(DATE)) if dated else "")
