"""Plain text and pasted text become lines."""

from __future__ import annotations

import codecs
import re

from .limits import LINE_CHARACTERS, LINES, TEXT_BYTES
from .lines import Doubt, Line, Source
from .refusal import DocumentRefused

_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\ufffd]")
_SAVE_AS_UTF8 = "请用“记事本”或 Word/WPS 打开后另存为 UTF-8 编码的 *.txt，或直接把文字粘贴进来"


def read_bytes(data: bytes, name: str) -> Source:
    """Text by its mark (UTF-8, UTF-16), else UTF-8, else GB18030, which holds GBK. Raises DocumentRefused."""
    if len(data) > TEXT_BYTES:
        why = f"文字有 {len(data) / (1 << 20):.1f} MiB，超过 {TEXT_BYTES >> 20} MiB"
        raise DocumentRefused(name, why, "请只留下方案的文字再试")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif data.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    else:
        candidates = ["utf-8", "gb18030"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if not _NOT_TEXT.search(text):
            return read_text(text, name)
    raise DocumentRefused(name, "认不出文字编码，按 UTF-8、GB18030（GBK）都读不通", _SAVE_AS_UTF8)


def read_text(text: str, name: str = "粘贴的文字") -> Source:
    """Each line of ``text``, blank ones included, so that numbers are those an editor shows.

    A table pasted from a word processor or a spreadsheet (cells parted by tabs) becomes rows. Raises DocumentRefused
    for text without a word and for more than a document can hold.
    """
    if len(text) > TEXT_BYTES:
        raise DocumentRefused(name, f"文字超过 {TEXT_BYTES >> 20} 百万字", "请只留下方案的文字再试")
    pieces = _BREAK.split(text.removeprefix("\ufeff"))
    if not any(piece.strip() for piece in pieces):
        raise DocumentRefused(name, "里面没有文字", "请检查是否选对了文件；如果是扫描件或图片，请先做文字识别（OCR）")
    if len(pieces) > LINES:
        raise DocumentRefused(name, f"超过 {LINES} 行，不像一份方案", "请只留下方案的文字再试")
    warnings: list[Doubt] = []
    lines: list[Line] = []
    table = 0
    for number, piece in enumerate(pieces, start=1):
        if len(piece) > LINE_CHARACTERS:
            warnings.append(Doubt(line=number, text=piece[:40], why=f"这一行超过 {LINE_CHARACTERS} 字，后面的没有读取"))
            piece = piece[:LINE_CHARACTERS]
        cells = _cells(piece)
        if not piece.strip():
            lines.append(Line(no=number, text=piece, kind="blank"))
        elif cells:
            table += not (lines and lines[-1].kind == "row")
            lines.append(Line(no=number, text=piece, kind="row", cells=cells, table=table))
        else:
            lines.append(Line(no=number, text=piece))
    return Source(name=name, lines=tuple(lines), warnings=tuple(warnings))


def _cells(piece: str) -> tuple[str, ...]:
    """The cells of a row: three or more, parted by tabs or by upright strokes. A tab after a number is no table."""
    for sign in ("\t", "|"):
        inner = piece.strip(" \r\n").strip("|") if sign == "|" else piece
        if inner.count(sign) >= 2:
            cells = tuple(cell.strip() for cell in inner.split(sign))
            if sum(map(bool, cells)) >= 2:
                return cells
    return ()
