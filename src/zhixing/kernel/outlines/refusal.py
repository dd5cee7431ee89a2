"""The one exception by which a document is turned away, in words its sender can act on."""

from __future__ import annotations

from zhixing.kernel.sheets.refusal import SheetRefused


class DocumentRefused(SheetRefused):
    """A document that will not be read: ``what`` (the file as the user knows it), ``why``, ``remedy``, in Chinese."""


DAMAGED = "文件已损坏或没有下载完整"
SAVE_AGAIN = "请重新下载，或用 Word/WPS 打开后另存为“Word 文档（*.docx）”再试"
