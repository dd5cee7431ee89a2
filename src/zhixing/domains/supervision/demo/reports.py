"""Monthly reports of all departments, and circulars."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from .. import actions
from ..models import MonthlyReport
from ..queries.months import month_end, month_of, shifted
from .scene import Scene

MONTHS = 4
REPORTS = (
    "本月完成开学工作部署，落实教学检查两轮，修订制度一项；对照工作要点逐条自查，按时完成两项，正在推进三项。",
    "本月以专项整治为重点，组织全员培训一次，走访企业四家，完成台账整理；工作要点按进度推进，没有逾期。",
    "本月召开部门例会四次，完成资料归档和期中检查，问题整改销号六条；与配合部门联合开展活动一次。",
    "本月对照提升计划开展回头看，补齐佐证材料十二份，更新流程图两张；组织教师研讨一次，形成案例初稿。",
)


def reports(scene: Scene) -> None:
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
    return scene.moment(day, 10) if day < scene.today else scene.at


def _reported(scene: Scene, report: MonthlyReport, back: int, number: int) -> None:
    copied = number == 5 and back in (1, 2)
    words = REPORTS[1 if copied else (back + number) % len(REPORTS)]
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


def circulars(scene: Scene) -> None:
    this = month_of(scene.today)
    for back in (3, 2, 1):
        month = shifted(this, -back)
        at = _moment(scene, min(scene.days.shifted(month_end(month), 4), scene.today))
        circular = actions.draft_circular(month, by=scene.clerk, at=at)
        words = {"foreword": "现将本月督办事项办理情况通报如下。"}
        circular = actions.write_circular(circular, words, by=scene.clerk, at=at)
        if back > 1:
            actions.issue_circular(circular, by=scene.director, at=at)
