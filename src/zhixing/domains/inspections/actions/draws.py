"""Draw lots that anyone can draw again: population first, seed afterwards, and never twice without a trace."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.kernel.people.models import User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import DrawState, Population, Verdict
from ..models import DrawItem, RandomDraw
from ..queries import Member, members_of

CHUNK = 500


@dataclass(frozen=True)
class Lot:
    """One member's lot: the lower, the sooner it is drawn."""

    member: Member
    rank: str


def rank_of(seed: str, stratum: str, key: str) -> str:
    """SHA-256 of ``seed|stratum|key`` in hexadecimal digits; any tool gives the same."""
    return hashlib.sha256(f"{seed}|{stratum}|{key}".encode()).hexdigest()


def digest_of(members: Iterable[Member]) -> str:
    """SHA-256 over the sorted lines ``stratum|key|label``: proves later that nobody was added or left out."""
    lines = sorted(f"{m.stratum}|{m.key}|{m.label}" for m in members)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def shares(counts: dict[str, int], size: int, least: int) -> dict[str, int]:
    """How many to draw from each stratum: in proportion by largest remainder, at least ``least`` (or all)."""
    whole = sum(counts.values())
    size = min(size, whole)
    exact = {name: size * count / whole for name, count in counts.items()}
    given = {name: min(counts[name], max(least, int(exact[name]))) for name in counts}
    order = sorted(counts, key=lambda name: (int(exact[name]) - exact[name], name))
    while sum(given.values()) < size:
        for name in order:
            if sum(given.values()) < size and given[name] < counts[name]:
                given[name] += 1
    return given


def sample(members: Sequence[Member], *, seed: str, size: int, least: int) -> list[Lot]:
    """The lots that are drawn, by stratum and rank. The same seed and members always give the same lots."""
    strata: dict[str, list[Lot]] = defaultdict(list)
    for member in members:
        strata[member.stratum].append(Lot(member, rank_of(seed, member.stratum, member.key)))
    wanted = shares({name: len(lots) for name, lots in strata.items()}, size, least)
    drawn: list[Lot] = []
    for name in sorted(strata):
        drawn += sorted(strata[name], key=lambda lot: lot.rank)[: wanted[name]]
    return drawn


@transaction.atomic
def announce_draw(
    *, title: str, population: str, sample_size: int, seed_origin: str, by: User, at: datetime, per_stratum: int = 1,
    listed: str = "", replaces: RandomDraw | None = None, replace_reason: str = "",
) -> RandomDraw:  # fmt: skip
    """Freeze the population, publish its digest and say where the seed will come from.

    ``listed`` is the text of a list of one's own, one name a line.

    ValidationError where the population is empty or smaller than the sample.
    """
    if len(seed_origin.strip()) < 4:
        words = "请先写明种子将取自哪里、哪一天的公开数字（不少于 4 个字），抽取时不能更换。"
        raise ValidationError({"seed_origin": words})
    members = members_of(population, timezone.localdate(at), listed)
    if not members:
        where = "listed" if population == Population.LIST else "population"
        raise ValidationError({where: "抽查总体是空的，没有可抽取的对象。"})
    if not 1 <= sample_size <= len(members):
        raise ValidationError({"sample_size": f"抽取总数请填 1 到 {len(members)}（总体共 {len(members)} 个）。"})
    draw = add_row(
        RandomDraw(
            title=title, population=population, sample_size=sample_size, per_stratum=per_stratum,
            seed_origin=seed_origin.strip(), population_count=len(members),
            population_digest=digest_of(members), announced_at=at, announced_by=by,
            replaces=replaces, replace_reason=replace_reason[:300],
        ),
        by=by, at=at, action="inspections.announce_draw",
    )  # fmt: skip
    DrawItem.objects.bulk_create(
        [
            DrawItem(draw=draw, key=m.key, label=m.label[:120], stratum=m.stratum[:80], unit_id=m.unit_id)
            for m in members
        ],
        batch_size=CHUNK,
    )
    return draw


@transaction.atomic
def draw_lots(draw: RandomDraw, *, seed: str, by: User, at: datetime) -> RandomDraw:
    """Draw once with the figures of the promised origin, public after the population; a second time is refused."""
    draw = RandomDraw.objects.select_for_update().get(pk=draw.pk)
    if draw.state != DrawState.ANNOUNCED:
        raise ValidationError("这次抽查已经抽取，不能重抽。确需重抽的，请点“作废重抽”并写明理由。")
    if len(seed.strip()) < 4:
        raise ValidationError({"seed": "种子至少 4 个字符，请用公布总体之后产生的公开数字，如当日开奖号码、收盘指数。"})
    items = {item.key: item for item in DrawItem.objects.filter(draw=draw)}
    members = [Member(i.key, i.label, i.stratum, i.unit_id) for i in items.values()]
    if digest_of(members) != draw.population_digest:
        raise ValidationError("抽查总体与公布的摘要不一致，名单可能被改动过。请作废后重新公布。")
    lots = sample(members, seed=seed.strip(), size=draw.sample_size, least=draw.per_stratum)
    drawn = {lot.member.key for lot in lots}
    for key, item in items.items():
        item.rank, item.is_drawn = rank_of(seed.strip(), item.stratum, key), key in drawn
    DrawItem.objects.bulk_update(items.values(), ["rank", "is_drawn"], batch_size=CHUNK)
    facts = {"seed": seed.strip(), "drawn_at": at, "drawn_by": by, "state": DrawState.DRAWN}
    return amend_row(draw, facts, by=by, at=at, action="inspections.draw_lots", inner=facts)


@transaction.atomic
def replace_draw(draw: RandomDraw, *, reason: str, by: User, at: datetime) -> RandomDraw:
    """Set a draw aside and announce a new one of the same kind; both stay to be seen, with the reason."""
    if len(reason.strip()) < 5:
        raise ValidationError({"reason": "请写明重抽的理由（不少于 5 个字），理由会公布。"})
    if draw.state == DrawState.REPLACED:
        raise ValidationError("这次抽查已经作废。")
    listed = ""
    if draw.population == Population.LIST:
        listed = "\n".join(f"{i.label}\t{i.stratum}" for i in DrawItem.objects.filter(draw=draw).order_by("pk"))
    amend_row(draw, {"state": DrawState.REPLACED}, by=by, at=at, reason=reason, inner=("state",))
    return announce_draw(
        title=draw.title, population=draw.population, sample_size=draw.sample_size, per_stratum=draw.per_stratum,
        seed_origin=draw.seed_origin, listed=listed, replaces=draw, replace_reason=reason, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def judge_item(item: DrawItem, *, verdict: str, by: User, at: datetime, note: str = "") -> DrawItem:
    """What was seen at one drawn item; the draw is done when nothing drawn waits any more."""
    if not item.is_drawn:
        raise ValidationError("没有抽中的对象不能登记检查结果。")
    if RandomDraw.objects.select_for_update().get(pk=item.draw_id).state == DrawState.REPLACED:
        raise ValidationError("这次抽查已经作废，请在重新公布的抽查中登记。")
    if item.unit is not None and item.unit.head_id == by.pk:
        raise ValidationError("被检查部门的负责人不能登记本部门的检查结果，请由检查人登记。")
    if verdict in (Verdict.UNFIT, Verdict.ABSENT) and len(note.strip()) < 2:
        raise ValidationError({"note": "不合格或未能检查的，请写明情况。"})
    amend_row(item, {"verdict": verdict, "note": note[:300], "checked_by": by, "checked_at": at}, by=by, at=at)
    if not DrawItem.objects.filter(draw=item.draw_id, is_drawn=True, verdict=Verdict.WAITING).exists():
        RandomDraw.objects.filter(pk=item.draw_id, state=DrawState.DRAWN).update(state=DrawState.DONE)
        record(action="inspections.finish_draw", by=by, at=at, on=item.draw)
    return item
