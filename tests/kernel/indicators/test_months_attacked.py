"""A single reading frozen by hand under the name of a month does not keep the month from being fixed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.indicators.models import Period, Reading
from zhixing.kernel.indicators.readings import freeze, freeze_period


def test_a_month_is_fixed_whole_whatever_somebody_froze_of_it(school: Any, make_user: Any) -> None:
    now = timezone.now()
    last = timezone.localdate(now).replace(day=1) - timedelta(days=1)
    codes = [one.code for one in indicators if not one.historic][:3]
    for code in codes:
        Reading.objects.create(indicator=code, on=last, value=Decimal(1), part=Decimal(1))
    month = {"period": Period.MONTH, "label": f"{last.year}年{last.month}月", "at": now}
    freeze(codes[:1], last, by=make_user("office_director"), **month)
    assert freeze_period(last.replace(day=1), last, **month) == len(codes)
    assert freeze_period(last.replace(day=1), last, **month) == 0
