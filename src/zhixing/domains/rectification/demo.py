"""A month of rectification in the demonstration school: findings in every state, each brought there by real steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from zhixing.domains.students.actions import correct_student
from zhixing.domains.students.models import Student
from zhixing.kernel.checks.models import Finding, Stage
from zhixing.kernel.checks.verification import verify_records
from zhixing.kernel.people.models import Tenant
from zhixing.kernel.people.roles import holder
from zhixing.kernel.sheets.declare import sheets
from zhixing.kernel.sheets.verification import verify_roster

from .actions import due_after, report_measure, sort_by_keeper
from .procedures import issue_notices, reply, take

SPOILED, FIRST_RUN, HANDED_OUT, MENDED, SECOND_RUN, AGAIN, LAST_RUN = 30, 28, 27, 15, 9, 3, 1
"""Days before today."""
DUE = 10
LATER_DUE = 30
OLD_FAULTS = 14


@dataclass
class OldFault:
    """A fault of some weeks ago: what was wrong in which record, and what is right."""

    student: Student
    rule: str
    field: str
    wrong: str
    right: str

    def finding(self) -> Finding:
        found: Finding = Finding.objects.get(rule=self.rule, object_uid=self.student.uid)
        return found


Spoil = tuple[str, str, str, Callable[[Student], bool]]
SPOILS: tuple[Spoil, ...] = (
    ("students.code_value_unknown", "political_status", "团员", lambda student: student.political_status == "共青团员"),
    ("students.code_value_unknown", "ethnic_group", "汉", lambda student: student.ethnic_group == "汉族"),
    ("students.region_hierarchy_broken", "household_county", "江夏区", lambda student: True),
    ("students.name_malformed", "name", "", lambda student: True),
)


def furnish(school: Tenant, rnd: Random, *, at: datetime, key: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Run the weeks; the faults that came back, as entries of the key. Needs students and holders of the roles.

    ``key`` says which students have planted faults already; the weeks' own faults keep away from them.
    """
    return _Weeks(rnd, at, {student for entry in key for student in entry.get("students", ())}).run()


class _Weeks:
    def __init__(self, rnd: Random, at: datetime, faulty: set[str]) -> None:
        self.rnd, self.at, self.faulty = rnd, at, faulty
        self.registrar, self.director = holder("registrar"), holder("office_director")

    def ago(self, days: int, hours: int = 0) -> datetime:
        return self.at - timedelta(days=days) + timedelta(hours=hours)

    def run(self) -> list[dict[str, Any]]:
        old = list(self.spoil())
        self.verify(FIRST_RUN)
        mine = [fault.finding() for fault in old]
        self.hand_out(mine)
        standing = self.hand_out(self.some_errors())
        for fault in old:
            self.mend(fault)
        self.work_on(standing)
        self.verify(SECOND_RUN)
        returned = self.close_most(old)
        self.verify(LAST_RUN)
        self.set_aside()
        self.notify_in_writing()
        return [{"rule": one.rule, "column": one.field, "students": [one.student.student_no]} for one in returned]

    def verify(self, days: int) -> None:
        """One run of everything, as on that night."""
        when = self.ago(days)
        for kind in sheets:
            if kind.roster is not None:
                verify_roster(kind, by=self.registrar, at=when)
        verify_records(by=self.registrar, at=when)

    def spoil(self) -> Iterator[OldFault]:
        """Faults that somebody typed a month ago into records that had none."""
        clean = Student.objects.present().exclude(student_no__in=self.faulty).exclude(class_group=None).order_by("pk")
        chosen = self.rnd.sample(list(clean), 8 * OLD_FAULTS)
        for number in range(OLD_FAULTS):
            rule, field, wrong, fits = SPOILS[number % len(SPOILS)]
            place, student = next((place, one) for place, one in enumerate(chosen) if fits(one))
            del chosen[place]
            right = str(getattr(student, field))
            fault = OldFault(student, rule, field, wrong or f"{right}2", right)
            self.write(fault, fault.wrong, self.ago(SPOILED))
            yield fault

    def write(self, fault: OldFault, value: str, when: datetime) -> None:
        fault.student = correct_student(fault.student, {fault.field: value}, by=self.registrar, at=when, judged=True)

    def some_errors(self) -> list[Finding]:
        """A good part of the other errors; the rest waits to be handed out."""
        errors = list(Finding.objects.filter(severity="error", stage=Stage.FOUND).exclude(unit=None).order_by("pk"))
        self.rnd.shuffle(errors)
        return errors[: len(errors) * 2 // 3]

    def hand_out(self, findings: list[Finding]) -> list[Finding]:
        """To whoever keeps the class; half of them with a date that has passed by now."""
        when, given = self.ago(HANDED_OUT), []
        by_owner = sort_by_keeper(findings, timezone.localdate(when)).by_owner
        for owner, rows in by_owner.items():
            for finding in rows:
                due = due_after(self.rnd.choice((DUE, LATER_DUE)), when)
                note = "请对照户口簿核实后改正。"
                given.append(take("assign", finding, by=self.director, at=when, owner=owner, due_date=due, note=note))
        return given

    def mend(self, fault: OldFault) -> None:
        """The record is put right, and its owner says so."""
        self.write(fault, fault.right, self.ago(MENDED))
        finding = fault.finding()
        if finding.stage != Stage.ASSIGNED:
            return
        take("start", finding, by=finding.owner, at=self.ago(MENDED + 2))
        self.report(finding, MENDED)

    def report(self, finding: Finding, days: int) -> None:
        assert finding.owner is not None
        deed = "已与家长核对户口簿，在系统中改正。"
        report_measure(finding, deed=deed, cause="录入时看错。", by=finding.owner, at=self.ago(days))

    def work_on(self, standing: list[Finding]) -> None:
        """What is still wrong stands at every stage: untouched, in work, reported, sent back."""
        for number, finding in enumerate(standing):
            turn = number % 4
            if turn == 0:
                continue
            take("start", finding, by=finding.owner, at=self.ago(20))
            if turn == 1:
                continue
            self.report(finding, 12)
            asked = take("request_closure", finding, by=finding.owner, at=self.ago(12, 1))
            if turn == 3:
                opinion = "复查时仍与户口簿不一致，请重新核对。"
                take("send_back", asked, by=self.director, at=self.ago(11), opinion=opinion)

    def close_most(self, old: list[OldFault]) -> list[OldFault]:
        """Of the mended ones most are closed, three still wait for it, and two come back."""
        closed = []
        for fault in old[:-3]:
            finding = fault.finding()
            if finding.owner is None:
                continue
            take("request_closure", finding, by=finding.owner, at=self.ago(SECOND_RUN, 4))
            take(
                "close", finding, by=self.director, at=self.ago(SECOND_RUN - 1), opinion="重新核查已查不到，同意销号。"
            )
            closed.append(fault)
        returned = [fault for fault in closed if fault.field == "political_status"][:2]
        for fault in returned:
            self.write(fault, fault.wrong, self.ago(AGAIN))
        return returned

    def notify_in_writing(self) -> None:
        """Three findings of one class put to it in writing; the notice is received."""
        waiting = Finding.objects.filter(stage=Stage.FOUND, unit__isnull=False).order_by("unit", "pk")
        owners = sort_by_keeper(waiting, timezone.localdate(self.ago(LAST_RUN))).by_owner
        findings = next((rows[:3] for rows in owners.values()), [])
        if not findings:
            return
        due = due_after(DUE, self.ago(LAST_RUN))
        notices = issue_notices(
            findings, demand="逐条核对户口簿和入学登记，限期改正并书面报告。", due_date=due, by=self.director,
            at=self.ago(LAST_RUN, 6), basis="学籍核查结果",
        )  # fmt: skip
        for notice in notices[:1]:
            reply("receive", notice, by=notice.receiver, at=self.ago(LAST_RUN, 8))

    def set_aside(self) -> None:
        """Warnings that are no faults after all, and one that the school lives with for now."""
        doubts = Finding.objects.filter(stage=Stage.FOUND, severity="warning").order_by("pk")
        for name, rule, opinion in (
            ("dismiss", "students.same_person_suspected", "经核对户口簿，是双胞胎，不是同一人。"),
            ("dismiss", "students.id_region_unknown", "原籍区划已撤销，证件真实。"),
            ("waive", "students.class_too_large", "本学期教室紧张，已报分管校长同意，下学期分班。"),
            ("waive", "students.age_unusual", "复学后重新入学，材料齐全。"),
        ):
            finding = doubts.filter(rule=rule).first()
            if finding is not None:
                take(name, finding, by=self.director, at=self.ago(LAST_RUN, 5), opinion=opinion)
