"""Citizen ID numbers against the standard's published examples and invented ones."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from zhixing.kernel.base.id_numbers import birth_date_in, check_digit, make_id_number, passes_check


@pytest.mark.parametrize("number", ["11010519491231002X", "11010519491231002x", "440524188001010014"])
def test_published_examples_pass(number):
    assert passes_check(number)


@pytest.mark.parametrize("number", ["110105194912310021", "44052418800101001", "", "４４0524188001010014", "A" * 18])
def test_others_do_not(number):
    assert not passes_check(number)


def test_a_fitting_check_character_does_not_make_a_date():
    assert passes_check("990101201002290024")
    assert birth_date_in("990101201002290024") is None
    assert birth_date_in("11010519491231002X") == date(1949, 12, 31)


@pytest.mark.parametrize("sex", ["男", "女"])
def test_invented_numbers_tell_birth_and_sex(sex):
    for seed in range(50):
        number = make_id_number("420606", date(2009, 2, 28), sex, Random(seed))
        assert passes_check(number)
        assert birth_date_in(number) == date(2009, 2, 28)
        assert int(number[16]) % 2 == (sex == "男")


def test_every_slip_in_one_digit_is_noticed():
    body = "42060620090228123"
    good = check_digit(body)
    slips = [body[:n] + digit + body[n + 1 :] for n in range(17) for digit in "0123456789" if digit != body[n]]
    assert all(check_digit(slip) != good for slip in slips)
