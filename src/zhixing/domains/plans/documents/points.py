"""Work points proposed from the sentences of a task: what somebody will have to do and show.

A clause that begins with a verb of duty opens a point; clauses of manner (按照…, 以…为基础) go with the point that
follows, clauses of effect (确保…, 提升…) with the one before. People edit the proposal; nothing here decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhixing.kernel.outlines.folding import plain
from zhixing.kernel.outlines.stretches import Stretch

_ADVERBS = (
    r"(?:进一步|全面|深入|积极|严格|切实|不断|大力|认真|充分|定期|及时|逐步|科学|依法|按时|着力|持续|有效|主动|广泛|统一|合理|按要求|按规定"
    r"|稳步|加快|并|要|应|须|必须|还要|同时|重点|坚决|扎实|努力|尽快|共同|分类|分批|分级|逐一|逐项|每年|每学期|每月|每周|学校|各科室|各部门)*"
)
_DUTIES = (
    "建立健全|建立|健全|制定|制订|制作|完善|修订|修改|签订|签署|公开|公示|报送|上报|报告|备案|开展|组织|检查|培训|配备|配齐|投保|核查|核实|核对"
    "|整改|落实|执行|履行|加强|规范|强化|加快|推进|推动|推行|推广|出台|搭建|成立|组建|确定|明确|细化|编制|编写|设立|设置|总结|凝练|提炼|创新|实施"
    "|举办|召开|宣传|发布|清理|排查|梳理|理顺|排除|面向|向社会|加大|注重|建设|优化|改革|改进|深化|丰富|弘扬|培育|引进|选派|选拔|聘请"
    "|考核|评选|评估|评价|奖励|监督|督促|督查|通报|整治|治理|整顿|巡查|登记|录入|采集|更新|维护好|统计|分析|研究|调研|学习|传达|印发|发挥"
    "|开设|安排|购置|改造|安装|接入|升级|对接|共享|走访|回访|跟踪|指导|帮助|结对|试点|申报|承办|参加|征集|汇编|归档|建档|细分|分解|拓展|扩大|严肃"
    "|做好|抓好|抓实|把好|办好|营造|树立|打造|构建|形成制度|完成|建成|达到|配合|协助|坚持|鼓励|支持|引导学生|提供|深入开展"
)
_FORBIDS = "杜绝|不得|严禁|禁止|改变|消除|防止|避免|遏制|不以|不准|不许|不再|不搞|不收|不乱|严防|取缔|清除|扭转"
_EFFECTS = (
    "确保|保证|保障|提升|提高|促进|增强|形成|维护|培养|实现|引导|激发|做到|使|让|达到|推动学校|满足|适应|有力"
    "|从而|进而|以确保|以保证|为.{1,12}提供"
)
_MANNER = re.compile(
    r"(?:以|按照?|根据|依据|围绕|结合|对照|针对|通过|借助|依托|遵循|在|对(?!接)|为(?!.{1,12}提供)|(?:充分|有效|积极)?(?:利用|运用)|把|将|紧紧围绕|立足|从)"
)
_OPENS = re.compile(rf"{_ADVERBS}(?:{_DUTIES}|{_FORBIDS})")
_FORBIDDING = re.compile(rf"{_ADVERBS}(?:{_FORBIDS})")
_ALWAYS_FORBIDS = re.compile(r"不得|严禁|杜绝|严格禁止")
_TRAILS = re.compile(rf"{_ADVERBS}(?:{_EFFECTS})")
_CLAUSE = re.compile(r"[^,，;；。!?！？\n]*(?:[,，;；。!?！？\n]+[”’）)》]*|$)")
_SENTENCE_END = "。;；!?！？\n"
_EDGES = " \t\n\u3000,，;；。、:：!?！？"
SHORTEST = 4
MOST = 40


def propose(body: Stretch) -> Iterator[tuple[Stretch, bool]]:
    """The proposed points of a task's text, in order, with whether each forbids something (indicator target 0)."""
    pending: tuple[int, int] | None = None
    start: int | None = None
    end = 0
    found: list[tuple[int, int]] = []
    for clause_start, clause_end in _clauses(body.text):
        words = plain(body.text[clause_start:clause_end]).strip()
        opens = bool(_OPENS.match(words))
        if opens or (start is None and pending is None and not _MANNER.match(words) and not _TRAILS.match(words)):
            if start is not None:
                found.append((start, end))
            start, pending = (pending or (clause_start, 0))[0], None
            end = clause_end
        elif _MANNER.match(words) and not _TRAILS.match(words):
            if pending is None:
                pending = (clause_start, clause_end)
        elif pending is None:
            start, end = (clause_start if start is None else start), clause_end
        if body.text[clause_end - 1 : clause_end] in _SENTENCE_END and (start is not None or pending):
            found.append((start if start is not None else pending[0] if pending else 0, clause_end))
            start = pending = None
    if start is not None or pending:
        found.append((start if start is not None else pending[0] if pending else 0, len(body.text)))
    for first, last in _whole(found)[:MOST]:
        point = body.cut(first, last).strip(_EDGES)
        if len(point.text) >= SHORTEST:
            yield point, forbids(point.text)


def forbids(text: str) -> bool:
    """Whether the words forbid something or want it gone: the natural target of its indicator is 0."""
    folded = plain(text)
    return bool(_ALWAYS_FORBIDS.search(folded)) or any(_FORBIDDING.match(part) for part in re.split("[,;。]", folded))


def _whole(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each point up to where the next one begins, so that not a character is lost between them."""
    return [
        (start, found[at + 1][0] if at + 1 < len(found) else end) for at, (start, end) in enumerate(found)
    ]  # fmt: skip


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    """Clauses with the mark that ends them; a mark inside brackets, quotes or a book's title ends none."""
    depth, start = 0, 0
    for at, char in enumerate(text):
        if char in "(（《【":
            depth += 1
        elif char in ")）》】":
            depth = max(depth - 1, 0)
        elif char == "\n" or (char in ",，;；。!?！？" and (not depth or char == "。")):
            if text[start : at + 1].strip(_EDGES):
                yield start, at + 1
            depth, start = 0, at + 1
    if text[start:].strip(_EDGES):
        yield start, len(text)
