"""Standards: the version in force on the day of the event, the narrowest place, a school's edit on top."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

import zhixing
from zhixing.kernel.base.certainty import Certainty
from zhixing.kernel.standards.standards import (
    Range,
    Standard,
    StandardDataError,
    StandardError,
    load_standards,
    to_value,
)

STUDENT_STANDARDS = Path(zhixing.__file__).parent / "domains" / "students" / "data" / "standards.toml"
SHIPPED = load_standards(STUDENT_STANDARDS)
TODAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("on", "band", "average", "grades"),
    [
        (date(2007, 9, 1), Range(1500, 1500), 1500, (1, 2)),
        (date(2015, 2, 28), Range(1500, 1500), 1500, (1, 2)),
        (date(2015, 3, 1), Range(1000, 3000), 2000, (1, 2)),
        (date(2018, 9, 1), Range(1000, 3000), 2000, (1, 2)),
        (date(2025, 2, 28), Range(1000, 3000), 2000, (1, 2)),
        (date(2025, 3, 1), Range(1200, 3500), 2300, (1, 2, 3)),
        (date(2030, 1, 1), Range(1200, 3500), 2300, (1, 2, 3)),
    ],
)
def test_aid_follows_the_day_of_the_event(on: date, band: Range, average: int, grades: tuple[int, ...]) -> None:
    assert SHIPPED.range("aid_band", on) == band
    assert SHIPPED.number("aid_average", on) == average
    assert SHIPPED.choices("aid_grades", on) == grades


@pytest.mark.parametrize("name", ["aid_band", "aid_average", "aid_tiers", "aid_grades"])
def test_dated_standards_leave_no_gap_and_do_not_reach_before_their_time(name: str) -> None:
    versions = sorted(
        (row for row in SHIPPED.versions(name) if row.jurisdiction == "CN"), key=lambda row: row.valid_from or date.min
    )
    for earlier, later in zip(versions, versions[1:], strict=False):
        assert earlier.valid_to is not None
        assert later.valid_from == earlier.valid_to + timedelta(days=1)
    assert versions[-1].valid_to is None
    with pytest.raises(StandardError, match=r"in force on 2007-08-31"):
        SHIPPED.value(name, date(2007, 8, 31))


def test_the_narrowest_place_wins() -> None:
    assert SHIPPED.choices("aid_tiers", TODAY, "510107") == (1300, 2300, 3300)
    assert SHIPPED.choices("aid_tiers", TODAY, "420606") == ()
    assert SHIPPED.choices("aid_tiers", date(2025, 2, 28), "510107") == ()


def test_the_numbers_the_rules_rely_on() -> None:
    assert SHIPPED.range("enrolment_age", TODAY) == Range(14, 22)
    assert SHIPPED.number("class_size", TODAY) == 50
    assert SHIPPED.number("guardian_phone_sharing", TODAY) == 3
    assert SHIPPED.number("oldest_age", TODAY) == 120
    assert SHIPPED.number("party_member_age", TODAY) == 18
    assert SHIPPED.range("league_member_age", TODAY) == Range(14, 28)
    assert SHIPPED.number("aid_months", TODAY) == 10
    assert "3年" in SHIPPED.choices("study_length_lawful", TODAY)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("temporary_id_pattern", "999420600123400001", "99942060012340001"),
        ("national_number_pattern", "G99010120081231218X", "G9901012008123121X"),
        ("phone_pattern", "13800000000", "23800000000"),
        ("landline_pattern", "0710-3551234", "1234567"),
    ],
)
def test_patterns_tell_good_from_bad(name: str, good: str, bad: str) -> None:
    pattern = SHIPPED.text(name, TODAY)
    assert re.fullmatch(pattern, good)
    assert not re.fullmatch(pattern, bad)


def test_every_standard_says_where_it_comes_from_and_how_sure_it_is() -> None:
    for standard in SHIPPED:
        assert standard.title
        assert standard.source
        if standard.certainty is Certainty.MEMORY_LOW:
            assert standard.note, f"{standard.name} must say that it is a default"
    assert SHIPPED.standard("class_size", TODAY).is_memory
    assert not SHIPPED.standard("aid_band", TODAY).is_memory


def _edit(**changes: object) -> Standard:
    facts: dict[str, object] = {
        "name": "class_size",
        "title": "班额上限",
        "value": 45,
        "source": "校长办公会",
        "certainty": Certainty.C1,
        "valid_from": date(2026, 9, 1),
    }
    return Standard(**{**facts, **changes})  # type: ignore[arg-type]


def test_a_schools_edit_wins_from_its_day_on() -> None:
    edited = SHIPPED.with_overrides([_edit()])
    assert edited.number("class_size", date(2026, 8, 31)) == 50
    assert edited.number("class_size", date(2026, 9, 1)) == 45
    assert SHIPPED.number("class_size", date(2026, 9, 1)) == 50
    assert [row.value for row in edited.versions("class_size")] == [45, 50]


def test_a_schools_edit_wins_over_its_provinces_version() -> None:
    edited = SHIPPED.with_overrides([_edit(name="aid_tiers", value=(1500, 2500), valid_from=None)])
    assert edited.choices("aid_tiers", TODAY, "510107") == (1500, 2500)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"name": "class_sise"}, "no standard"),
        ({"value": Range(1, 2)}, "must stay a number"),
        ({"valid_from": date(2026, 9, 2), "valid_to": date(2026, 9, 1)}, "before it begins"),
        ({"valid_from": "2026-09-01"}, "no date"),
        ({"value": Range(2, 1)}, "backwards"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(StandardDataError, match=complaint):
        SHIPPED.with_overrides([_edit(**changes)])


def test_the_latest_begun_edit_wins_and_an_ended_one_gives_way() -> None:
    edited = SHIPPED.with_overrides(
        [
            _edit(),
            _edit(valid_from=date(2027, 9, 1), valid_to=date(2028, 7, 31), value=40),
        ]
    )
    assert edited.number("class_size", date(2027, 8, 31)) == 45
    assert edited.number("class_size", date(2027, 9, 1)) == 40
    assert edited.number("class_size", date(2028, 8, 1)) == 45


def test_two_edits_may_not_begin_on_one_day() -> None:
    with pytest.raises(StandardDataError, match="two versions"):
        SHIPPED.with_overrides([_edit(), _edit(value=40)])


def test_an_edit_takes_over_title_and_unit_and_keeps_the_kind() -> None:
    edit = SHIPPED.edit("enrolment_age", {"low": 15, "high": 25}, source="校长办公会", valid_from=TODAY)
    assert (edit.title, edit.unit, edit.value) == ("入学时年龄", "周岁", Range(15, 25))
    assert SHIPPED.with_overrides([edit]).range("enrolment_age", TODAY) == Range(15, 25)
    with pytest.raises(StandardDataError, match="must stay a range"):
        SHIPPED.edit("enrolment_age", 15, source="校长办公会")
    with pytest.raises(StandardError, match="no standard"):
        SHIPPED.edit("enrollment_age", 15, source="校长办公会")


def test_shipped_versions_may_not_overlap(tmp_path: Path) -> None:
    version = '[[size]]\ntitle = "大小"\nvalue = 1\nsource = "某"\ncertainty = "C1"\nvalid_from = {}\n'
    file = tmp_path / "standards.toml"
    file.write_text(version.format("2020-01-01") + version.format("2021-01-01"), encoding="utf-8")
    with pytest.raises(StandardDataError, match="two versions"):
        load_standards(file)


def test_asking_wrongly_is_answered_clearly() -> None:
    with pytest.raises(StandardError, match=r"no standard 'age'.*enrolment_age"):
        SHIPPED.value("age", TODAY)
    with pytest.raises(StandardError, match="is a range, not a number"):
        SHIPPED.number("enrolment_age", TODAY)
    with pytest.raises(StandardError, match="is a number, not a list"):
        SHIPPED.choices("class_size", TODAY)
    with pytest.raises(StandardError, match="is a list, not a text"):
        SHIPPED.text("aid_grades", TODAY)
    with pytest.raises(StandardError, match="is a text, not a range"):
        SHIPPED.range("phone_pattern", TODAY)


def test_both_ends_belong_to_a_range() -> None:
    assert 14 in Range(14, 22)
    assert 22 in Range(14, 22)
    assert 13 not in Range(14, 22)
    assert "15" not in Range(14, 22)


@pytest.mark.parametrize("plain", [None, True, {"low": 1}, {"low": "1", "high": "2"}, [1, None], object()])
def test_what_is_no_value_is_refused(plain: object) -> None:
    with pytest.raises(StandardDataError):
        to_value(plain)


def test_a_file_that_lacks_the_certainty_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "standards.toml"
    file.write_text('[[size]]\ntitle = "大小"\nvalue = 1\nsource = "某"\n', encoding="utf-8")
    with pytest.raises(StandardDataError, match=r"size.*certainty"):
        load_standards(file)
