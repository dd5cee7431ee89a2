"""The basic principles of a plan: pairs of four characters in one sentence, or a list of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zhixing.kernel.outlines.folding import plain
from zhixing.kernel.outlines.lines import Line
from zhixing.kernel.outlines.outline import Node

from . import words
from .titles import tidied

_SENTENCE = re.compile(r"(?:坚持|遵循|按照|本着|贯彻|以)?[“\"]?([^。“”\"]{4,120}?)[”\"]?的?(?:基本|工作|总体)?原则")
_AFTER = re.compile(r"(?:基本|工作)?原则(?:是|为)?[:]\s*(.{4,200}?)(?:。|$)")
_LEADS = re.compile(r"^.*(?:坚持|遵循|按照|本着|贯彻)")
_PAIR = re.compile(r"[\u3400-\u9fff]{2,8}(?:、[\u3400-\u9fff]{2,8})*$")


def principles_in(nodes: Sequence[Node], preface: Sequence[Line]) -> tuple[str, ...]:
    """The principles as written, marks at their ends taken off; empty where the plan names none."""
    for node in (each for root in nodes for each in root.walk()):
        if words.PRINCIPLES.search(plain(node.title.text)) and node.children:
            return tuple(tidied(child.title.text) for child in node.children)
    for text in [f"{node.title.text}。{node.body.text}" for root in nodes for node in root.walk()] + [
        line.text for line in preface
    ]:
        if "原则" in text and (found := _in_sentence(text)):
            return found
    return ()


def _in_sentence(text: str) -> tuple[str, ...]:
    folded = plain(text)
    for pattern in (_AFTER, _SENTENCE):
        for hit in pattern.finditer(folded):
            inner = _LEADS.sub("", hit.group(1)).strip("“”\"' ")
            pairs = tuple(pair.strip(' 、“”"') for pair in re.split(r"[,;]", inner))
            pairs = tuple(pair for pair in pairs if _PAIR.match(pair))
            if len(pairs) >= 2:
                return pairs
            if len(pairs) == 1 and pairs[0].count("、") >= 1:
                return pairs
    return ()
