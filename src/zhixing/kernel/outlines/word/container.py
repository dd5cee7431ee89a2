"""The parts of a .docx that are read, each within bounds; all other parts are never unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from zhixing.kernel.sheets.container import open_container
from zhixing.kernel.sheets.limits import MIB
from zhixing.kernel.sheets.refusal import SheetRefused

from ..limits import DOCUMENT, PART_BYTES
from ..refusal import DAMAGED, SAVE_AGAIN, DocumentRefused

_SMALL = 8 * MIB
Event = tuple[str, Any]


class Container:
    """An opened .docx. ``main`` is the name of its main part; use as a context manager."""

    def __init__(self, path: Path, name: str) -> None:
        """Look at the directory only. Raises DocumentRefused: no container, too large, no document in it."""
        self.name = name
        try:
            self._zip = open_container(path, DOCUMENT, passive=True)
        except SheetRefused as refused:
            remedy = refused.remedy if "密码" in refused.why else SAVE_AGAIN
            raise DocumentRefused(name, refused.why, remedy) from refused
        try:
            self.main = self._main()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *problem: object) -> None:
        self._zip.close()

    def _main(self) -> str:
        names = set(self._zip.namelist())
        found = [target for kind, target in self._relations("_rels/.rels", "") if kind.endswith("/officeDocument")]
        main = found[0] if found and found[0] in names else "word/document.xml"
        if main == "xl/workbook.xml" or main not in names:
            if "xl/workbook.xml" in names:
                raise DocumentRefused(self.name, "这是 Excel 工作簿，扩展名却不是 .xlsx", "请把扩展名改回 .xlsx 再试")
            if "content.xml" in names:
                raise DocumentRefused(self.name, "这是 OpenDocument 文档，不是 Word 文档", SAVE_AGAIN)
            raise DocumentRefused(self.name, "这是一个压缩包，不是 Word 文档", "请先解压，再选择里面的 *.docx 文件")
        return main

    def related(self) -> dict[str, str]:
        """The parts that the main part names, by the last word of their relation: styles, numbering, footnotes …"""
        folder, _, file = self.main.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
        return {kind.rpartition("/")[2]: target for kind, target in self._relations(rels, folder)}

    def _relations(self, part: str, folder: str) -> Iterator[tuple[str, str]]:
        root = self.tree(part)
        for each in root if root is not None else ():
            target = each.get("Target", "")
            if each.get("TargetMode") != "External" and target:
                full = target.lstrip("/") if target.startswith("/") or not folder else f"{folder}/{target}"
                yield each.get("Type", ""), full

    def tree(self, part: str) -> Element | None:
        """A small part, parsed; None where it is missing. Raises DocumentRefused for a damaged or huge one."""
        from defusedxml.ElementTree import fromstring  # slow import

        try:
            info = self._zip.getinfo(part)
        except KeyError:
            return None
        if info.file_size > _SMALL:
            raise DocumentRefused(self.name, f"文件内部的 {part} 异常地大，像是恶意文件", SAVE_AGAIN)
        root: Element = self._guarded(lambda: fromstring(self._bytes(info), forbid_dtd=True))
        return root

    def events(self, part: str) -> Iterator[Event]:
        """The start and end of every element of a part, as it is unpacked."""
        from defusedxml.ElementTree import iterparse  # slow import

        info = self._zip.getinfo(part)
        if info.file_size > PART_BYTES:
            why = f"正文展开后有 {info.file_size // MIB} MiB，超过 {PART_BYTES // MIB} MiB"
            raise DocumentRefused(self.name, why, "请只留下方案的文字和表格，另存后再试")
        stream: IO[bytes] = BytesIO(self._guarded(lambda: self._bytes(info)))
        parser = iterparse(stream, events=("start", "end"), forbid_dtd=True)
        while (event := self._guarded(lambda: next(parser, None))) is not None:
            yield event

    def _bytes(self, info: zipfile.ZipInfo) -> bytes:
        with self._zip.open(info) as part:
            return part.read(info.file_size + 1)

    def _guarded(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except (ParseError, LookupError, EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError) as bad:
            raise DocumentRefused(self.name, DAMAGED, SAVE_AGAIN) from bad
        except ValueError as error:  # also what defusedxml raises
            dtd = type(error).__name__ in ("DTDForbidden", "EntitiesForbidden", "ExternalReferenceForbidden")
            why = "文件里含有实体定义（DTD），像是恶意文件" if dtd else DAMAGED
            raise DocumentRefused(self.name, why, SAVE_AGAIN) from error
