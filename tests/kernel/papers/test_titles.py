"""Titles break between words, tables share the width by what they hold, values print as offices write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.kernel.papers.trial import LAYOUTS
from zhixing.kernel.papers import Form, Heading, Letter, Para, Table
from zhixing.kernel.papers.frozen import clean, letter_of, plain, text_of
from zhixing.kernel.papers.laid import laid
from zhixing.kernel.papers.looks import LEDGER, PORTRAIT
from zhixing.kernel.papers.titles import NEVER_FIRST, title_lines, width_of

LONG = (
    "关于印发《甲职业学校职业院校管理水平提升行动计划实施方案（2018—2020年）》的通知",
    "甲职业学校关于2018年第一季度职业院校管理水平提升行动计划督办情况的报告",
    "关于召开职业院校管理水平提升行动计划推进会的通知",
)


@pytest.mark.parametrize("title", LONG)
def test_long_titles_break_sensibly(title: str) -> None:
    lines = title_lines(title)
    assert "".join(lines) == title
    assert len(lines) > 1
    assert all(width_of(line) <= 20 for line in lines)
    assert not [line for line in lines[1:] if line[0] in NEVER_FIRST]
    for word in ("职业", "院校", "管理", "水平", "提升", "2018", "方案", "通知"):
        assert title.count(word) == sum(line.count(word) for line in lines), word


def test_own_breaks_and_short_titles_are_kept() -> None:
    assert title_lines("督办单") == ("督办单",)
    assert title_lines("甲职业学校\n关于放假的通知") == ("甲职业学校", "关于放假的通知")


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_frozen_letter_is_laid_out_as_the_first_one(name: str) -> None:
    import json

    written = json.loads(json.dumps(plain(LAYOUTS[name])))
    assert laid(letter_of(written)) == laid(LAYOUTS[name])


@pytest.mark.parametrize("sheet", [PORTRAIT, LEDGER])
def test_columns_fill_the_page_and_hold_their_dates(sheet: object) -> None:
    letter = Letter(
        title="表", kind_of_layout="table", landscape=sheet is LEDGER,
        blocks=[Table(["序号", "问题描述", "时限"], [[1, "很长的说明" * 30, date(2018, 5, 1)]])],
    )  # fmt: skip
    block = laid(letter)["blocks"][0]
    assert abs(sum(block["widths"]) - sheet.inner) < 0.1
    letters = (block["widths"][2] - 3) / (block["points"] * 25.4 / 72)
    assert letters > width_of("2018-05-01")
    assert block["align"] == ["center", "left", "center"]


def test_given_widths_are_shares() -> None:
    block = laid(Letter(title="表", blocks=[Table(["甲", "乙"], [], widths_mm=(1, 3))]))["blocks"][0]
    assert block["widths"] == [39.0, 117.0]


def test_boxes_of_a_form_meet_on_common_columns() -> None:
    block = laid(Letter(title="单", blocks=[Form([[("甲", 1), ("乙", 2)], [("丙", 3)], [("", "全宽")]])]))["blocks"][0]
    assert abs(sum(block["columns"]) - 156) < 0.01
    assert [[cell["span"] for cell in line["cells"]] for line in block["lines"]] == [[1, 1, 1, 1], [1, 3], [4]]


def test_values_print_as_offices_write_them() -> None:
    assert [text_of(value) for value in (None, True, date(2018, 1, 6), datetime(2018, 1, 6, 8, 5), 3, 2.5)] == [
        "", "是", "2018-01-06", "2018-01-06 08:05", "3", "2.5",
    ]  # fmt: skip
    assert clean("甲\r\n乙\t丙\x0b丁\u200b\ue000") == "甲\n乙 丙\n丁\ue000"


def test_wrong_blocks_are_refused_where_they_are_written() -> None:
    for wrong in (
        lambda: Heading(5, "x"),
        lambda: Table(["甲"], [["1", "2"]]),
        lambda: Table([], []),
        lambda: Form([[]]),
        lambda: Letter(title="x", kind_of_layout="poster"),
        lambda: Table(["甲"], [], widths_mm=(0,)),
    ):
        with pytest.raises(ValueError):
            wrong()


def test_signer_is_centred_over_the_date() -> None:
    short = laid(Letter(title="x", blocks=[Para("x")], signer="甲校", date=date(2018, 1, 6)))["closing"]
    assert short["date_right"] == 4
    assert short["signer_right"] == 4 + (width_of("2018年1月6日") - 2) / 2
    long = laid(Letter(title="x", signer="襄阳市工业职业中等专业学校办公室", date=date(2018, 1, 6)))["closing"]
    assert long["signer_right"] >= 1
    middle = long["signer_right"] + width_of("襄阳市工业职业中等专业学校办公室") / 2
    assert middle == pytest.approx(long["date_right"] + width_of("2018年1月6日") / 2)
