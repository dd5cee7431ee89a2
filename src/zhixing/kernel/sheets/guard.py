"""The gate for foreign files: what would harm or can't be read is turned away, with a reason, before it costs much."""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import Element, ParseError

from .container import open_container
from .limits import MIB, WEB, Limits
from .refusal import DAMAGED, SAVE_AGAIN, SheetRefused
from .scan import Merge, PartFacts, scan_parts

Kind = Literal["xlsx", "csv", "parquet"]

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXTENSIONS: dict[str, Kind] = {
    ".xlsx": "xlsx", ".csv": "csv", ".txt": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
_UNREADABLE = {
    ".xls": ("这是旧版 Excel（.xls）文件", "请用 Excel/WPS 打开后另存为“Excel 工作簿（*.xlsx）”再试"),
    ".xlsm": ("这是带宏的工作簿（.xlsm）", "请用 Excel/WPS 打开后另存为“Excel 工作簿（*.xlsx）”再试"),
    ".xlsb": ("这是二进制工作簿（.xlsb）", "请用 Excel/WPS 打开后另存为“Excel 工作簿（*.xlsx）”再试"),
    ".et": ("这是 WPS 表格专用格式（.et）", "请用 WPS 打开后另存为“Excel 工作簿（*.xlsx）”再试"),
    ".ods": ("这是 OpenDocument 表格（.ods）", "请打开后另存为“Excel 工作簿（*.xlsx）”再试"),
}
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class SheetFacts:
    """One sheet of a workbook: its name, whether it is shown, and what the scan saw in it."""

    name: str
    visible: bool
    part: str = ""
    merges: tuple[Merge, ...] = ()
    error_cells: int = 0


@dataclass(frozen=True)
class Inspection:
    """What the guard learnt of a file it let pass: its kind and, for a workbook, its sheets in order."""

    kind: Kind
    sheets: tuple[SheetFacts, ...] = ()


def guard(path: str | Path, *, limits: Limits = WEB, name: str = "") -> None:
    """Let ``path`` pass, or raise SheetRefused saying why, in Chinese. ``name`` is the file's name to the user.

    Never executes, never parses with a spreadsheet library, holds a few MiB at most.
    """
    path = Path(path)
    with refusing_as(name or path.name):
        look_within(path, look_at(path, limits), limits)


@contextlib.contextmanager
def refusing_as(name: str) -> Iterator[None]:
    """Whatever is refused inside is refused under ``name``, a failing disk included."""
    try:
        yield
    except SheetRefused as refused:
        raise SheetRefused(name, refused.why, refused.remedy) from refused.__cause__
    except OSError as error:
        raise SheetRefused(name, "打不开这个文件", "请检查文件是否存在、是否有权限读取") from error


def look_at(path: Path, limits: Limits) -> Inspection:
    """The first look, in milliseconds: kind, size, container, sheets; nothing of size is unpacked."""
    if not path.exists():
        raise SheetRefused(path.name, "没有这个文件", "请检查文件名和所在的文件夹")
    if not path.is_file():
        raise SheetRefused(path.name, "这不是一个文件", "请选择 *.xlsx、*.csv 或 *.parquet 文件")
    size = path.stat().st_size
    if size == 0:
        raise SheetRefused(path.name, "文件是空的（0 字节）", "请重新导出或重新下载")
    if size > limits.file_bytes:
        why = f"文件有 {size / MIB:.1f} MiB，超过 {limits.file_bytes // MIB} MiB"
        raise SheetRefused(path.name, why, "请把名单分成几个文件再试")
    kind = _kind_of(path)
    if kind != "xlsx":
        return Inspection(kind)
    with open_container(path, limits) as container:
        if b"macroEnabled" in _small_part(path, container, "[Content_Types].xml"):
            raise SheetRefused(path.name, *_UNREADABLE[".xlsm"])
        sheets = tuple(SheetFacts(*each) for each in _sheets_of(path, container))
    return Inspection("xlsx", sheets)


def look_within(path: Path, inspection: Inspection, limits: Limits) -> Inspection:
    """The second look, at every byte of a workbook; the inspection comes back with what was seen in its sheets."""
    if inspection.kind != "xlsx":
        return inspection
    with open_container(path, limits) as container:
        facts = scan_parts(path, container, limits)
    sheets = []
    for sheet in inspection.sheets:
        seen = facts.get(sheet.part, PartFacts())
        if sheet.visible and seen.unsolved:
            where = "、".join(seen.unsolved)
            why = f"工作表“{sheet.name}”的 {where} 单元格是公式，文件里没有存下计算结果"
            raise SheetRefused(path.name, why, "请用 Excel/WPS 打开文件，把公式选择性粘贴为数值后保存再试")
        sheets.append(replace(sheet, merges=tuple(seen.merges), error_cells=seen.error_cells))
    if not any(sheet.visible for sheet in sheets):
        raise SheetRefused(path.name, "工作簿里没有可见的工作表", "请取消隐藏要读取的工作表，保存后再试")
    return Inspection("xlsx", tuple(sheets))


def _kind_of(path: Path) -> Kind:
    """What the file is by its contents; refused where extension and contents disagree."""
    with path.open("rb") as file:
        head = file.read(4096)
        if head.startswith(_COMPOUND):
            raise _compound_refusal(path)
        file.seek(max(0, path.stat().st_size - 4))
        end = file.read(4)
    extension = path.suffix.lower()
    if extension in _UNREADABLE:
        raise SheetRefused(path.name, *_UNREADABLE[extension])
    if extension not in _EXTENSIONS:
        why = f"不认识的文件类型“{extension}”" if extension else "文件名没有扩展名，不知道是什么文件"
        raise SheetRefused(path.name, why, "请提供 *.xlsx、*.csv 或 *.parquet 文件")
    found = _kind_by_contents(path, head, end)
    if found != _EXTENSIONS[extension]:
        why = f"扩展名是 {extension}，内容却不是（扩展名可能被改过，或文件已损坏）"
        raise SheetRefused(path.name, why, "请用 Excel/WPS 打开后另存为“Excel 工作簿（*.xlsx）”再试，不要直接改扩展名")
    return found


def _kind_by_contents(path: Path, head: bytes, end: bytes) -> Kind | None:
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(b"PAR1"):
        if end != b"PAR1":
            raise SheetRefused(path.name, DAMAGED, "请重新导出或重新下载")
        return "parquet"
    if re.match(rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml)", head):
        return None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"
    return None if b"\0" in head or head.startswith((b"%PDF", b"\x7fELF", b"\x89PNG")) else "csv"


def _compound_refusal(path: Path) -> SheetRefused:
    with path.open("rb") as file:
        encrypted = "EncryptedPackage".encode("utf-16-le") in file.read(4 * MIB)
    if encrypted:
        return SheetRefused(path.name, "文件有密码", "请在 Excel/WPS 中打开文件并去掉密码，另存后再试")
    return SheetRefused(path.name, *_UNREADABLE[".xls"])


def _small_part(path: Path, container: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of a part that is small in every honest workbook."""
    try:
        with container.open(name) as part:
            found = part.read(MIB + 1)
    except (KeyError, zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise SheetRefused(path.name, DAMAGED, SAVE_AGAIN) from error
    except Exception as error:  # zlib.error has no base of its own
        raise SheetRefused(path.name, DAMAGED, SAVE_AGAIN) from error
    if len(found) > MIB:
        raise SheetRefused(path.name, "文件内部的目录异常地大，像是恶意文件", SAVE_AGAIN)
    return found


def _sheets_of(path: Path, container: zipfile.ZipFile) -> list[tuple[str, bool, str]]:
    """Name, visibility and part of every sheet, in the workbook's order. The parser takes no DTD with entities."""
    workbook = _parsed(path, _small_part(path, container, "xl/workbook.xml"))
    relations = _parsed(path, _small_part(path, container, "xl/_rels/workbook.xml.rels"))
    targets = {each.get("Id", ""): each.get("Target", "") for each in relations}
    sheets = []
    for element in workbook.iter():
        if element.tag.rpartition("}")[2] == "sheet":
            target = targets.get(element.get(_RELATION, ""), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            sheets.append((element.get("name", ""), element.get("state", "visible") == "visible", part))
    return sheets


def _parsed(path: Path, xml: bytes) -> Element:
    from defusedxml.ElementTree import fromstring  # slow import

    try:
        root: Element = fromstring(xml)
    except (ParseError, ValueError) as error:
        raise SheetRefused(path.name, DAMAGED, SAVE_AGAIN) from error
    return root
