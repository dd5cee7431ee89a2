"""Comma-, semicolon- or tab-separated text, in the encodings that Chinese offices use. Runs in the child only."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from .batches import BatchWriter
from .refusal import SheetRefused

_BYTES_AT_A_TIME = 1 << 20
_ROWS_AT_A_TIME = 20_000
_LONGEST_CELL = 1 << 20
_SAMPLE = 1 << 16
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
_AS_FORMULA = re.compile(r'="([^"]*)"')
_POWER = re.compile(r"\s*\d(?:\.\d+)?[Ee]\+?(\d\d)\s*")
_LINE_PROVES_UTF8 = 12
# A spreadsheet saves a number of twelve digits and more as 1.1E+11.
_POWER_SHOWN_FROM = 11
_SAVE_AS_UTF8 = "请用 Excel/WPS 打开后另存为“Excel 工作簿（*.xlsx）”或“CSV UTF-8”再试"


def read_delimited(source: Path, out: Path, *, rows: int, columns: int) -> BatchWriter:
    """Write the table of ``source`` to ``out``. Row numbers are those a spreadsheet shows, blank lines counted.

    Raises SheetRefused for text of mixed or unknown encoding, unpaired quotes, too many rows or columns.
    """
    encoding = encoding_of(source)
    csv.field_size_limit(_LONGEST_CELL)
    width = _measure(source, encoding, rows, columns)
    batches = BatchWriter(out, width)
    done = 0
    for chunk in _chunks(source, encoding):
        numbers = range(done + 1, done + len(chunk) + 1)
        batches.write_rows(numbers, [_tidied(row, number, batches) for number, row in zip(numbers, chunk, strict=True)])
        done += len(chunk)
    batches.close()
    return batches


def encoding_of(source: Path) -> str:
    """The encoding under which the whole file is lawful text: by its mark, else UTF-8, else GB18030 (holds GBK)."""
    with source.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif head.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    else:
        candidates = ["utf-8", "gb18030"]
    for encoding in candidates:
        if _is_lawful(source, encoding):
            if encoding == "gb18030" and _has_utf8_lines(source):
                raise SheetRefused("", "文件里混有两种文字编码（UTF-8 和 GBK）", _SAVE_AS_UTF8)
            return encoding
    raise SheetRefused("", "认不出文字编码，按 UTF-8、GB18030（GBK）都读不通", _SAVE_AS_UTF8)


def _is_lawful(source: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with source.open("rb") as file:
        try:
            while piece := file.read(_BYTES_AT_A_TIME):
                if _NOT_TEXT.search(decoder.decode(piece)):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


def _has_utf8_lines(source: Path) -> bool:
    """Whether any line with plenty of Chinese is lawful UTF-8: GBK text of that length practically never is."""
    with source.open("rb") as file:
        for line in file:
            if len(line.translate(None, bytes(range(128)))) >= _LINE_PROVES_UTF8:
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError:
                    continue
                return True
    return False


def delimiter_of(sample: str) -> str:
    """Comma, semicolon or tab: whichever stands most often outside quotes in the first ten lines."""
    bare = re.sub(r'"[^"]*"', "", sample)
    lines = [line for line in bare.splitlines() if line.strip()][:10]
    return max(",;\t", key=lambda mark: sum(line.count(mark) for line in lines))


def _rows(source: Path, encoding: str) -> Iterator[list[str]]:
    with source.open(encoding=encoding, newline="") as file:
        delimiter = delimiter_of(file.read(_SAMPLE))
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        number = 0
        try:
            for row in reader:
                number += 1
                yield row
        except csv.Error as error:
            why = f"第 {number + 1} 行附近的引号没有成对，或一格文字超过 1 MiB"
            raise SheetRefused("", why, "请检查这一行的英文双引号，或用 Excel/WPS 另存为 *.xlsx 再试") from error


def _measure(source: Path, encoding: str, rows: int, columns: int) -> int:
    """The widest row, once it is known that the table keeps within bounds."""
    width = 0
    for count, row in enumerate(_rows(source, encoding), start=1):
        width = max(width, len(row))
        if count > rows:
            raise SheetRefused("", f"表格超过 {rows} 行", "请把名单分成几个文件再试")
        if width > columns:
            raise SheetRefused("", f"第 {count} 行超过 {columns} 列", "请检查分隔符和引号，删去多余的列再试")
    return width


def _chunks(source: Path, encoding: str) -> Iterator[list[list[str]]]:
    rows = _rows(source, encoding)
    while chunk := list(islice(rows, _ROWS_AT_A_TIME)):
        yield chunk


def _tidied(row: list[str], number: int, batches: BatchWriter) -> list[Any]:
    """The row without the crutches by which systems keep digits as text (="…", a tab), powers of ten noted as lossy."""
    line = "\x1f".join(row)
    if "\t" not in line and '="' not in line and "E+" not in line and "e+" not in line:
        return row
    tidied = []
    for at, cell in enumerate(row):
        text = cell.strip("\t")
        wrapped = _AS_FORMULA.fullmatch(text)
        text = wrapped.group(1) if wrapped else text
        power = _POWER.fullmatch(text)
        if power and int(power.group(1)) >= _POWER_SHOWN_FROM:
            batches.lossy.append((number, at))
        tidied.append(text)
    return tidied
