"""Put the demonstration roster into the register, and plant what only records can break."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from zhixing.domains.school.actions import add_major, graduate_class_group, open_class_group
from zhixing.domains.school.models import ClassGroup, Major
from zhixing.kernel.people.models import Tenant, User

from ..actions import change_status, enrol_students, open_student_account
from ..choices import Status
from ..models import Student
from ..sheets import StudentSheet
from . import SEED, STUDENTS, demo_roster
from .canaries import IMPOSSIBLE
from .roster import ClassPlan, DemoRoster, Planted, Row, cohorts, student_row

SUSPENDED = 6
ENROLLED_BEFORE = timedelta(days=75)
OUTSIDE_DIRECTORY = "990001"


def furnish(
    school: Tenant, rnd: Random, *, at: datetime, students: int = STUDENTS, seed: int = SEED
) -> list[Planted]:  # fmt: skip
    """Enrol the students of the school's running classes; what was planted, as far as the database can hold it."""
    on = timezone.localdate(at)
    roster = demo_roster(on=on, students=students, seed=seed, plans=plans_of_school(on))
    then = at - ENROLLED_BEFORE
    classes = _classes_for(roster, then)
    unstorable = {one.students[-1] for one in roster.planted if not one.storable}
    kept = [row for row in roster.rows if row["student_no"] not in unstorable]
    key = [one for one in roster.planted if one.storable and not one.against]
    odd = _odd_ones(roster, classes, on, then)
    enrolled = _enrol([*kept, *odd], then)
    key += _breaks_of_records(roster, enrolled, odd)
    _suspend(enrolled, key, rnd, at)
    return [*key, _left_with_account(enrolled, key, at)]


def plans_of_school(on: date) -> list[ClassPlan]:
    """The running classes of the three cohorts that attend, as the roster generator wants them."""
    running = ClassGroup.objects.running().filter(cohort__in=cohorts(on)).select_related("major")
    return [
        ClassPlan(one.name, one.cohort, one.major.name, one.major.directory_version)
        for one in running.order_by("cohort", "name")
    ]


def _classes_for(roster: DemoRoster, at: datetime) -> dict[str, ClassGroup]:
    """Every class by name; the small ones that faults need are opened, with a major outside the directory."""
    classes = {one.name: one for one in ClassGroup.objects.select_related("major", "department")}
    majors = {(one.name, one.directory_version): one for one in Major.objects.all()}
    usual = next(one for one in classes.values() if one.tutor is not None)
    for row in roster.rows:
        name, wanted = row["class_group"], (row["major"], row["directory_version"])
        if name in classes:
            continue
        if wanted not in majors:
            facts: dict[str, Any] = {"code": OUTSIDE_DIRECTORY, "name": wanted[0], "directory_version": wanted[1]}
            facts |= {"out_of_directory": True, "filing_no": "演示备〔2026〕1号", "is_offered": True}
            majors[wanted] = add_major(facts | {"department": usual.department}, by=None, at=at)
        values = {"name": name, "cohort": int(row["cohort"]), "major": majors[wanted], "department": usual.department}
        classes[name] = open_class_group(values | {"tutor": usual.tutor}, by=None, at=at)
    return classes


def _odd_ones(roster: DemoRoster, classes: dict[str, ClassGroup], on: date, at: datetime) -> list[Row]:
    """Students whose single cells are right and whose record isn't: no class, no guardian, a class that is over."""
    newest = cohorts(on)[2]
    plan = next(ClassPlan(c.name, c.cohort, c.major.name) for c in classes.values() if c.cohort == newest)
    over = open_class_group(
        {
            "name": f"{(newest - 3) % 100:02d}毕业班", "cohort": newest - 3,
            "major": classes[plan.name].major, "department": classes[plan.name].department,
        },
        by=None, at=at,
    )  # fmt: skip
    graduate_class_group(over, on=date(newest, 6, 30), by=None, at=at)  # type: ignore[arg-type]
    odd = []
    for number, (mark, changes) in enumerate(
        (
            ("class_missing", {"class_group": ""}),
            ("guardian_missing", {"guardian_name": "", "guardian_phone": "", "guardian_relation": ""}),
            ("class_is_over", {}),
            ("left_but_account_open", {}),
        ),
        start=1,
    ):
        its_plan = ClassPlan(over.name, over.cohort, plan.major) if mark == "class_is_over" else plan
        row = student_row(roster.inventor, its_plan, on=on)
        aid = {"receives_grant": "否", "grant_month_amount": "", "aid_basis": "", "bank_card": ""}
        odd.append(row | aid | {"student_no": f"{newest}9{number:03d}", "note": mark} | changes)
    return odd


def _enrol(rows: list[Row], at: datetime) -> dict[str, Student]:
    """Rows as records, through the very conversion that an import uses; by student number."""
    sheet = StudentSheet(by=None, at=at)
    values = []
    for row in rows:
        facts: dict[str, Any] = sheet.facts({name: text for name, text in row.items() if text and name != "note"})[0]
        facts["attendance_kind"] = row["attendance_kind"]
        values.append(facts)
    return {student.student_no: student for student in enrol_students(values, by=None, at=at)}


def _breaks_of_records(roster: DemoRoster, enrolled: dict[str, Student], odd: list[Row]) -> list[Planted]:
    """The key to what the checks must find, and to what the rules find in the odd ones on the way."""

    def planted(rule: str, *students: str, column: str = "") -> Planted:
        return Planted(f"students.{rule}", column, students)

    number = {row["note"]: row["student_no"] for row in odd}
    rows = {row["student_no"]: row for row in roster.rows}
    blank_phone = next(
        one.students[0] for one in roster.planted
        if one.rule == "students.required_value_missing" and one.column == "guardian_phone"
    )  # fmt: skip
    impossible = next(no for no, row in rows.items() if row["id_number"] == IMPOSSIBLE)
    strangers = [no for no, one in enrolled.items() if one.class_group and one.major_id != one.class_group.major_id]
    return [
        planted("class_missing", number["class_missing"], column="class_group"),
        planted("required_value_missing", number["class_missing"], column="class_group"),
        planted("guardian_missing", number["guardian_missing"]),
        planted("required_value_missing", number["guardian_missing"], column="guardian_name"),
        planted("required_value_missing", number["guardian_missing"], column="guardian_phone"),
        planted("class_is_over", number["class_is_over"], column="class_group"),
        planted("guardian_phone_missing", blank_phone),
        planted("national_number_missing", impossible, column="national_student_no"),
        *(planted("major_differs_from_class", stranger, column="major") for stranger in strangers),
    ]


def _suspend(enrolled: dict[str, Student], key: list[Planted], rnd: Random, at: datetime) -> None:
    """A few are on leave, as in every school."""
    touched = {student for one in key for student in one.students}
    free = [student for number, student in sorted(enrolled.items()) if number not in touched]
    for student in rnd.sample(free, min(SUSPENDED, len(free))):
        when = at - timedelta(days=rnd.randrange(10, 50))
        change_status(
            student, to=Status.SUSPENDED, on=timezone.localdate(when), by=None, at=when, reason="因病休学，有医院证明"
        )


def _left_with_account(enrolled: dict[str, Student], key: list[Planted], at: datetime) -> Planted:
    """A student who left, and whose account somebody opened again behind the system's back."""
    student = next(one for no, one in enrolled.items() if no.endswith("9004"))
    when = at - timedelta(days=40)
    user = open_student_account(student, by=None, at=when)
    day = timezone.localdate(when)
    change_status(student, to=Status.WITHDRAWN, on=day, by=None, at=when, reason="本人申请退学")
    User.objects.filter(pk=user.pk).update(is_active=True, leaves_on=None)
    return Planted("students.left_but_account_open", "user", (student.student_no,))
