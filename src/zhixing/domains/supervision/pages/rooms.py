"""Sheets of a meeting that need more than a dialog: who comes, the order of topics, the minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from zhixing.kernel.base.records import EditConflict
from zhixing.kernel.pages import Page, Request

from ..actions import arrange, invite, note_attendance, write_minutes
from ..choices import MeetingState, Presence, TopicState
from ..models import Meeting
from .forms import colleagues

COMING = (MeetingState.COLLECTING, MeetingState.AGENDA, MeetingState.READY)
EXPECTED = (ValidationError, PermissionError, EditConflict)


class MeetingSheet(Page):
    """A page about one meeting, reached with ``right`` on that very meeting."""

    abstract = True
    model = Meeting
    right = "change"

    def meeting(self, request: Request, uid: UUID) -> Meeting:
        rows = Meeting.objects.all().visible_to(request.user, self.right)
        found: Meeting | None = rows.select_related("chair", "recorder").filter(uid=uid).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        return self.shown(request, self.meeting(request, kwargs["uid"]))

    def post(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        meeting = self.meeting(request, kwargs["uid"])
        try:
            self.keep(request, meeting)
        except EXPECTED as error:
            words = "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
            return {**self.shown(request, meeting), "message": words, "message_kind": "fault"}
        return redirect("supervision.meeting.detail", uid=meeting.uid)

    def keep(self, request: Request, meeting: Meeting) -> None:
        raise NotImplementedError

    def shown(self, request: Request, meeting: Meeting) -> dict[str, Any]:
        return {"meeting": meeting, "title": f"{self.title}：{meeting}"}


class GuestsPage(MeetingSheet):
    """参会人员: expected, sitting in, or not asked."""

    path = "supervision/meeting/<uuid:uid>/people/"
    name = "supervision.meeting.people"
    title = "参会人员"
    permission = "supervision.meeting.change"
    template = "supervision/people.html"

    def shown(self, request: Request, meeting: Meeting) -> dict[str, Any]:
        seats = dict(meeting.attendances.values_list("user_id", "is_guest"))
        people = [
            (person, {False: "member", True: "guest", None: ""}[seats.get(person.pk)])
            for person in colleagues().select_related("unit").order_by("unit__position", "unit_id", "name_keys")
        ]
        return {**super().shown(request, meeting), "people": people, "may_change": meeting.state in COMING}

    def keep(self, request: Request, meeting: Meeting) -> None:
        chosen: dict[str, list[Any]] = {"member": [], "guest": []}
        for person in colleagues():
            part = request.POST.get(f"seat-{person.uid}", "")
            if part in chosen:
                chosen[part].append(person)
        invite(meeting, members=chosen["member"], guests=chosen["guest"], by=request.user, at=timezone.now())


class AttendancePage(MeetingSheet):
    """登记到会: a phone in one hand is enough."""

    path = "supervision/meeting/<uuid:uid>/attendance/"
    name = "supervision.meeting.attendance"
    title = "登记到会"
    permission = "supervision.meeting.change"
    template = "supervision/attendance.html"

    def shown(self, request: Request, meeting: Meeting) -> dict[str, Any]:
        seats = meeting.attendances.select_related("user", "user__unit").order_by("is_guest", "pk")
        offered = [choice for choice in Presence.choices if choice[0] != Presence.EXPECTED]
        return {**super().shown(request, meeting), "seats": seats, "offered": offered}

    def keep(self, request: Request, meeting: Meeting) -> None:
        presences = {
            user_id: (request.POST[f"presence-{uid}"], request.POST.get(f"reason-{uid}", ""))
            for user_id, uid in meeting.attendances.values_list("user_id", "uid")
            if f"presence-{uid}" in request.POST
        }
        note_attendance(meeting, presences=presences, by=request.user, at=timezone.now())


class AgendaPage(MeetingSheet):
    """议程次序."""

    path = "supervision/meeting/<uuid:uid>/agenda/"
    name = "supervision.meeting.agenda"
    title = "议程次序"
    permission = "supervision.meeting.change"
    template = "supervision/agenda.html"

    def shown(self, request: Request, meeting: Meeting) -> dict[str, Any]:
        topics = meeting.topics.filter(state=TopicState.ACCEPTED).select_related("unit").order_by("position", "pk")
        return {**super().shown(request, meeting), "topics": topics}

    def keep(self, request: Request, meeting: Meeting) -> None:
        if meeting.state != MeetingState.COLLECTING:
            raise ValidationError("议程已经提交，不能再调整次序；需要调整请先退回议程。")
        positions = {}
        for pk, uid in meeting.topics.values_list("pk", "uid"):
            sent = request.POST.get(f"position-{uid}", "")
            if sent:
                if not (sent.isascii() and sent.isdigit() and len(sent) < 4 and int(sent) > 0):
                    raise ValidationError("次序请填 1 到 999 的数字。")
                positions[pk] = int(sent)
        arrange(meeting, positions=positions, by=request.user, at=timezone.now())


class MinutesPage(MeetingSheet):
    """会议纪要: topic by topic."""

    path = "supervision/meeting/<uuid:uid>/minutes/"
    name = "supervision.meeting.minutes"
    title = "会议纪要"
    permission = "supervision.meeting.write_minutes"
    right = "write_minutes"
    template = "supervision/minutes.html"

    def shown(self, request: Request, meeting: Meeting) -> dict[str, Any]:
        topics = list(
            meeting.topics.filter(state=TopicState.ACCEPTED).select_related("unit").order_by("position", "pk")
        )
        typed = request.POST
        return {
            **super().shown(request, meeting),
            "topics": [(topic, typed.get(f"topic-{topic.uid}", topic.discussion)) for topic in topics],
            "minutes": typed.get("minutes", meeting.minutes), "version": typed.get("seen_version", meeting.version),
        }  # fmt: skip

    def keep(self, request: Request, meeting: Meeting) -> None:
        seen = request.POST.get("seen_version", "")
        if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
            raise ValidationError("表单不完整，请刷新页面后再提交。")
        discussions = {
            pk: request.POST[f"topic-{uid}"][:3000]
            for pk, uid in meeting.topics.values_list("pk", "uid")
            if f"topic-{uid}" in request.POST
        }
        minutes = request.POST.get("minutes", "")[:6000]
        write_minutes(
            meeting,
            minutes=minutes,
            discussions=discussions,
            by=request.user,
            at=timezone.now(),
            seen_version=int(seen),
        )
