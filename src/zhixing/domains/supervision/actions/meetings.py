"""Call a meeting, collect its topics, note who came, write what was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.domains.school.queries import departments
from zhixing.kernel.files.store import store
from zhixing.kernel.notices.send import notify
from zhixing.kernel.people.models import Assignment, Unit, User
from zhixing.kernel.standards.in_force import school_standards
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import MeetingState, Presence, TopicState
from ..models import Attendance, Meeting, Topic

FIELDS = ("kind", "title", "at", "place", "chair", "recorder", "topics_until")
TOPIC_FIELDS = ("title", "kind", "brief", "unit", "guests", "minutes_needed")
LEADER_ROLES = ("principal", "party_secretary")
COMING = (MeetingState.COLLECTING, MeetingState.AGENDA, MeetingState.READY)


def meeting_subject(meeting: Meeting) -> str:
    """The key of the to-do that belongs to a meeting."""
    return f"meeting:{meeting.uid}"


def meeting_address(meeting: Meeting) -> str:
    return f"/supervision/meeting/{meeting.uid}/"


@transaction.atomic
def call_meeting(
    values: Mapping[str, Any], *, by: User | None, at: datetime, members: Iterable[User] | None = None
) -> Meeting:
    """Call a meeting and ask its members for topics; by default the leaders and the heads of all departments."""
    meeting = Meeting(**{name: values[name] for name in FIELDS if name in values})
    faults: dict[str, str] = {}
    if meeting.at <= at:
        faults["at"] = "会议时间须在现在以后。"
    if meeting.topics_until > timezone.localdate(meeting.at):
        faults["topics_until"] = "议题截止日期不能晚于会议日期。"
    if meeting.chair_id == meeting.recorder_id:
        faults["recorder"] = "主持人和记录人不能是同一人。"
    if faults:
        raise ValidationError(faults)
    add_row(meeting, by=by, at=at)
    invite(meeting, members=usual_members() if members is None else members, by=by, at=at)
    people = [one.user for one in meeting.attendances.select_related("user")]
    body = f"请于 {meeting.topics_until:%m月%d日} 前提交议题。"
    notify(people, f"征集议题：{meeting}", body=body, url=meeting_address(meeting))
    return meeting


def change_meeting(
    meeting: Meeting, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int | None = None
) -> Meeting:
    """Move a meeting or name others for it, until it has been held."""
    if meeting.state not in COMING:
        raise ValidationError("会议已经召开或取消，不能再改。")
    wanted = {name: values[name] for name in FIELDS if name in values}
    if wanted.get("chair", meeting.chair) == wanted.get("recorder", meeting.recorder):
        raise ValidationError({"recorder": "主持人和记录人不能是同一人。"})
    amended = amend_row(meeting, wanted, by=by, at=at, seen_version=seen_version)
    _seat(meeting, [meeting.chair])
    if not meeting.attendances.filter(user=meeting.recorder).exists():
        _seat(meeting, [meeting.recorder], guest=True)
    return amended


def usual_members() -> list[User]:
    """The leaders of the school and the heads of its departments."""
    today = timezone.localdate()
    held = Assignment.objects.filter(role__code__in=LEADER_ROLES, user__is_active=True).running(today)
    people = [one.user for one in held.select_related("user").order_by("role__position", "pk")]
    people += [row.unit.head for row in departments() if row.unit.head is not None and row.unit.head.is_active]
    return list(dict.fromkeys(people))


@transaction.atomic
def invite(
    meeting: Meeting, *, members: Iterable[User], by: User | None, at: datetime, guests: Iterable[User] = ()
) -> None:
    """Say who is expected and who sits in; chair and recorder are always there."""
    if meeting.state not in COMING:
        raise ValidationError("会议已经召开或取消，不能再改参会人员。")
    seated = list(dict.fromkeys([meeting.chair, *members]))
    others = [one for one in dict.fromkeys([*guests, meeting.recorder]) if one not in seated]
    left_out = meeting.attendances.filter(is_guest=False).exclude(user__in=seated)
    if meeting.state == MeetingState.READY and left_out.exists():  # else the quorum could be met by asking fewer
        raise ValidationError("议程已经签发，应到人员只能增加、不能减少。确有变动的，请先退回议程。")
    meeting.attendances.exclude(user__in=[*seated, *others]).delete()
    _seat(meeting, seated)
    _seat(meeting, others, guest=True)
    record(action="invite", by=by, at=at, on=meeting, changes={"members": len(seated), "guests": len(others)})


def _seat(meeting: Meeting, people: Iterable[User], guest: bool = False) -> None:
    there = dict(meeting.attendances.values_list("user_id", "is_guest"))
    for person in people:
        if person.pk not in there:
            Attendance.objects.create(meeting=meeting, user=person, is_guest=guest)
        elif there[person.pk] != guest:
            meeting.attendances.filter(user=person).update(is_guest=guest)


@transaction.atomic
def propose_topic(meeting: Meeting, values: Mapping[str, Any], *, by: User, at: datetime, papers: Any = None) -> Topic:
    """提交议题, until the closing day; afterwards only the office adds what can't wait."""
    late = timezone.localdate(at) > meeting.topics_until or meeting.state != MeetingState.COLLECTING
    if meeting.state not in COMING:
        raise ValidationError("会议已经召开或取消，不能再提议题。")
    if late and not by.holds("supervision.meeting.change"):
        raise ValidationError(f"议题已于 {meeting.topics_until:%Y-%m-%d} 截止。确有急事请与办公室联系。")
    known = {name: values[name] for name in TOPIC_FIELDS if values.get(name) not in (None, "")}
    unit = known.pop("unit", None) or by.unit or Unit.objects.filter(head=by).first()
    if unit is None:
        raise ValidationError({"unit": "请选择提出部门。"})
    position = meeting.topics.count() + 1
    topic = Topic(meeting=meeting, unit=unit, proposer=by, proposed_at=at, position=position, **known)
    add_row(topic, by=by, at=at)
    if papers:
        store(papers, name=papers.name, purpose="议题材料", on=topic, by=by)
    return topic


@transaction.atomic
def review_topic(topic: Topic, *, state: str, by: User, at: datetime, reply: str = "") -> Topic:
    """Put a topic on the agenda, put it off or leave it out; the latter two with a word to the proposer."""
    meeting = Meeting.objects.select_for_update().get(pk=topic.meeting_id)
    if meeting.state != MeetingState.COLLECTING:
        raise ValidationError("议程已经提交，不能再审议题；需要调整请先退回议程。")
    if state not in (TopicState.ACCEPTED, TopicState.DEFERRED, TopicState.DECLINED):
        raise ValidationError({"state": "请选择列入议程、暂缓或不列入。"})
    if state != TopicState.ACCEPTED and len(reply.strip()) < 2:
        raise ValidationError({"reply": "暂缓或不列入的，请写明理由。"})
    values = {"state": state, "reply": reply.strip()}
    amend_row(topic, values, by=by, at=at, action="review", reason=reply, inner=tuple(values))
    if topic.proposer_id != by.pk:
        word = f"{topic.get_state_display()}{'：' + reply if reply else ''}"
        notify([topic.proposer], f"议题：{topic.title}", body=word, url=meeting_address(meeting))
    return topic


@transaction.atomic
def arrange(meeting: Meeting, *, positions: Mapping[int, int], by: User, at: datetime) -> None:
    """The order of the agenda: topic key -> place."""
    for topic in meeting.topics.filter(pk__in=list(positions)):
        amend_row(topic, {"position": positions[topic.pk]}, by=by, at=at, action="arrange", inner=("position",))


@dataclass(frozen=True)
class Quorum:
    """Who was expected and who came; guests don't count."""

    expected: int
    present: int
    per_cent: int

    @property
    def met(self) -> bool:
        """More than the required share came."""
        return self.expected > 0 and 100 * self.present > self.per_cent * self.expected


def quorum_of(meeting: Meeting, on: date) -> Quorum:
    """One query and the standard in force."""
    seats = list(meeting.attendances.filter(is_guest=False).values_list("presence", flat=True))
    share = int(school_standards().number("meeting_quorum", on))
    return Quorum(len(seats), sum(seat == Presence.PRESENT for seat in seats), share)


@transaction.atomic
def note_attendance(meeting: Meeting, *, presences: Mapping[int, tuple[str, str]], by: User, at: datetime) -> None:
    """Who came: user key -> (presence, reason). After the minutes are signed nothing changes."""
    if meeting.state in (MeetingState.SIGNED, MeetingState.CANCELLED, MeetingState.COLLECTING):
        raise ValidationError("议程签发以后、纪要签发以前才能登记到会情况。")
    for seat in meeting.attendances.filter(user_id__in=list(presences)):
        presence, reason = presences[seat.user_id]
        if presence not in Presence.values:
            raise ValidationError("到会情况只能是应到、出席、请假或缺席。")
        came = presence == Presence.PRESENT
        values = {
            "presence": presence,
            "reason": reason.strip()[:100],
            "signed_at": (seat.signed_at or at) if came else None,
        }
        amend_row(seat, values, by=by, at=at, action="attend", inner=("signed_at",))
    if meeting.state in (MeetingState.HELD, MeetingState.MINUTES):
        met = quorum_of(meeting, timezone.localdate(meeting.at)).met
        amend_row(meeting, {"quorum_met": met}, by=by, at=at, action="attend", inner=("quorum_met",))


def sign_in(meeting: Meeting, *, by: User, at: datetime) -> Attendance:
    """签到 by oneself on the day."""
    seat = meeting.attendances.filter(user=by).first()
    if seat is None:
        raise ValidationError("您不在这次会议的参会名单中。")
    if timezone.localdate(at) != timezone.localdate(meeting.at):
        raise ValidationError("只能在会议当天签到。")
    if meeting.state not in (MeetingState.READY, MeetingState.HELD):
        raise ValidationError("议程签发以后、纪要提交以前才能签到。")
    values = {"presence": Presence.PRESENT, "signed_at": at}
    return amend_row(seat, values, by=by, at=at, action="attend", inner=("signed_at",))


@transaction.atomic
def write_minutes(
    meeting: Meeting, *, minutes: str, discussions: Mapping[int, str], by: User, at: datetime,
    seen_version: int | None = None,
) -> Meeting:  # fmt: skip
    """纪要: what was said on each topic, and the whole; by the recorder, between the meeting and the signature."""
    if meeting.state != MeetingState.HELD:
        raise ValidationError("会议登记召开以后、纪要提交以前才能填写纪要。")
    if by.pk != meeting.recorder_id:
        raise ValidationError(f"纪要由记录人{meeting.recorder}填写。")
    for topic in meeting.topics.filter(pk__in=list(discussions)):
        amend_row(topic, {"discussion": discussions[topic.pk].strip()}, by=by, at=at, action="minutes")
    return amend_row(meeting, {"minutes": minutes.strip()}, by=by, at=at, seen_version=seen_version, action="minutes")
