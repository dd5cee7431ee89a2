"""What is counted about students."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count as CountOf
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from zhixing.domains.school.models import ClassGroup
from zhixing.domains.staff.models import StaffMember
from zhixing.kernel.checks.models import Finding, VerificationRun
from zhixing.kernel.indicators import Count, Ratio, indicator

from .models import Guardian, Student

PRESENT = "students.student.list?status=enrolled"
ON_ROLL = "students.student.list"
BY_CLASS = ("class_group__department__name", "cohort", "major__name", "class_group__name")
UNIT = "class_group__department__unit"
SHAPE, QUALITY = "学生规模", "数据质量"
REGISTER = "全国中职学生信息系统必填项"


@indicator(
    "在读学生数",
    unit="人",
    by=BY_CLASS,
    target=1200,
    basis="设置标准第六条：学历教育在校生不少于 1200 人",
    opens=PRESENT,
    theme=SHAPE,
    units=UNIT,
    formula="学籍状态为“在读”的学生数。",
)
def active_student_count(on: date) -> Count:
    return Count(of=Student.objects.present())


@indicator(
    "平均班额",
    unit="人/班",
    better="less",
    by=("class_group__department__name", "cohort"),
    opens="school.classgroup.list?status=running",
    theme=SHAPE,
    units=UNIT,
    formula="在读学生数 ÷ 在读班级数。",
)
def student_class_ratio(on: date) -> Ratio:
    paths = {"class_group__department": "department", "cohort": "cohort"}
    return Ratio(of=Student.objects.present(), per=ClassGroup.objects.running(), paths=paths)


@indicator(
    "班额达标率",
    unit="%",
    by=("department__name", "cohort", "major__name"),
    target=100,
    basis="班额由学校在班级登记中核定（本校管理要求）",
    opens="school.classgroup.list?status=running",
    theme=SHAPE,
    units="department__unit",
    formula="在读学生数不超过核定班额的在读班级数 ÷ 在读班级数 × 100%。",
)
def class_size_rate(on: date) -> Ratio:
    sizes = Student.objects.present().filter(class_group=OuterRef("pk")).order_by().values("class_group")
    size = Coalesce(Subquery(sizes.annotate(size=CountOf("pk")).values("size")), 0)
    return Ratio(of=ClassGroup.objects.running().alias(size=size), part=Q(size__lte=F("capacity")))


@indicator(
    "生师比",
    unit="比 1",
    target=20,
    better="less",
    basis="设置标准第七条：师生比达到 1:20",
    opens="staff.staffmember.list?kind=1",
    theme="师资队伍",
    formula="在读学生数 ÷ 专任教师数。",
)
def student_teacher_ratio(on: date) -> Ratio:
    return Ratio(of=Student.objects.present(), per=StaffMember.objects.teaching())


@indicator(
    "住校生占比",
    unit="%",
    by=BY_CLASS,
    opens="students.student.list?status=enrolled&attendance_kind=住校",
    theme=SHAPE,
    units=UNIT,
    formula="就读方式为“住校”的在读学生数 ÷ 在读学生数 × 100%。",
)
def boarder_rate(on: date) -> Ratio:
    return Ratio(of=Student.objects.present(), part=Q(attendance_kind="住校"))


@indicator(
    "休学学生数",
    unit="人",
    by=BY_CLASS,
    better="less",
    opens="students.student.list?status=suspended",
    theme=SHAPE,
    units=UNIT,
    formula="学籍状态为“休学”的学生数。",
)
def suspended_student_count(on: date) -> Count:
    return Count(of=Student.objects.filter(status="suspended"))


@indicator(
    "学籍号登记率",
    unit="%",
    by=BY_CLASS,
    target=100,
    basis="教职成〔2014〕12号",
    opens=PRESENT,
    theme=QUALITY,
    units=UNIT,
    formula="已登记学籍号的在读学生数 ÷ 在读学生数 × 100%。",
)
def registered_rate(on: date) -> Ratio:
    return Ratio(of=Student.objects.present(), part=Q(national_student_no_index__isnull=False))


def _filled(*texts: str, present: tuple[str, ...] = ()) -> Q:
    """Texts (sealed ones too) that aren't blank, and columns that aren't null."""
    found = Q(**{f"{name}__isnull": False for name in present})
    for name in texts:
        found &= ~Q(**{name: ""})
    return found


IDENTITY = _filled("name", "sex", "ethnic_group", "political_status", "document_kind",
                   present=("birth_date", "id_number_index"))  # fmt: skip
STUDY = _filled("student_no", "study_length", "study_form", "learner_category", "attendance_kind", "intake_kind",
                present=("class_group", "major", "cohort", "entry_date", "national_student_no_index"))  # fmt: skip
HOME = _filled("household_kind", "household_province", "household_city", "household_county", "household_address",
               "home_province", "home_city", "home_county", "home_address")  # fmt: skip


def _guarded() -> Q:
    held = Guardian.objects.filter(student=OuterRef("pk"), is_guardian=True, phone_index__isnull=False)
    return Q(Exists(held.exclude(name="")))


@indicator(
    "学籍数据完整率",
    unit="%",
    by=BY_CLASS,
    target=100,
    basis=f"{REGISTER}；T12 数据管理",
    opens=ON_ROLL,
    theme=QUALITY,
    units=UNIT,
    formula="身份、学习、户籍住址、监护人四组必填项全部登记的在籍学生数 ÷ 在籍学生数 × 100%"
    "（在籍含待核准、在读、休学）。",
)
def student_complete_rate(on: date) -> Ratio:
    return Ratio(of=Student.objects.on_roll(), part=IDENTITY & STUDY & HOME & _guarded())


@indicator(
    "身份信息完整率",
    unit="%",
    by=BY_CLASS,
    target=100,
    basis=REGISTER,
    opens=ON_ROLL,
    theme=QUALITY,
    units=UNIT,
    formula="姓名、性别、出生日期、身份证件类型及号码、民族、政治面貌都已登记的在籍学生数 ÷ 在籍学生数 × 100%。",
)
def identity_complete_rate(on: date) -> Ratio:
    return Ratio(of=Student.objects.on_roll(), part=IDENTITY)


@indicator(
    "学习信息完整率",
    unit="%",
    by=BY_CLASS,
    target=100,
    basis=REGISTER,
    opens=ON_ROLL,
    theme=QUALITY,
    units=UNIT,
    formula="学号、学籍号、班级、专业、年级、入学年月、学制、学习形式、学生类别、就读方式、招生类型都已登记的在籍学生数"
    " ÷ 在籍学生数 × 100%。",
)
def study_complete_rate(on: date) -> Ratio:
    return Ratio(of=Student.objects.on_roll(), part=STUDY)


@indicator(
    "户籍住址完整率",
    unit="%",
    by=BY_CLASS,
    target=100,
    basis=REGISTER,
    opens=ON_ROLL,
    theme=QUALITY,
    units=UNIT,
    formula="户籍性质、户籍和现家庭的省市县及详细地址都已登记的在籍学生数 ÷ 在籍学生数 × 100%。",
)
def home_complete_rate(on: date) -> Ratio:
    return Ratio(of=Student.objects.on_roll(), part=HOME)


@indicator(
    "监护人信息完整率",
    unit="%",
    by=BY_CLASS,
    target=100,
    basis=f"{REGISTER}；《未成年人保护法》",
    opens=ON_ROLL,
    theme=QUALITY,
    units=UNIT,
    formula="至少有一位监护人登记了姓名和电话的在籍学生数 ÷ 在籍学生数 × 100%。",
)
def guardian_complete_rate(on: date) -> Ratio:
    return Ratio(of=Student.objects.on_roll(), part=_guarded())


@indicator(
    "学籍数据准确率",
    unit="%",
    by=BY_CLASS,
    target=98,
    basis="T02、T12：学籍数据真实准确（目标为本校管理要求）",
    opens=ON_ROLL,
    theme=QUALITY,
    units=UNIT,
    formula="没有“错误”级未了结问题的在籍学生数 ÷ 在籍学生数 × 100%；从未核查过时没有数值。",
)
def student_accuracy_rate(on: date) -> Ratio:
    """The complement of on-roll students with an open finding of severity error."""
    label = Student._meta.label_lower
    # As a list, not row by row: without statistics SQLite may walk all findings again for each student.
    faults = Finding.objects.open().filter(severity="error", object_type=label).values("object_uid")
    # An unlooked-at register is not an accurate one: without a verification there is nothing to divide by.
    looked_at: Any = VerificationRun.objects.filter(subject=label)
    return Ratio(of=Student.objects.on_roll().filter(Exists(looked_at)), part=~Q(uid__in=faults))
