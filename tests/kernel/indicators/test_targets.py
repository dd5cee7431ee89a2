"""Targets: the school's own word over the declared one, never rewritten; benchmarks are dated and sourced."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.kernel.indicators.conftest import CODE
from zhixing.kernel.indicators.benchmarks import benchmarks, benchmarks_for, read_benchmarks
from zhixing.kernel.indicators.models import Target
from zhixing.kernel.indicators.targets import set_target, targets_on, withdraw_target

pytestmark = pytest.mark.django_db
MAY = date(2019, 5, 1)


@pytest.fixture
def boss(make_user):
    return make_user("principal")


def put(boss, value=90, **facts):
    given = {
        "indicator": CODE,
        "value": Decimal(str(value)),
        "from_date": date(2019, 1, 1),
        "reason": "办公会 3 号",
        "by": boss,
        "at": timezone.now(),
    }
    return set_target(**{**given, **facts})


def test_the_later_word_wins_while_it_holds(boss, one):
    assert targets_on([CODE], MAY).get(one) == 100
    put(boss, 90)
    put(boss, 95, from_date=date(2019, 4, 1), to_date=date(2019, 6, 30), label="全面实施")
    assert targets_on([CODE], MAY).get(one) == 95
    assert targets_on([CODE], date(2019, 7, 1)).get(one) == 90
    assert targets_on([CODE], date(2018, 12, 31)).get(one) == 100


def test_a_unit_has_its_own(boss, one, departments):
    put(boss, 90)
    put(boss, 70, unit=departments[0].unit)
    found = targets_on([CODE], MAY)
    assert (found.get(one, departments[0].unit), found.get(one, departments[1].unit), found.get(one)) == (70, 90, 90)


def test_taken_back_the_former_holds(boss, one):
    put(boss, 90)
    wrong = put(boss, 9)
    with pytest.raises(ValidationError) as refusal:
        withdraw_target(wrong, reason="", by=boss, at=timezone.now())
    assert "reason" in refusal.value.message_dict
    withdraw_target(wrong, reason="录入有误", by=boss, at=timezone.now())
    assert targets_on([CODE], MAY).get(one) == 90
    with pytest.raises(ValidationError, match="已经撤销"):
        withdraw_target(wrong, reason="再来", by=boss, at=timezone.now())


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"value": Decimal(101)}, "value"), ({"value": Decimal(-1)}, "value"), ({"reason": " "}, "reason"),
        ({"to_date": date(2018, 1, 1)}, "to_date"),
    ],
)  # fmt: skip
def test_bad_targets_are_told_by_field(boss, facts, field):
    with pytest.raises(ValidationError) as refusal:
        put(boss, **facts)
    assert field in refusal.value.message_dict
    assert not Target.objects.exists()


def test_no_target_for_units_of_what_is_not_kept_by_units(boss, departments):
    with pytest.raises(ValidationError) as refusal:
        put(boss, 18, indicator="students.student_teacher_ratio", unit=departments[0].unit)
    assert "unit" in refusal.value.message_dict
    with pytest.raises(ValidationError, match="没有代码"):
        put(boss, 18, indicator="no.such")


@pytest.mark.parametrize("change", [{"value": 1}, {"reason": "改"}, {"from_date": MAY}])
def test_the_database_never_rewrites_a_target(boss, change):
    target = put(boss, 90)
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.filter(pk=target.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        target.delete()


def test_the_national_values_of_2017_are_shipped():
    found = {mark.title: mark.value for mark in benchmarks() if mark.year == 2017}
    assert found == {
        "公共基础课合格率": Decimal("90.85"), "专业技能课合格率": Decimal("92.35"), "体质测评合格率": Decimal("89.62"),
        "毕业生就业率": Decimal("96.38"), "对口就业率": Decimal("72.95"),
    }  # fmt: skip
    assert all(mark.source and mark.certainty and mark.unit == "%" for mark in benchmarks())
    assert benchmarks_for("employment.employment_rate", date(2018, 1, 1))[0].value == Decimal("96.38")
    assert benchmarks_for("employment.employment_rate", date(2016, 1, 1)) == ()


def test_an_incomplete_value_names_its_place(tmp_path):
    file = tmp_path / "benchmarks.toml"
    file.write_text('[[benchmark]]\ntitle = "x"\nvalue = 1\n', "utf-8")
    with pytest.raises(ValueError, match=r"benchmarks\.toml 1"):
        read_benchmarks(file)
