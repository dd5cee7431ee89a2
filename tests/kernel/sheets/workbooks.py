"""Workbooks made by hand, honest and hostile, written as streams so that a bomb costs nothing to make."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
HEAD = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()
TAIL = b"</sheetData></worksheet>"
ROW = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c></row>'
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

Part = str | bytes | Iterable[bytes]


def sheet_xml(rows: str | bytes, after: str = "") -> bytes:
    """A worksheet part around the XML of its rows."""
    body = rows.encode() if isinstance(rows, str) else rows
    return HEAD + body + b"</sheetData>" + after.encode() + b"</worksheet>"


def text_rows(*rows: Iterable[str]) -> str:
    """Rows of inline text starting at A1; empty strings leave no cell."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
            for at, text in enumerate(row)
            if text
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return "".join(lines)


def write_workbook(
    path: Path,
    sheets: Mapping[str, Part],
    *,
    states: Mapping[str, str] | None = None,
    extra: Mapping[str, Part] | None = None,
) -> Path:
    """Write a workbook of ``sheets`` (name → worksheet XML); ``states`` hides some, ``extra`` adds parts."""
    states = states or {}
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}" state="{states.get(name, "visible")}"/>'
        for at, name in enumerate(names, start=1)
    )
    related = "".join(
        f'<Relationship Id="rId{at}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(names) + 1)
    )
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{TYPES}.worksheet+xml"/>'
        for at in range(1, len(names) + 1)
    )
    parts: dict[str, Part] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>{typed}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
    }
    parts.update({f"xl/worksheets/sheet{at}.xml": sheets[name] for at, name in enumerate(names, start=1)})
    parts.update(extra or {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, part in parts.items():
            with container.open(name, "w", force_zip64=True) as out:
                for chunk in (part,) if isinstance(part, str | bytes) else part:
                    out.write(chunk.encode() if isinstance(chunk, str) else chunk)
    return path


def plain(path: Path, *rows: Iterable[str]) -> Path:
    """A workbook of one sheet of text."""
    return write_workbook(path, {"名单": sheet_xml(text_rows(*rows))})


def many_rows(count: int) -> Iterable[bytes]:
    """A worksheet of ``count`` rows without addresses."""
    yield HEAD
    block = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>' * 20_000
    for _ in range(count // 20_000):
        yield block
    yield TAIL


def one_cell(mebibytes: int) -> Iterable[bytes]:
    """A worksheet with one cell of so many MiB."""
    yield HEAD + b'<row r="1"><c t="inlineStr"><is><t>'
    for _ in range(mebibytes):
        yield b"A" * (1 << 20)
    yield b"</t></is></c></row>" + TAIL


def billion_laughs() -> bytes:
    """A worksheet whose DTD multiplies one word a billion times."""
    entities = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    start = f'<?xml version="1.0"?><!DOCTYPE lolz [{entities}]>'.encode()
    return start + sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>')


def understate(path: Path, part: str, size: int) -> None:
    """Make both headers of ``part`` promise ``size`` bytes unpacked, which is a lie."""
    data = bytearray(path.read_bytes())
    name = part.encode()
    for mark, at_size, at_name in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            if data[at + at_name : at + at_name + len(name)] == name:
                data[at + at_size : at + at_size + 4] = struct.pack("<L", size)
    path.write_bytes(bytes(data))


def overlap(path: Path) -> None:
    """Let the directory's last entry point at the first entry's bytes."""
    data = bytearray(path.read_bytes())
    last = data.rfind(b"PK\x01\x02")
    data[last + 42 : last + 46] = struct.pack("<L", 0)
    path.write_bytes(bytes(data))


def compound_file(*, encrypted: bool) -> bytes:
    """The beginning of an OLE container, as old .xls files and encrypted workbooks have."""
    inside = "EncryptedPackage" if encrypted else "Workbook"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + inside.encode("utf-16-le") + bytes(2048)
