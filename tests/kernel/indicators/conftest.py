"""A small school with departments, classes and an indicator over them."""

import pytest
from django.db.models import Q

from zhixing.domains.school.models import ClassGroup, Department, Major
from zhixing.kernel.indicators import Ratio, indicator
from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.people.models import Unit


def tutored(on):
    return Ratio(of=ClassGroup.objects.running(), part=Q(tutor__isnull=False))


tutored.__module__ = "zhixing.domains.school.indicators"
CODE = "school.tutored_class_rate"


@pytest.fixture
def one():
    return indicators[CODE]


@pytest.fixture
def departments(school):
    """Two departments, the first with a sub-department."""
    found = []
    for name, parent in (("机电部", None), ("财经部", None), ("数控组", 0)):
        above = found[parent] if parent is not None else None
        unit = Unit.objects.create(name=name, kind="department", parent=above.unit if above else None)
        found.append(Department.objects.create(name=name, unit=unit, parent=above))
    return found


@pytest.fixture
def classes(departments, make_user):
    """Three classes: one tutored in the sub-department, one tutored and one not in the second department."""
    major = Major.objects.create(name="数控", code="660103")
    tutor = make_user("class_tutor")
    found = []
    for number, (place, has) in enumerate(((2, True), (1, True), (1, False)), 1):
        department = departments[place]
        unit = Unit.objects.create(name=f"{number}班", kind="class", parent=department.unit)
        found.append(
            ClassGroup.objects.create(
                unit=unit, name=f"{number}班", department=department, cohort=2024, major=major,
                tutor=tutor if has else None,
            )
        )  # fmt: skip
    return found


def declared(**facts):
    """An indicator like those of an app, not on the shelf."""
    return indicator("试验指标", unit="%", **facts)(tutored)
