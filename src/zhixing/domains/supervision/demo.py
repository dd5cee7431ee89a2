"""Five months of supervision in the demonstration school: orders, meetings and reports in every state, by real verbs.

What is wrong on purpose is in the key; each entry names the check that must find it and what it must find.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from zhixing.domains.plans.choices import PointState
from zhixing.domains.plans.models import WorkPoint
from zhixing.domains.school.queries import departments
from zhixing.kernel.people.models import Tenant, Unit, User

from . import actions
from .actions.answers import keep_feedback
from .choices import FeedbackKind
from .models import Decision, Meeting, MonthlyReport, Order
from .procedures import order_decisions, take, take_meeting
from .queries.clock import WorkDays
from .queries.months import month_end, month_of, shifted

MONTHS = 4
SETTLED = (
    ("教务科", "开展秋季教学常规专项检查", "覆盖全部专业，问题逐项反馈到人。", "excellent"),
    ("学生科（德育）", "修订学生一日常规量化办法", "经学生代表座谈后印发执行。", "good"),
    ("总务科", "完成学生宿舍电路检修", "逐栋检修，验收单归档。", "good"),
    ("安全保卫科", "组织全校消防疏散演练", "三分钟内疏散完毕，留存影像。", "excellent"),
    ("招生就业科", "整理实习单位资质档案", "在用实习单位一企一档。", "pass"),
    ("财务科", "公示上学期收费项目", "校门口和网站同时公示。", "good"),
    ("信息中心", "清理离职人员系统账号", "逐系统核对，出具清单。", "good"),
    ("机电工程部", "落实实训室安全操作规程上墙", "每间实训室到位并拍照。", "pass"),
    ("信息技术部", "补齐课程标准文本", "本部开设课程一课一标准。", "fail"),
    ("财经商贸部", "开展公开课周活动", "每名教师听课不少于四节。", "good"),
)
"""Department, matter, demand and mark of orders that were settled in the months before."""
DONE_WORDS = (
    "已按要求完成：成立专班，逐项排查，列出清单并明确到人，全部事项已办结，相关材料见佐证。后续纳入常态管理，每月检查一次。",
    "此项工作已办结。先后召开两次部门会议研究，拿出方案后组织实施，效果经分管领导现场查看认可，资料已整理归档。",
    "已办结。对照要求逐条落实，发现的三处不足当场整改，形成长效办法一份，已印发相关班级和教研组执行。",
)
PROGRESS = (
    "完成第一阶段排查，形成问题清单，正在逐项整改；已与相关部门协调设备和人员，下周进入验收准备。",
    "方案初稿已经完成并征求三个部门意见，采纳修改意见七条；正在安排试点，试点班级已经确定。",
)
REPORTS = (
    "本月完成开学工作部署，落实教学检查两轮，修订制度一项；对照工作要点逐条自查，按时完成两项，正在推进三项。",
    "本月以专项整治为重点，组织全员培训一次，走访企业四家，完成台账整理；工作要点按进度推进，没有逾期。",
    "本月召开部门例会四次，完成资料归档和期中检查，问题整改销号六条；与配合部门联合开展活动一次。",
    "本月对照提升计划开展回头看，补齐佐证材料十二份，更新流程图两张；组织教师研讨一次，形成案例初稿。",
)


@dataclass
class Scene:
    """The people and days of the story, and the key that grows with it."""

    rnd: Random
    at: datetime
    units: dict[str, Unit]
    director: User
    clerk: User
    principal: User
    secretary: User
    days: WorkDays = field(default_factory=WorkDays)
    key: list[dict[str, Any]] = field(default_factory=list)

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def ago(self, work_days: int, hours: int = 0) -> datetime:
        """A moment in office hours, that many work days back."""
        day = self.days.shifted(self.today, -work_days)
        return self.at - timedelta(days=(self.today - day).days) + timedelta(hours=hours)

    def day(self, work_days: int) -> date:
        return self.days.shifted(self.today, work_days)

    def plant(self, rule: str, column: str, *objects: Any) -> None:
        """One line of the key, by the names under which findings show their records."""
        shown = sorted(str(one) for one in objects)
        self.key.append({"rule": f"supervision.{rule}", "column": column, "students": (), "objects": shown})


def furnish(school: Tenant, rnd: Random, *, at: datetime) -> list[dict[str, Any]]:
    """Furnish the tenant in scope; needs the school's, the staff's and, for orders from the plan, the plans' demo."""
    scene = _scene(rnd, at)
    _months_before(scene)
    _orders_now(scene)
    _orders_of_the_plan(scene)
    _meetings(scene)
    actions.escalate(scene.ago(5))
    actions.escalate(scene.ago(0))
    _reports(scene)
    _circulars(scene)
    _plant_overdue(scene)
    return scene.key


def _scene(rnd: Random, at: datetime) -> Scene:
    units = {row.unit.name: row.unit for row in departments() if row.unit.head is not None}
    return Scene(
        rnd, at, units, director=_holder("office_director"), clerk=_holder("office_clerk"),
        principal=_holder("principal"), secretary=_holder("party_secretary"),
    )  # fmt: skip


def _holder(role: str) -> User:
    held = User.objects.filter(assignments__role__code=role, is_active=True).order_by("pk").first()
    if not isinstance(held, User):
        raise LookupError(f"nobody holds the role {role}")
    return held


def _paper(title: str) -> Any:
    """A short text file as evidence; what it says is the sample's own."""
    file = io.BytesIO(f"{title}\n（演示材料）本件由演示学校生成，内容为虚构。\n".encode())
    file.name = f"{title}.txt"
    return file


def _issued(scene: Scene, unit: str, subject: str, demand: str, *, due: date, at: datetime, **more: Any) -> Order:
    supports = [scene.units[name] for name in more.pop("supports", ())]
    values = {"subject": subject, "demand": demand, "lead": scene.units[unit], "due_date": due,
              "sponsor": scene.secretary, **more}  # fmt: skip
    order = actions.begin_order(values, by=scene.clerk, at=at, supports=supports)
    return take("issue", order, by=scene.director, at=at)


def _answered(scene: Scene, order: Order, words: str, *, at: datetime, proof: bool = True) -> Order:
    by = order.owner
    assert by is not None
    paper = _paper(f"{order.subject[:20]}办理情况") if proof else None
    keep_feedback(order, kind=FeedbackKind.FINAL, progress=words, by=by, at=at, proof=paper)
    return take("answer", order, by=by, at=at, opinion=words[:200])


def _months_before(scene: Scene) -> None:
    """Ten orders over four months, answered in time (one late), settled and archived."""
    for number, (unit, subject, demand, mark) in enumerate(SETTLED):
        begun = 82 - number * 7
        order = _issued(scene, unit, subject, demand, due=scene.day(-begun + 12), at=scene.ago(begun))
        order = take("sign", order, by=order.owner, at=scene.ago(begun - 1))
        late = 3 if number == 8 else 0
        words = DONE_WORDS[number % len(DONE_WORDS)]
        order = _answered(scene, order, words, at=scene.ago(begun - 10 - late))
        order = take("settle", order, by=scene.director, at=scene.ago(begun - 11 - late), mark=mark, note="情况属实")
        if number < 8:
            take("archive", order, by=scene.clerk, at=scene.ago(begun - 12))


def _orders_now(scene: Scene) -> None:
    """One order in every other state."""
    actions.begin_order(
        {"subject": "筹备技能节活动", "demand": "拿出活动方案和经费预算。", "lead": scene.units["学生科（德育）"],
         "due_date": scene.day(20)},
        by=scene.clerk, at=scene.ago(1),
    )  # fmt: skip
    unsigned = _issued(
        scene, "总务科", "更换教学楼老化灯具", "逐层排查，更换后验收。", due=scene.day(8), at=scene.ago(4)
    )
    scene.plant("order_unsigned", "signed_at", unsigned)
    order = _issued(scene, "招生就业科", "建立实习巡访周报", "每周汇总巡访情况。", due=scene.day(6), at=scene.ago(5))
    take("sign", order, by=order.owner, at=scene.ago(4))
    _running(scene)
    _waiting(scene)
    _late(scene)
    _extended(scene)
    gone = _issued(scene, "信息中心", "采购录播设备", "提交采购需求。", due=scene.day(10), at=scene.ago(12))
    take("withdraw", gone, by=scene.director, at=scene.ago(9), opinion="纳入下年度预算统一采购，本年不再办理。")


def _running(scene: Scene) -> None:
    order = _issued(
        scene, "教务科", "完善听课评课制度", "修订制度并组织培训。", due=scene.day(2), at=scene.ago(10),
        supports=("信息技术部", "机电工程部"),
    )  # fmt: skip
    order = take("sign", order, by=order.owner, at=scene.ago(9))
    keep_feedback(order, kind=FeedbackKind.PROGRESS, progress=PROGRESS[0], by=order.owner, at=scene.ago(6))
    take("start", order, by=order.owner, at=scene.ago(6))
    noted = _issued(
        scene, "安全保卫科", "校门口护学岗全覆盖", "早晚高峰定岗定人，张榜公布。", due=scene.day(7), at=scene.ago(3),
        source_kind="note", instruction="护学岗要定岗定人，一周内到位。", instructed_by=scene.principal,
        source_label="校长在值班巡查中的批示",
    )  # fmt: skip
    take("sign", noted, by=noted.owner, at=scene.ago(2))


def _waiting(scene: Scene) -> None:
    """Two answers on the office's desk, one settled without evidence, one sent back, one copied."""
    order = _issued(
        scene, "财经商贸部", "整改听评课记录不全", "补齐本学期听课记录。", due=scene.day(3), at=scene.ago(9)
    )
    order = take("sign", order, by=order.owner, at=scene.ago(8))
    _answered(scene, order, DONE_WORDS[1], at=scene.ago(1))
    bare = _issued(scene, "财务科", "说明代收费退费情况", "书面说明并答复家长。", due=scene.day(-3), at=scene.ago(14))
    bare = take("sign", bare, by=bare.owner, at=scene.ago(13))
    bare = _answered(scene, bare, DONE_WORDS[2], at=scene.ago(6), proof=False)
    bare = take("settle", bare, by=scene.director, at=scene.ago(5), mark="pass", note="已当面向家长说明，无书面材料。")
    scene.plant("order_without_evidence", "", bare)
    weak = _issued(scene, "现代服务部", "规范实训耗材管理", "建立领用台账。", due=scene.day(4), at=scene.ago(11))
    weak = take("sign", weak, by=weak.owner, at=scene.ago(10))
    weak = _answered(scene, weak, "正在办理，尽快完成。", at=scene.ago(3), proof=False)
    opinion = "没有写明做了什么、结果如何，也没有台账，请补充后再报。"
    take("send_back", weak, by=scene.director, at=scene.ago(2), opinion=opinion, note=opinion)
    same = _issued(scene, "公共基础部", "推进晨读活动", "每天到班检查，每周通报。", due=scene.day(5), at=scene.ago(15))
    same = take("sign", same, by=same.owner, at=scene.ago(14))
    for days in (9, 4):
        feedback = keep_feedback(
            same, kind=FeedbackKind.PROGRESS, progress=PROGRESS[1], by=same.owner, at=scene.ago(days)
        )
    take("start", same, by=same.owner, at=scene.ago(9))
    scene.plant("feedback_copied", "progress", feedback)


def _late(scene: Scene) -> None:
    """A yellow card and a red one; the round of each day gives them."""
    for unit, subject, days in (("机电工程部", "报送实训设备报废清单", 4), ("总务科", "整改食堂明厨亮灶设备", 9)):
        order = _issued(
            scene, unit, subject, "按要求办理并报送书面材料。", due=scene.day(-days), at=scene.ago(days + 12)
        )
        take("sign", order, by=order.owner, at=scene.ago(days + 11))


def _extended(scene: Scene) -> None:
    order = _issued(scene, "信息技术部", "完成校园网安全加固", "整改漏洞并复测。", due=scene.day(-2), at=scene.ago(16))
    order = take("sign", order, by=order.owner, at=scene.ago(15))
    asked = actions.ask_extension(
        order, asked_due_date=scene.day(9), reason="防火墙设备到货推迟一周，需等设备到位后复测。",
        progress="主机漏洞已全部修补，完成弱口令清理。", by=order.owner, at=scene.ago(7),
    )  # fmt: skip
    actions.decide_extension(asked, granted=True, by=scene.director, at=scene.ago(6), opinion="情况属实，同意。")
    late = _issued(scene, "学生科（德育）", "编印家校联系手册", "每名新生一册。", due=scene.day(1), at=scene.ago(12))
    late = take("sign", late, by=late.owner, at=scene.ago(11))
    asked = actions.ask_extension(
        late, asked_due_date=scene.day(8), reason="印刷厂排期紧张，预计下周印出。", progress="手册内容已定稿付印。",
        by=late.owner, at=scene.ago(0),
    )  # fmt: skip
    scene.plant("extension_asked_late", "asked_date", asked)


def _orders_of_the_plan(scene: Scene) -> None:
    """Orders for a few work points that run late, where the plan is furnished."""
    points = WorkPoint.objects.filter(state=PointState.IN_EFFECT, lead__in=list(scene.units.values()))
    for number, point in enumerate(points.overdue(scene.today).order_by("due_date", "pk")[:3]):
        values = {
            "subject": point.text[:60], "demand": point.text, "lead": point.lead, "owner": point.owner,
            "sponsor": point.sponsor, "work_point": point, "due_date": scene.day(3 + 3 * number),
        }  # fmt: skip
        order = actions.begin_order(values, by=scene.clerk, at=scene.ago(2), source=point)
        order = take("issue", order, by=scene.director, at=scene.ago(2))
        if number == 0 and order.owner is not None and order.owner.can("sign", order):
            take("sign", order, by=order.owner, at=scene.ago(1))


# -- meetings ----------------------------------------------------------------------------------------------------

TOPICS = (
    ("教务科", "business", "期中教学检查安排", "请会议审定检查方案和分组。"),
    ("安全保卫科", "matter", "校园安全隐患整改情况", "通报隐患台账，研究经费。"),
    ("办公室", "plan", "提升计划本月推进情况", "通报红黄灯事项和逾期督办。"),
    ("学生科（德育）", "business", "学生公寓管理调整", "拟调整晚查制度。"),
)
DECISIONS = (
    ("教务科", "期中教学检查分三组进行，检查结果在全校通报。", 9),
    ("安全保卫科", "三号楼应急照明本月内更换完毕。", 12),
    ("总务科", "学生公寓热水供应时间延长到晚上九点半。", 6),
)


def _meetings(scene: Scene) -> None:
    """Meetings over nine weeks; the plan was last talked about seven weeks ago, which is too long."""
    for weeks in (9, 7, 5, 3):
        _held(scene, weeks * 5, with_plan=weeks >= 7)
    latest = _held(scene, 5, with_plan=False, signed=False)
    scene.plant("minutes_late", "signed_at", latest)
    scene.plant("plan_not_reviewed", "at", latest)
    _coming(scene)


def _called(scene: Scene, at: datetime, held: datetime) -> Meeting:
    values = {
        "kind": "administrative", "at": held, "place": "行政楼三楼会议室", "chair": scene.principal,
        "recorder": scene.clerk, "topics_until": timezone.localdate(held) - timedelta(days=1),
    }  # fmt: skip
    return actions.call_meeting(values, by=scene.director, at=at)


def _topic(scene: Scene, meeting: Meeting, number: int, at: datetime) -> Any:
    unit, kind, title, brief = TOPICS[number]
    values = {"title": title, "kind": kind, "brief": brief, "unit": scene.units[unit], "minutes_needed": 20}
    proposer = scene.units[unit].head
    assert proposer is not None
    paper = _paper(f"{title}材料") if number == 0 else None
    return actions.propose_topic(meeting, values, by=proposer, at=at, papers=paper)


def _held(scene: Scene, days: int, *, with_plan: bool, signed: bool = True) -> Meeting:
    at, called = scene.ago(days), scene.ago(days + 4)
    meeting = _called(scene, called, at)
    for number in (0, 1, 2) if with_plan else (0, 1):
        topic = _topic(scene, meeting, number, scene.ago(days + 3))
        actions.review_topic(topic, state="accepted", by=scene.director, at=scene.ago(days + 2))
    meeting = take_meeting("submit_agenda", meeting, by=scene.director, at=scene.ago(days + 2))
    meeting = take_meeting("sign_agenda", meeting, by=scene.principal, at=scene.ago(days + 1))
    seats = list(meeting.attendances.values_list("user_id", "is_guest"))
    away = {seats[-2][0]: ("leave", "外出参加培训")} if len(seats) > 3 else {}
    presences = {user: away.get(user, ("present", "")) for user, _ in seats}
    actions.note_attendance(meeting, presences=presences, by=scene.clerk, at=at)
    meeting = take_meeting("hold", meeting, by=scene.director, at=at)
    for unit, text, due in DECISIONS[: 3 if days % 2 else 2]:
        head, until = scene.units[unit].head, scene.days.shifted(timezone.localdate(at), due)
        values = {"text": text, "lead": scene.units[unit], "owner": head, "due_date": until}
        actions.add_decision(meeting, values, by=scene.clerk, at=at)
    if days == 15:
        vague = actions.add_decision(meeting, {"text": "进一步提高认识，抓好各项工作落实。"}, by=scene.clerk, at=at)
        scene.plant("decision_without_duty", "lead", vague)
    return _minuted(scene, meeting, days) if signed else meeting


def _minuted(scene: Scene, meeting: Meeting, days: int) -> Meeting:
    discussions = {
        topic.pk: f"会议听取了{topic.unit}的汇报，同意所提方案，要求细化分工、明确时限。"
        for topic in meeting.topics.select_related("unit")
    }
    minutes = "会议要求，各部门要对照提升计划逐项落实，责任到人，按期反馈；办公室负责督办，下次会议通报落实情况。"
    at = scene.ago(days - 1)
    meeting = actions.write_minutes(meeting, minutes=minutes, discussions=discussions, by=scene.clerk, at=at)
    meeting = take_meeting("write_minutes", meeting, by=scene.clerk, at=at)
    meeting = take_meeting("sign_minutes", meeting, by=scene.principal, at=at + timedelta(hours=2))
    rows = list(meeting.decisions.select_related("lead", "owner", "order", "meeting__chair").order_by("no"))
    if days == 15:
        kept, rows = rows[0], [row for row in rows[1:] if row.lead_id]
        scene.plant("decision_without_order", "order", kept)
    made = order_decisions(rows, by=scene.director, at=at + timedelta(hours=3)).made
    for number, order in enumerate(made):
        order = take("sign", order, by=order.owner, at=scene.ago(days - 2))
        if days <= 20 and number:
            continue
        order = _answered(scene, order, DONE_WORDS[0], at=scene.ago(days - 5))
        take("settle", order, by=scene.director, at=scene.ago(days - 6), mark="good", note="已落实")
    return meeting


def _coming(scene: Scene) -> None:
    """Next week's meeting, with topics of which one waits for the office's word."""
    held = scene.at + timedelta(days=(scene.day(4) - scene.today).days)
    meeting = _called(scene, scene.ago(1), held)
    first = _topic(scene, meeting, 2, scene.ago(0, -2))
    actions.review_topic(first, state="accepted", by=scene.director, at=scene.ago(0, -1))
    _topic(scene, meeting, 3, scene.ago(0, -1))


# -- reports and circulars ---------------------------------------------------------------------------------------


def _reports(scene: Scene) -> None:
    """Reports of the months before: most in time, one late, one copied, one never handed in."""
    this = month_of(scene.today)
    for back in range(MONTHS, 0, -1):
        month = shifted(this, -back)
        opened = _moment(scene, month_end(month) - timedelta(days=3))
        rows = actions.open_reports(month, by=None, at=opened)
        for number, report in enumerate(rows):
            if back == 1 and number == 2 and report.due_date < scene.today:
                scene.plant("report_late", "due_date", report)
                continue
            _reported(scene, report, back, number)
    if scene.today.day >= 25:
        actions.open_reports(this, by=None, at=scene.at)


def _moment(scene: Scene, day: date) -> datetime:
    return scene.at - timedelta(days=(scene.today - day).days)


def _reported(scene: Scene, report: MonthlyReport, back: int, number: int) -> None:
    copied = number == 5 and back in (1, 2)
    words = REPORTS[0 if copied else (back + number) % len(REPORTS)]
    late = 2 if number == 7 and back == 2 else 0
    day = min(scene.days.shifted(report.due_date, late or -1), scene.today)
    at, head = _moment(scene, day), report.unit.head
    assert head is not None
    values = {"progress": words, "plans": "继续推进本学期重点工作，完成下月到期的工作要点和督办事项。"}
    report = actions.write_report(report, values, by=head, at=at)
    if number % 4 == 0:
        actions.add_problem(
            report, text=f"{report.unit}档案整理滞后，部分材料缺少签字。", cause="人手紧张", by=head, at=at
        )
        if back > 1:
            actions.raise_problems(report, by=head, at=at)
    done = actions.submit_report(report, by=head, at=at)
    if copied and back == 1:
        scene.plant("report_copied", "progress", done)


def _circulars(scene: Scene) -> None:
    this = month_of(scene.today)
    for back in (3, 2, 1):
        month = shifted(this, -back)
        at = _moment(scene, min(scene.days.shifted(month_end(month), 4), scene.today))
        circular = actions.draft_circular(month, by=scene.clerk, at=at)
        words = {"foreword": "现将本月督办事项办理情况通报如下。"}
        circular = actions.write_circular(circular, words, by=scene.clerk, at=at)
        if back > 1:
            actions.issue_circular(circular, by=scene.director, at=at)


def _plant_overdue(scene: Scene) -> None:
    """What is overdue by now, whoever made it so: orders, and decisions that wait for them."""
    overdue: Sequence[Order] = list(Order.objects.overdue(scene.today))
    scene.plant("order_overdue", "due_date", *overdue)
    late = Decision.objects.overdue(scene.today).filter(meeting__state="signed")
    if late.exists():
        scene.plant("decision_overdue", "due_date", *late)
