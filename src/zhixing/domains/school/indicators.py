"""What is counted about the school's shape."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from zhixing.kernel.indicators import Count, Ratio, indicator

from .models import ClassGroup, Major


@indicator("在读班级数", unit="个", by=("department__name", "cohort"), opens="school.classgroup.list?status=running")
def running_class_count(on: date) -> Count:
    return Count(of=ClassGroup.objects.running())


@indicator("开设专业数", unit="个", by=("department__name",), opens="school.major.list?is_offered=1")
def offered_major_count(on: date) -> Count:
    return Count(of=Major.objects.offered())


@indicator(
    "班主任配备率",
    unit="%",
    by=("department__name",),
    target=100,
    basis="《中等职业学校管理规程》关于班主任的规定（条款待核）",
    opens="school.classgroup.list?status=running",
)
def tutored_class_rate(on: date) -> Ratio:
    return Ratio(of=ClassGroup.objects.running(), part=Q(tutor__isnull=False))
