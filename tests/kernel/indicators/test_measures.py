"""One declaration gives the number, its breakdown and the rows, and they agree."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Q
from django.utils import timezone

from tests.kernel.indicators.conftest import declared
from zhixing.domains.school.models import ClassGroup
from zhixing.kernel.indicators import Count, Group, Ratio, Total, indicator, indicators

pytestmark = pytest.mark.django_db
TUTORED = Q(tutor__isnull=False)


def test_a_ratio_agrees_with_its_groups_and_rows(classes):
    measured = Ratio(of=ClassGroup.objects.all(), part=TUTORED)
    assert (measured.parts(), measured.value()) == ((2, 3), Decimal("66.7"))
    assert measured.by("department__name") == {"数控组": Decimal("100.0"), "财经部": Decimal("50.0")}
    assert sum(group.part for group in measured.groups("department")) == 2
    assert (set(measured.rows()), set(measured.rest()), measured.base().count()) == (set(classes[:2]), {classes[2]}, 3)
    narrowed = measured.narrowed("department__name", "财经部")
    assert (narrowed.value(), list(narrowed.rest())) == (Decimal("50.0"), [classes[2]])


def test_nothing_to_divide_by_is_no_number(school):
    assert Ratio(of=ClassGroup.objects.all(), part=TUTORED).value() is None
    assert Total(of=ClassGroup.objects.all(), field="capacity", average=True).value() is None
    assert Total(of=ClassGroup.objects.all(), field="capacity").value() == 0


def test_rows_with_an_empty_column_are_in_the_rest(classes):
    measured = Ratio(of=ClassGroup.objects.all(), part=Q(classroom="1栋") | Q(ended_date__year=2020))
    assert measured.rest().count() == 3


def test_a_quotient_is_broken_down_over_both_kinds_of_rows(classes, departments):
    from zhixing.domains.school.models import Department

    measured = Ratio(of=ClassGroup.objects.all(), per=Department.objects.all(), paths={"department__unit": "unit"})
    assert measured.value() == Decimal("1.0")
    found = {group.key: group.value for group in measured.groups("department__unit")}
    assert found == {departments[2].unit_id: 1, departments[1].unit_id: 2, departments[0].unit_id: 0}
    narrowed = measured.narrowed("department__unit__path__startswith", departments[1].unit.path)
    assert narrowed.parts() == (2, 1)
    assert measured.rest() is None


def test_a_total_sums_or_averages(classes):
    rows = ClassGroup.objects.all()
    rows.filter(pk=classes[0].pk).update(capacity=41)
    assert Total(of=rows, field="capacity").value() == Decimal("141.0")
    mean = Total(of=rows, field="capacity", average=True, decimals=2)
    assert (mean.value(), mean.parts()) == (Decimal("47.00"), (Decimal(141), 3))
    assert mean.by("department__name") == {"数控组": Decimal("41.00"), "财经部": Decimal("50.00")}
    assert mean.narrowed("department__name", "数控组").value() == 41


def test_a_count_counts(classes):
    measured = Count(of=ClassGroup.objects.all())
    assert (measured.value(), measured.parts()) == (3, (3, None))
    assert Group("财经部", Decimal(2), Decimal(2)) in measured.groups("department__name")


@pytest.mark.parametrize(
    ("better", "value", "lamp"),
    [
        ("more", 100, "green"), ("more", 95, "amber"), ("more", 89, "red"), ("less", 100, "green"),
        ("less", 105, "amber"), ("less", 111, "red"), ("more", None, ""),
    ],
)  # fmt: skip
def test_lamps(better, value, lamp):
    one = declared(target=100, better=better)
    assert one.lamp(None if value is None else Decimal(value)) == lamp
    assert declared(better=better).lamp(Decimal(1)) == ""


def test_a_strange_direction_is_refused():
    with pytest.raises(ValueError, match="better"):
        indicator("x", unit="%", better="most")


@pytest.mark.parametrize("one", list(indicators), ids=lambda one: one.code)
def test_every_declared_indicator_can_be_counted_every_way(one, school):
    """Each path is a path of the rows, each formula is told in Chinese, each list it opens is there."""
    measured = one.measure(timezone.localdate())
    measured.value()
    for path in (*one.by, *([one.units] if one.units else [])):
        measured.groups(path)
    for rows in (measured.rows(), measured.base(), measured.rest()):
        assert rows is None or rows.count() >= 0
    if one.units:
        measured.narrowed(f"{one.units}__path__startswith", "/0/").value()
    assert one.title
    assert isinstance(one.measure(date(2019, 1, 1)).parts(), tuple)


OURS = [one for one in indicators if one.code.split(".")[0] in {"school", "staff", "students"}]


@pytest.mark.parametrize("one", OURS, ids=lambda one: one.code)
def test_formulas_are_told(one):
    from zhixing.kernel.pages.indicator_rows import opens_at

    assert any("\u4e00" <= char <= "\u9fff" for char in one.formula)
    assert one.theme
    assert opens_at(one.opens)
