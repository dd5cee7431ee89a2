"""One streaming look at the parts of a workbook: what would harm, and what the reader won't be told by its library."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from .addresses import letters_of, parse_cell
from .container import packed_start
from .limits import Limits
from .refusal import DAMAGED, SAVE_AGAIN, SheetRefused

_CHUNK = 1 << 20
_TAIL = 1 << 16
_LONGEST_TAG = 512
_MERGES_KEPT = 50_000
_FORMULAS_NAMED = 5

_FORMULA = re.compile(
    rb'<c r="(?P<cell>[A-Z]{1,3}[0-9]{1,7})"(?P<attributes>[^>]*)>'
    rb"\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v(?:\s[^>]*)?>(?P<value>[^<]*)</v>|<v\s*/>)?"
)
_MERGE = re.compile(rb'<mergeCell ref="([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})"')
_DECLARED = re.compile(rb"""^<\?xml[^>]*encoding\s*=\s*["']([^"']+)["']""")

Merge = tuple[int, int, int, int]


@dataclass
class PartFacts:
    """What one part holds: rows, error cells, merged ranges (row, column, row, column; 1-based rows, 0-based columns)
    and the cells whose formula has no stored result."""

    rows: int = 0
    error_cells: int = 0
    merges: list[Merge] = field(default_factory=list)
    unsolved: list[str] = field(default_factory=list)


def scan_parts(path: Path, container: zipfile.ZipFile, limits: Limits) -> dict[str, PartFacts]:
    """Unpack every part piece by piece, never holding more than a few MiB, and say what was seen, by part name.

    Raises SheetRefused for a part longer than promised, a damaged one, a DTD or entity, an encoding other than
    UTF-8, a cell beyond the limits, more rows than the limits allow, an archive within the archive.
    """
    facts: dict[str, PartFacts] = {}
    for part in container.infolist():
        if part.is_dir():
            continue
        chunks = _unpacked(path, part)
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            facts[part.filename] = _scan_xml(path.name, part.filename, chunks, limits)
        else:
            _scan_other(path.name, chunks)
    return facts


def _unpacked(path: Path, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of ``part``; stops at the first byte beyond what the directory promised."""
    left, total, checksum = part.compress_size, 0, 0
    stored = part.compress_type == zipfile.ZIP_STORED
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    with path.open("rb") as file:
        file.seek(packed_start(path, part))
        pending = b""
        while True:
            if not pending and left:
                pending = file.read(min(left, _CHUNK >> 2))
                left -= len(pending)
                if not pending:
                    break
            try:
                piece = pending if stored else unpacker.decompress(pending, _CHUNK)
            except zlib.error as error:
                raise SheetRefused(path.name, DAMAGED, SAVE_AGAIN) from error
            pending = b"" if stored else unpacker.unconsumed_tail
            total += len(piece)
            if total > part.file_size:
                raise SheetRefused(path.name, "文件内容比它自己声明的大，像是恶意文件", SAVE_AGAIN)
            checksum = zlib.crc32(piece, checksum)
            if piece:
                yield piece
            elif not pending and not left:
                break
    if total != part.file_size or checksum != part.CRC:
        raise SheetRefused(path.name, DAMAGED, SAVE_AGAIN)


def _scan_xml(file: str, part: str, chunks: Iterator[bytes], limits: Limits) -> PartFacts:
    facts = PartFacts()
    tail = b""
    for number, chunk in enumerate(chunks):
        if number == 0:
            _check_encoding(file, chunk)
        if b"\0" in chunk:
            raise SheetRefused(file, "文件内部的编码不正常", SAVE_AGAIN)
        text = tail + chunk
        if b"<!" in text and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):
            raise SheetRefused(file, "文件里含有实体定义（DTD），像是恶意文件", SAVE_AGAIN)
        _check_reach(file, text, limits)
        facts.rows += text.count(b"<row") - tail.count(b"<row")
        if facts.rows > limits.rows:
            raise _too_many_rows(file, limits)
        tail = _unfinished(text)
        _note_particulars(facts, text, len(text) - len(tail))
    _note_particulars(facts, tail, len(tail))
    return facts


def _check_encoding(file: str, first: bytes) -> None:
    """Only UTF-8 passes, because the patterns here look at bytes."""
    head = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = _DECLARED.match(head)
    named = declared.group(1).lower() if declared else b"utf-8"
    if not head.startswith(b"<") or named not in (b"utf-8", b"utf8", b"us-ascii"):
        raise SheetRefused(file, "文件内部的编码不正常", SAVE_AGAIN)


def _check_reach(file: str, text: bytes, limits: Limits) -> None:
    suspect = _not_plainly_near(limits.rows, limits.columns).search(text)
    found = _beyond(limits.rows, limits.columns).search(text, suspect.start()) if suspect else None
    if found is None:
        return
    cell = found.group(1).decode("ascii", "replace")
    _, column = parse_cell(cell)
    if column >= limits.columns:
        why = f"{cell} 处有内容，超出了 {limits.columns} 列（{letters_of(limits.columns - 1)} 列）的范围"
        raise SheetRefused(file, why, "请删去右边多余的列（选中后“删除”，不只是清空），另存后再试")
    raise _too_many_rows(file, limits)


def _too_many_rows(file: str, limits: Limits) -> SheetRefused:
    why = f"表格超过 {limits.rows} 行"
    return SheetRefused(file, why, "请删去下面多余的空行（选中后“删除”），或把名单分成几个文件再试")


def _unfinished(text: bytes) -> bytes:
    """The end of ``text`` from its last cell or tag on: what a chunk's edge has cut is looked at again whole."""
    last_cell = text.rfind(b"<c ", max(0, len(text) - _TAIL))
    at = last_cell if last_cell >= 0 else text.rfind(b"<", max(0, len(text) - _LONGEST_TAG))
    return text[at:] if at >= 0 else b""


def _note_particulars(facts: PartFacts, text: bytes, end: int) -> None:
    """Note error cells, merged ranges and unsolved formulas in the first ``end`` bytes."""
    facts.error_cells += text.count(b' t="e"', 0, end)
    if text.find(b"<mergeCell ", 0, end) >= 0 and len(facts.merges) < _MERGES_KEPT:
        for first, last in _MERGE.findall(text, 0, end):
            facts.merges.append((*parse_cell(first.decode()), *parse_cell(last.decode())))
    if text.find(b"<f", 0, end) >= 0:
        for match in _FORMULA.finditer(text, 0, end):
            if not match["value"] and b't="str"' not in match["attributes"] and len(facts.unsolved) < _FORMULAS_NAMED:
                facts.unsolved.append(match["cell"].decode())


def _scan_other(file: str, chunks: Iterator[bytes]) -> None:
    for number, chunk in enumerate(chunks):
        if number == 0 and chunk.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf")):
            raise SheetRefused(file, "文件里还套着压缩包或别的文件", SAVE_AGAIN)


@lru_cache(maxsize=8)
def _not_plainly_near(rows: int, columns: int) -> re.Pattern[bytes]:
    """References that a first, cheap look can't pass: almost none in an honest sheet of moderate length."""
    last = letters_of(columns - 1)
    digits = max(len(str(rows)) - 1, 1)
    letters = f"(?:[A-{chr(ord(last[0]) - 1)}]?[A-Z])?" if len(last) == 2 and last[0] > "A" else ""
    return re.compile(f' r="(?!{letters}[0-9]{{1,{digits}}}")'.encode())


@lru_cache(maxsize=8)
def _beyond(rows: int, columns: int) -> re.Pattern[bytes]:
    """References past ``rows`` × ``columns`` (group 1). Starts with a literal, which makes the search fast."""
    past_column = _letters_past(letters_of(columns - 1))
    past_row = _number_past(rows)
    return re.compile(f' r="((?:{past_column})[0-9]+|[A-Za-z]{{0,2}}(?:{past_row}))'.encode())


def _letters_past(last: str) -> str:
    """Column letters after ``last``, in either case: ``IV`` gives IW–IZ, J…–Z…, and all of three letters."""
    options = [f"[A-Za-z]{{{len(last) + 1},}}"]
    for at, letter in enumerate(last):
        if letter != "Z":
            following = chr(ord(letter) + 1)
            step = f"[{following}-Z{following.lower()}-z]"
            head = "".join(f"[{each}{each.lower()}]" for each in last[:at])
            options.append(f"{head}{step}[A-Za-z]{{{len(last) - at - 1}}}")
    return "|".join(options)


def _number_past(last: int) -> str:
    """Digits of a number greater than ``last``: 60001 gives 6 digits and more, 7####–9####, 61###…"""
    digits = str(last)
    options = [f"[1-9][0-9]{{{len(digits)},}}"]
    for at, digit in enumerate(digits):
        if digit != "9":
            options.append(f"{digits[:at]}[{int(digit) + 1}-9][0-9]{{{len(digits) - at - 1}}}")
    return f"0*(?:{'|'.join(options)})"
