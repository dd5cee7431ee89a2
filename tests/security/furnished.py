# ruff: noqa: E501 - tables of attempts read better on one line
"""Two small schools with everything in them: somebody in every role, classes, families, findings, imports, files.

Every sealed value in either school, and every name in the second, is a canary: distinctive text that no page, log or
job may ever show. ID numbers begin with 9901, which was never a region.
"""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from zhixing.kernel.base.id_numbers import check_digit
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.people.models import Assignment, Role, Tenant, Unit, User
from zhixing.kernel.people.roles import furnish_roles

STUDENTS = 12
NUMBER = itertools.count(1)
WHOLE_SCHOOL = (
    "principal", "party_secretary", "office_director", "office_clerk", "registrar", "bureau_inspector",
    "system_admin", "security_admin", "audit_admin",
)  # fmt: skip


@dataclass(frozen=True)
class Marks:
    """What tells one school's values from all others: the start of ID numbers, phones and cards, and the surname."""

    region: str
    phone: str
    card: str
    surname: str
    title: str


OURS = Marks("990102", "155990", "6299020", "戚", "甲")
THEIRS = Marks("990101", "154990", "6299010", "金雀", "乙")
VECTORS = ("990101200901150012", "990101200901150100", "99010120081231218X", "990101201003011234")


class Furnished:
    """One school as it is being filled; ``sealed`` collects every value that must never be seen plain."""

    def __init__(self, code: str, marks: Marks) -> None:
        self.marks, self.sealed = marks, []
        self.at = timezone.now()
        # Student numbers of the other school are canaries; ours are on every page.
        self.initial = marks.region if marks is THEIRS else "S26"
        self.tenant = Tenant.objects.create(code=code, name=f"{marks.title}职业学校")
        self.people: dict[str, User] = {}
        self.serial = itertools.count(1)
        with tenant_scope(self.tenant.pk):
            furnish_roles(self.tenant)
            self.places()
            self.staff()
            self.students()
            self.accounts()
            self.findings()
            self.others()

    def __deepcopy__(self, memo: Any) -> Furnished:
        """Django copies a test class's data for each test; sealed values refuse that on purpose, and nobody writes."""
        return self

    def keep(self, value: str) -> str:
        self.sealed.append(value)
        return value

    def id_number(self, birth: date, sex: str) -> str:
        body = f"{self.marks.region}{birth:%Y%m%d}{next(self.serial) * 2 + 100 - (sex == '女') * 2 + (sex == '男'):03d}"
        return self.keep(body + check_digit(body))

    def phone(self) -> str:
        return self.keep(f"{self.marks.phone}{next(self.serial):05d}")

    # -- the school ------------------------------------------------------------------------------------------------

    def places(self) -> None:
        from tests.factories import a_class, a_department, a_major, a_school, a_term

        a_school(name=self.tenant.name, official_code=f"42420000{self.tenant.pk % 90 + 10}")
        self.department = a_department(f"{self.marks.title}机电部")
        self.office = a_department(f"{self.marks.title}办公室")
        self.major = a_major(f"{self.marks.title}数控技术应用", department=self.department)
        a_term()
        self.tutor = self.person("class_tutor", assigned=False)
        self.classes = [
            a_class(f"{self.marks.title}26数控1班", department=self.department, major=self.major, tutor=self.tutor),
            a_class(f"{self.marks.title}26数控2班", department=self.department, major=self.major),
            a_class(f"{self.marks.title}26电商1班", department=self.office, major=self.major),
        ]

    def staff(self) -> None:
        for role in WHOLE_SCHOOL:
            self.person(role)
        self.person("department_head", unit=self.department.unit)
        self.person("teacher", unit=self.classes[0].unit)
        self.person("enterprise_mentor")
        self.people["platform_operator"] = User.accounts.create(
            account=f"ops{self.tenant.pk}", name="运维", must_set_password=False, password="!"
        )

    def person(self, role: str, *, unit: Unit | None = None, assigned: bool = True) -> User:
        """Somebody on the staff with an account, a phone, an ID number and this role."""
        from tests.factories import a_teacher

        number = next(NUMBER)
        born = date(1985, 1, 1 + number % 28)
        member = a_teacher(
            f"{self.marks.surname}{self.marks.title}教{number}", department=self.department, birth_date=born,
            id_number=self.id_number(born, "女"), phone=self.phone(), with_account=True,
            home_address=self.keep(f"{self.marks.title}金丝雀巷{number}号"),
        )  # fmt: skip
        user: User = member.user
        User.objects.filter(pk=user.pk).update(must_set_password=False, password="!")
        if assigned:
            Assignment.objects.create(user=user, role=Role.objects.get(code=role), unit=unit)
        self.people[role] = user
        return user

    def students(self) -> None:
        from tests.factories import a_student

        self.rows = []
        for number in range(STUDENTS):
            sex = "男" if number % 2 else "女"
            born = date(2010, 1, 1 + number)
            identity = self.id_number(born, sex)
            if self.marks is THEIRS and number < len(VECTORS):
                identity = self.keep(VECTORS[number])
                born = date(int(identity[6:10]), int(identity[10:12]), int(identity[12:14]))
                sex = "男" if int(identity[16]) % 2 else "女"
            member = {"name": f"{self.marks.surname}父{number}", "relation": "父亲", "phone": self.phone()}
            self.rows.append(a_student(
                f"{self.marks.surname}生{number}", sex=sex, birth_date=born, class_group=self.classes[number % 3],
                id_number=identity, phone=self.phone(), national_student_no=f"G{identity}", student_no=f"{self.initial}{number:03d}",
                bank_card=self.keep(f"{self.marks.card}{number:09d}"), household_address=self.keep(f"{self.marks.title}金丝雀路{number}号"),
                home_address=self.keep(f"{self.marks.title}金丝雀街{number}号"), health=self.keep(f"{self.marks.title}金丝雀过敏{number}"),
                disability=self.keep(f"{self.marks.title}金丝雀肢体{number}"), guardians=[member],
                status="enrolled" if number else "pending",
            ))  # fmt: skip

    def accounts(self) -> None:
        """One student and one guardian of another class can sign in."""
        from zhixing.domains.students.actions.accounts import open_guardian_account, open_student_account

        self.people["student"] = open_student_account(self.rows[0], by=None, at=self.at)
        self.people["guardian"] = open_guardian_account(self.rows[1].guardians.get(), by=None, at=self.at)
        users = [self.people["student"].pk, self.people["guardian"].pk]
        User.objects.filter(pk__in=users).update(must_set_password=False)

    # -- what happens in it ----------------------------------------------------------------------------------------

    def findings(self) -> None:
        """A finding on every student, the first few in different stages."""
        from zhixing.domains.rectification.actions import report_measure
        from zhixing.domains.rectification.procedures import take
        from zhixing.kernel.checks.models import Finding
        from zhixing.kernel.checks.observe import Fault, observe

        faults = [
            Fault(
                rule="students.name_malformed", severity="error", title="姓名不规范", message=f"{row.name}的姓名不规范",
                object_type="students.student", object_uid=row.uid, object_label=str(row), column="name",
                unit_id=row.class_group.unit_id,
            )
            for row in self.rows
        ]  # fmt: skip
        observe(faults, subject="students.student", title="学生核查", rules=["students.name_malformed"],
                row_count=len(faults), by=self.people["registrar"], at=self.at)  # fmt: skip
        self.found = list(Finding.objects.filter(rule="students.name_malformed").order_by("pk"))
        registrar, tutor = self.people["registrar"], self.tutor
        due = timezone.localdate(self.at) + timedelta(days=9)
        for row in self.found[:4]:
            take("assign", row, by=registrar, at=self.at, owner=tutor, due_date=due)
        for row in self.found[1:3]:
            report_measure(row, deed="已核对户口簿", by=tutor, at=self.at, after=self.upload("佐证.png", picture()))
            take("request_closure", row, by=None, at=self.at, opinion="已核对户口簿")
        take("close", self.found[2], by=self.people["office_director"], at=self.at, opinion="属实", note="属实")
        take("dismiss", self.found[5], by=registrar, at=self.at, opinion="确为本名")

    def upload(self, name: str, data: bytes) -> ContentFile[bytes]:
        return ContentFile(data, name=name)

    def others(self) -> None:
        """An import, exports in three states, a job, messages, a view, a rule and a standard of the school's own."""
        from zhixing.kernel.checks.models import OwnRule
        from zhixing.kernel.jobs.queue import enqueue
        from zhixing.kernel.notices.send import notify, set_todo
        from zhixing.kernel.pages.models import ExportRequest, SavedView
        from zhixing.kernel.standards.models import StandardOverride

        registrar = self.people["registrar"]
        if self.marks is OURS:
            self.import_some(registrar)
        else:
            self.stage_some(registrar)
        soon = self.at + timedelta(hours=20)
        usual = {"user": registrar, "page": "students.StudentList", "columns": ["name", "id_number"], "reason": "核对"}
        ExportRequest.objects.create(**usual, expires_at=soon)
        ExportRequest.objects.create(**usual, is_plain=True)
        ExportRequest.objects.create(**usual, is_plain=True, approved_by=self.people["principal"], expires_at=soon)
        for user in self.people.values():
            if user.tenant_id is not None:
                notify([user], f"{self.marks.surname}通知", body=f"{self.marks.surname}请阅", url="/notices/")
                set_todo(user, "", f"{self.marks.surname}待办", url="/")
                SavedView.objects.create(user=user, page="students.StudentList", name=f"{self.marks.surname}视图")
        enqueue("nothing.known", f"{self.marks.surname}任务", by=registrar)
        OwnRule.objects.create(
            roster="students.StudentRoster", code=f"own_{self.marks.region}", title=f"{self.marks.surname}规则",
            condition="is_blank(name)", written_by=registrar,
        )  # fmt: skip
        StandardOverride.objects.create(
            name="students.class_size", value=45, valid_from=date(2026, 9, 1), source=f"{self.marks.surname}文件",
            reason="试行小班", changed_by=registrar,
        )  # fmt: skip

        self.fill_gaps(registrar)

    def fill_gaps(self, by: User) -> None:
        """A row of every kind of record that has none yet, so that no address goes untried."""
        from django.apps import apps

        from tests.kernel.pages.rows import make_row
        from zhixing.kernel.base.records import Record

        for model in apps.get_models():
            if issubclass(model, Record) and not model._default_manager.exists():
                make_row(model, by)

    def import_some(self, by: User) -> None:
        from tests.kernel.staging.rolls import person, workbook
        from zhixing.domains.students.sheets import StudentSheet
        from zhixing.kernel.jobs.worker import run_pending
        from zhixing.kernel.sheets.models import ImportBatch
        from zhixing.kernel.sheets.staging import receive

        rows = [
            person(
                700 + n, class_group=self.classes[0].name, major=self.major.name, name=f"{self.marks.surname}导{n}",
                id_number=self.id_number(date(2010, 3, 1), "男"), phone=self.phone(), guardian_phone=self.phone(),
                birth_date="20100301", sex="男", household_address=self.keep(f"{self.marks.title}金丝雀弄{n}号"),
            )
            for n in range(3)
        ]  # fmt: skip
        name = f"{self.marks.surname}名单.xlsx"
        data = workbook(rows)
        receive(self.upload(name, data), name=name, sheet=StudentSheet, by=by, at=self.at)
        run_pending()
        self.batch = ImportBatch.objects.get()

    def stage_some(self, by: User) -> None:
        """An upload as it lies before it is confirmed, without the seconds that reading a file takes."""
        from zhixing.domains.students.sheets import StudentSheet
        from zhixing.kernel.sheets.models import ImportBatch, ImportState, StagedRow

        self.batch = ImportBatch.objects.create(
            sheet=StudentSheet.code(), file_name=f"{self.marks.surname}名单.xlsx", digest="0" * 64, uploaded_by=by,
            state=ImportState.STAGED, row_count=1,
        )  # fmt: skip
        number = self.id_number(date(2010, 3, 1), "男")
        StagedRow.objects.create(
            batch=self.batch, sheet_name="学生1", row=2, label=f"{self.marks.surname}导", cells=f'{{"id_number": "{number}"}}',
            shown=[f"{self.marks.surname}导"],
        )  # fmt: skip


def picture() -> bytes:
    """A small lawful PNG."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    return out.getvalue()


def furnish_one(code: str, marks: Marks) -> Furnished:
    return Furnished(code, marks)


def furnish_two_schools() -> tuple[Furnished, Furnished, list[str]]:
    """Our school, the other one, and the canaries: what no page of ours may show to anyone.

    Sealed values of both schools, and the other school's surname, title and student numbers.
    """
    ours, theirs = furnish_one("xy01", OURS), furnish_one("xy02", THEIRS)
    return ours, theirs, [*ours.sealed, *theirs.sealed, THEIRS.surname, THEIRS.region, theirs.tenant.name]
