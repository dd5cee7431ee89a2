"""The one exception by which a file is turned away, in words its sender can act on."""

from __future__ import annotations


class SheetRefused(Exception):
    """A file that will not be read. ``str()`` names the file, the reason and the way out, in Chinese.

    ``what`` is the file as the user knows it, ``why`` the reason, ``remedy`` what to do; none ends in a full stop.
    """

    def __init__(self, what: str, why: str, remedy: str) -> None:
        super().__init__(what, why, remedy)
        self.what = what
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        return f"“{self.what}”不能读取：{self.why}。{self.remedy}。"


DAMAGED = "文件已损坏或没有下载完整"
SAVE_AGAIN = "请重新下载，或用 Excel/WPS 打开后另存为“Excel 工作簿（*.xlsx）”再试"
