"""A letter as a Word document: real styles, the 22 × 28 grid, fields for page numbers. GB/T 9704-2012.

The body is written as XML text in which every word of a user is escaped, and read back by python-docx, which keeps the
parts of the file together. Long tables stay quick that way.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

from .blocks import Letter
from .laid import laid
from .looks import CHAR_SPACE, LINE_PITCH, Sheet, sheet_of, twips
from .word_parts import LINE_BREAK, closing, head, imprint, is_signed, paragraph, run, title_block
from .word_styles import SETTINGS, W, font_table_xml, styles_xml
from .word_tables import form, signatures, slip, table

DRAWING = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
HEADING_STYLE = {1: "Level1", 2: "Level2", 3: "Level3", 4: "Level4"}


def to_docx(letter: Letter, at: datetime | None = None) -> bytes:
    """The letter as the bytes of a .docx; ``at`` is written down as the time it was made."""
    from docx import Document  # slow import
    from docx.oxml import parse_xml

    page = laid(letter)
    document = Document(BytesIO(_empty()))
    writer = _Writer(page, document)
    # The whole tree is put in the place of the empty one: moving a long table into it would take time by the square.
    document.part._element = parse_xml(f"<w:document {W} {DRAWING}><w:body>{writer.body()}</w:body></w:document>")
    facts = document.core_properties
    facts.title, facts.author, facts.language = page["plain_title"][:255], page["organ"][:255], "zh-CN"
    facts.subject = page["number"]
    if at is not None:
        facts.created = facts.modified = at
    out = BytesIO()
    document.save(out)
    return out.getvalue()


class _Writer:
    """Writes one letter. ``document`` gives relations to pictures, headers and footers."""

    def __init__(self, page: dict[str, Any], document: Any) -> None:
        self.page, self.document = page, document
        self.layout = page["layout"]
        self.landscape = page["landscape"]
        self.marks = _marks(document, page["draft"])
        self.first_section = True

    def body(self) -> str:
        page = self.page
        parts = [*head(page), *title_block(page)]
        if page["addressee"]:
            parts.append(paragraph("Addressee", run(page["addressee"])))
        for at, block in enumerate(page["blocks"]):
            if at == page["ends_at"]:
                parts += closing(page)
            last = at + 1 == page["ends_at"] and block["kind"] == "Para" and bool(parts)
            written = self.block(block)
            parts.append(_kept_with_next(written) if last and is_signed(page) else written)
        if page["ends_at"] == len(page["blocks"]):
            parts += closing(page)
        if page["imprint"]:
            parts.append(imprint(page["imprint"], sheet_of(self.layout, self.landscape)))
            parts.append(paragraph("TearLine", ""))
        return "".join(parts) + self.section()

    def block(self, block: dict[str, Any]) -> str:
        kind = block["kind"]
        if kind == "Heading":
            return _heading(block)
        if kind == "Para":
            return "".join(_para(line, block) for line in block["lines"])
        if kind == "Labelled":
            return _labelled(block)
        if kind == "Table":
            return table(block)
        if kind == "Form":
            return form(block) + paragraph("TearLine", "")
        if kind == "Slip":
            return slip(block)
        if kind == "Signatures":
            return signatures(block, sheet_of(self.layout, self.landscape))
        if kind == "Picture":
            return self.picture(block)
        return self.turned(block)

    def turned(self, block: dict[str, Any]) -> str:
        """A page break or an annex: a new section where the paper turns, a break before the paragraph where not."""
        if block["turned"]:
            before = paragraph("TearLine", "", f"{self.section()}")
            self.landscape = block["landscape"]
        else:
            before = "" if block["kind"] == "Annex" else paragraph("TearLine", '<w:r><w:br w:type="page"/></w:r>')
        if block["kind"] != "Annex":
            return before
        broken = "" if block["turned"] else "<w:pageBreakBefore/>"
        return (
            before + paragraph("AnnexLabel", run(block["label"]), broken)
            + paragraph("PaperTitle", LINE_BREAK.join(run(line) for line in block["title"]),
                        '<w:spacing w:before="290" w:after="290" w:line="700" w:lineRule="exact"/>')
        )  # fmt: skip

    def picture(self, block: dict[str, Any]) -> str:
        from docx.shared import Mm  # slow import

        from .pictures import bytes_of  # slow import

        data = bytes_of(block["stored_file"])
        if data is None:
            return paragraph("PictureCaption", run(f"（图片缺失）{block['caption']}"))
        inline = self.document.part.new_pic_inline(BytesIO(data), width=Mm(block["width_mm"]))
        inline.docPr.set("descr", block["caption"])
        drawing = f"<w:r><w:drawing>{_xml(inline)}</w:drawing></w:r>"
        caption = paragraph("PictureCaption", run(block["caption"])) if block["caption"] else ""
        return paragraph("PictureLine", drawing, "" if caption else '<w:keepNext w:val="0"/>') + caption

    def section(self) -> str:
        """The settings of the section that ends here."""
        sheet = sheet_of(self.layout, self.landscape)
        refs = "".join(
            f'<w:{part}Reference w:type="{kind}" r:id="{rid}"/>' for part, kind, rid in self.marks
        )  # fmt: skip
        turned = ' w:orient="landscape"' if self.landscape else ""
        return (
            f'<w:sectPr>{refs}<w:type w:val="nextPage"/>'
            f'<w:pgSz w:w="{twips(sheet.width)}" w:h="{twips(sheet.height)}"{turned}/>{_margins(sheet)}'
            f'<w:docGrid w:type="linesAndChars" w:linePitch="{LINE_PITCH}" w:charSpace="{CHAR_SPACE}"/></w:sectPr>'
        )


def _margins(sheet: Sheet) -> str:
    sides = {side: twips(getattr(sheet, side)) for side in ("top", "right", "bottom", "left")}
    named = " ".join(f'w:{side}="{value}"' for side, value in sides.items())
    return f'<w:pgMar {named} w:header="{twips(15)}" w:footer="{twips(sheet.foot)}" w:gutter="0"/>'


def _kept_with_next(paragraphs: str) -> str:
    """No page holds a signature alone: the last paragraph goes with it."""
    start = paragraphs.rindex("<w:pStyle")
    end = paragraphs.index("/>", start) + 2
    return f"{paragraphs[:end]}<w:keepNext/>{paragraphs[end:]}" if "<w:p>" in paragraphs else paragraphs


def _heading(block: dict[str, Any]) -> str:
    lines, style = block["lines"], HEADING_STYLE[block["level"]]
    face = {1: "hei", 2: "kai"}.get(block["level"], "")
    if not lines:
        return paragraph(style, run(block["text"]))
    # Title and text in one paragraph: the text is 仿宋 and does not hang on the next paragraph.
    first = run(block["text"], face) + run(lines[0], "body")
    return paragraph(style, first, '<w:keepNext w:val="0"/>') + "".join(
        paragraph("PaperText", run(line)) for line in lines[1:]
    )


def _para(line: str, block: dict[str, Any]) -> str:
    more = "" if block["indent"] and not block["align"] else '<w:ind w:firstLineChars="0" w:firstLine="0"/>'
    if block["align"]:
        more += f'<w:jc w:val="{block["align"]}"/>'
    return paragraph("PaperText", run(line), more)


def _labelled(block: dict[str, Any]) -> str:
    from .titles import width_of  # slow import

    label = block["label"].rstrip("：:") + "："
    hang = width_of(label)
    indent = (
        f'<w:ind w:leftChars="{round((2 + hang) * 100)}" w:left="{round((2 + hang) * 320)}" '
        f'w:hangingChars="{round(hang * 100)}" w:hanging="{round(hang * 320)}"/>'
    )
    lines = LINE_BREAK.join(run(line) for line in block["text"].split("\n"))
    return paragraph("Labelled", run(label, "hei") + lines, indent)


def _xml(element: Any) -> str:
    from lxml import etree  # slow import

    return str(etree.tostring(element, encoding="unicode"))


@cache
def _empty() -> bytes:
    """A document with our styles and settings and no body, made once."""
    from docx import Document  # slow import
    from docx.opc.packuri import PackURI
    from docx.oxml import parse_xml

    document = Document()
    package = document.part.package
    settings = document.settings.element
    fresh = parse_xml(SETTINGS.encode())
    for child in list(settings):
        settings.remove(child)
    settings.extend(list(fresh))
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    styles.extend(list(parse_xml(styles_xml().encode())))
    for part in package.iter_parts():
        if part.partname == PackURI("/word/fontTable.xml"):
            part._blob = font_table_xml().encode()
    for name in ("/word/theme/theme1.xml", "/docProps/thumbnail.jpeg", "/word/stylesWithEffects.xml"):
        _drop(package, name)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _drop(package: Any, name: str) -> None:
    """Take a part out by removing the relations to it; what nobody relates to isn't saved."""
    for source in [package, *package.iter_parts()]:
        for rid, relation in list(source.rels.items()):
            if not relation.is_external and str(relation.target_part.partname) == name:
                del source.rels[rid]


def _marks(document: Any, draft: bool) -> list[tuple[str, str, str]]:
    """(header or footer, default or even, relation id): page numbers, and 草稿 above every page of a draft."""
    from docx.oxml import parse_xml  # slow import

    found = []
    for kind, side in (("default", "right"), ("even", "left")):
        footer, rid = document.part.add_footer_part()
        _fill(footer.element, parse_xml(_page_number(side)))
        found.append(("footer", kind, rid))
        header, rid = document.part.add_header_part()
        mark = paragraph("DraftMark", run("草稿　未经编号印发，不作依据") if draft else "")
        _fill(header.element, parse_xml(mark.replace("<w:p>", f"<w:p {W}>", 1)))
        found.append(("header", kind, rid))
    return sorted(found, key=lambda mark: mark[0], reverse=True)


def _fill(element: Any, content: Any) -> None:
    for child in list(element):
        element.remove(child)
    element.append(content)


def _page_number(side: str) -> str:
    """— 1 —: one character from the edge, right on odd pages and left on even ones."""
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    edge = f'<w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/>'
    text = paragraph("PageNo", f"{run('— ')}{field}{run(' —')}", edge)
    return text.replace("<w:p>", f"<w:p {W}>", 1)
