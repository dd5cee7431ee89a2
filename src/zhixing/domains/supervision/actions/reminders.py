"""催办: by hand, and by the clock of work days with yellow and red cards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.kernel.notices.send import notify
from zhixing.kernel.people.models import Assignment, User
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import IN_HAND, Card, Level, OrderState
from ..models import Order, Reminder
from ..queries.clock import Clock
from .orders import order_address, tell_owner

CARDS = {Level.YELLOW: Card.YELLOW, Level.RED: Card.RED}
LEADER_ROLE = "principal"
WORDS = {
    Level.SIGN: "交办后尚未签收，请尽快签收并开始办理。",
    Level.SOON: "即将到期，请抓紧办理；确需延期的，须在到期前申请。",
    Level.URGE: "已逾期 {late} 个工作日，请说明进展和原因，尽快办结。",
    Level.YELLOW: "已逾期 {late} 个工作日，亮黄牌。",
    Level.RED: "已逾期 {late} 个工作日，亮红牌，已抄送责任领导。",
}


@dataclass
class Escalated:
    """What one day's round did."""

    reminded: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(self.reminded.values())


@transaction.atomic
def remind(order: Order, *, text: str, by: User, at: datetime) -> Reminder:
    """催办 by hand, at any time before the answer."""
    if order.state not in IN_HAND or order.state == OrderState.ANSWERED:
        raise ValidationError("已反馈或已了结的督办单不用催办。")
    late = Clock.of(timezone.localdate(at)).late(order.due_date)
    told = text.strip() or WORDS[Level.URGE if late else Level.SOON].format(late=late)
    return _send(order, Level.URGE if late else Level.SOON, late, told, at=at, by=by, automatic=False)


@transaction.atomic
def escalate(at: datetime) -> Escalated:
    """The day's round over all orders in hand: sign, soon, urge, yellow, red; each once for each due date.

    A round that was missed is made up for by the loudest level that is due, not by all of them. Orders that wait for
    the office's word are left alone.
    """
    clock, done = Clock.of(timezone.localdate(at)), Escalated()
    orders = list(Order.objects.in_hand().exclude(state=OrderState.ANSWERED).select_related("owner", "sponsor"))
    said = set(
        Reminder.objects.filter(order__in=orders, is_automatic=True).values_list("order_id", "level", "due_date")
    )
    leader = _leader()
    for order in orders:
        level = clock.level(order.due_date) or _unsigned(order, clock)
        if level is None or (order.pk, level, order.due_date) in said:
            continue
        late = clock.late(order.due_date)
        _send(order, level, late, WORDS[level].format(late=late), at=at, leader=leader)
        done.reminded[level] = done.reminded.get(level, 0) + 1
    return done


def _unsigned(order: Order, clock: Clock) -> Level | None:
    """Handed out so many work days ago, and nobody has signed."""
    late = order.state == OrderState.ISSUED and order.issued_date and order.issued_date <= clock.sign_before
    return Level.SIGN if late else None


def _send(
    order: Order, level: Level, late: int, text: str, *, at: datetime, by: User | None = None,
    automatic: bool = True, leader: User | None = None,
) -> Reminder:  # fmt: skip
    """Keep the reminder, tell the owner and, with a card, those who answer for him."""
    copied = _copied(order, level, leader) if automatic else None
    assert order.owner is not None  # the database lets no order out without one
    reminder = Reminder(
        order=order, level=level, due_date=order.due_date, late_days=late, text=text, to=order.owner,
        copied_to=copied, is_automatic=automatic, by=by, at=at,
    )  # fmt: skip
    add_row(reminder, by=by, at=at, action="remind")
    tell_owner(order, Level(level).label)
    url, title = order_address(order), f"{Level(level).label}：{order.subject}"
    notify([order.owner], title, body=text, url=url)
    card = CARDS.get(level) if automatic else None
    if card is not None and order.card != card:
        amend_row(order, {"card": card}, by=by, at=at, action="card", inner=("card",))
    if level == Level.RED and automatic:
        others = {person.pk: person for person in (copied, leader) if person is not None and person != order.owner}
        notify(others.values(), title, body=f"{order.lead}：{text}", url=url)
    elif copied is not None:
        notify([copied], title, body=f"{order.lead}：{text}", url=url)
    return reminder


def _copied(order: Order, level: Level, leader: User | None) -> User | None:
    if level not in CARDS:
        return None
    found: User | None = order.sponsor or leader
    return None if found is None or found == order.owner else found


def _leader() -> Any:
    """The head of the school, for red cards of orders that name no leader."""
    today = timezone.localdate()
    held = Assignment.objects.filter(role__code=LEADER_ROLE, user__is_active=True).running(today)
    first = held.select_related("user").order_by("pk").first()
    return first.user if first is not None else None
