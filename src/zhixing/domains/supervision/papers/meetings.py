"""会议通知、议程、纪要、决议通知书、决议汇总表 (F08)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from zhixing.kernel.papers import Form, Head, Heading, Imprint, Labelled, Letter, Paper, Para, Signatures, Slip, Table
from zhixing.kernel.people.models import Tenant

from ..choices import DecisionState, MeetingState, Presence, TopicState
from ..models import Decision, Meeting
from .orders import HAND, day, name

WEEKDAYS = "一二三四五六日"
CALLED = (MeetingState.READY, MeetingState.HELD, MeetingState.MINUTES, MeetingState.SIGNED)
MET = (MeetingState.HELD, MeetingState.MINUTES, MeetingState.SIGNED)


def spoken(at: datetime) -> str:
    """2026年3月6日（星期五）14:30."""
    local = timezone.localtime(at)
    return f"{day(local.date())}（星期{WEEKDAYS[local.weekday()]}）{local:%H:%M}"


def topics_of(meeting: Meeting) -> list[Any]:
    accepted = meeting.topics.filter(state=TopicState.ACCEPTED)
    return list(accepted.select_related("unit", "proposer").order_by("position", "pk"))


def people(meeting: Meeting) -> tuple[list[Any], list[Any]]:
    """(members, guests), each with presence."""
    seats = list(meeting.attendances.select_related("user").order_by("pk"))
    return [seat for seat in seats if not seat.is_guest], [seat for seat in seats if seat.is_guest]


class NoticePaper(Paper):
    """会议通知, with the slip that says who can't come."""

    title = "会议通知"
    of = Meeting
    issuing = "supervision.meeting.add"
    joins = ("chair", "recorder")

    def when(self, row: Any) -> bool:
        return row.state != MeetingState.CANCELLED

    def compose(self, row: Meeting, *, number: str, on: date, school: Tenant) -> Letter:
        members, guests = people(row)
        topics = topics_of(row)
        blocks: list[Any] = [
            Para(f"经研究，定于{spoken(row.at)}在{row.place}召开{row.get_kind_display()}。现将有关事项通知如下。"),
            Heading(1, "一、会议议题"),
        ]
        blocks += [Para(f"{place}.{topic.title}（{topic.unit}）") for place, topic in enumerate(topics, 1)]
        if not topics:
            blocks.append(Para(f"请各部门于{day(row.topics_until)}前提交议题和材料。"))
        blocks += [
            Heading(1, "二、参会人员"),
            Para("出席：" + "、".join(name(seat.user) for seat in members) + "。"),
            *([Para("列席：" + "、".join(name(seat.user) for seat in guests) + "。")] if guests else []),
            Heading(1, "三、有关要求"),
            Para("请参会人员安排好工作，准时出席；因故不能到会的，会前向主持人请假并报办公室。"),
            Slip("参会回执", [[("部门", ""), ("姓名", "")], [("能否到会", "□到会　□请假"), ("请假事由", "")]]),
        ]
        return Letter(
            title=f"关于召开{row}的通知", addressee="各参会人员", blocks=blocks, signer=f"{school.name}办公室", date=on,
        )  # fmt: skip


class AgendaPaper(Paper):
    """会议议程."""

    title = "会议议程"
    of = Meeting
    issuing = "supervision.meeting.add"
    joins = ("chair", "recorder", "agenda_signed_by")

    def when(self, row: Any) -> bool:
        return row.state != MeetingState.CANCELLED

    def compose(self, row: Meeting, *, number: str, on: date, school: Tenant) -> Letter:
        topics = topics_of(row)
        if not topics:
            raise ValidationError("还没有列入议程的议题，请先审核议题。")
        lines = [
            [place, topic.title, f"{topic.unit} {name(topic.proposer)}", topic.guests or "—", topic.minutes_needed]
            for place, topic in enumerate(topics, 1)
        ]
        facts = Form([[("时间", spoken(row.at)), ("地点", row.place)],
                      [("主持", name(row.chair)), ("记录", name(row.recorder))]])  # fmt: skip
        table = Table(("序号", "议题", "汇报", "列席", "用时（分钟）"), lines, widths_mm=(12, 70, 40, 26, 20))
        return Letter(
            title=f"{row}议程", organ=school.name, kind_of_layout="form",
            blocks=[facts, table, Signatures([("签发", name(row.agenda_signed_by))])],
        )  # fmt: skip


class MinutesPaper(Paper):
    """会议纪要 in the form of GB/T 9704: present, absent, what was said, what was decided."""

    title = "会议纪要"
    of = Meeting
    issuing = "supervision.meeting.add"
    joins = ("chair", "recorder", "signed_by")

    def when(self, row: Any) -> bool:
        return row.state in MET

    def compose(self, row: Meeting, *, number: str, on: date, school: Tenant) -> Letter:
        members, guests = people(row)
        decisions = list(row.decisions.select_related("lead", "owner", "topic").order_by("no"))
        blocks: list[Any] = [
            Para(f"{spoken(row.at)}，{name(row.chair)}在{row.place}主持召开{row}。"),
            Heading(1, "一、会议议题及讨论情况"),
        ]
        for place, topic in enumerate(topics_of(row), 1):
            said = topic.discussion or "会议听取了汇报，进行了讨论。"
            blocks += [Heading(2, f"（{_han(place)}）{topic.title}"), Para(said)]
        if row.minutes:
            blocks += [Heading(1, "二、会议要求"), Para(row.minutes)]
        blocks.append(Heading(1, f"{'三' if row.minutes else '二'}、会议决定事项"))
        for decision in decisions:
            duty = "、".join(filter(None, (str(decision.lead or ""), name(decision.owner))))
            until = f"，{day(decision.due_date)}前完成" if decision.due_date else ""
            blocks.append(Para(f"{decision.no}.{decision.text}{f'（{duty}{until}）' if duty else ''}"))
        if not decisions:
            blocks.append(Para("无。"))
        blocks += [Labelled(label, words) for label, words in _presences(members, guests)]
        blocks.append(Labelled("记录", name(row.recorder)))
        signed = timezone.localdate(row.signed_at) if row.signed_at else on
        number_text = f"第{row.number}期" if row.number else ""
        return Letter(
            title=f"{row}纪要", kind_of_layout="minutes", blocks=blocks, number=number_text,
            head=Head(organ=f"{school.name}会议纪要"), signer=f"{school.name}办公室", date=signed,
            imprint=Imprint(copies="各参会人员、各科室", printed_by=f"{school.name}办公室", printed_on=signed),
        )  # fmt: skip


def _presences(members: list[Any], guests: list[Any]) -> list[tuple[str, str]]:
    """出席, 请假, 缺席, 列席 in that order, those that there are."""
    found = []
    for presence, label in ((Presence.PRESENT, "出席"), (Presence.LEAVE, "请假"), (Presence.ABSENT, "缺席")):
        names = [name(seat.user) for seat in members if seat.presence == presence]
        if names:
            found.append((label, "　".join(names)))
    there = [name(seat.user) for seat in guests if seat.presence in (Presence.PRESENT, Presence.EXPECTED)]
    return [*found, ("列席", "　".join(there))] if there else found


def _han(number: int) -> str:
    digits = "零一二三四五六七八九十"
    if number <= 10:
        return digits[number]
    return f"十{digits[number - 10]}" if number < 20 else str(number)


class DecisionNotice(Paper):
    """决议通知书 to the unit that carries it out."""

    title = "决议通知书"
    kind = "决议通知"
    of = Decision
    issuing = "supervision.meeting.add"
    joins = ("meeting", "meeting__chair", "topic", "lead", "owner", "order")

    def when(self, row: Any) -> bool:
        return row.lead_id is not None and row.state != DecisionState.VOID

    def compose(self, row: Decision, *, number: str, on: date, school: Tenant) -> Letter:
        if row.lead is None:
            raise ValidationError("这条决议还没有承办部门，请先补充。")
        rows: list[Any] = [
            [("会议", row.meeting), ("决议号", str(row.no))],
            [("议题", row.topic or "—")],
            [("决议内容", row.text, HAND)],
            [("承办部门", row.lead), ("责任人", name(row.owner))],
            [("完成时限", day(row.due_date)), ("督办单", row.order.no if row.order else "—")],
        ]
        slip = Slip("签收回执", [[("部门", row.lead), ("签收人", "")], [("签收时间", ""), ("决议号", str(row.no))]])
        return Letter(
            title="会议决议通知书", organ=school.name, kind_of_layout="form",
            blocks=[Form(rows), Signatures([("签发", name(row.meeting.chair))]), slip],
        )  # fmt: skip


class DecisionLedger(Paper):
    """决议汇总表, landscape, of what the list shows."""

    title = "决议汇总表"
    of = Decision
    issuing = "supervision.meeting.add"
    many = True
    landscape = True
    joins = ("meeting", "lead", "owner", "order")

    def compose(self, rows: Sequence[Decision], *, number: str, on: date, school: Tenant) -> Letter:
        if not rows:
            raise ValidationError("没有可以打印的决议。")
        counted = [row for row in rows if row.state != DecisionState.VOID]
        done = sum(row.state == DecisionState.FULFILLED for row in counted)
        rate = f"{100 * done / len(counted):.1f}%" if counted else "—"
        lines = [
            [place, str(row.meeting), row.no, row.text, str(row.lead or "未定"), name(row.owner), row.due_date or "",
             row.order.no if row.order else "", row.get_state_display(),
             timezone.localdate(row.fulfilled_at) if row.fulfilled_at else ""]
            for place, row in enumerate(rows, 1)
        ]  # fmt: skip
        heads = ("序号", "会议", "决议号", "决议内容", "承办部门", "责任人", "时限", "督办单", "落实情况", "落实日期")
        return Letter(
            title="会议决议落实情况汇总表", organ=school.name, kind_of_layout="table", landscape=True, date=on,
            blocks=[
                Para(f"截至 {day(on)}，应落实 {len(counted)} 条，已落实 {done} 条，落实率 {rate}。", indent=False),
                Table(heads, lines, widths_mm=(10, 40, 12, 70, 26, 18, 22, 28, 18, 22)),
            ],
        )  # fmt: skip
