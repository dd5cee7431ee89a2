"""会议 on one page: topics, agenda, pack, attendance, minutes, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from zhixing.kernel.files.models import StoredFile
from zhixing.kernel.pages import (
    Column,
    Deed,
    DetailPage,
    EditPage,
    Facts,
    ListPage,
    Menu,
    Panel,
    Request,
    Tab,
    ViewPreset,
)
from zhixing.kernel.people.models import User

from ..actions import (
    add_decision,
    call_meeting,
    change_meeting,
    propose_topic,
    quorum_of,
    review_topic,
    sign_in,
)
from ..choices import MeetingState, Presence, TopicState
from ..models import Meeting, Topic
from ..procedures import MeetingCourse, order_decisions, take_meeting
from ..queries.pack import make_pack
from .forms import DecisionForm, HoldForm, OpinionForm, TopicForm, TopicReplyForm
from .words import badge_of

COMING = (MeetingState.COLLECTING, MeetingState.AGENDA, MeetingState.READY)
WRITTEN = (MeetingState.HELD, MeetingState.MINUTES)


def step(name: str) -> Any:
    """A deed's action that takes the step of this name."""

    def act(meeting: Meeting, *, by: User, at: datetime, opinion: str = "", **values: Any) -> None:
        take_meeting(name, meeting, by=by, at=at, opinion=opinion or values.get("note", ""), **values)

    return act


def propose(meeting: Meeting, *, by: User, at: datetime, papers: Any = None, **values: Any) -> str:
    propose_topic(meeting, values, by=by, at=at, papers=papers)
    return "议题已提交，等待办公室审核。"


def decide(meeting: Meeting, *, by: User, at: datetime, **values: Any) -> None:
    if values.get("owner") is None and values.get("lead") is not None:
        values["owner"] = values["lead"].head
    add_decision(meeting, values, by=by, at=at)


def attend(meeting: Meeting, *, by: User, at: datetime) -> str:
    sign_in(meeting, by=by, at=at)
    return "已签到。"


def order_all(meeting: Meeting, *, by: User, at: datetime) -> str:
    """决议转督办: every decision of the meeting that needs one."""
    rows = meeting.decisions.select_related("lead", "owner", "order", "meeting__chair").order_by("no")
    return order_decisions(rows, by=by, at=at).told()


def _deed(name: str, label: str, icon: str, action: Any, *states: str, right: str = "", **more: Any) -> Deed:
    return Deed(
        name, label, action, permission=f"supervision.meeting.{right or name}", icon=icon,
        when=lambda meeting: meeting.state in states, **more,
    )  # fmt: skip


DEEDS = (
    _deed("propose", "提交议题", "message-plus", propose, *COMING, form=TopicForm),
    _deed("submit_agenda", "提交议程", "list-numbers", step("submit_agenda"), MeetingState.COLLECTING,
          confirm="提交后由主持人签发议程。"),
    _deed("sign_agenda", "签发议程", "signature", step("sign_agenda"), MeetingState.AGENDA,
          confirm="签发后通知全体参会人员。"),
    _deed("return_agenda", "退回议程", "arrow-back-up", step("return_agenda"), MeetingState.AGENDA,
          MeetingState.READY, form=OpinionForm),
    _deed("attend", "签到", "map-pin-check", attend, MeetingState.READY, MeetingState.HELD, confirm="确认本人到会。"),
    _deed("hold", "登记开会", "gavel", step("hold"), MeetingState.READY, form=HoldForm),
    _deed("decision", "记录决议", "square-plus", decide, *WRITTEN, right="write_minutes", form=DecisionForm),
    _deed("write_minutes", "提交纪要", "send", step("write_minutes"), MeetingState.HELD,
          confirm="提交后由主持人签发。"),
    _deed("sign_minutes", "签发纪要", "signature", step("sign_minutes"), MeetingState.MINUTES,
          confirm="签发后纪要和决议内容不能再改。"),
    _deed("return_minutes", "退回纪要", "arrow-back-up", step("return_minutes"), MeetingState.MINUTES,
          form=OpinionForm),
    _deed("order_decisions", "决议转督办", "clipboard-plus", order_all, *WRITTEN, MeetingState.SIGNED,
          confirm="有承办部门和时限、还没有督办单的决议，全部转为督办单。"),
    _deed("cancel", "取消会议", "circle-x", step("cancel"), *COMING, form=OpinionForm, danger=True),
)  # fmt: skip


class MeetingList(ListPage):
    model = Meeting
    title = "行政办公会"
    menu = Menu("督办会议", "行政办公会", "users-group", 60)
    columns = (
        Column("title", "会议", link=True), Column("kind"), Column("at"), Column("place"),
        Column("chair__name", "主持人"), Column("state", render=badge_of(MeetingState)), Column("topics_until"),
        Column("reviews_plan", "研究提升计划"), Column("signed_at", "纪要签发", default=False),
        Column("recorder__name", "记录人", default=False), Column("quorum_met", default=False),
    )  # fmt: skip
    filters = ("kind", "state", "at", "reviews_plan")
    search = ("title", "place")
    order = ("-at",)
    primary = "add"
    presets = (
        ViewPreset("征集议题", "state=collecting"), ViewPreset("议程待签", "state=agenda"),
        ViewPreset("纪要待签", "state=minutes"),
    )  # fmt: skip
    empty = "还没有会议。点“新增”召集一次会议，系统会请各部门提交议题。"


class MeetingDetail(DetailPage):
    template = "supervision/meeting.html"
    model = Meeting
    facts = (
        Facts("会议", ("kind", "state", "at", "place", "chair", "recorder", "topics_until", "reviews_plan")),
        Facts("签发", ("agenda_signed_by", "agenda_signed_at", "quorum_met", "minutes_at", "signed_by", "signed_at")),
    )
    deeds = DEEDS
    tabs = ("passages", "evidence", "trail")

    def allowed_deeds(self, request: Request, row: Any) -> list[Deed]:
        """Only what this person could really do: the chair signs, the recorder writes, who is invited signs in."""
        return [deed for deed in super().allowed_deeds(request, row) if not self.refusal(deed, row, request.user)]

    def refusal(self, deed: Deed, row: Any, user: User) -> str:
        if deed.name == "attend":
            return "" if timezone.localdate() == timezone.localdate(row.at) else "不是会议当天"
        known = next((step for step in MeetingCourse.steps if step.name == deed.name), None)
        return known.guard(row, user) if known is not None and known.guard else ""

    def edit_address(self, request: Request, row: Any) -> str:
        return super().edit_address(request, row) if row.state in COMING else ""


class MeetingEdit(EditPage):
    model = Meeting
    groups = (
        Facts("会议", ("kind", "title", "at", "place", "topics_until")),
        Facts("人员", ("chair", "recorder")),
    )
    create = call_meeting
    change = change_meeting


class TopicsTab(Tab):
    """议题与议程: collected, reviewed, arranged."""

    on = Meeting
    title = "议题与议程"
    order = 10
    template = "supervision/_topics.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        topics = list(row.topics.select_related("unit", "proposer").order_by("position", "pk"))
        return {
            "topics": topics, "papers": _papers(topics), "collecting": row.state == MeetingState.COLLECTING,
            "may_review": request.user.holds("supervision.topic.review"),
            "minutes_in_all": sum(topic.minutes_needed for topic in topics if topic.state == TopicState.ACCEPTED),
        }  # fmt: skip


def _papers(topics: list[Topic]) -> dict[Any, list[Any]]:
    """Topic uid -> its papers, in one query."""
    found: dict[Any, list[Any]] = {}
    rows = StoredFile.objects.filter(object_type="supervision.topic", object_uid__in=[topic.uid for topic in topics])
    for file in rows.order_by("pk"):
        found.setdefault(file.object_uid, []).append(file)
    return found


class PackTab(Tab):
    """会议材料: made by itself, live until the meeting is held."""

    on = Meeting
    title = "会议材料"
    order = 20
    template = "supervision/_pack.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        frozen = bool(row.pack)
        return {"pack": row.pack if frozen else make_pack(timezone.localdate()), "frozen": frozen}


class AttendanceTab(Tab):
    on = Meeting
    title = "到会"
    order = 30
    template = "supervision/_attendance.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        seats = list(row.attendances.select_related("user", "user__unit").order_by("is_guest", "pk"))
        return {
            "seats": seats, "quorum": quorum_of(row, timezone.localdate(row.at)), "present": Presence.PRESENT,
            "may_note": request.user.holds("supervision.meeting.change") and row.state != MeetingState.SIGNED,
        }  # fmt: skip


class MinutesTab(Tab):
    on = Meeting
    title = "纪要"
    order = 40
    template = "supervision/_minutes.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        topics = row.topics.filter(state=TopicState.ACCEPTED).select_related("unit").order_by("position", "pk")
        may_write = row.recorder_id == request.user.pk and row.state == MeetingState.HELD
        return {"topics": topics, "may_write": may_write}


class DecisionsTab(Tab):
    on = Meeting
    title = "决议"
    order = 50
    template = "supervision/_decisions.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        rows = row.decisions.select_related("lead", "owner", "order", "topic").order_by("no")
        return {"decisions": rows, "today": timezone.localdate()}


class ChangesPanel(Panel):
    """What comes next for this meeting, in one sentence."""

    on = Meeting
    title = "下一步"
    order = 5
    template = "supervision/_next_step.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        return {"meeting": row, "waiting": row.topics.filter(state=TopicState.PROPOSED).count()}


# -- topics ------------------------------------------------------------------------------------------------------


def review(state: str) -> Any:
    """A deed's action that gives a topic this state."""

    def act(topic: Topic, *, by: User, at: datetime, reply: str = "") -> None:
        review_topic(topic, state=state, by=by, at=at, reply=reply)

    return act


def _collecting(topic: Topic) -> bool:
    return topic.meeting.state == MeetingState.COLLECTING


RIGHT = "supervision.topic.review"
TOPIC_DEEDS = (
    Deed("accept", "列入议程", review(TopicState.ACCEPTED), permission=RIGHT, icon="check", when=_collecting),
    Deed("defer", "暂缓", review(TopicState.DEFERRED), permission=RIGHT, form=TopicReplyForm, icon="clock-pause",
         when=_collecting),
    Deed("decline", "不列入", review(TopicState.DECLINED), permission=RIGHT, form=TopicReplyForm, icon="x",
         when=_collecting),
)  # fmt: skip


class TopicDetail(DetailPage):
    model = Topic
    facts = (
        Facts("议题", ("meeting", "title", "kind", Column("brief", width="wide"), "unit", "proposer", "proposed_at",
                     "guests", "minutes_needed", "state", "reply")),
        Facts("讨论", (Column("discussion", width="wide"),)),
    )  # fmt: skip
    deeds = TOPIC_DEEDS
    tabs = ("files", "trail")
