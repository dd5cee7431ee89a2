"""Student rolls made for tests: invented people with lawful numbers, and the files they travel in."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

WEIGHTS = [2 ** (17 - place) % 11 for place in range(17)]
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "明华建国文军平志伟东海波强峰磊洋勇艳杰娟涛超霞丽静敏燕玲红梅"

COLUMNS = {
    "身份证号": "id_number",
    "姓名": "name",
    "性别": "sex",
    "民族": "ethnic_group",
    "年级": "cohort",
    "入学年月": "entry_date",
    "招生类型": "intake_kind",
    "修读专业": "major",
    "学制": "study_length",
    "班级": "class_group",
    "联招合作类型": "joint_kind",
    "联招合作学校机构代码": "joint_school_code",
    "户籍所在省": "household_province",
    "户籍所在市": "household_city",
    "户籍所在区县": "household_county",
    "详细地址": "household_address",
    "户籍性质": "household_kind",
    "是否低保": "is_low_income",
    "是否享受国家助学金": "receives_grant",
    "月发放标准(元)": "grant_month_amount",
    "学生类型": "school_kind",
    "生源类别": "origin_kind",
    "家长(监护人)姓名": "guardian_name",
    "家长(监护人)电话": "guardian_phone",
    "教学点名称": "teaching_point",
    "健康情况": "health",
    "现家庭所在省": "home_province",
    "现家庭所在市": "home_city",
    "现家庭所在区县": "home_county",
    "现家庭详细地址": "home_address",
    "专业目录版本": "directory_version",
    "出生日期": "birth_date",
    "校内学号": "student_no",
    "学生本人联系电话": "phone",
}


def number_of(born: date, serial: int, region: str = "420606") -> str:
    """A lawful citizen number; an odd serial is a man's."""
    body = f"{region}{born:%Y%m%d}{serial:03d}"
    total = sum(int(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def person(
    number: int, *, class_group: str = "26数控1班", major: str = "数控技术应用", **changes: str
) -> dict[str, str]:
    """One row by canonical names, the same for the same number, with nothing wrong in it."""
    rnd = random.Random(number)
    born = date(2010, 9, 1) + timedelta(days=number % 330)
    serial = (number // 330) * 2 % 998 + number % 2
    surname = SURNAMES[number % len(SURNAMES)]
    row = {
        "id_number": number_of(born, serial, "420606" if number // 330 < 499 else "420607"),
        "name": surname + GIVEN[number // 16 % len(GIVEN)] + GIVEN[number // 512 % len(GIVEN)],
        "sex": "男" if number % 2 else "女",
        "ethnic_group": "汉族",
        "cohort": "2026",
        "entry_date": "202609",
        "intake_kind": "应届初中毕业生",
        "major": major,
        "study_length": "3年",
        "class_group": class_group,
        "joint_kind": "非联招合作办学",
        "joint_school_code": "",
        "household_province": "湖北省",
        "household_city": "襄阳市",
        "household_county": "樊城区",
        "household_address": f"人民路{number}号",
        "household_kind": "农业户口",
        "is_low_income": "否",
        "receives_grant": "否",
        "grant_month_amount": "",
        "school_kind": "普通中专",
        "origin_kind": "本省",
        "guardian_name": surname + rnd.choice(GIVEN) + rnd.choice(GIVEN),
        "guardian_phone": f"138{number:08d}",
        "teaching_point": "校本部",
        "health": "健康或良好",
        "home_province": "湖北省",
        "home_city": "襄阳市",
        "home_county": "樊城区",
        "home_address": f"人民路{number}号",
        "directory_version": "2021",
        "birth_date": f"{born:%Y%m%d}",
        "student_no": f"2026{number:06d}",
        "phone": f"139{number:08d}",
    }
    return row | changes


def workbook(rows: Sequence[Mapping[str, Any]], headings: Mapping[str, str] = COLUMNS, sheet: str = "学生1") -> bytes:
    """The rows as an xlsx file, every cell text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(sheet)
    for at, heading in enumerate(headings):
        page.write_string(0, at, heading)
    for line, row in enumerate(rows, start=1):
        for at, name in enumerate(headings.values()):
            page.write_string(line, at, str(row.get(name, "")))
    book.close()
    return out.getvalue()


def upload(data: bytes, name: str = "学生名单.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def saved(data: bytes, folder: Path, name: str = "学生名单.xlsx") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
