"""A second examination writes only what it changed; a writing that lost a race names every record that moved."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.kernel.staging.rolls import person

pytestmark = pytest.mark.django_db


def _rows(batch: Any) -> dict[int, Any]:
    return {row.row: row for row in batch.rows.all()}


def _sealed(batch: Any) -> dict[int, str]:
    return {row.row: row._meta.get_field("cells").get_prep_value(row.cells) for row in batch.rows.all()}


def test_accepting_an_offer_changes_what_is_said_of_the_rows_and_seals_nothing_again(
    bring: Any, registrar: Any, at: Any
) -> None:
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.sheets.staging_edit import choose

    batch = bring([person(1), *(person(n, class_group="26电商1班", major="电子商务") for n in (2, 3))])
    before, sealed = _rows(batch), _sealed(batch)
    assert [before[row].deed for row in (2, 3, 4)] == ["create", "refused", "refused"]
    choose(batch, mode="both", on_errors="leave_out", accepted=["class:26电商1班"], by=registrar, at=at)
    run_pending()
    after = _rows(batch)
    assert [after[row].deed for row in (2, 3, 4)] == ["create"] * 3
    assert [after[row].faults for row in (2, 3, 4)] == [[], [], []]
    assert {row: each.pk for row, each in after.items()} == {row: each.pk for row, each in before.items()}
    assert _sealed(batch) == sealed, "cells were sealed again"
    assert (after[2].target_uid, after[2].updated_at) == (before[2].target_uid, before[2].updated_at)
    assert len({each.target_uid for each in after.values()}) == 3


def test_one_mended_cell_writes_one_row_and_shows_it(bring: Any, roll: Any, registrar: Any, at: Any) -> None:
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.sheets.staging_cells import Contents
    from zhixing.kernel.sheets.staging_edit import edit_cell

    rows = roll(30)
    rows[4]["ethnic_group"] = "汉"
    batch = bring(rows)
    sealed, before = _sealed(batch), _rows(batch)
    faulty = before[6]
    assert faulty.rules.split() == ["students.code_value_unknown"]
    position = faulty.faults[0]["pos"]
    edit_cell(batch, row_uid=faulty.uid, position=position, text="汉族", by=registrar, at=at)
    with CaptureQueriesContext(connection) as asked:
        run_pending()
    after = _rows(batch)
    assert (after[6].faults, after[6].shown[position], after[6].is_edited) == ([], "汉族", True)
    assert Contents.of(after[6]).cells[position] == "汉族"
    assert {row for row, text in _sealed(batch).items() if text != sealed[row]} == {6}
    assert {row for row, each in after.items() if each.updated_at != before[row].updated_at} == {6}
    assert not [each for each in asked if "INSERT" in each["sql"] and "sheets_stagedrow" in each["sql"]]


def test_all_suggestions_taken_are_written_and_marked(bring: Any, roll: Any, registrar: Any, at: Any) -> None:
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.sheets.staging_edit import take_suggestions

    rows = roll(6)
    for row in rows[:2]:
        row["ethnic_group"] = "汉"
    batch = bring(rows)
    take_suggestions(batch, rule="*", by=registrar, at=at)
    run_pending()
    after = _rows(batch)
    assert [row for row, each in after.items() if each.is_edited] == [2, 3]
    assert not any(each.faults for each in after.values())


def test_a_writing_that_lost_a_race_names_all_that_moved_and_writes_nothing(
    applied: Any, bring: Any, roll: Any, registrar: Any, at: Any, monkeypatch: Any
) -> None:
    from zhixing.domains.students.actions import correct_student
    from zhixing.domains.students.models import Student
    from zhixing.kernel.jobs.worker import run_pending
    from zhixing.kernel.sheets import apply

    monkeypatch.setattr(apply, "CHUNK", 2)
    applied(roll(6))
    rows = roll(8)
    for row in rows:
        row["home_address"] = "新街1号"
    batch = bring(rows, name="二.xlsx")
    for number in (2, 5):
        student = Student.objects.get(student_no=f"2026{number:06d}")
        correct_student(student, {"note": "改过"}, by=registrar, at=at)
    apply.ask_to_apply(batch, by=registrar, at=at)
    run_pending()
    batch.refresh_from_db()
    assert batch.state == "staged"
    assert person(2)["name"] in batch.refusal
    assert person(5)["name"] in batch.refusal
    assert person(1)["name"] not in batch.refusal
    assert Student.objects.count() == 6, "newcomers stayed although others had moved"
    assert not batch.rows.filter(is_written=True).exists()
