"""Word files written part by part, honest and hostile."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types"/>'
ROOT = (
    f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
)
PARTS = ("styles", "numbering", "footnotes")


def paragraph(text: str = "", properties: str = "", run: str = "") -> str:
    """A paragraph with the XML of its properties and of its run's."""
    inside = f"<w:r><w:rPr>{run}</w:rPr><w:t xml:space='preserve'>{escape(text)}</w:t></w:r>" if text else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def listed(text: str, list_id: int = 1, level: int = 0) -> str:
    """A paragraph of an automatic list."""
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def level(at: int, form: str, text: str, more: str = "", start: int = 1) -> str:
    form_and_text = f'<w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/>{form_and_text}</w:lvl>'


def numbering(*levels: str, nums: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>') -> str:
    """numbering.xml with one abstract list."""
    abstract = f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>'
    return f'<w:numbering xmlns:w="{W}">{abstract}{nums}</w:numbering>'


def styles(*each: str) -> str:
    return f'<w:styles xmlns:w="{W}">{"".join(each)}</w:styles>'


def document(body: str) -> str:
    return f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'


def word_file(body: str = "", *, parts: Mapping[str, str | bytes] | None = None, **more: str) -> bytes:
    """A .docx of these parts; ``parts`` puts others in or replaces them, by full name."""
    relations = "".join(
        f'<Relationship Id="r{at}" Type="{OFFICE}/{name}" Target="{name}.xml"/>' for at, name in enumerate(PARTS)
    )
    all_parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT,
        "word/document.xml": document(body),
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        **{f"word/{name}.xml": xml for name, xml in more.items()},
        **(parts or {}),
    }
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in all_parts.items():
            archive.writestr(name, content)
    return stream.getvalue()
