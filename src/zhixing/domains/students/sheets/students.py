"""Students in and out, one row each, in the layouts that the national systems use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from zhixing.domains.school.models import ClassGroup
from zhixing.kernel.base.records import Record
from zhixing.kernel.base.tenancy import current_tenant
from zhixing.kernel.people.models import Tenant, User
from zhixing.kernel.rosters.declarations import Codes
from zhixing.kernel.sheets.declare import Offer, Problem, Values
from zhixing.kernel.sheets.model_sheet import RAW, ModelSheet
from zhixing.kernel.sheets.state import put_back, state_of
from zhixing.kernel.trail.models import AuditEvent
from zhixing.kernel.trail.record import record

from .. import actions
from ..models import EXTRA_FIELDS, Guardian, StatusEntry, Student
from ..rosters import STUDENTS, student_codes
from . import family
from .places import OFFER, Places

EXTRA = {name: name for name in EXTRA_FIELDS} | {
    "railway_stretch": "train_interval", "exam_permit_no": "exam_ticket_no", "exam_candidate_no": "examinee_no",
    "provincial_student_no": "provincial_student_no",
}  # fmt: skip
"""Columns that only the layouts ask for: column and key in Student.extra."""
PLACED = ("class_group", "major")
OF_THE_CLASS = frozenset({"students.class_too_large", "students.class_major_mixed"})
NEWCOMERS = frozenset({"", "在读", "复学"})


class StudentSheet(ModelSheet):
    """One student a row, with the first two members of the family."""

    model = Student
    title = "学生名单"
    roster = STUDENTS
    key = ("id_number", "student_no")
    required = ("name", "class_group")
    shown_first = ("class_group",)
    raw = "extra"
    inward = frozenset({"school_name", "status"})
    day_formats = {"entry_date": "%Y%m"}
    select = ("class_group__unit", "major")
    also = (ClassGroup,)

    def __init__(self, *, by: User | None, at: datetime) -> None:
        super().__init__(by=by, at=at)
        self.places = Places()

    @classmethod
    def codes(cls) -> Codes:
        return student_codes()

    def records_known(self) -> Any:
        return Student.objects.select_related(*self.select)

    def records(self) -> Any:
        return self.records_known().on_roll().order_by("pk")

    def subject(self, rule: str, record: Record) -> Record:
        if rule in OF_THE_CLASS and isinstance(record, Student) and record.class_group is not None:
            return record.class_group
        return record

    # What the names of places mean

    def offers(self, rows: Iterable[Values]) -> list[Offer]:
        return self.places.want(rows)

    def accept(self, codes: Iterable[str]) -> None:
        self.places.accepted = {code for code in codes if code.startswith(OFFER)}

    def make_offered(self, rows: Iterable[Values], *, by: User, at: datetime) -> None:
        self.places.want(rows)
        self.places.open_accepted(by=by, at=at)

    def named(self, name: str) -> Mapping[str, Any]:
        return self.places.classes if name == "class_group" else {}

    def unit_path(self, values: Values) -> str:
        name = values.get("class_group", "")
        group, coming = self.places.classes.get(name), self.places.wanted.get(name)
        if group is not None:
            return str(group.unit.path)
        return str(coming.department.unit.path) if coming is not None and coming.department is not None else ""

    # Judging and converting

    def facts(self, values: Values) -> tuple[dict[str, Any], dict[str, str], list[Problem]]:
        plain = {name: text for name, text in values.items() if name not in PLACED and name not in family.COLUMNS}
        found, kept, faults = super().facts(plain)
        kept |= {key: values[name] for name, key in EXTRA.items() if values.get(name)}
        relatives, odd = family.members(values)
        kept |= {RAW + name: text for name, text in odd.items()}
        if any(relatives):
            found["guardians"] = relatives
        if kept:
            found["extra"] = kept
        self._place(values, found, faults)
        return found, {}, faults

    def _place(self, values: Values, found: dict[str, Any], faults: list[Problem]) -> None:
        name, major = values.get("class_group", ""), values.get("major", "")
        if name in self.places.classes:
            found["class_group"] = self.places.classes[name]
        elif name and not self.places.is_coming(name):
            faults.append(self._no_class(name))
        if major:
            known = self.places.major(major, values.get("directory_version", ""))
            if known is not None:
                found["major"] = known
            else:
                faults.append(self._no_major(major, values.get("directory_version", "")))

    def _no_class(self, name: str) -> Problem:
        wanted = self.places.wanted.get(name)
        if wanted is not None and wanted.can_be_opened:
            remedy = "在“文件用到、系统里还没有的”里勾选“新建班级”，或把班级改为已有的名称"
        else:
            reason = wanted.lacks() if wanted is not None else "信息不全"
            remedy = f"请先在“班级”页建立这个班（{reason}），或把班级改为已有的名称"
        return Problem(
            column="class_group",
            code="students.class_unknown",
            title="班级还没有建立",
            message=f"本校没有班级“{name}”",
            remedy=remedy,
            offer=OFFER + name,
        )

    def _no_major(self, name: str, edition: str) -> Problem:
        of = f"（{edition}年版目录）" if edition else ""
        return Problem(
            column="major",
            code="students.major_unknown",
            title="专业不在本校专业表里",
            message=f"本校专业表{of}里没有“{name}”",
            remedy="请先在“专业”页添加，或改为表中已有的专业名称",
            suggestion=self.places.nearest_major(name),
        )

    def problems(self, values: Values, row: Record | None) -> list[Problem]:
        found = super().problems(values, row)
        if row is None and not (values.get("id_number") or values.get("student_no")):
            told = "没有证件号码，也没有学号，无法确定是谁"
            found.append(Problem(column="id_number", message=told, title="没有可以辨认的号码"))
        if row is None and values.get("status", "") not in NEWCOMERS:
            told = f"新增的学生只能是在读，这里是“{values['status']}”"
            found.append(
                Problem(column="status", message=told, title="不是在读学生", remedy="请先按在读导入，再办理学籍异动")
            )
        if isinstance(row, Student):
            found += self._moves(values, row)
        return found

    def _moves(self, values: Values, row: Student) -> list[Problem]:
        """Class and major of a student on roll change by a status change only, so that the history stays whole."""
        told = []
        for name, verb in (("class_group", "转班级"), ("major", "转专业")):
            text, now = values.get(name, ""), getattr(row, name)
            if text and now is not None and text not in (str(now), getattr(now, "code", "")):
                message = f"系统中是“{now}”，文件里是“{text}”；在籍学生请办理{verb}"
                told.append(
                    Problem(column=name, code="students.place_differs", title="班级或专业与系统中不同", message=message)
                )
        return told

    def spelt(self, name: str, text: str) -> str:
        if name in family.COLUMNS:
            return family.spelt(name, text)
        return text if name in PLACED else super().spelt(name, text)

    # The verbs

    def create(self, values: Values, *, by: User, at: datetime) -> Student:
        made: Student = self.create_many([values], by=by, at=at)[0]
        return made

    def create_many(self, rows: Sequence[Values], *, by: User, at: datetime, uids: Sequence[Any] = ()) -> list[Any]:
        if not rows:
            return []
        found = [self.facts(values)[0] for values in rows]
        for facts in found:
            facts["guardians"] = [member for member in facts.pop("guardians", []) if member]
        for facts, uid in zip(found, uids, strict=False):
            facts["uid"] = uid
        return actions.enrol_students(found, by=by, at=at)

    def change(self, row: Record, values: Values, *, by: User, at: datetime) -> Student:
        assert isinstance(row, Student)
        facts = self.facts(self.changed(row, values))[0]
        relatives = facts.pop("guardians", [])
        seen = row.version
        row = actions.correct_student(row, facts, by=by, at=at, judged=True, reason="导入更新")
        if any(relatives):
            self._change_family(row, relatives, by=by, at=at)
            if row.version == seen:
                row.save_if_unchanged(seen, ())
        return row

    def _change_family(self, row: Student, relatives: list[dict[str, Any]], *, by: User, at: datetime) -> None:
        known = list(row.guardians.all())
        for place, member in enumerate(relatives):
            if not member:
                continue
            if place < len(known):
                actions.correct_guardian(known[place], member, by=by, at=at)
            else:
                actions.add_guardian(row, by=by, at=at, **member)

    # The way back

    def before(self, row: Record) -> dict[str, Any]:
        assert isinstance(row, Student)
        relatives = {str(member.uid): state_of(member) for member in row.guardians.all()}
        return {"student": state_of(row), "guardians": relatives}

    def restore(self, row: Record, before: dict[str, Any], *, by: User, at: datetime) -> None:
        assert isinstance(row, Student)
        for member in row.guardians.all():
            if str(member.uid) in before["guardians"]:
                put_back(member, before["guardians"][str(member.uid)])
            else:
                actions.remove_guardian(member, by=by, at=at, reason="撤销导入")
        put_back(row, before["student"])
        record(action="import.restore", by=by, at=at, on=row)

    def touched_since(self, uids: Sequence[Any], moment: datetime) -> set[Any]:
        """Students whose family was changed: a guardian has a version of its own, and a removed one leaves a trail."""
        edited = Guardian.objects.filter(student__uid__in=uids, updated_at__gt=moment)
        removed = AuditEvent.objects.filter(object_uid__in=uids, action="remove_guardian", at__gt=moment)
        return {*edited.values_list("student__uid", flat=True), *removed.values_list("object_uid", flat=True)}

    def remove_many(self, rows: Sequence[Record], *, by: User, at: datetime) -> None:
        keys: list[Any] = [row.pk for row in rows]
        for start in range(0, len(keys), 500):
            piece = keys[start : start + 500]
            students = Student.objects.filter(pk__in=piece)
            with_account = students.exclude(user=None) | students.filter(guardians__user__isnull=False)
            if (held := with_account.first()) is not None:
                raise ValidationError(f"{held}已经开通账号，不能整批撤销；请先停用账号。")
            Guardian.objects.filter(student__in=piece).delete()
            StatusEntry.objects.filter(student__in=piece).delete()
            students.delete()
        for row in rows:
            record(action="import.remove", by=by, at=at, on=row)

    # The way out

    def export_rows(self, rows: Iterable[Any], columns: Iterable[str] = ()) -> Iterator[Values]:
        everything = set(self.plan().columns())
        wanted = set(columns) or everything
        with_family = bool(wanted & family.COLUMNS)
        school = Tenant.objects.filter(pk=current_tenant() or 0).values_list("name", flat=True).first() or ""
        kept = list(rows)
        families = family.of(kept) if with_family else {}
        for row, values in zip(kept, super().export_rows(kept, wanted), strict=True):
            values |= {
                name: str(row.extra[key]) for name, key in EXTRA.items() if name in wanted and row.extra.get(key)
            }
            if "school_name" in wanted:
                values["school_name"] = school
            if "status" in wanted:
                values["status"] = row.get_status_display()
            if with_family:
                values |= family.columns_of(families.get(row.pk, []), wanted)
            yield values
