"""Work days and teaching weeks."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import a_term
from tests.factories.clock import NOW
from zhixing.domains.school import actions, queries


def test_national_holidays_and_make_up_days_are_known(school):
    assert not queries.is_work_day(date(2026, 10, 1))
    assert not queries.is_work_day(date(2026, 11, 22))
    assert queries.is_work_day(date(2026, 11, 23))
    assert queries.is_work_day(date(2026, 10, 10)), "a Saturday worked to make up for the National Day week"


def test_years_beyond_the_library_fall_back_to_weekdays(school):
    assert queries.is_work_day(date(2031, 1, 1)) is True
    assert queries.is_work_day(date(2031, 1, 4)) is False


def test_the_schools_own_calendar_wins_and_can_be_withdrawn(school, make_user):
    user, day = make_user("office_director"), date(2026, 11, 23)
    row = actions.override_day({"date": day, "is_work_day": False, "reason": "运动会补休"}, by=user, at=NOW)
    assert not queries.is_work_day(day)
    actions.restore_day(row, by=user, at=NOW)
    assert queries.is_work_day(day)


@pytest.mark.parametrize("count", [0, 1, 5, 10, 45])
def test_counting_work_days_there_and_back(school, count):
    start = date(2026, 9, 25)
    end = queries.add_work_days(start, count)
    assert queries.work_days_between(start, end) == count
    assert queries.work_days_between(end, start) == -count


def test_deadlines_skip_the_national_day_week_and_the_schools_own_days(school):
    assert queries.add_work_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    actions.override_day({"date": date(2026, 10, 8), "is_work_day": False, "reason": "校庆"}, by=None, at=NOW)
    assert queries.add_work_days(date(2026, 9, 30), 1) == date(2026, 10, 9)
    assert queries.add_work_days(date(2026, 10, 9), -1) == date(2026, 9, 30)


def test_teaching_weeks_run_from_monday_to_the_last_day(school):
    term = a_term()
    weeks = queries.teaching_weeks(term)
    assert (weeks[0].number, weeks[0].starts_on) == (1, date(2026, 8, 31))
    assert weeks[-1].starts_on <= term.ends_on <= weeks[-1].ends_on
    assert str(queries.teaching_week_on(date(2026, 11, 23))) == "第13周"
    assert queries.teaching_week_on(date(2026, 8, 1)) is None
