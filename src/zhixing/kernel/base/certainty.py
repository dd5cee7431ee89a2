"""How sure we are that a figure or a code is what the official document says."""

from __future__ import annotations

from enum import StrEnum


class Certainty(StrEnum):
    """C = seen in writing (1 the national text, 2 reports of it, 3 local rules or data that echo it); M = from memory.

    Whatever is ``is_memory`` must be shown to its users with the remark 依据待核 and may be corrected by the school.
    """

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    MEMORY_HIGH = "M-H"
    MEMORY_MIDDLE = "M-M"
    MEMORY_LOW = "M-L"

    @property
    def is_memory(self) -> bool:
        """True where nobody has yet compared the value with a published text."""
        return self.value.startswith("M")

    @property
    def label(self) -> str:
        """What a page shows beside the value, in Chinese."""
        return _LABELS[self]


_LABELS = {
    Certainty.C1: "已核对国家文件原文",
    Certainty.C2: "已核对公开报道或转载",
    Certainty.C3: "已见于地方规定或公开数据",
    Certainty.MEMORY_HIGH: "依据待核（把握较大）",
    Certainty.MEMORY_MIDDLE: "依据待核（把握一般）",
    Certainty.MEMORY_LOW: "依据待核（把握较小）",
}
