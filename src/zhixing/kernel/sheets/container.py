"""What can be told about a workbook's container before a single byte of it is unpacked."""

from __future__ import annotations

import stat
import struct
import zipfile
from pathlib import Path

from .limits import MIB, Limits
from .refusal import DAMAGED, SAVE_AGAIN, SheetRefused

_END = b"PK\x05\x06"
_END_SIZE = 22
_LOCAL = struct.Struct("<4s5H3L2H")
_NAME_AND_EXTRA_LIMIT = 4096
_STORED, _DEFLATED = 0, 8

_COPY_VALUES = "请在 Excel/WPS 中把内容复制到一个新的工作簿（选择性粘贴为数值），另存为 *.xlsx 再试"
_ACTIVE_PARTS = {
    "vbaproject.bin": "文件里带有宏",
    "xl/macrosheets/": "文件里带有宏",
    "xl/externallinks/": "文件里有指向别的文件的外部链接",
    "xl/connections.xml": "文件里有外部数据连接",
    "xl/embeddings/": "文件里嵌有别的文件",
    "xl/activex/": "文件里嵌有控件",
}
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".xlsx", ".xlsm", ".docx", ".jar")


def open_container(path: Path, limits: Limits, *, passive: bool = False) -> zipfile.ZipFile:
    """The container of an office file, once its directory has been found harmless; the caller closes it.

    Looks at the directory only: number of parts, sizes promised, parts lying over one another, names that lead
    elsewhere, active contents. ``passive``: the caller reads named parts only, so that active or embedded contents
    (the workbook behind a chart in a document) may lie there unread. Raises SheetRefused.
    """
    _check_directory_size(path, limits)
    try:
        container = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise SheetRefused(path.name, DAMAGED, SAVE_AGAIN) from error
    try:
        parts = container.infolist()
        _check_names(path.name, parts, passive=passive)
        _check_sizes(path.name, parts, limits)
        _check_layout(path, parts, container.start_dir)
    except BaseException:
        container.close()
        raise
    return container


def _check_directory_size(path: Path, limits: Limits) -> None:
    """Refuse a directory too long to be read; its own count may lie, so its length in bytes is bounded too."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _END_SIZE - 0xFFFF))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise SheetRefused(path.name, DAMAGED, SAVE_AGAIN)
    entries, length = struct.unpack("<HL", tail[at + 10 : at + 16])
    if entries > limits.entries or length > limits.entries * _NAME_AND_EXTRA_LIMIT:
        why = f"文件里装了 {entries} 个部件，超过 {limits.entries} 个，不是一般的表格"
        raise SheetRefused(path.name, why, "请删去图片等附件，只留下表格，另存后再试")


def _check_names(file: str, parts: list[zipfile.ZipInfo], *, passive: bool) -> None:
    seen: set[str] = set()
    for part in parts:
        name = part.filename.lower()
        leads_out = name.startswith("/") or "\\" in name or ".." in name.split("/") or ":" in name or "\0" in name
        is_link = stat.S_ISLNK(part.external_attr >> 16)
        if leads_out or is_link or name in seen:
            raise SheetRefused(file, "文件内部的部件名称不正常，可能被人改动过", SAVE_AGAIN)
        seen.add(name)
        if not passive:
            _check_contents(file, name)
        if part.flag_bits & 0x1:
            raise SheetRefused(file, "文件有密码", "请在 Excel/WPS 中打开文件并去掉密码，另存后再试")
        if part.compress_type not in (_STORED, _DEFLATED):
            raise SheetRefused(file, "文件用了不常见的压缩方式", SAVE_AGAIN)
    if "[content_types].xml" not in seen and not passive:
        why = "这是一个压缩包，不是 Excel 工作簿"
        raise SheetRefused(file, why, "请先解压，再选择里面的 *.xlsx 文件")


def _check_contents(file: str, name: str) -> None:
    for mark, why in _ACTIVE_PARTS.items():
        if name.startswith(mark) or name.endswith(mark):
            raise SheetRefused(file, why, _COPY_VALUES)
    if name.endswith(_ARCHIVES):
        raise SheetRefused(file, "文件里还套着压缩包或别的文件", _COPY_VALUES)


def _check_sizes(file: str, parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked_bytes:
        why = f"展开后有 {unpacked // MIB} MiB，超过 {limits.unpacked_bytes // MIB} MiB"
        raise SheetRefused(file, why, "请把名单分成几个文件，或删去空白的行和列后另存再试")
    for part in parts:
        if part.file_size > limits.ratio_from and part.file_size > limits.ratio * max(part.compress_size, 1):
            why = f"压缩得异常紧（展开后是原来的 {part.file_size // max(part.compress_size, 1)} 倍），像是恶意文件"
            raise SheetRefused(file, why, "请把内容复制到一个新的工作簿，另存后再试")


def _check_layout(path: Path, parts: list[zipfile.ZipInfo], directory_at: int) -> None:
    """Parts must stand one after another, each with a header that says what the directory says."""
    free_from = 0
    with path.open("rb") as file:
        for part in sorted(parts, key=lambda each: each.header_offset):
            file.seek(part.header_offset)
            header = file.read(_LOCAL.size)
            if len(header) < _LOCAL.size or part.header_offset < free_from:
                raise SheetRefused(path.name, "文件内部的部件相互重叠，可能被人改动过", SAVE_AGAIN)
            mark, _, flags, method, _, _, _, packed, size, name_length, extra_length = _LOCAL.unpack(header)
            end = part.header_offset + _LOCAL.size + name_length + extra_length + part.compress_size
            sizes_follow = flags & 0x8 or 0xFFFFFFFF in (packed, size)
            says_the_same = sizes_follow or (packed, size) == (part.compress_size, part.file_size)
            if mark != b"PK\x03\x04" or method != part.compress_type or not says_the_same:
                raise SheetRefused(path.name, "文件内部两处记录的大小不一致，可能已损坏或被人改动过", SAVE_AGAIN)
            if end > directory_at:
                raise SheetRefused(path.name, "文件内部的部件相互重叠，可能被人改动过", SAVE_AGAIN)
            free_from = end


def packed_start(path: Path, part: zipfile.ZipInfo) -> int:
    """Where in the file the packed bytes of ``part`` begin."""
    with path.open("rb") as file:
        file.seek(part.header_offset)
        header = _LOCAL.unpack(file.read(_LOCAL.size))
    return part.header_offset + _LOCAL.size + int(header[-2]) + int(header[-1])
