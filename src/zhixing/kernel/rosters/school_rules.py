"""A school's own rule: read, tried and refused with a plain word before it ever runs."""

from __future__ import annotations

import re

from .declarations import Roster, Rule, RuleRefused
from .planning import GIVEN, slots_of
from .subset import Scope, parse
from .tables import SeverityName

_CODE = re.compile(r"[a-z][a-z0-9_]{2,59}")


def compile_rule(
    roster: Roster, flag: str, *, code: str, title: str, severity: SeverityName = "warning", when: str = "",
    column: str = "", basis: str = "本校规定", remedy: str = "", message: str = "",
) -> Rule:  # fmt: skip
    """Read a rule over one row that a school wrote: ``flag`` says when a row is wrong, ``when`` where it is judged.

    Raises RuleRefused (Chinese) for anything outside the subset, an unknown column, or a text without a title.
    """
    if not title.strip():
        raise RuleRefused("请给规则写一个名称，例如「走读生没有填联系电话」。")
    if not _CODE.fullmatch(code):
        raise RuleRefused("规则代号只能用小写英文字母、数字和下划线，以字母开头，3 至 60 个字。")
    if severity not in ("error", "warning", "notice"):
        raise RuleRefused("严重程度只能是 error、warning 或 notice。")
    names = roster.columns()
    if column and column not in names:
        raise RuleRefused(f"表里没有「{column}」这一列，不能把问题记在它上面。")
    scope = Scope(columns=frozenset(names))
    if not flag.strip():
        raise RuleRefused("请写出什么样的行有问题。")
    read = parse(flag, scope)
    if when.strip():
        parse(when, scope)
    for slot in slots_of(message, ""):
        if slot not in GIVEN:
            parse(slot, scope, wanted=None)
    blamed = column or next(iter(sorted(read.columns())), "")
    return Rule(
        code=f"own.{code}", title=title.strip(), severity=severity, basis=basis, remedy=remedy, column=blamed,
        when=when, flag=flag, message=message, roster=roster.code,
    )  # fmt: skip
