"""Each check of the school register: one offender, one clean row; and the figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.factories import a_class, a_department, a_major, a_term
from tests.factories.clock import NOW
from zhixing.domains.school import actions, checks, indicators
from zhixing.domains.school.models import ClassGroup, Major


def test_class_without_tutor_and_tutor_has_left(school, make_user):
    clean, gone = make_user("teacher"), make_user("teacher")
    a_class(tutor=clean)
    left = a_class(tutor=gone)
    none = a_class()
    gone.is_active = False
    gone.save()
    assert list(checks.class_without_tutor.run()) == [none]
    assert list(checks.tutor_has_left.run()) == [left]
    assert indicators.tutored_class_rate.measure(date.today()).value() == Decimal("66.7")
    assert indicators.running_class_count.measure(date.today()).value() == 3


def test_class_past_its_years(school):
    a_class(cohort=date.today().year)
    late = a_class(cohort=date.today().year - 5)
    assert list(checks.class_past_its_years.run()) == [late]
    ClassGroup.objects.filter(pk=late.pk).update(study_length="3年")  # as rolls write it
    assert list(checks.class_past_its_years.run()) == [late]


def test_term_missing(school):
    year = a_term().academic_year
    if year.starts_on <= date.today():
        assert list(checks.term_missing.run()) == [year]
    spring = {"academic_year": year, "season": "2", "starts_on": date(2027, 2, 20),
              "teaching_starts_on": date(2027, 2, 22), "ends_on": date(2027, 7, 2)}  # fmt: skip
    actions.add_term(spring, by=None, at=NOW)
    assert not checks.term_missing.run()


def test_department_without_head(school, make_user):
    without, headed = a_department(), a_department()
    actions.appoint_head(headed, head=make_user("department_head"), by=make_user("office_director"), at=NOW)
    assert list(checks.department_without_head.run()) == [without]


def test_major_code_unverified_and_filing_missing(school):
    sure, unsure = a_major("甲专业"), a_major("乙专业", certainty="M-H")
    assert list(checks.major_code_unverified.run()) == [unsure]
    Major.objects.filter(pk=sure.pk).update(is_controlled=True)
    assert list(checks.filing_missing.run()) == [sure]
    assert indicators.offered_major_count.measure(date.today()).value() == 2
