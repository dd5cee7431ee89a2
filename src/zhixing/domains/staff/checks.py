"""What must hold in the staff register."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from zhixing.kernel.checks import Severity, check

from .choices import GONE, QualificationKind, TeachingKind
from .models import Qualification, StaffMember


@check(
    Qualification,
    Severity.WARNING,
    "资格证书已过期",
    basis="《中等职业学校设置标准》第七条（双师型教师等按有效证书统计；口径待核）",
    remedy="请持证人办理续期或重新认定后更新“有效期至”；不再续期的，填写注销日期。",
    column="expires_date",
)
def certificate_expired(qualifications: Any) -> Any:
    today = timezone.localdate()
    return qualifications.filter(expires_date__lt=today, revoked_date=None).exclude(staff__status__in=GONE)


@check(
    StaffMember,
    Severity.ERROR,
    "已离校人员账号仍可登录",
    basis="《网络安全等级保护基本要求》安全计算环境：及时停用多余、过期账号",
    remedy="在教职工页面重新办理离校，或由系统管理员停用账号。",
    column="user",
)
def left_but_account_open(staff: Any) -> Any:
    today = timezone.localdate()
    gone = staff.filter(status__in=GONE, left_date__lt=today, user__is_active=True)
    return gone.filter(Q(user__leaves_on=None) | Q(user__leaves_on__gte=today))


@check(
    StaffMember,
    Severity.WARNING,
    "专任教师没有登记教师资格证",
    basis="《教师法》第十条、《教师资格条例》（条款待核）",
    remedy="在“资格证书”中登记教师资格证的编号、发证单位和日期；实习指导教师登记相应的任职资格。",
)
def teacher_certificate_missing(staff: Any) -> Any:
    held = Qualification.objects.filter(staff=OuterRef("pk"), kind=QualificationKind.TEACHER, revoked_date=None)
    return staff.teaching().filter(~Exists(held))


@check(
    StaffMember,
    Severity.NOTICE,
    "身份证件号未登记",
    basis="学校人事档案实名登记（本校管理要求）",
    remedy="编辑教职工信息，补录身份证件号。",
    column="id_number",
)
def id_number_missing(staff: Any) -> Any:
    return staff.serving().filter(id_number_index=None)


@check(
    StaffMember,
    Severity.NOTICE,
    "专业课教师没有登记任教专业",
    basis="《中等职业学校设置标准》第七条：每个专业至少应配备具有相关专业中级以上专业技术职务的专任教师 2 人",
    remedy="编辑教职工信息，选择任教专业。",
    column="major",
)
def teaching_major_missing(staff: Any) -> Any:
    return staff.teaching().filter(teaching_kind=TeachingKind.PROFESSIONAL, major=None)
