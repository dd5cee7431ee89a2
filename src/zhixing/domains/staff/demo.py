"""People of the demonstration school: 120 invented colleagues, their certificates, roles and classes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from zhixing.domains.school.actions import appoint_head, change_tutor
from zhixing.domains.school.choices import DepartmentKind
from zhixing.domains.school.models import ClassGroup, Department, Major, Post
from zhixing.kernel.base.id_numbers import make_id_number
from zhixing.kernel.people.models import Assignment, Role, Tenant

from . import actions
from .choices import StaffStatus
from .models import StaffMember

SIZES = {
    "学校领导": 4, "办公室": 6, "教务科": 7, "学生科（德育）": 6, "招生就业科": 4, "总务科": 7, "安全保卫科": 5,
    "财务科": 4, "信息中心": 4, "机电工程部": 22, "信息技术部": 17, "财经商贸部": 12, "现代服务部": 10,
    "公共基础部": 12,
}  # fmt: skip
"""How many serve where: 120 in all."""
SURNAMES = "李王张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
MEN = "伟强磊军勇杰涛明超刚平辉鹏飞波斌宇浩凯健俊帆亮志宏建国文博松林峰翔晨江"
WOMEN = "芳娜敏静丽艳娟霞燕玲玉萍红莉婷倩琳雪梅兰慧佳欣怡颖洁云晓春秀珍蕾月"
REGIONS = ("420602", "420606", "420607", "420624", "420625", "420626", "420682", "420683", "420684")
ACCOUNTS = {
    "principal": ("学校领导", 0), "party_secretary": ("学校领导", 1), "office_director": ("办公室", 0),
    "office_clerk": ("办公室", 1), "registrar": ("教务科", 1), "department_head": ("机电工程部", 0),
    "class_tutor": ("机电工程部", 1), "teacher": ("公共基础部", 1), "system_admin": ("信息中心", 1),
    "security_admin": ("信息中心", 2), "audit_admin": ("办公室", 2),
}  # fmt: skip
"""Role → the colleague whose account bears the role's name: department and place in it."""


People = dict[str, list[StaffMember]]


def furnish(school: Tenant, rnd: Random, *, at: datetime) -> list[dict[str, Any]]:
    """Furnish the tenant in scope with staff, after the school's own demo; the key to what the checks find.

    Everybody gets an account without a password; one colleague per role has an account named after the role.
    """
    people: People = {}
    names = _names(rnd, sum(SIZES.values()))
    number = 0
    for department in Department.objects.order_by("position"):
        group = people[department.name] = []
        for place in range(SIZES.get(department.name, 0)):
            number += 1
            group.append(_person(department, place, number, names.pop(), rnd, at))
    _roles(people, at)
    _certificates(people, rnd, at)
    _tutors(people, rnd, at)
    return _plant(people, at)


def _names(rnd: Random, count: int) -> list[tuple[str, str]]:
    """So many different believable names with a sex each."""
    found: dict[str, str] = {}
    while len(found) < count:
        sex = rnd.choice("男女")
        given = MEN if sex == "男" else WOMEN
        found.setdefault(rnd.choice(SURNAMES) + "".join(rnd.sample(given, rnd.choice((1, 2, 2)))), sex)
    return list(found.items())


def _person(
    department: Department, place: int, number: int, who: tuple[str, str], rnd: Random, at: datetime
) -> StaffMember:
    name, sex = who
    born = date(rnd.randrange(1968, 1999), rnd.randrange(1, 13), rnd.randrange(1, 29))
    joined = date(max(born.year + 23, 1992) + rnd.randrange(0, 4), 9, 1)
    posts = Post.objects.filter(department=department).order_by("-is_leading", "pk")
    values: dict[str, Any] = {
        "staff_no": f"{joined.year}{number:03d}", "name": name, "sex": sex, "birth_date": born,
        "id_number": make_id_number(rnd.choice(REGIONS), born, sex, rnd),
        "phone": f"1{rnd.choice('3578')}{rnd.randrange(10**8, 10**9)}", "department": department,
        "post": posts[0 if place == 0 else 1], "joined_date": joined, "career_date": joined, "ethnic_group": "汉族",
        "political_status": rnd.choices(["中共党员", "群众", "共青团员"], [4, 5, 1])[0],
        "education": rnd.choices(["bachelor", "master", "college"], [7, 2, 1])[0],
        **(_teaching if department.kind == DepartmentKind.TEACHING else _serving)(department, rnd),
    }  # fmt: skip
    row = actions.employ(values, by=None, at=at)
    account = next((role for role, seat in ACCOUNTS.items() if seat == (department.name, place)), "")
    actions.open_account(row, phone=values["phone"], account=account.replace("_", "-"), by=None, at=at)
    return row


def _teaching(department: Department, rnd: Random) -> dict[str, Any]:
    major = rnd.choice([None, *Major.objects.offered().filter(department=department)])
    level = rnd.choices(["senior", "middle", "junior", "full_senior"], [25, 45, 28, 2])[0]
    titles = {"full_senior": "正高级讲师", "senior": "高级讲师", "middle": "讲师", "junior": "助理讲师"}
    return {
        "kind": "1", "major": major, "teaching_kind": "professional" if major else "general",
        "subject": major.name if major else rnd.choice(["语文", "数学", "英语", "思想政治", "体育与健康", "历史"]),
        "title": titles[level], "title_level": level, "enterprise_years": rnd.randrange(0, 6),
    }  # fmt: skip


def _serving(department: Department, rnd: Random) -> dict[str, Any]:
    worker = department.name in {"总务科", "安全保卫科"} and rnd.random() < 0.6
    return {"kind": "4" if worker else "2", "employment": "contract" if worker else "established"}


def _roles(people: People, at: datetime) -> None:
    """Roles for the seats named in ACCOUNTS, heads over their departments, and the rest as teachers."""
    roles = {role.code: role for role in Role.objects.all()}
    held = {place: code for code, place in ACCOUNTS.items()}
    for code, (name, place) in ACCOUNTS.items():
        row = people[name][place]
        if code != "class_tutor":
            _grant(row, roles[code], over=row.department if code == "department_head" else None)
    for name, group in people.items():
        appoint_head(group[0].department, head=group[0].user, by=None, at=at)
        for place, row in enumerate(group):
            if place == 0 and name != "学校领导" and held.get((name, 0)) != "department_head":
                _grant(row, roles["department_head"], over=row.department)
            elif (name, place) not in held:
                _grant(row, roles["teacher"])


def _grant(row: StaffMember, role: Role, over: Department | None = None) -> None:
    assert row.user is not None
    Assignment.objects.create(user=row.user, role=role, unit=over.unit if over else None)


def _certificates(people: People, rnd: Random, at: datetime) -> None:
    today = timezone.localdate(at)
    teachers = [row for group in people.values() for row in group if row.kind == "1"]
    for index, row in enumerate(teachers):
        year = (row.joined_date or today).year
        serial = f"{year}4206{rnd.randrange(10**7, 10**8)}"
        values = {"staff": row, "kind": "teacher", "name": "中等职业学校教师资格", "certificate_no": serial,
                  "issuer": "湖北省教育厅", "issued_date": date(year, 6, 20)}  # fmt: skip
        actions.add_qualification(values, by=None, at=at)
        if row.teaching_kind == "professional" and index % 5 < 3:
            values = {
                "staff": row, "kind": "dual_qualified", "name": "双师型教师认定",
                "level": rnd.choice(["初级", "中级", "高级"]),
                "certificate_no": f"SS{serial[-8:]}", "issuer": "襄阳市教育局",
                "issued_date": today - timedelta(days=700), "expires_date": today + timedelta(days=1100),
            }  # fmt: skip
            actions.add_qualification(values, by=None, at=at)


def _tutors(people: People, rnd: Random, at: datetime) -> None:
    """Every class gets a teacher of its own department; the tutor's demo account gets the first class."""
    for name, group in people.items():
        classes = list(ClassGroup.objects.running().filter(department__name=name).order_by("cohort", "name"))
        teachers = [row for row in group[1:] if row.kind == "1"]
        first, rest = teachers[:1], teachers[1:]
        rnd.shuffle(rest)
        for class_group, teacher in zip(classes, first + rest, strict=False):
            since = date(class_group.cohort, 9, 1)
            change_tutor(class_group, tutor=teacher.user, since=since, by=None, at=at, reason="开班")


def _plant(people: People, at: datetime) -> list[dict[str, Any]]:
    """A few faults for the checks to find, and the key to them."""
    today = timezone.localdate(at)
    cooks, traders = people["现代服务部"], people["财经商贸部"]
    orphan = ClassGroup.objects.running().filter(department__name="现代服务部").order_by("-cohort", "name")[0]
    change_tutor(orphan, tutor=None, since=today, by=None, at=at, reason="原班主任请辞，待定")
    expired = traders[-1].qualifications.get(kind="teacher")
    expired.expires_date = today - timedelta(days=30)
    expired.save(update_fields=["expires_date"])
    cooks[-1].qualifications.filter(kind="teacher").delete()
    gone = people["总务科"][-1]
    gone.status, gone.left_date, gone.left_reason = StaffStatus.LEFT, today - timedelta(days=20), "合同到期"
    gone.save(update_fields=["status", "left_date", "left_reason"])
    return [
        planted("school.class_without_tutor", "tutor", [orphan.name]),
        planted("staff.certificate_expired", "expires_date", [str(expired)]),
        planted("staff.teacher_certificate_missing", "", [str(cooks[-1])]),
        planted("staff.left_but_account_open", "user", [str(gone)]),
    ]


def planted(rule: str, column: str, objects: list[str]) -> dict[str, Any]:
    """One line of the key: what finds which records, by the names they are shown under."""
    return {"rule": rule, "column": column, "students": (), "objects": sorted(objects)}
