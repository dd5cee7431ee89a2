"""The demonstration school's plan: points in every state, brought there by real steps; faults and their key."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.utils import timezone

from zhixing.domains.school.queries import add_work_days
from zhixing.domains.staff.models import StaffMember
from zhixing.kernel.checks.verification import verify_records
from zhixing.kernel.files.evidence import add_evidence
from zhixing.kernel.people.accounts import close_user
from zhixing.kernel.people.models import Tenant, Unit, User

from .. import actions
from ..choices import MemberRole, PlanLevel, PlanState, PointState
from ..documents import read_pasted
from ..models import LeadingGroup, Plan, Task, WorkPoint
from ..procedures import take
from .stages import furnish_stages

TEXT = Path(__file__).parent.parent / "data" / "demo_plan.txt"
LEADS = {
    "admission_pledge": "招生就业科", "enrolment_check": "教务科", "teaching_standard": "教务科",
    "internship_rules": "招生就业科", "safe_campus": "安全保卫科", "charter": "办公室", "regulations": "办公室",
    "regulation_practice": "办公室", "competency": "学校领导", "training": "财务科", "systems_design": "信息中心",
    "systems_running": "信息中心", "systems_use": "信息中心", "core_culture": "学生科（德育）",
    "self_development": "学生科（德育）", "quality_monitoring": "教务科", "annual_report": "总务科",
}  # fmt: skip
"""Kind of task → the department that leads it."""
PROOFS = ("会议纪要", "工作总结", "检查记录", "活动方案与照片", "印发的文件")
RECURRING = {"每月": "每月", "每学期": "每学期", "每季度": "每季度", "定期": "每学期", "按月": "每月"}
COURSE = ("done", "done", "green", "done", "amber", "green", "done", "sent", "green", "done", "late", "future")
"""How the points fare, one after the other, over and over."""
MODELS = ("plans.workpoint", "plans.task", "plans.leadinggroup", "plans.planstage", "staff.staffmember")
TOO_MANY = 10
BEGUN, TOLD = 300, 280
"""Days before today: when the plan took effect, when duties were given."""


def furnish(school: Tenant, rnd: Random, *, at: datetime) -> list[dict[str, Any]]:
    """Give the tenant in scope a plan a year old; the key to what its checks find. Needs the staff's demo."""
    return _Story(rnd, at).run()


def plan_text(today: date) -> str:
    """The plan in our own words, its years set so that today lies in its second stage."""
    years = {f"y{n}": str(today.year - 2 + n) for n in range(4)}
    text = TEXT.read_text("utf-8")
    for name, year in years.items():
        text = text.replace("{" + name + "}", year)
    return text


class _Story:
    def __init__(self, rnd: Random, at: datetime) -> None:
        self.rnd, self.at, self.today = rnd, at, timezone.localdate(at)
        self.director = User.objects.get(account="office-director")
        self.people: dict[str, list[User]] = {}
        for row in StaffMember.objects.serving().select_related("department", "user").order_by("pk"):
            if row.user is not None and row.user.is_active:
                self.people.setdefault(row.department.name, []).append(row.user)
        self.owners = {
            name: [user for user in people if user.holds("plans.workpoint.submit")]
            for name, people in self.people.items()
        }
        self.units = {unit.name: unit for unit in Unit.objects.filter(kind="department")}
        self.key: dict[str, list[str]] = {}
        self.courses: dict[int, str] = {}

    def ago(self, days: int) -> datetime:
        return self.at - timedelta(days=days)

    def plant(self, rule: str, *rows: Any) -> None:
        self.key.setdefault(rule, []).extend(str(row) for row in rows)

    def run(self) -> list[dict[str, Any]]:
        self.earlier_plan()
        plan = self.take_effect()
        self.group(plan)
        points = list(WorkPoint.objects.of_plan(plan).select_related("task__action").order_by("task__no", "no"))
        for number, point in enumerate(points):
            self.tell(point, number)
        self.faults(plan)
        self.letters(plan)
        self.stages(plan)
        for label in MODELS:
            verify_records(by=self.director, at=self.at, only=label)
        return [planted(rule, objects) for rule, objects in self.key.items()]

    def earlier_plan(self) -> None:
        """The round before, ended; its group was never dissolved and has lost a head."""
        year = self.today.year
        values = {"title": f"管理提升行动（{year - 4}—{year - 2}年）", "period_from": date(year - 4, 1, 1),
                  "period_to": date(year - 2, 12, 31)}  # fmt: skip
        plan = actions.create_plan(values, by=None, at=self.ago(BEGUN + 60))
        actions.end_plan(plan, by=self.director, at=self.ago(BEGUN + 50), reason="到期")
        values = {"plan": plan, "title": "管理提升行动领导小组（上一轮）", "formed_date": date(year - 4, 3, 1)}
        group = actions.form_group(values, by=None, at=self.ago(BEGUN + 60))
        leaders = self.people["学校领导"]
        member = {"group": group, "user": leaders[0], "role": MemberRole.HEAD, "post": "校长", "organises": True,
                  "coordinates": True, "chases": True, "publicises": True}  # fmt: skip
        actions.add_member(member, by=None, at=self.ago(BEGUN + 60))
        self.plant("plans.group_without_two_heads", group)

    def take_effect(self) -> Plan:
        when = self.ago(BEGUN)
        draft = read_pasted(plan_text(self.today))
        plan = actions.create_plan({"title": draft.title, "issuer": "学校"}, by=self.director, at=when)
        version = actions.take_in(plan, draft, by=self.director, at=when, file_name="管理提升实施方案.txt")
        plan = actions.take_effect(version, by=self.director, at=when)
        gap = Task.objects.get(action__plan__level=PlanLevel.NATIONAL, title="财务管理规范")
        self.plant("plans.parent_task_unanswered", gap)
        return plan

    def group(self, plan: Plan) -> LeadingGroup:
        """Two heads, deputies, a member from each department but one; the office has nobody for publicity."""
        values = {
            "plan": plan, "title": "管理水平提升计划工作领导小组", "document_no": f"校发〔{self.today.year - 1}〕3号",
            "formed_date": timezone.localdate(self.ago(BEGUN)), "office": self.units["办公室"],
            "duties": "审定方案和任务分解，研究解决重大问题，督促各部门按期完成。",
        }  # fmt: skip
        group = actions.form_group(values, by=self.director, at=self.ago(BEGUN))
        leaders = self.people["学校领导"]
        seats: list[tuple[User, str, str, dict[str, Any]]] = [
            (leaders[1], MemberRole.HEAD, "党委书记", {}), (leaders[0], MemberRole.HEAD, "校长", {}),
            *((user, MemberRole.DEPUTY, "副校长", {}) for user in leaders[2:]),
            (self.director, MemberRole.OFFICE_HEAD, "办公室主任",
             {"organises": True, "coordinates": True, "duty": "组织、协调"}),
            (self.owners["办公室"][-1], MemberRole.OFFICE_MEMBER, "办公室干事", {"chases": True, "duty": "督办"}),
        ]  # fmt: skip
        for name, group_people in self.people.items():
            if name not in ("学校领导", "办公室", "安全保卫科"):
                seats.append((group_people[0], MemberRole.MEMBER, f"{name}负责人", {}))
        for position, (user, role, post, more) in enumerate(seats, 1):
            values = {"group": group, "user": user, "role": role, "post": post, "position": position, **more}
            actions.add_member(values, by=self.director, at=self.ago(BEGUN))
        self.plant("plans.office_function_vacant", group)
        self.plant("plans.leading_department_absent", group)
        return group

    def tell(self, point: WorkPoint, number: int) -> None:
        """One point's duties and how far it has come."""
        course = self.courses[point.pk] = COURSE[number % len(COURSE)]
        name = LEADS[point.task.kind]
        people = self.owners[name]
        due = {
            "done": self.today - timedelta(days=20 + 9 * (number % 17)),
            "sent": self.today + timedelta(days=6),
            "amber": add_work_days(self.today, 1 + number % 4),
            "late": self.today - timedelta(days=4 + number % 20),
            "future": self.today + timedelta(days=150 + number),
        }.get(course, self.today + timedelta(days=25 + 3 * number))
        start = self.today + timedelta(days=30) if course == "future" else due - timedelta(days=120)
        given = {
            "lead": self.units[name], "owner": people[number % min(len(people), 4)],
            "sponsor": self.people["学校领导"][2 + point.task.action.no % 2], "start_date": start, "due_date": due,
            "expected_evidence": self.rnd.choice(PROOFS),
            "recurrence": next((word for begin, word in RECURRING.items() if begin in point.text), ""),
            "supports": [self.units["办公室"]] if number % 5 == 0 else [],
        }  # fmt: skip
        point = actions.assign(point, by=self.director, at=self.ago(TOLD), **given)
        point = take("put_in_effect", point, by=self.director, at=self.ago(TOLD))
        if course == "done":
            self.finish(point, due)
        elif course == "sent":
            self.prove(point, 3)
            take("submit", point, by=point.owner, at=self.ago(2), opinion="已完成，请验收。")
        elif course == "late":
            self.plant("plans.point_overdue", point)
            if number % 2:
                self.prove(point, 10)
            else:
                self.plant("plans.evidence_missing", point)

    def prove(self, point: WorkPoint, days: int, by: User | None = None) -> None:
        add_evidence(
            title=f"{point.text[:20]}（{point.expected_evidence or '材料'}）", on=point, by=by or point.owner,
            at=self.ago(days), medium="paper", shelf="办公室档案柜", page_count=3 + point.pk % 9,
        )  # fmt: skip

    def finish(self, point: WorkPoint, due: date) -> WorkPoint:
        """Handed in three days before it is due, or late for some; accepted two days after; a few went back first."""
        days = (self.today - due).days
        handed = days - 5 if point.no == 3 and days > 30 else days + 3
        self.prove(point, handed + 1)
        if point.pk % 7 == 0:
            point = take("submit", point, by=point.owner, at=self.ago(handed + 6), opinion="请验收。")
            words = "材料没有签字盖章，请补充后再报。"
            point = take("send_back", point, by=self.other(point), at=self.ago(handed + 5), opinion=words)
        point = take("submit", point, by=point.owner, at=self.ago(handed), opinion="已完成，请验收。")
        return take("accept", point, by=self.other(point), at=self.ago(handed - 2), opinion="材料齐全，同意。")

    def other(self, point: WorkPoint) -> User:
        """Who accepts: the office, or the sponsor where the office itself is the owner."""
        if point.owner_id != self.director.pk:
            return self.director
        assert point.sponsor is not None
        return point.sponsor

    def faults(self, plan: Plan) -> None:
        """What nobody noticed: duties that are missing, people who left, one who carries too much."""
        free = self.standing("green")
        unowned, leadless, undated, silent, left = free[:5]
        for point, field, rule in (
            (unowned, "owner", "point_without_owner"), (leadless, "lead", "point_without_lead"),
            (undated, "due_date", "point_without_due"),
        ):  # fmt: skip
            task = point.task
            words = f"{point.text}（{self.today.year}年度）"
            values = {"task": task, "text": words, "lead": point.lead, "owner": point.owner, "due_date": point.due_date}
            row = actions.add_point({**values, field: None}, by=self.director, at=self.ago(40))
            self.plant(f"plans.{rule}", row)
        actions.correct_point(
            silent, {"expected_evidence": ""}, by=self.director, at=self.ago(30), seen_version=silent.version
        )
        self.plant("plans.point_without_expected_evidence", silent)
        leaver = self.people["公共基础部"][-1]
        actions.hand_over(left, to=leaver, by=self.director, at=self.ago(90), reason="临时借调，协助办理")
        close_user(leaver, by=None, at=self.ago(8), reason="借调结束离校")
        self.plant("plans.owner_has_left", left)
        self.unproved()
        self.waiting(free[5])
        self.overload(free[6:])
        bare = Task.objects.standing().get(action__plan=plan, kind="systems_use")
        for point in bare.points.exclude(state=PointState.ACCEPTED):
            take("withdraw", point, by=self.director, at=self.ago(15), opinion="并入信息化整体设计。")
        for point in bare.points.filter(state=PointState.ACCEPTED):
            point = take("reopen", point, by=self.director, at=self.ago(15), opinion="并入信息化整体设计。")
            take("withdraw", point, by=self.director, at=self.ago(15), opinion="并入信息化整体设计。")
        self.plant("plans.task_without_point", bare)

    def standing(self, course: str) -> list[WorkPoint]:
        """Points of that course that still stand as they were told."""
        wanted = [pk for pk, told in self.courses.items() if told == course]
        rows = WorkPoint.objects.filter(pk__in=wanted, state=PointState.IN_EFFECT).exclude(task__kind="systems_use")
        return list(rows.select_related("task").order_by("task__no", "no"))

    def unproved(self) -> None:
        """A point taken over as done from the paper books of before: no step of ours accepts without evidence."""
        point = next(p for p in self.standing("amber") if p.owner_id != self.director.pk)
        done = {"submitted_by": point.owner, "submitted_at": self.ago(11), "accepted_by": self.director}
        WorkPoint.objects.filter(pk=point.pk).update(state=PointState.ACCEPTED, accepted_at=self.ago(10), **done)
        self.plant("plans.accepted_without_evidence", point)

    def waiting(self, point: WorkPoint) -> None:
        self.prove(point, 30)
        take("submit", point, by=point.owner, at=self.ago(25), opinion="已完成，请验收。")
        self.plant("plans.acceptance_late", point)

    def overload(self, points: list[WorkPoint]) -> None:
        """Nine and more points on one clerk's desk."""
        clerk = self.owners["办公室"][-1]
        held = WorkPoint.objects.undone().filter(owner=clerk).count()
        others = [point for point in (*points, *self.standing("future")) if point.owner_id != clerk.pk]
        for point in others[: max(TOO_MANY - held, 0)]:
            reason = "原责任人外出学习，暂由其负责"
            actions.hand_over(point, to=clerk, by=self.director, at=self.ago(35), reason=reason)
        self.plant("staff.overloaded_with_points", StaffMember.objects.get(user=clerk))

    def stages(self, plan: Plan) -> None:
        """The first one closed by two people, gates in every state; this year's summary is still to be issued."""
        principal = User.objects.filter(is_active=True, assignments__role__code="principal").order_by("pk").first()
        author = self.owners["教务科"][0]
        running = furnish_stages(plan, self.director, principal or self.director, author, at=self.at)
        self.plant("plans.stage_summary_missing", running)

    def letters(self, plan: Plan) -> None:
        made = actions.make_letters(plan, year=self.today.year, by=self.director, at=self.ago(60))
        for letter in made[: len(made) * 4 // 5]:
            actions.sign_letter(letter, by=self.director, at=self.ago(50))
        assert plan.state == PlanState.EFFECTIVE


def planted(rule: str, objects: list[str]) -> dict[str, Any]:
    """One line of the key: what finds which records, by the names they are shown under."""
    return {"rule": rule, "column": "", "students": (), "objects": sorted(objects)}
