"""The roster of the demonstration school: classes, and one row of text per student, all in order at first.

Rows are keyed by the canonical column names of the national layouts; faults.py then spoils some of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from .people import SCHOOLS, Inventor

Row = dict[str, str]
AID_MONTHLY = ("130", "230", "330")
RELATIONS = (("父亲", 48), ("母亲", 42), ("祖父", 5), ("祖母", 5))
GIRLS = {
    "电子商务": 0.62, "计算机应用": 0.35, "计算机网络技术": 0.25, "数字媒体技术应用": 0.55, "数控技术应用": 0.08,
    "机电技术应用": 0.08, "工业机器人技术应用": 0.1, "汽车运用与维修": 0.05, "新能源汽车运用与维修": 0.05,
    "护理": 0.9, "幼儿保育": 0.95, "旅游服务与管理": 0.7, "中餐烹饪": 0.25, "会计事务": 0.75,
}  # fmt: skip
"""The share of girls by major."""
AGRICULTURAL = frozenset({"畜禽生产技术", "园艺技术", "园林技术"})


@dataclass(frozen=True)
class ClassPlan:
    """One class to fill."""

    name: str
    cohort: int
    major: str
    directory_version: str = "2021"
    study_length: str = "3年"


@dataclass
class DemoRoster:
    """The rows of the school, those of a neighbour, and what was planted (see faults.py)."""

    rows: list[Row]
    on: date
    inventor: Inventor
    neighbour: list[Row] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)

    def row(self, student_no: str) -> Row:
        return next(row for row in self.rows if row["student_no"] == student_no)


@dataclass(frozen=True)
class Planted:
    """One fault: the rule that must find it, the canonical column it is in, and the student numbers concerned.

    Where ``together`` the rule judges a group and may name any of its rows. ``storable`` is False where the database
    itself refuses the fault, so that it exists in the spreadsheet only.
    """

    rule: str
    column: str
    students: tuple[str, ...]
    together: bool = False
    storable: bool = True
    against: bool = False


def cohorts(on: date) -> tuple[int, int, int]:
    """The three cohorts that attend on the day, oldest first; the year turns in August."""
    newest = on.year if on.month >= 8 else on.year - 1
    return newest - 2, newest - 1, newest


def class_plans(on: date) -> list[ClassPlan]:
    """The classes that the demonstration school opens, without looking into any database."""
    from zhixing.domains.school.demo import MAJORS  # app ready

    return [
        ClassPlan(f"{cohort % 100}{short}{number}班", cohort, major)
        for cohort in cohorts(on)
        for _, major, short, _, count in MAJORS
        for number in range(1, count + 1)
    ]


def clean_roster(plans: Sequence[ClassPlan], students: int, rnd: Random, on: date) -> DemoRoster:
    """Rows without a fault: ``students`` of them shared out among the classes, none larger than the standard."""
    inventor, rows = Inventor(rnd), []
    plans = sorted(plans, key=lambda plan: (plan.cohort, plan.name))
    for place, plan in enumerate(plans):
        size = students * (place + 1) // len(plans) - students * place // len(plans)
        rows += [student_row(inventor, plan, on=on) for _ in range(size)]
    _number(rows)
    return DemoRoster(rows, on, inventor)


def _number(rows: list[Row]) -> None:
    """School numbers, by cohort."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["cohort"]] = counts.get(row["cohort"], 0) + 1
        row["student_no"] = f"{row['cohort']}{counts[row['cohort']]:04d}"


def student_row(inventor: Inventor, plan: ClassPlan, *, on: date) -> Row:
    """One faultless student of a class, without a number. Nobody draws the grant before the first term begins."""
    rnd = inventor.rnd
    entry = date(plan.cohort, 9, 1)
    birth = inventor.birth_date(entry)
    sex = inventor.sex(GIRLS.get(plan.major, 0.5))
    ethnic = inventor.ethnic_group()
    number, home = inventor.id_number(birth, sex), inventor.home()
    name = inventor.name(sex, ethnic, birth)
    relation = rnd.choices([name for name, _ in RELATIONS], [weight for _, weight in RELATIONS])[0]
    address = inventor.address(home)
    row: Row = {
        "id_number": number, "name": name, "sex": sex, "ethnic_group": ethnic, "birth_date": birth.isoformat(),
        "cohort": str(plan.cohort), "entry_date": f"{plan.cohort}-09", "intake_kind": "应届初中毕业生",
        "major": plan.major, "study_length": plan.study_length, "class_group": plan.name,
        "joint_kind": "非联招合作办学", "joint_school_code": "",
        "household_province": home.province, "household_city": home.city, "household_county": home.county,
        "household_address": address, "household_kind": "农业户口" if home.rural else "非农业户口",
        "is_low_income": "是" if rnd.random() < 0.06 else "否", "school_kind": "普通中专", "origin_kind": "本省",
        "guardian_name": _guardian(inventor, name, ethnic, relation), "guardian_relation": relation,
        "guardian_phone": inventor.phone(), "teaching_point": "校本部", "health": "健康或良好",
        "home_province": home.province, "home_city": home.city, "home_county": home.county, "home_address": address,
        "directory_version": plan.directory_version, "learner_category": "普通中专", "study_form": "全日制",
        "phone": inventor.phone() if rnd.random() < 0.85 else "", "home_postcode": "441000",
        "political_status": "共青团员" if rnd.random() < 0.45 else "群众", "native_place": f"湖北{home.county}",
        "overseas_kind": "无", "previous_school": f"{home.county}{rnd.choice(SCHOOLS)}",
        "bank_card": "", "note": "", "document_kind": "居民身份证", "national_student_no": f"G{number}",
        "attendance_kind": "住校" if rnd.random() < 0.8 else "走读",
    }  # fmt: skip
    return row | _aid(inventor, row, begun=entry <= on)


def _guardian(inventor: Inventor, name: str, ethnic: str, relation: str) -> str:
    """A parent who bears the family's name where custom says so."""
    if ethnic == "维吾尔族":
        return inventor.name("男", ethnic)
    man = relation in ("父亲", "祖父")
    given = inventor.name("男" if man else "女")
    return name[0] + given[1:] if man and ethnic != "藏族" else given


def _aid(inventor: Inventor, row: Row, *, begun: bool) -> Row:
    """Who draws the national grant: by major, by low income, by hardship among rural families."""
    hard = row["household_kind"] == "农业户口" and inventor.rnd.random() < 0.12
    entitled = begun and (row["major"] in AGRICULTURAL or row["is_low_income"] == "是" or hard)
    basis = "涉农专业" if row["major"] in AGRICULTURAL else "家庭经济困难"
    return {
        "receives_grant": "是" if entitled else "否",
        "grant_month_amount": inventor.rnd.choice(AID_MONTHLY) if entitled else "",
        "aid_basis": basis if entitled else "",
        "hardship_level": "困难" if hard else "不困难",
        "bank_card": inventor.bank_card() if entitled else "",
    }
