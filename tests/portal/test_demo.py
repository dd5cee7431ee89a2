"""The demonstration school's column: every state is there, the checks find just what was planted, the papers print."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import time_machine

from tests.factories import a_class, a_student
from tests.factories.clock import NOW
from zhixing.domains.plans.models import Plan
from zhixing.domains.portal import checks as portal_checks
from zhixing.domains.portal import demo
from zhixing.domains.portal.choices import ArticleState, LessonState
from zhixing.domains.portal.models import Article, LessonReading, MicroLesson, PublicFigure
from zhixing.domains.portal.papers import BriefPaper, StudyPaper
from zhixing.domains.school import demo as school_demo
from zhixing.domains.school.models import School
from zhixing.domains.staff import demo as staff_demo
from zhixing.kernel.checks import Check
from zhixing.kernel.papers.issuing import draw
from zhixing.kernel.papers.word import to_docx

CHECKS = [thing for thing in vars(portal_checks).values() if isinstance(thing, Check)]


@pytest.fixture
def key(school: Any) -> list[dict[str, Any]]:
    rnd = Random(7)
    with time_machine.travel(NOW, tick=False):
        school_demo.furnish(school, rnd, at=NOW)
        staff_demo.furnish(school, rnd, at=NOW)
        a_student("上官若水", class_group=a_class("外借演练一班"))
        begun = NOW.replace(year=NOW.year - 1)
        Plan.objects.create(title="实施方案", state="effective", effective_at=begun)
        return demo.furnish(school, rnd, at=NOW)


@time_machine.travel(NOW, tick=False)
def test_the_checks_find_just_what_was_planted_and_every_state_is_there(key: list[dict[str, Any]], school: Any) -> None:
    wanted = {entry["rule"]: entry["objects"] for entry in key}
    assert len(wanted) == len(key), "one line of the key for each rule"
    for check in CHECKS:
        assert sorted(str(row) for row in check.run()) == wanted.get(check.code, []), check.code
    never = {check.code for check in CHECKS} - set(wanted)
    assert never == {"school.column_stale"}
    assert set(Article.objects.values_list("state", flat=True)) == set(ArticleState.values)
    assert set(MicroLesson.objects.values_list("state", flat=True)) == {"drafted", "submitted", "published"}
    assert LessonState.PUBLISHED in set(MicroLesson.objects.values_list("state", flat=True))
    assert sorted(Article.objects.filter(kind="brief").values_list("number", flat=True)) == [1, 2]
    assert LessonReading.objects.filter(passed=True).exists()
    assert LessonReading.objects.filter(passed=False, score__isnull=False).exists()
    assert LessonReading.objects.missing().exists()
    assert PublicFigure.objects.count() >= 7
    _stale()
    _papers(school)


def _stale() -> None:
    """Nothing new for more than a fortnight, and the school is told; without a plan there is nothing to keep."""
    school_row = School.objects.get()
    check = portal_checks.column_stale
    with time_machine.travel(NOW.replace(month=12, day=20), tick=False):
        assert list(check.run()) == [school_row]
        Plan.objects.update(state="ended")
        assert list(check.run()) == []
        assert list(portal_checks.department_silent.run()) == []


def _papers(school: Any) -> None:
    brief = Article.objects.filter(kind="brief").select_related("unit", "writer", "reviewer", "publisher").get(number=1)
    letter = draw(BriefPaper, brief, on=NOW.date())
    assert letter.number == f"{brief.year}年第1期"
    assert letter.head is not None
    assert "简报" in letter.head.organ
    assert to_docx(letter)[:2] == b"PK"
    assert not BriefPaper().when(Article.objects.filter(kind="news").first())
    lesson = MicroLesson.objects.published().order_by("pk").first()
    table = draw(StudyPaper, lesson, on=NOW.date())
    rows = next(block for block in table.blocks if hasattr(block, "headers")).rows
    assert rows[-1][0] == "合计"
    assert rows[-1][1] == sum(row[1] for row in rows[:-1]) == lesson.readings.filter(is_required=True).count()
    names = set(lesson.readings.values_list("user__name", flat=True))
    assert not any(str(cell) in names for row in rows for cell in row)
    assert to_docx(table)[:2] == b"PK"
