"""Small helpers for Chinese text: one spelling of a value, and the letters a name is looked up by."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]")

# pypinyin reads these as the everyday word, not as the surname.
SURNAME_READINGS = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "任": "ren", "朴": "piao",
    "盖": "ge", "尉迟": "yu chi", "万俟": "mo qi", "翟": "zhai", "缪": "miao", "卜": "bu", "覃": "qin", "员": "yun",
    "秘": "bi", "冼": "xian", "折": "she", "黑": "he", "种": "chong", "乐": "yue", "召": "shao", "繁": "po",
    "洗": "xian", "尹": "yin", "宓": "mi", "长孙": "zhang sun", "令狐": "ling hu", "澹台": "tan tai",
}  # fmt: skip


def normalise(text: str) -> str:
    """Full-width to half-width, no blanks at the ends, one blank inside."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=20_000)
def pinyin_keys(name: str) -> str:
    """What a name is searched by: full pinyin, a blank, initials, as in "zhangsan zs"; empty for no Han."""
    from pypinyin import Style, lazy_pinyin  # slow import

    surname = next((s for s in (name[:2], name[:1]) if s in SURNAME_READINGS), "")
    syllables = SURNAME_READINGS[surname].split() if surname else []
    syllables += lazy_pinyin(name[len(surname) :], style=Style.NORMAL, errors="ignore")
    if not syllables:
        return ""
    return "".join(syllables).lower() + " " + "".join(s[0] for s in syllables).lower()
