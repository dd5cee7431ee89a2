"""The demonstration school: its shape, calendar, majors and classes. All of it is invented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from zhixing.kernel.people.models import Tenant

from . import actions
from .models import Department, Major
from .queries import find_major

NAME = "襄阳市汉江中等职业学校"
OFFICIAL_CODE = "4242000999"
REGION = "420606"
FOUNDED = date(1984, 9, 1)
EDITION = "2021"

OFFICES = (
    ("学校领导", "统筹学校改革发展，落实立德树人根本任务。"),
    ("办公室", "文秘、档案、人事、督办和对外联络。"),
    ("教务科", "教学运行、学籍管理、人才培养方案和课程建设。"),
    ("学生科（德育）", "德育、班主任队伍、学生日常管理和社团。"),
    ("招生就业科", "招生宣传、实习安排、就业服务和校企合作。"),
    ("总务科", "基建、设备、食堂、宿舍和后勤保障。"),
    ("安全保卫科", "校园安全、隐患排查、演练和值班。"),
    ("财务科", "预算、收费、学生资助资金发放。"),
    ("信息中心", "校园网络、信息系统和数据安全。"),
)
TEACHING = ("机电工程部", "信息技术部", "财经商贸部", "现代服务部", "公共基础部")
MAJORS = (
    ("660103", "数控技术应用", "数控", "机电工程部", 2),
    ("660301", "机电技术应用", "机电", "机电工程部", 1),
    ("660303", "工业机器人技术应用", "机器人", "机电工程部", 1),
    ("700206", "汽车运用与维修", "汽修", "机电工程部", 1),
    ("700209", "新能源汽车运用与维修", "新能源", "机电工程部", 1),
    ("710201", "计算机应用", "计应", "信息技术部", 2),
    ("710202", "计算机网络技术", "网络", "信息技术部", 1),
    ("710204", "数字媒体技术应用", "数媒", "信息技术部", 1),
    ("730301", "会计事务", "会计", "财经商贸部", 1),
    ("730701", "电子商务", "电商", "财经商贸部", 2),
    ("740201", "中餐烹饪", "烹饪", "现代服务部", 1),
    ("770101", "幼儿保育", "幼保", "现代服务部", 1),
)
"""Code, name, how classes are called, department, classes a cohort: 15 classes in each of three cohorts."""


def furnish(school: Tenant, rnd: Random, *, at: datetime) -> list[dict[str, Any]]:
    """Furnish the tenant in scope with a school; the key to what its checks find. Tutors come with the staff's demo."""
    cohorts = cohorts_on(timezone.localdate(at))
    _facts(school, at)
    departments = _departments(at)
    _calendar(cohorts, at)
    majors = _majors(departments, at, rnd)
    _classes(cohorts, departments, majors, at, rnd)
    return [planted("school.major_code_unverified", "code", majors)]


def planted(rule: str, column: str, objects: Iterable[str]) -> dict[str, Any]:
    """One line of the key: what finds which records, by the names they are shown under."""
    return {"rule": rule, "column": column, "students": (), "objects": sorted(objects)}


def cohorts_on(day: date) -> tuple[int, int, int]:
    """The three entry years that are at school on the day, oldest first; the year turns in August."""
    newest = day.year if day.month >= 8 else day.year - 1
    return newest - 2, newest - 1, newest


def _facts(school: Tenant, at: datetime) -> None:
    values = {
        "name": school.name or NAME, "short_name": "汉江职校", "official_code": OFFICIAL_CODE, "region_code": REGION,
        "location": "湖北省襄阳市樊城区学府路 66 号", "office_line": "0710-0000000", "supervised_by": "襄阳市教育局",
        "founded_date": FOUNDED, "note": "示例学校，人物与数据均为虚构。开设机电、信息、财经、现代服务四类 12 个专业。",
    }  # fmt: skip
    campuses: tuple[dict[str, Any], ...] = (
        {
            "name": "校本部",
            "kind": "main",
            "location": "樊城区学府路 66 号",
            "land_area": "86000",
            "building_area": "52000",
        },
        {
            "name": "实训基地",
            "kind": "branch",
            "location": "高新区创业路 9 号",
            "land_area": "24000",
            "building_area": "15800",
        },
    )
    for campus in campuses:
        actions.add_campus(campus, by=None, at=at)
    actions.enter_school(values, by=None, at=at)


def _departments(at: datetime) -> dict[str, Department]:
    made: dict[str, Department] = {}
    kinds = [(name, "office", duties) for name, duties in OFFICES]
    kinds += [(name, "teaching", f"{name}专业建设、教学实施和学生管理。") for name in TEACHING]
    for position, (name, kind, duties) in enumerate(kinds, 1):
        values = {"name": name, "kind": kind, "duties": duties, "position": position}
        row = made[name] = actions.add_department(values, by=None, at=at)
        leading, working = ("主任", "教师") if kind == "teaching" else ("负责人", "干事")
        posts = (
            {"name": f"{name}{leading}", "kind": "management", "is_leading": True, "headcount": 1},
            {"name": f"{name}{working}", "kind": "professional" if kind == "teaching" else "management"},
        )
        for post in posts:
            actions.add_post({**post, "department": row}, by=None, at=at)
    return made


def _calendar(cohorts: Iterable[int], at: datetime) -> None:
    for year in cohorts:
        name, following = f"{year}-{year + 1}", year + 1
        academic_year = actions.add_academic_year(
            {"name": name, "starts_on": date(year, 8, 20), "ends_on": date(following, 7, 20)}, by=None, at=at
        )
        terms = (
            ("1", date(year, 8, 29), date(year, 9, 1), date(following, 1, 22)),
            ("2", date(following, 2, 24), date(following, 2, 26), date(following, 7, 8)),
        )
        for season, starts_on, teaching_starts_on, ends_on in terms:
            values = {
                "academic_year": academic_year, "season": season, "starts_on": starts_on,
                "teaching_starts_on": teaching_starts_on, "ends_on": ends_on,
            }  # fmt: skip
            actions.add_term(values, by=None, at=at)
    sports_day = date(max(cohorts), 11, 6)
    while sports_day.weekday() != 4:
        sports_day += timedelta(days=1)
    values = {"date": sports_day, "is_work_day": False, "reason": "秋季运动会后调休"}
    actions.override_day(values, by=None, at=at)


def _majors(departments: Mapping[str, Department], at: datetime, rnd: Random) -> dict[str, Major]:
    actions.load_directory_into_school(by=None, at=at)
    made = {}
    for code, name, _, department, _ in MAJORS:
        major = find_major(code, EDITION)
        if major is None:
            raise LookupError(f"{code} {name} is missing from the directory file")
        since = rnd.randrange(2005, 2022)
        made[name] = actions.offer_major(major, department=departments[department], since=since, by=None, at=at)
    return made


def _classes(
    cohorts: Iterable[int],
    departments: Mapping[str, Department],
    majors: Mapping[str, Major],
    at: datetime,
    rnd: Random,
) -> None:
    rooms = [
        f"{building}栋{floor}{room:02d}" for building in (1, 2, 3) for floor in range(1, 5) for room in range(1, 6)
    ]
    rnd.shuffle(rooms)
    for cohort in cohorts:
        for _, name, short, department, count in MAJORS:
            for number in range(1, count + 1):
                values = {
                    "name": f"{cohort % 100}{short}{number}班", "cohort": cohort, "major": majors[name],
                    "department": departments[department], "classroom": rooms.pop(), "capacity": 50,
                }  # fmt: skip
                actions.open_class_group(values, by=None, at=at)
