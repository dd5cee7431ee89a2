"""What must hold in the student register beyond the rules of the roster (rosters.py judges the values)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from zhixing.domains.school.choices import ClassStatus
from zhixing.kernel.checks import Severity, check

from .choices import ON_ROLL
from .models import Guardian, Student


@check(
    Student,
    Severity.ERROR,
    "在籍学生没有班级",
    basis="《中等职业学校学生学籍管理办法》（教职成〔2010〕7号）：学生注册后编入班级",
    remedy="打开学生页面，点“修改”选择班级；或从“导入”按学号补充班级。",
    column="class_group",
)
def class_missing(students: Any) -> Any:
    return students.on_roll().filter(class_group=None)


@check(
    Student,
    Severity.ERROR,
    "在籍学生的班级已经结束",
    basis="学籍与班级状态应当一致（本校管理要求）",
    remedy="学生仍在读的，转入现有班级；已毕业或离校的，办理相应的学籍异动。",
    column="class_group",
)
def class_is_over(students: Any) -> Any:
    return students.on_roll().exclude(class_group=None).exclude(class_group__status=ClassStatus.RUNNING)


@check(
    Student,
    Severity.WARNING,
    "没有登记监护人",
    basis="全国中职学生信息系统必填项：家长（监护人）姓名、电话；《未成年人保护法》",
    remedy="在学生页面的“监护人”中登记至少一位监护人及其电话。",
)
def guardian_missing(students: Any) -> Any:
    held = Guardian.objects.filter(student=OuterRef("pk"), is_guardian=True)
    return students.on_roll().filter(~Exists(held))


@check(
    Student,
    Severity.WARNING,
    "监护人都没有联系电话",
    basis="全国中职学生信息系统必填项：家长（监护人）电话",
    remedy="在学生页面的“监护人”中补充联系电话。",
)
def guardian_phone_missing(students: Any) -> Any:
    held = Guardian.objects.filter(student=OuterRef("pk"), is_guardian=True)
    return students.on_roll().filter(Exists(held), ~Exists(held.filter(phone_index__isnull=False)))


@check(
    Student,
    Severity.WARNING,
    "学生专业与班级专业不一致",
    basis="班级按专业编排；转专业应办理异动（教职成〔2010〕7号第四章）",
    remedy="核对后办理转班级或转专业，使学生专业与班级专业一致。",
    column="major",
)
def major_differs_from_class(students: Any) -> Any:
    both = students.on_roll().filter(major__isnull=False, class_group__isnull=False)
    return both.exclude(major=F("class_group__major"))


@check(
    Student,
    Severity.NOTICE,
    "在籍学生没有学籍号",
    basis="《中等职业学历教育学生学籍电子注册办法（试行）》（教职成〔2014〕12号）",
    remedy="学籍核准后，从全国系统导出的表格中导入学籍号。",
    column="national_student_no",
)
def national_number_missing(students: Any) -> Any:
    return students.on_roll().filter(national_student_no_index=None)


@check(
    Student,
    Severity.ERROR,
    "离校学生账号仍可登录",
    basis="《网络安全等级保护基本要求》安全计算环境：及时停用多余、过期账号",
    remedy="由系统管理员停用该账号。",
    column="user",
)
def left_but_account_open(students: Any) -> Any:
    gone = students.exclude(status__in=ON_ROLL).filter(user__is_active=True, user__leaves_on=None)
    return gone.exclude(Q(status="admitted") | Q(status="arrived") | Q(status="place_kept"))
