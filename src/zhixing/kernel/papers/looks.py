"""Measures of GB/T 9704-2012 and the fonts, the same for Word, PDF and screen. Millimetres and points."""

from __future__ import annotations

from dataclasses import dataclass

TWIPS_PER_MM = 1440 / 25.4


def twips(mm: float) -> int:
    """Millimetres as twentieths of a point."""
    return round(mm * TWIPS_PER_MM)


@dataclass(frozen=True)
class Sheet:
    """One page format: size and margins in mm, and how far the page number's foot is from the edge."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float
    foot: float

    @property
    def inner(self) -> float:
        """The width of the type area (版心)."""
        return self.width - self.left - self.right

    @property
    def tall(self) -> float:
        """The height of the type area."""
        return self.height - self.top - self.bottom


PORTRAIT = Sheet(210, 297, 37, 35, 28, 26, 25)
"""天头 37, 订口 28, 版心 156 × 225 mm (GB/T 9704-2012, 5.1)."""
LANDSCAPE = Sheet(297, 210, 28, 26, 35, 37, 16)
"""The same sheet turned: the head of the table is on the binding edge (GB/T 9704-2012, 11)."""
LEDGER = Sheet(297, 210, 25, 22, 20, 20, 13)
"""Internal ledgers are no official letters: narrower margins leave room for their columns."""

LINE_PITCH = 579  # twips: 225 mm / 22 lines
CHAR_SPACE = -848  # 4096ths of a point: 156 mm / 28 characters against 16 pt
RED = "FF0000"

TITLE, BODY, SMALL, IMPRINT = 22, 16, 12, 14  # 2号, 3号, 小四, 4号


@dataclass(frozen=True)
class Face:
    """One face: its name in Word, other names it may go by there, families to look for and a free one for PDFs."""

    word: str
    also: tuple[str, ...]
    families: tuple[str, ...]
    free: str


FACES = {
    "title": Face("方正小标宋简体", ("方正小标宋_GBK", "华文中宋", "STZhongsong", "宋体"), (
        "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK", "STZhongsong", "华文中宋",
    ), "Noto Serif SC"),
    "body": Face("仿宋_GB2312", ("仿宋", "FangSong", "华文仿宋", "STFangsong"), (
        "FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "FZFangSong-Z02S", "方正仿宋_GBK",
    ), "Noto Serif SC"),
    "kai": Face("楷体_GB2312", ("楷体", "KaiTi", "华文楷体", "STKaiti"), (
        "KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "LXGW WenKai",
    ), "Noto Serif SC"),
    "hei": Face("黑体", ("SimHei", "华文黑体", "Noto Sans SC"), ("SimHei", "黑体", "STHeiti"), "Noto Sans SC"),
    "song": Face("宋体", ("SimSun", "华文宋体", "Noto Serif SC"), ("SimSun", "宋体", "STSong"), "Noto Serif SC"),
}  # fmt: skip
LATIN = "Times New Roman"


def sheet_of(layout: str, landscape: bool) -> Sheet:
    """The page format of a layout."""
    if not landscape:
        return PORTRAIT
    return LEDGER if layout == "table" else LANDSCAPE


def table_points(columns: int, inner: float) -> float:
    """The size of letters in a table of so many columns on a type area ``inner`` mm wide: 小四, 五号 or 小五."""
    room = inner / columns
    return 12 if room >= 24 else 10.5 if room >= 17 else 9
