"""会议: 征集议题 → 议程签发 → 召开 → 纪要起草 → 纪要签发, and on whose word."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from zhixing.kernel.notices.send import finish_todo, notify, set_todo
from zhixing.kernel.people.models import User
from zhixing.kernel.procedures import Procedure, Step, StepRefused

from ..actions.meetings import LEADER_ROLES, meeting_address, meeting_subject, quorum_of
from ..actions.orders import next_number
from ..choices import MeetingState, Presence, TopicKind, TopicState
from ..models import Meeting
from ..queries.pack import make_pack

LEAST_MINUTES = 10


def _is_recorder(meeting: Meeting, by: User) -> str:
    return "纪要不能由记录人自己签发，请由主持人签发。" if meeting.recorder_id == by.pk else ""


def _only_who_leads(meeting: Meeting, by: User) -> str:
    """The agenda is the chair's, or the leaders', to sign."""
    if by.pk == meeting.chair_id or set(LEADER_ROLES) & set(by.grants.roles()):
        return ""
    return f"议程由主持人{meeting.chair}签发。"


def _only_the_recorder(meeting: Meeting, by: User) -> str:
    return "" if by.pk == meeting.recorder_id else f"纪要由记录人{meeting.recorder}提交。"


def _only_the_chair(meeting: Meeting, by: User) -> str:
    if by.pk == meeting.chair_id:
        return ""
    return _is_recorder(meeting, by) or f"纪要由主持人{meeting.chair}签发。"


def _ask(meeting: Meeting, *, by: User, at: datetime) -> None:
    topics = meeting.topics.exclude(state=TopicState.DECLINED)
    if topics.filter(state=TopicState.PROPOSED).exists():
        raise StepRefused("还有没有审过的议题，请先逐个列入、暂缓或不列入。")
    if not topics.filter(state=TopicState.ACCEPTED).exists():
        raise StepRefused("还没有列入议程的议题。")


def _tell_chair(meeting: Meeting, *, by: User, at: datetime) -> None:
    url = meeting_address(meeting)
    set_todo(
        meeting.chair,
        meeting_subject(meeting),
        f"签发议程：{meeting}",
        url=url,
        due_date=timezone.localdate(meeting.at),
    )


def _sign_agenda(meeting: Meeting, *, by: User, at: datetime) -> None:
    meeting.agenda_signed_by, meeting.agenda_signed_at = by, at


def _invite(meeting: Meeting, *, by: User, at: datetime) -> None:
    finish_todo(meeting_subject(meeting), at=at)
    people = [one.user for one in meeting.attendances.select_related("user")]
    local = timezone.localtime(meeting.at)
    notify(people, f"会议通知：{meeting}", body=f"{local:%m月%d日 %H:%M} {meeting.place}", url=meeting_address(meeting))


def _hold(meeting: Meeting, *, by: User, at: datetime, note: str = "") -> None:
    if meeting.attendances.filter(presence=Presence.EXPECTED, is_guest=False).exists():
        raise StepRefused("还有应到人员没有登记到会情况，请先登记出席、请假或缺席。")
    count = quorum_of(meeting, timezone.localdate(at))
    if not count.met and len(note.strip()) < 2:
        raise StepRefused(f"应到 {count.expected} 人，实到 {count.present} 人，没有达到法定人数，不能开会。")
    meeting.quorum_met, meeting.held_at = count.met, at
    meeting.year = timezone.localtime(meeting.at).year
    meeting.number = next_number(Meeting, meeting.year, kind=meeting.kind)
    if not meeting.title:
        meeting.title = f"{meeting.year}年第{meeting.number}次{meeting.get_kind_display()}"
    meeting.pack = make_pack(timezone.localdate(meeting.at))
    meeting.reviews_plan = meeting.topics.filter(state=TopicState.ACCEPTED, kind=TopicKind.PLAN).exists()


def _tell_recorder(meeting: Meeting, *, by: User, at: datetime) -> None:
    finish_todo(meeting_subject(meeting), at=at)
    set_todo(meeting.recorder, meeting_subject(meeting), f"写会议纪要：{meeting}", url=meeting_address(meeting))


def _hand_in(meeting: Meeting, *, by: User, at: datetime) -> None:
    if len(meeting.minutes.strip()) < LEAST_MINUTES and not meeting.decisions.exists():
        raise StepRefused("纪要还没有内容，请先填写讨论情况和决议。")
    meeting.minutes_at = at


def _tell_signer(meeting: Meeting, *, by: User, at: datetime) -> None:
    finish_todo(meeting_subject(meeting), at=at)
    set_todo(meeting.chair, meeting_subject(meeting), f"签发会议纪要：{meeting}", url=meeting_address(meeting))


def _sign(meeting: Meeting, *, by: User, at: datetime) -> None:
    meeting.signed_by, meeting.signed_at = by, at


def _tick_off(meeting: Meeting, *, by: User, at: datetime) -> None:
    finish_todo(meeting_subject(meeting), at=at)


class MeetingCourse(Procedure):
    """The recorder writes, the chair signs; the database keeps the two apart."""

    model = Meeting
    title = "会议"
    stage_field = "state"
    steps = (
        Step(
            name="submit_agenda", label="提交议程", source=(MeetingState.COLLECTING,), target=MeetingState.AGENDA,
            apply=_ask, then=_tell_chair,
        ),
        Step(
            name="sign_agenda", label="签发议程", source=(MeetingState.AGENDA,), target=MeetingState.READY,
            guard=_only_who_leads, apply=_sign_agenda, then=_invite,
        ),
        Step(
            name="return_agenda", label="退回议程", source=(MeetingState.AGENDA, MeetingState.READY),
            target=MeetingState.COLLECTING, needs_opinion=True, guard=_only_who_leads, then=_tick_off,
        ),
        Step(
            name="hold", label="登记开会", source=(MeetingState.READY,), target=MeetingState.HELD,
            apply=_hold, then=_tell_recorder,
        ),
        Step(
            name="write_minutes", label="提交纪要", source=(MeetingState.HELD,), target=MeetingState.MINUTES,
            guard=_only_the_recorder, apply=_hand_in, then=_tell_signer,
        ),
        Step(
            name="sign_minutes", label="签发纪要", source=(MeetingState.MINUTES,), target=MeetingState.SIGNED,
            guard=_only_the_chair, apply=_sign, then=_tick_off,
        ),
        Step(
            name="return_minutes", label="退回纪要", source=(MeetingState.MINUTES,), target=MeetingState.HELD,
            needs_opinion=True, guard=_only_the_chair, then=_tell_recorder,
        ),
        Step(
            name="cancel", label="取消会议", source=(MeetingState.COLLECTING, MeetingState.AGENDA, MeetingState.READY),
            target=MeetingState.CANCELLED, needs_opinion=True, then=_tick_off,
        ),
    )  # fmt: skip


def take_meeting(name: str, meeting: Meeting, *, by: Any, at: datetime, opinion: str = "", **values: Any) -> Meeting:
    """Take one step of the course of a meeting; raises StepRefused."""
    moved = MeetingCourse.take(name, meeting, by=by, at=at, opinion=opinion, **values)
    assert isinstance(moved, Meeting)
    return moved
