"""Numbers as offices write them go there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.kernel.outlines.counting import number_of, roman_number, written_digits, written_han, written_roman
from zhixing.kernel.outlines.folding import fold


@given(st.integers(min_value=1, max_value=9999))
def test_chinese_figures_go_there_and_back(number):
    assert number_of(written_han(number)) == number
    assert number_of(written_digits(number)) == number


@given(st.integers(min_value=1, max_value=3999))
def test_roman_figures_go_there_and_back(number):
    assert roman_number(written_roman(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("一百一十", 110),
        ("廿一", 21),
        ("壹拾贰", 12),
        ("两", 2),
        ("①", 1),
        ("⑳", 20),
        ("㉑", 21),
        ("⑴", 1),
        ("⒈", 1),
        ("㈠", 1),
        ("㊂", 3),
        ("❷", 2),
        ("12", 12),
        ("", None),
        ("甲", None),
        ("12345", None),
        ("一x", None),
    ],
)
def test_each_spelling_has_its_number(text, number):
    assert number_of(text) == number


@pytest.mark.parametrize(("text", "number"), [("Ⅳ", 4), ("XIV", 14), ("IIII", None), ("", None), ("abc", None)])
def test_roman_spelling_must_be_lawful(text, number):
    assert roman_number(text) == number


@given(st.text(max_size=80))
def test_folding_keeps_the_way_back(text):
    folded, places = fold(text)
    assert len(places) == len(folded) + 1
    assert places == sorted(places)
    assert places[-1] == len(text)
    assert len(folded) <= len(text)


def test_folding_takes_away_width_and_the_invisible():
    text = "（一）\u200b突出\u00ad问题：３．５"
    folded, places = fold(text)
    assert folded == "(一)突出问题:3.5"
    assert text[places[3]] == "突"
