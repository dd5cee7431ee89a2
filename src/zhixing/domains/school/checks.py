"""What must hold in the school register."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from zhixing.kernel.base.certainty import Certainty
from zhixing.kernel.checks import Severity, check

from .models import AcademicYear, ClassGroup, Department, Major, Term

MEMORY = [certainty.value for certainty in Certainty if certainty.is_memory]


@check(
    ClassGroup,
    Severity.ERROR,
    "班级没有班主任",
    basis="《中等职业学校管理规程》关于班主任的规定（条款待核）",
    remedy="打开班级页面，点“更换班主任”指定一位在岗教师。",
    column="tutor",
)
def class_without_tutor(classes: Any) -> Any:
    return classes.running().filter(tutor=None)


@check(
    ClassGroup,
    Severity.ERROR,
    "班主任已离岗或账号已停用",
    basis="《中等职业学校管理规程》关于班主任的规定（条款待核）",
    remedy="打开班级页面，点“更换班主任”指定一位在岗教师。",
    column="tutor",
)
def tutor_has_left(classes: Any) -> Any:
    today = timezone.localdate()
    return classes.running().filter(Q(tutor__is_active=False) | Q(tutor__leaves_on__lt=today))


@check(
    ClassGroup,
    Severity.WARNING,
    "班级已过学制年限仍为在读",
    basis="学制与年级（入学年份）推算",
    remedy="确认学生已毕业的，办理班级毕业；仍在读的，核对年级和学制。",
    column="status",
)
def class_past_its_years(classes: Any) -> Any:
    """A class of cohort C and three years ends in the summer of C + 3; from that autumn on it should be closed.

    Rolls write the length as 3年, people as 三年.
    """
    today = timezone.localdate()
    finished = today.year if today.month >= 9 else today.year - 1
    late = Q(pk__in=())
    for years, numeral in enumerate("一二三四五", start=1):
        late |= Q(study_length__in=[f"{numeral}年", f"{years}年"], cohort__lte=finished - years)
    return classes.running().filter(late)


@check(
    AcademicYear,
    Severity.WARNING,
    "学年缺少学期设置",
    basis="教学周、校历和期限推算需要学期起止日期",
    remedy="在“学年学期”中补充秋季、春季两个学期的开学、上课和放假日期。",
)
def term_missing(years: Any) -> Any:
    """Years that run now or are over, with fewer than their two terms."""
    today = timezone.localdate()
    of_year = Term.objects.filter(academic_year=OuterRef("pk"))
    whole = years.filter(starts_on__lte=today)
    autumn, spring = Exists(of_year.filter(season="1")), Exists(of_year.filter(season="2"))
    return whole.filter(~autumn | ~spring)


@check(
    Department,
    Severity.WARNING,
    "部门没有负责人",
    basis="本校管理要求：每个部门须明确负责人",
    remedy="打开部门页面，点“指定负责人”。",
)
def department_without_head(departments: Any) -> Any:
    return departments.open().filter(Q(unit__head=None) | Q(unit__head__is_active=False))


@check(
    Major,
    Severity.WARNING,
    "开设专业的代码尚未与国家目录核对",
    basis="教职成〔2021〕2号《职业教育专业目录（2021年）》",
    remedy="对照正式公布的专业目录核对代码与名称，在专业页面改为“已核对”；或从“导入”放入官方目录表格。",
    column="code",
)
def major_code_unverified(majors: Any) -> Any:
    return majors.offered().filter(certainty__in=MEMORY, out_of_directory=False)


@check(
    Major,
    Severity.ERROR,
    "目录外或控制布点专业没有备案文号",
    basis="《职业教育专业目录（2021年）》通知：目录外专业备案、国家控制布点专业审批",
    remedy="在专业页面填写备案或批准文号；没有备案的应停止招生。",
    column="filing_no",
)
def filing_missing(majors: Any) -> Any:
    return majors.offered().filter(Q(out_of_directory=True) | Q(is_controlled=True), filing_no="")
