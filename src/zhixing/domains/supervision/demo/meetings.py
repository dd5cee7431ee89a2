"""Nine weeks of meetings and what became of their decisions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from .. import actions
from ..models import Meeting
from ..procedures import order_decisions, take, take_meeting
from .scene import DONE_WORDS, Scene, answered, paper_of

TOPICS = (
    ("教务科", "business", "期中教学检查安排", "请会议审定检查方案和分组。"),
    ("安全保卫科", "matter", "校园安全隐患整改情况", "通报隐患台账，研究经费。"),
    ("办公室", "plan", "提升计划本月推进情况", "通报红黄灯事项和逾期督办。"),
    ("学生科（德育）", "business", "学生公寓管理调整", "拟调整晚查制度。"),
)
DECISIONS = {
    9: (("教务科", "期中教学检查分三组进行，检查结果在全校通报。", 9),
        ("安全保卫科", "三号楼应急照明本月内更换完毕。", 12),
        ("总务科", "学生公寓热水供应时间延长到晚上九点半。", 6)),
    7: (("招生就业科", "实习单位资质逐家复核，不合格的停止合作。", 10),
        ("信息中心", "九月底前完成校园网实名认证。", 8)),
    5: (("学生科（德育）", "班级量化考核结果每周一公示。", 5),
        ("财务科", "困难学生资助名单复核后报校长签发。", 7)),
    3: (("教务科", "下学期开课计划提前两周公布。", 10),
        ("安全保卫科", "校门口护学岗早晚高峰各增加一人。", 12),
        ("总务科", "食堂餐具消毒记录每日上墙。", 6)),
    1: (("信息技术部", "技能节设备清单由各部审核后统一采购。", 9),
        ("教务科", "期末考试命题一周内完成审核。", 12)),
}  # fmt: skip
"""Weeks back -> what the meeting decided: department, words, work days given."""


def meetings(scene: Scene) -> None:
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
    paper = paper_of(f"{title}材料") if number == 0 else None
    return actions.propose_topic(meeting, values, by=proposer, at=at, papers=paper)


def _held(scene: Scene, days: int, *, with_plan: bool, signed: bool = True) -> Meeting:
    at, called = scene.ago(days, 6), scene.ago(days + 4)
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
    for unit, text, due in DECISIONS[days // 5]:
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
        order = answered(scene, order, DONE_WORDS[0], at=scene.ago(days - 5))
        take("settle", order, by=scene.director, at=scene.ago(days - 6), mark="good", note="已落实")
    return meeting


def _coming(scene: Scene) -> None:
    """Next week's meeting, with topics of which one waits for the office's word."""
    held = scene.moment(scene.day(4), 15)
    meeting = _called(scene, scene.ago(1), held)
    first = _topic(scene, meeting, 2, scene.ago(0, -2))
    actions.review_topic(first, state="accepted", by=scene.director, at=scene.ago(0, -1))
    _topic(scene, meeting, 3, scene.ago(0, -1))
