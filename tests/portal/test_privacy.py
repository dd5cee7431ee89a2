"""What counts as personal data in a text for strangers, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import a_student
from zhixing.domains.portal.queries.privacy import names_in, numbers_in
from zhixing.domains.portal.queries.text import Block, blocks_of, excerpt


def luhn(body: str) -> str:
    """``body`` with the check digit that makes it a card number."""
    for digit in "0123456789":
        number = body + digit
        total = 0
        for place, one in enumerate(reversed(number)):
            value = int(one) * (2 if place % 2 else 1)
            total += value - 9 if value > 9 else value
        if total % 10 == 0:
            return number
    raise AssertionError


CARD_16, CARD_19 = luhn("622202020011223"), luhn("622202020011223344")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("证件号 110101200901151237 。", "id_number"),
        ("证件号１１０１０１２００９０１１５１２３７", "id_number"),
        ("号码110101 20090115 123X", "id_number"),
        ("老证号 110101590115123", "id_number"),
        ("电话13800138000", "phone"),
        ("电话 138 0013 8000，请联系", "phone"),
        ("电话+86-13800138000", "phone"),
        (f"卡号{CARD_16}", "bank_card"),
        (f"卡号 {CARD_16[:4]} {CARD_16[4:8]} {CARD_16[8:12]} {CARD_16[12:]}", "bank_card"),
        (f"卡号{CARD_19}", "bank_card"),
    ],
)
def test_numbers_of_people_are_found_and_shown_masked(text: str, kind: str) -> None:
    found = numbers_in({"正文": text})
    assert [spot.kind for spot in found] == [kind]
    assert "*" in found[0].shown
    assert "13800138000" not in str(found[0])
    assert "110101200901151237" not in str(found[0])


@pytest.mark.parametrize(
    "text",
    [
        "2017-12-01至2018-01-31", "教职成〔2015〕7号", "办公电话 0710-3456789", "统一编码 420600123456789012345",
        "金额 1234567890123456 元", "学号 20240001 至 20240450", "热线 12345、4008001234", "共 13800 人次，138 个班",
        "第 110101999913451237 号文", "",
    ],
)  # fmt: skip
def test_other_numbers_are_left_alone(text: str) -> None:
    assert numbers_in({"正文": text}) == []


def test_the_place_is_named_by_line() -> None:
    found = numbers_in({"正文": "第一段\n\n联系人电话13912345678\n末段", "标题": "13912345678"})
    assert [spot.place for spot in found] == ["正文第 3 行", "标题"]


def test_full_names_of_students_are_found_also_with_gaps(school: Any) -> None:
    for name in ("欧阳明月", "赵一鸣", "李　梅", "明月"):
        a_student(name)
    found = names_in({"正文": "获奖：欧阳明月、赵 一 鸣。\n其他同学鼓励。"})
    assert {(spot.shown, spot.place) for spot in found} == {("欧阳明月", "正文第 1 行"), ("赵一鸣", "正文第 1 行")}
    assert names_in({"正文": "全体同学"}) == []
    assert names_in({"正文": ""}) == []


def test_names_of_another_school_are_nobodys_here(school: Any, other_school: Any) -> None:
    from zhixing.kernel.base.tenancy import tenant_scope

    with tenant_scope(other_school.pk):
        a_student("司马青衫")
    assert names_in({"正文": "司马青衫"}) == []


def test_lines_become_headings_lists_and_paragraphs() -> None:
    body = "导语。\n一、背景\n（一）起因\n- 甲\n- 乙\n\n二、这是一整句话，有句号，所以不是标题。\n<b>不是标记</b>"
    assert blocks_of(body) == [
        Block("p", "导语。"), Block("h1", "一、背景"), Block("h2", "（一）起因"), Block("ul", items=("甲", "乙")),
        Block("p", "二、这是一整句话，有句号，所以不是标题。"), Block("p", "<b>不是标记</b>"),
    ]  # fmt: skip
    assert blocks_of(" \n\n") == []


def test_an_excerpt_is_the_summary_or_the_beginning() -> None:
    assert excerpt("摘要", "正文") == "摘要"
    assert excerpt("", "一、标题\n承诺：\n- 甲\n- 乙") == "承诺：甲；乙"
    assert len(excerpt("", "长" * 300)) == 80
