"""The people and days of the sample story, and what its papers say."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from zhixing.domains.school.queries import departments
from zhixing.kernel.people.models import Unit, User
from zhixing.kernel.people.roles import holder

from ..actions.answers import keep_feedback
from ..choices import FeedbackKind
from ..models import Order
from ..procedures import take
from ..queries.clock import WorkDays

DONE_WORDS = (
    "已按要求完成：成立专班，逐项排查，列出清单并明确到人，全部事项已办结，相关材料见佐证。后续纳入常态管理，每月检查一次。",
    "此项工作已办结。先后召开两次部门会议研究，拿出方案后组织实施，效果经分管领导现场查看认可，资料已整理归档。",
    "已办结。对照要求逐条落实，发现的三处不足当场整改，形成长效办法一份，已印发相关班级和教研组执行。",
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
        if not work_days:
            return self.at + timedelta(hours=hours)
        return self.moment(self.days.shifted(self.today, -work_days), 9 + hours)

    def moment(self, day: date, hour: int) -> datetime:
        """An hour of a day, school time."""
        return timezone.localtime(self.at).replace(
            year=day.year, month=day.month, day=day.day, hour=hour, minute=0, second=0, microsecond=0
        )

    def day(self, work_days: int) -> date:
        return self.days.shifted(self.today, work_days)

    def plant(self, rule: str, column: str, *objects: Any) -> None:
        """One line of the key, by the names under which findings show their records."""
        shown = sorted(str(one) for one in objects)
        self.key.append({"rule": f"supervision.{rule}", "column": column, "students": (), "objects": shown})


def scene_of(rnd: Random, at: datetime) -> Scene:
    units = {row.unit.name: row.unit for row in departments() if row.unit.head is not None}
    return Scene(
        rnd, at, units, director=holder("office_director"), clerk=holder("office_clerk"),
        principal=holder("principal"), secretary=holder("party_secretary"),
    )  # fmt: skip


def owner_of(order: Order) -> User:
    """Who has it in hand; orders that went out always have one."""
    assert order.owner is not None
    return order.owner


def paper_of(title: str) -> Any:
    """A short text file as evidence; what it says is the sample's own."""
    file = io.BytesIO(f"{title}\n（演示材料）本件由演示学校生成，内容为虚构。\n".encode())
    file.name = f"{title}.txt"
    return file


def answered(scene: Scene, order: Order, words: str, *, at: datetime, proof: bool = True) -> Order:
    by = owner_of(order)
    paper = paper_of(f"{order.subject[:20]}办理情况") if proof else None
    keep_feedback(order, kind=FeedbackKind.FINAL, progress=words, by=by, at=at, proof=paper)
    return take("answer", order, by=by, at=at, opinion=words[:200])
