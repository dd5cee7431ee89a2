"""Who is named as responsible: 责任部门：教务科, (责任单位：教务科、学生科), 由办公室负责."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from zhixing.kernel.outlines.folding import fold

from .draft import Charge

Role = Literal["lead", "support", "sponsor", "owner"]

_LABELS: dict[Role, str] = {
    "sponsor": "责任领导|分管领导|牵头领导|责任校领导|分管校领导|主管领导|包保领导",
    "support": "配合部门|配合单位|配合科室|协办单位|协办部门|协同部门|参与部门|参与单位|参加部门|配合|协办|参与",
    "owner": "责任人|负责人|联系人|具体责任人|承办人|经办人",
    "lead": (
        "责任部门|责任单位|责任科室|责任处室|牵头部门|牵头单位|牵头科室|牵头处室|主责部门|主责单位|承办部门|承办单位"
        "|主办部门|实施部门|落实部门|牵头|承办"
    ),
}
_ROLE_OF = {word: role for role, words in _LABELS.items() for word in words.split("|")}
_LABEL = re.compile(r"[(【]?\s*(" + "|".join(sorted(_ROLE_OF, key=len, reverse=True)) + r")\s*[:】]\s*:?\s*")
_STOP = re.compile(r"[。;)\n]|\s*(?:完成|办结|工作)?(?:时限|时间|期限)[^:]{0,4}:")
_BY = re.compile(r"由([^,，、。;()\n]{2,20}?(?:、[^,，、。;()\n]{2,12}?){0,5})(?:共同)?(牵头|负责|承办|组织实施)")
_UNIT = (
    r"[\u3400-\u9fffA-Za-z]{1,12}"
    r"(?:科室?|处室?|部门?|室|中心|办公室|办|组|委员会|委|会|系|团委|工会|馆|站|校区|各班|班主任)"
)
_TRAILING = re.compile(rf"\(\s*({_UNIT}(?:\s*[、,;/ ]\s*{_UNIT})*)\s*\)\s*[。;]?\s*$")
_SPLIT = re.compile(r"[、,，;；/\n]|\s{1,}|(?<=[科处室部办组会系])[和及与](?=\S)")
_ASIDE = re.compile(r"\((?:牵头|主办|负责|配合)\)")


def names_in(text: str) -> tuple[str, ...]:
    """The names in a cell or behind a label, each once: “教务科、学生科” → two."""
    folded = _ASIDE.sub("", fold(text)[0]).strip(" .。;:")
    names = (name.strip(" .。:") for name in _SPLIT.split(folded))
    return tuple(dict.fromkeys(name for name in names if name))


def charges_in(text: str) -> Iterator[tuple[Charge, int, int]]:
    """Every naming of somebody responsible, with where it starts and ends in ``text``."""
    folded, places = fold(text)
    taken: list[tuple[int, int]] = []
    labels = list(_LABEL.finditer(folded))
    for at, hit in enumerate(labels):
        stop = _STOP.search(folded, hit.end())
        end = min(
            stop.start() if stop else len(folded), labels[at + 1].start() if at + 1 < len(labels) else len(folded)
        )
        names = names_in(folded[hit.end() : end])
        if names:
            start, until = places[hit.start()], places[end]
            taken.append((hit.start(), end))
            yield (
                Charge(role=_ROLE_OF[hit.group(1)], names=names, verbatim=text[start:until].strip("(（【 ")),
                start,
                until,
            )
    for hit in _BY.finditer(folded):
        if not any(start <= hit.start() < end for start, end in taken):
            yield _charge(text, "lead", hit, places)
    trailing = _TRAILING.search(folded)
    if trailing and not any(start <= trailing.start() + 1 <= end for start, end in taken):
        yield _charge(text, "lead", trailing, places)


def _charge(text: str, role: Role, hit: re.Match[str], places: list[int]) -> tuple[Charge, int, int]:
    start, end = places[hit.start()], places[hit.end()]
    return Charge(role=role, names=names_in(hit.group(1)), verbatim=text[start:end]), start, end
