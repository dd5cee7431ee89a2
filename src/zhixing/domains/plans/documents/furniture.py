"""Lines that are on the page but not of the plan: a web page's remarks, page numbers, contents, the title once more."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zhixing.kernel.outlines.folding import plain
from zhixing.kernel.outlines.lines import Line

_WEB = re.compile(
    r"(?:更新|发布|发表|创建|添加|录入|编辑|公开|上传)(?:时间|日期)\s*:|(?:供稿|发布|来稿)(?:单位|部门|人)\s*:|(?:阅读|浏览|点击|访问)(?:量|次数|数|人次)?\s*:"
    r"|(?:来源|作者|责任编辑|编辑|审核|信息来源|字体|字号|视力保护色|分享到|索引号|打印本页)\s*:|(?:上|下)一[篇条]|\[?(?:打印|关闭|返回顶部|收藏)\]?"
    r"|(?:打印本页|关闭窗口|返回列表|扫一扫|分享到|版权所有|当前位置|您现在的位置)"
)
_LONGEST_WEB = 60
_LONGEST_CONTENTS = 120
_PAGE = re.compile(
    r"[-—–·\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／]?\s*共\s*\d{1,4}\s*页)?[-—–·\s]*$|\d{1,3}\s*/\s*\d{1,3}$"
)
_RULE = re.compile(r"[-—–_=*~·.。…＊#\s]+$")
_CONTENTS = re.compile(r".{2,60}?(?:[.…·。]{3,}|\t|\s{4,}|…{1,})\s*\d{1,4}$")
_CONTENTS_HEAD = re.compile(r"目\s*[录次]$")
_SIGNED = re.compile(
    r"(?:(?:19|20)\d\d|[二][〇零○]..)年\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})月\s*(?:\d{1,3}|[一二三四五六七八九十]{1,3})日$"
)
_IMPRINT = re.compile(r"(?:抄送|抄报|主题词|主送|印发|公开方式|公开属性)\s*:|.{2,30}\d{4}年\d{1,2}月\d{1,2}日\s*印发$")
_ATTENDANT = re.compile(r"\(?(?:此件|此页无正文|本页无正文|盖章|公章).{0,20}\)?$")

WEB, PAGE, RULE, CONTENTS = "网页上的附注", "页码", "分隔线", "目录"
SIGNATURE, IMPRINT = "落款", "版记"


def furniture_in(lines: Sequence[Line]) -> dict[int, str]:
    """Line numbers of page furniture, each with what it is. Blank lines and rows of tables are none."""
    found: dict[int, str] = {}
    for line in lines:
        if line.kind == "paragraph" and (kind := _kind(line)):
            found[line.no] = kind
    told = [line for line in lines if line.kind == "paragraph" and line.no not in found]
    found |= _signature(told)
    return found


def _kind(line: Line) -> str:
    text = plain(line.text).strip()
    if _PAGE.match(text) and len(text) <= 24:
        return PAGE
    if _RULE.match(text):
        return RULE
    if len(text) <= _LONGEST_WEB and _WEB.match(text):
        return WEB
    if line.look.style.lower().startswith(("toc", "目录")) or _CONTENTS_HEAD.match(text):
        return CONTENTS
    if (
        not line.automatic
        and len(text) <= _LONGEST_CONTENTS
        and _CONTENTS.match(text)
        and not re.search(r"[,;:]", text)
    ):
        return CONTENTS
    if len(text) <= _LONGEST_WEB and _IMPRINT.match(text):
        return IMPRINT
    return SIGNATURE if _ATTENDANT.match(text) else ""


def _signature(told: Sequence[Line]) -> dict[int, str]:
    """A date alone on a line with the short names of who signs above it, wherever the document has them."""
    found: dict[int, str] = {}
    for at, line in enumerate(told):
        if at < 2 or not _SIGNED.match(plain(line.text).replace(" ", "")):
            continue
        found[line.no] = SIGNATURE
        above = plain(told[at - 1].text).strip()
        if at > 2 and 2 <= len(above) <= 30 and not re.search(r"[。,;:、(]|^[一二三四五六七八九十\d]", above):
            found[told[at - 1].no] = SIGNATURE
    return found
