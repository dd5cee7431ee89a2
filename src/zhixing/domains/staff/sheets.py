"""The staff list as a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from zhixing.domains.school.models import Department, Major, Post
from zhixing.kernel.base.id_numbers import birth_date_in, passes_check
from zhixing.kernel.base.records import Record
from zhixing.kernel.people.models import User
from zhixing.kernel.sheets.declare import Problem, Values
from zhixing.kernel.sheets.model_sheet import ModelSheet

from . import actions
from .models import Appointment, StaffMember


class StaffSheet(ModelSheet):
    """One member of staff a row; the staff number says who it is."""

    model = StaffMember
    title = "教职工名单"
    columns = {
        "工号": "staff_no",
        "姓名": "name",
        "性别": "sex",
        "部门": "department",
        "岗位": "post",
        "身份证件号": "id_number",
        "手机号": "phone",
        "出生日期": "birth_date",
        "民族": "ethnic_group",
        "政治面貌": "political_status",
        "教职工类别": "kind",
        "用人方式": "employment",
        "到校日期": "joined_date",
        "参加工作日期": "career_date",
        "学历": "education",
        "学位": "degree",
        "毕业院校": "graduated_from",
        "任教类别": "teaching_kind",
        "任教专业": "major",
        "任教学科或课程": "subject",
        "职称": "title",
        "职称等级": "title_level",
        "职称取得日期": "title_date",
        "企业工作年限": "enterprise_years",
        "家庭住址": "home_address",
        "备注": "note",
    }
    synonyms = {
        "staff_no": ("教工号", "职工号", "编号"),
        "name": ("教师姓名", "职工姓名"),
        "id_number": ("身份证号", "身份证号码", "证件号码"),
        "phone": ("联系电话", "手机", "手机号码", "电话"),
        "department": ("所在部门", "科室", "所属部门"),
        "post": ("职务",),
        "kind": ("人员类别", "类别"),
        "education": ("最高学历",),
        "title": ("专业技术职务",),
        "subject": ("任教学科", "任教课程"),
    }
    sensitive = {"id_number": "id_number", "phone": "phone", "home_address": "address"}
    required = ("staff_no", "name", "sex", "department")
    key = ("staff_no", "id_number")
    shown_first = ("department",)
    select = ("department__unit", "post", "major")

    def named(self, name: str) -> Mapping[str, Any]:
        if name == "department":
            return {row.name: row for row in Department.objects.select_related("unit")}
        if name == "post":
            return {row.name: row for row in Post.objects.all()}
        return {row.name: row for row in Major.objects.order_by("is_offered")}

    def unit_path(self, values: Values) -> str:
        try:
            return str(self.converters["department"](values.get("department", "")).unit.path)
        except ValueError:
            return ""

    def problems(self, values: Values, row: Record | None) -> list[Problem]:
        found = super().problems(values, row)
        number = values.get("id_number", "")
        if number and (row is None or number != self.kept(row).get("id_number")):
            found += _identity_faults(number, self.facts(values)[0])
        return found

    def create(self, values: Values, *, by: User, at: datetime) -> Record:
        return actions.employ(self.facts(values)[0], by=by, at=at)

    def change(self, row: Record, values: Values, *, by: User, at: datetime) -> Record:
        assert isinstance(row, StaffMember)
        facts = self.facts(self.changed(row, values))[0]
        return actions.correct_staff_member(row, facts, by=by, at=at, seen_version=row.version)

    def remove(self, row: Record, *, by: User, at: datetime) -> None:
        assert isinstance(row, StaffMember)
        if row.user_id:
            raise ValidationError(f"{row}已经开通账号，不能整批撤销；请先停用账号。")
        Appointment.objects.filter(staff=row).delete()
        super().remove(row, by=by, at=at)


def _identity_faults(number: str, facts: Mapping[str, Any]) -> list[Problem]:
    """A number that the verb would refuse, told before anything is written."""
    born = birth_date_in(number)
    if not passes_check(number) or born is None:
        return [Problem(column="id_number", message="身份证件号不正确：应为 18 位，日期存在且末位校验码相符")]
    found = []
    if facts.get("birth_date") not in (None, born):
        told = f"与身份证件号中的出生日期（{born}）不一致"
        found.append(Problem(column="birth_date", message=told, suggestion=f"{born:%Y%m%d}"))
    sex = "男" if int(number[16]) % 2 else "女"
    if facts.get("sex") not in (None, sex):
        found.append(Problem(column="sex", message="与身份证件号中的性别不一致", suggestion=sex))
    return found
