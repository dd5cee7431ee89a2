"""Pieces of a Word body as XML text. Everything a user wrote passes ``run``, which escapes it."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from .looks import RED, Sheet, twips
from .titles import width_of
from .word_styles import fonts, in_order

LINE_BREAK = "<w:r><w:br/></w:r>"


def run(text: str, face: str = "", *, points: float = 0, under: bool = False) -> str:
    """A run of text; the hint makes Word set quotation marks and dashes in the Chinese face."""
    look = fonts(face) if face else '<w:rFonts w:hint="eastAsia"/>'
    size = f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>' if points else ""
    line = '<w:u w:val="single"/>' if under else ""
    return f'<w:r><w:rPr>{look}{size}{line}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(style: str, inner: str, more: str = "") -> str:
    """A paragraph of a named style; ``more`` are settings of its own, a section's end among them."""
    section = ""
    if "<w:sectPr>" in more:
        section, more = more, ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{_settings(more)}{section}</w:pPr>{inner}</w:p>'


def _settings(more: str) -> str:
    """Settings in the schema's order; borders stand between keepNext and snapToGrid and are passed as they are."""
    border, rest = "", more
    if "<w:pBdr>" in more:
        start, end = more.index("<w:pBdr>"), more.index("</w:pBdr>") + len("</w:pBdr>")
        border, rest = more[start:end], more[:start] + more[end:]
    ordered = in_order(rest)
    keep = [part for part in ("<w:keepNext/>", '<w:keepNext w:val="0"/>', "<w:pageBreakBefore/>") if part in ordered]
    for part in keep:
        ordered = ordered.replace(part, "")
    return "".join(keep) + border + ordered


def lines(text: str, face: str = "", *, points: float = 0) -> str:
    """Text whose line breaks are kept."""
    return LINE_BREAK.join(run(line, face, points=points) for line in text.split("\n"))


def head(page: dict[str, Any]) -> list[str]:
    """版头: marks top left, the organ in red, the number, the red rule; two empty lines before the title."""
    found = page["head"]
    if found is None:
        return []
    marks = [mark for mark in (found["secrecy"], found["urgency"]) if mark]
    parts = [paragraph("Marks", run(mark)) for mark in marks]
    parts += [paragraph("Marks", "") for _ in range(3 - len(marks))]
    parts.append(paragraph("Organ", run(found["organ"], points=found["points"])))
    minutes = page["layout"] == "minutes"
    rule = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="10" w:color="{RED}"/></w:pBdr>'
    before = f'<w:spacing w:before="{290 if minutes else 1158}"/>'
    if found["signer"]:
        parts.append(_number_and_signer(page["number"], found["signer"], rule, before))
    else:
        parts.append(paragraph("Number", run(page["number"]), rule + before))
    return [*parts, paragraph("Number", ""), *([] if minutes else [paragraph("Number", "")])]


def _number_and_signer(number: str, signer: str, rule: str, before: str) -> str:
    """上行文: the number one character from the left, 签发人 one from the right, the name in 楷体."""
    tabs = f'<w:tabs><w:tab w:val="right" w:pos="{twips(156) - 320}"/></w:tabs>'
    text = run(number) + "<w:r><w:tab/></w:r>" + run("签发人：") + run(signer, "kai")
    indent = '<w:ind w:leftChars="100" w:left="320"/>'
    return f'<w:p><w:pPr><w:pStyle w:val="Number"/>{rule}{tabs}{before}{indent}<w:jc w:val="left"/></w:pPr>{text}</w:p>'


def title_block(page: dict[str, Any]) -> list[str]:
    """The title, and for papers without a red head who keeps it and its number."""
    title = paragraph("PaperTitle", LINE_BREAK.join(run(line) for line in page["title"]), _after(page))
    if page["head"] is not None:
        return [title]
    parts = [paragraph("Keeper", run(page["organ"]))] if page["organ"] else []
    parts.append(title)
    if page["number"]:
        parts.append(paragraph("FormNumber", run(f"编号：{page['number']}")))
    return parts


def _after(page: dict[str, Any]) -> str:
    space = 579 if page["layout"] in {"letter", "minutes"} else 120
    return f'<w:spacing w:after="{space}" w:line="700" w:lineRule="exact"/>'


def is_signed(page: dict[str, Any]) -> bool:
    """Whether anything follows the text: attachments, signer or date."""
    return bool(page["attachments"] or page["closing"]["signer"] or page["closing"]["date"])


def closing(page: dict[str, Any]) -> list[str]:
    """附件说明, 署名 and 成文日期."""
    parts = attachments(page["attachments"])
    end = page["closing"]
    if end["signer"]:
        parts.append(paragraph("Signer", run(end["signer"]), _from_right(end["signer_right"], 1158)))
    if end["date"]:
        parts.append(
            paragraph("DateLine", run(end["date"]), _from_right(end["date_right"], 0 if end["signer"] else 579))
        )
    return parts


def _from_right(characters: float, before: int) -> str:
    space = f'<w:spacing w:before="{before}"/>' if before else ""
    return f'{space}<w:ind w:rightChars="{round(characters * 100)}" w:right="{round(characters * 320)}"/>'


def attachments(names: list[str]) -> list[str]:
    """附件：1.…: an empty line before, two characters in, wrapped lines under the first letter of the name."""
    numbered = len(names) > 1
    found = []
    for at, name in enumerate(names):
        mark = f"{at + 1}." if numbered else ""
        label = "附件：" if at == 0 else ""
        hang = width_of(label + mark)
        left = 2 + width_of("附件：") + width_of(mark)
        indent = (
            f'<w:ind w:leftChars="{round(left * 100)}" w:left="{round(left * 320)}" '
            f'w:hangingChars="{round(hang * 100)}" w:hanging="{round(hang * 320)}"/>'
        )
        before = '<w:spacing w:before="579"/>' if at == 0 else ""
        found.append(paragraph("Attachments", run(label + mark + name), before + indent))
    return found


def imprint(found: dict[str, Any], sheet: Sheet) -> str:
    """版记: a table without sides at the foot of the last page; outer rules thick, inner ones thin."""
    width = twips(sheet.inner)
    rows = []
    if found["copies"]:
        hang = (
            '<w:ind w:leftChars="400" w:left="1120" w:rightChars="100" w:right="280" w:hangingChars="300" '
            'w:hanging="840"/>'
        )
        text = paragraph("Imprint", run(f"抄送：{found['copies']}"), hang)
        rows.append(f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
                    f'<w:gridSpan w:val="2"/></w:tcPr>{text}</w:tc></w:tr>')  # fmt: skip
    if found["printed_by"] or found["printed_on"]:
        half = width // 2
        left = paragraph("Imprint", run(found["printed_by"]), '<w:ind w:leftChars="100" w:left="280"/>')
        right = paragraph(
            "Imprint", run(found["printed_on"]), '<w:ind w:rightChars="100" w:right="280"/><w:jc w:val="right"/>'
        )
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{half}" w:type="dxa"/></w:tcPr>{text}</w:tc>' for text in (left, right)
        )
        rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
    if not rows:
        return ""
    thick, thin = (
        'w:val="single" w:sz="8" w:space="0" w:color="auto"',
        'w:val="single" w:sz="6" w:space="0" w:color="auto"',
    )
    borders = f"<w:tblBorders><w:top {thick}/><w:bottom {thick}/><w:insideH {thin}/></w:tblBorders>"
    return (
        '<w:tbl><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="margin" w:horzAnchor="margin" '
        f'w:tblpXSpec="left" w:tblpYSpec="bottom"/><w:tblW w:w="{width}" w:type="dxa"/>{borders}'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="{width // 2}"/>'
        f'<w:gridCol w:w="{width - width // 2}"/></w:tblGrid>{"".join(rows)}</w:tbl>'
    )
