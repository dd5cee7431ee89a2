"""Numbering of every kind, and what stands under what."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.kernel.outlines.counting import WRITTEN, written_han, written_roman
from zhixing.kernel.outlines.grammar import Grammar
from zhixing.kernel.outlines.lines import Line
from zhixing.kernel.outlines.outline import Outline, outline
from zhixing.kernel.outlines.text_reading import read_text

COUNTERS = Grammar(counters=("任务", "阶段"))

SHAPES = {
    "一、": lambda n: f"{written_han(n)}、",
    "一.": lambda n: f"{written_han(n)}.",
    "一．": lambda n: f"{written_han(n)}．",
    "(一)": lambda n: f"({written_han(n)})",
    "（一）": lambda n: f"（{written_han(n)}）",
    "〔一〕": lambda n: f"〔{written_han(n)}〕",
    "【一】": lambda n: f"【{written_han(n)}】",
    "一)": lambda n: f"{written_han(n)})",
    "（ 一 ）": lambda n: f"（ {written_han(n)} ）",
    "㈠": lambda n: "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩"[n - 1],
    "1.": lambda n: f"{n}.",
    "1、": lambda n: f"{n}、",
    "１．": lambda n: f"{n}．",
    "⒈": lambda n: "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑"[n - 1],
    "(1)": lambda n: f"({n})",
    "（1）": lambda n: f"（{n}）",
    "1)": lambda n: f"{n})",
    "⑴": lambda n: "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽"[n - 1],
    "①": lambda n: "①②③④⑤⑥⑦⑧⑨⑩"[n - 1],
    "第一章": lambda n: f"第{written_han(n)}章 ",
    "第1章": lambda n: f"第{n}章 ",
    "第一条": lambda n: f"第{written_han(n)}条 ",
    "第一部分": lambda n: f"第{written_han(n)}部分 ",
    "任务一：": lambda n: f"任务{written_han(n)}：",
    "第一阶段：": lambda n: f"第{written_han(n)}阶段：",
    "Ⅰ": lambda n: "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"[n - 1] + "、",
    "I.": lambda n: f"{written_roman(n)}.",
    "A.": lambda n: f"{'ABCDEFGHIJ'[n - 1]}.",
    "a)": lambda n: f"{'abcdefghij'[n - 1]})",
    "甲、": lambda n: f"{'甲乙丙丁戊己庚辛壬癸'[n - 1]}、",
    "壹、": lambda n: f"{'壹贰叁肆伍陆柒捌玖拾'[n - 1]}、",
    "一是": lambda n: f"{written_han(n)}是",
    "3.1": lambda n: f"3.{n} ",
    "2.1.1": lambda n: f"2.1.{n} ",
    "一 ": lambda n: f"{written_han(n)} ",
    "　(1) ": lambda n: f"　({n}) ",
    "一、zw": lambda n: f"\u200b{written_han(n)}、\u00ad",
}


def tree_of(text: str, grammar: Grammar = COUNTERS) -> Outline:
    return outline(read_text(text).lines, grammar)


def told(tree: Outline) -> list[tuple[int, int | None, str]]:
    return [(node.depth, node.number, node.title.text) for node in tree.walk()]


def reasons(tree: Outline) -> list[str]:
    return [each.why for each in tree.warnings]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_shape_numbers_its_items(shape):
    write = SHAPES[shape]
    text = "\n".join(f"{write(n)}加强管理" for n in range(1, 11))
    tree = tree_of(text)
    assert told(tree) == [(0, n, "加强管理") for n in range(1, 11)]
    assert not tree.warnings
    assert tree.nodes[0].label.strip() == write(1).strip(" 　\u200b\u00ad")


@pytest.mark.parametrize("bullet", ["——", "—", "●", "■", "◆", "·", "•", "-", "- ", "➢", "\uf0d8"])
def test_bullets_open_items_without_a_number(bullet):
    assert told(tree_of(f"{bullet}规范招生\n{bullet}核查学籍")) == [(0, None, "规范招生"), (0, None, "核查学籍")]


@pytest.mark.parametrize(
    "text",
    [
        "3.5万元用于培训。",
        "2018年3月召开会议。",
        "(2018年)开始。",
        "三要素管理很重要。",
        "1、2、3号楼维修。",
        "一是加强领导。",
        "第一章程要好。",
        "2019.3—2021.8",
        "-5度以下停课",
        "——",
        "12个部门",
        "一天三查",
        "(2018)12号",
        "A座教学楼",
    ],
)
def test_what_only_looks_like_a_number_opens_nothing(text):
    tree = tree_of(text)
    assert not tree.nodes
    assert [line.text for line in tree.preface] == [text]


ORDER = ["一、", "(一)", "1.", "(1)", "①"]
CHAPTERS = ["第一章", "一、", "（一）", "1、", "1)"]


@pytest.mark.parametrize("order", [ORDER, CHAPTERS, ["Ⅰ", "1.", "a)", "①"], ["1.", "(1)", "①", "A.", "a)"]])
def test_levels_come_from_what_is_open_not_from_the_sign(order):
    lines, expected = [], []
    for first in (1, 2):
        for depth, shape in enumerate(order):
            lines.append(SHAPES[shape](first if depth == 0 else 1) + f"第{depth}层事项")
            expected.append((depth, first if depth == 0 else 1, f"第{depth}层事项"))
    assert told(tree_of("\n".join(lines))) == expected


def test_numbers_that_run_on_across_parents_are_in_order():
    tree = tree_of("一、甲\n(一)子\n1.一\n2.二\n(二)丑\n3.三\n4.四\n二、乙\n(一)寅\n5.五")
    assert not tree.warnings
    assert [node.number for node in tree.walk() if node.kind == "1"] == [1, 2, 3, 4, 5]
    assert [len(node.children) for node in tree.nodes[0].children] == [2, 2]


def test_numbers_that_restart_are_in_order():
    tree = tree_of("一、甲\n(一)子\n1.一\n2.二\n(二)丑\n1.三\n二、乙\n(一)寅\n1.五")
    assert not tree.warnings


def test_a_list_before_the_first_part_doesnt_swallow_the_parts():
    tree = tree_of("1.现将方案印发\n2.请照办\n一、指导思想\n贯彻。\n二、目标\n1.提升")
    assert [(node.depth, node.kind) for node in tree.walk()] == [(0, "1"), (0, "1"), (0, "一"), (0, "一"), (1, "1")]


def test_a_lower_sign_may_stand_above_where_its_count_goes_on():
    tree = tree_of("1.总体\n一、甲\n二、乙\n2.具体\n一、丙")
    assert told(tree) == [(0, 1, "总体"), (1, 1, "甲"), (1, 2, "乙"), (0, 2, "具体"), (1, 1, "丙")]


def test_a_slip_in_the_shape_stays_at_its_level_and_is_told():
    tree = tree_of("(一)甲\n(二)乙\n三、丙\n(四)丁")
    assert [node.depth for node in tree.walk()] == [0, 0, 0, 0]
    assert "编号写法不同" in reasons(tree)[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1.一\n2.二\n4.四", "缺 3"),
        ("1.一\n2.二\n2.又", "编号 2 重复"),
        ("一、甲\n三、丙", "缺 2"),
        ("(三)丙\n(四)丁", "前面没有同样写法的编号"),
        ("一、甲\n1.一\n二、乙\n3.三", "缺 2"),
        ("1.一\n2.二\n1.一", "从 1 重新开始"),
        ("1.一\n9.九", "缺 2 至 8"),
    ],
)
def test_missing_and_repeated_numbers_are_told_not_dropped(text, why):
    tree = tree_of(text)
    assert any(why in each for each in reasons(tree)), reasons(tree)
    assert len(list(tree.walk())) == text.count("\n") + 1


TITLES = [
    ("1.诚信招生活动。规范简章。", "诚信招生活动", "规范简章。"),
    ("1.诚信招生：规范简章。", "诚信招生", "规范简章。"),
    ("1.诚信招生活动 规范招生简章，杜绝中介。", "诚信招生活动", "规范招生简章，杜绝中介。"),
    ("1.诚信招生活动。", "诚信招生活动", ""),
    ("1.诚信招生活动", "诚信招生活动", ""),
    ("1.落实《关于招生。工作的通知》精神。要做好。", "落实《关于招生。工作的通知》精神", "要做好。"),
    ("1.以下几点：", "以下几点：", ""),
]


@pytest.mark.parametrize(("text", "title", "body"), TITLES)
def test_title_and_body_of_one_paragraph_are_parted(text, title, body):
    node = tree_of(text).nodes[0]
    assert (node.title.text, node.body.text) == (title, body)


def test_a_long_sentence_keeps_all_its_words_in_the_body():
    text = "建立健全安全应急处置机制，落实人防物防技防措施，每月检查，及时整改，确保校园安全稳定。"
    node = tree_of(f"1.{text}").nodes[0]
    assert node.title.text == "建立健全安全应急处置机制"
    assert node.body.text == text
    assert node.confidence < 0.7


def test_a_text_broken_at_a_fixed_width_is_whole_again():
    words = "深入贯彻上级精神积极落实有关要求坚持依法治校以常规管理为重点提升办学水平" * 2
    broken = "\n".join(words[at : at + 20] for at in range(0, len(words), 20)) + "。"
    tree = tree_of("\n".join(["一、指导思想", *[broken] * 3, "二、工作目标", broken]))
    assert tree.nodes[0].body.text.split("\n") == [words + "。"] * 3
    assert tree.nodes[1].body.text == words + "。"


def test_short_lines_are_paragraphs_of_their_own():
    tree = tree_of("一、名单\n组长\n张三\n副组长\n李四\n王五\n赵六")
    assert tree.nodes[0].body.text == "组长\n张三\n副组长\n李四\n王五\n赵六"


def test_places_are_those_of_the_document():
    text = "前言\n\n一、指导思想\n　　1.诚信招生活动。规范简章。\n再做一件事。"
    source = read_text(text)
    node = outline(source.lines).nodes[0].children[0]
    assert source.verbatim(node.title.span()) == "诚信招生活动"
    assert source.verbatim(node.body.span()) == "规范简章。\n再做一件事。"
    assert (node.own.line_from, node.own.line_to) == (4, 5)


LINE = st.one_of(
    st.builds(lambda shape, n: SHAPES[shape](n) + "事项", st.sampled_from(sorted(SHAPES)), st.integers(1, 10)),
    st.sampled_from(["正文一段，写得不长。", "", "——另一项", "(2018年)", "又一段"]),
    st.text(max_size=30),
)


@settings(max_examples=150, deadline=2000)
@given(st.lists(LINE, min_size=1, max_size=30))
def test_no_line_is_ever_lost_and_places_hold(lines):
    lines = [Line(no=at, text=text, kind="paragraph" if text.strip() else "blank") for at, text in enumerate(lines, 1)]
    tree = outline(lines, COUNTERS)
    seen = {line.no for line in tree.preface}
    for node in tree.walk():
        seen |= set(range(node.own.line_from, node.own.line_to + 1))
        assert node.span.line_from == node.heading.line_from <= node.own.line_to <= node.span.line_to
        for part in (node.title, node.body):
            for offset, number, char in part.places:
                rest = part.text[offset : offset + 1]
                assert not rest or rest == "\n" or lines[number - 1].text[char] == rest
    assert {line.no for line in lines if line.kind != "blank"} <= seen


@pytest.mark.parametrize("form", sorted(WRITTEN))
def test_every_format_of_a_word_processor_writes_any_number(form):
    for number in (0, 1, 2, 10, 11, 20, 27, 99, 12345):
        assert isinstance(WRITTEN[form](number), str)
