"""What is counted about the school's shape."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from zhixing.kernel.indicators import Count, Ratio, indicator

from .models import ClassGroup, Major

THEME = "班级与专业"
DEPARTMENT = "department__unit"
RUNNING = "school.classgroup.list?status=running"


@indicator(
    "在读班级数",
    unit="个",
    by=("department__name", "cohort", "major__name"),
    opens=RUNNING,
    theme=THEME,
    units=DEPARTMENT,
    formula="状态为“在读”的班级数。",
)
def running_class_count(on: date) -> Count:
    return Count(of=ClassGroup.objects.running())


@indicator(
    "开设专业数",
    unit="个",
    by=("department__name",),
    opens="school.major.list?is_offered=1",
    theme=THEME,
    formula="标为“开设”的专业数。",
)
def offered_major_count(on: date) -> Count:
    return Count(of=Major.objects.offered())


@indicator(
    "班主任配备率",
    unit="%",
    by=("department__name", "cohort"),
    target=100,
    basis="《中等职业学校管理规程》关于班主任的规定（条款待核）",
    opens=RUNNING,
    theme=THEME,
    units=DEPARTMENT,
    formula="已安排班主任的在读班级数 ÷ 在读班级数 × 100%。",
)
def tutored_class_rate(on: date) -> Ratio:
    return Ratio(of=ClassGroup.objects.running(), part=Q(tutor__isnull=False))


@indicator(
    "班主任在岗率",
    unit="%",
    by=("department__name",),
    target=100,
    basis="《中等职业学校管理规程》关于班主任的规定（条款待核）",
    opens=RUNNING,
    theme=THEME,
    units=DEPARTMENT,
    formula="班主任账号启用且未到离校日期的在读班级数 ÷ 已安排班主任的在读班级数 × 100%。",
)
def tutor_on_duty_rate(on: date) -> Ratio:
    on_duty = Q(tutor__is_active=True) & (Q(tutor__leaves_on=None) | Q(tutor__leaves_on__gte=on))
    return Ratio(of=ClassGroup.objects.running().filter(tutor__isnull=False), part=on_duty)
