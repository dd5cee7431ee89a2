"""A term of checking in the demonstration school: visits, a draw, an appraisal, a complaint, a letter, a self-check."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from zhixing.domains.school.queries import departments
from zhixing.kernel.people.models import Tenant, Unit
from zhixing.kernel.people.roles import holder

from . import actions
from .choices import Verdict
from .models import DrawItem, ReferencePoint, SelfCheck, SelfCheckRound

UNFIT = {"JX-2": "数控专业第二学期少开一门选修课。", "SX-2": "两名学生实习岗位与专业不对口。"}
MOSTLY = {"XX-3": "部分科室月底集中补录数据。", "ZC-2": "后勤类制度两年未清理。", "WH-1": "走廊展板内容未及时更换。"}
VISITS = (
    ("消防安全检查", "实训楼", "灭火器超过检验日期", "三楼东侧 2 具灭火器检验标签已过期。", 40),
    ("教学常规检查", "教学楼", "授课日志填写不及时", "抽查 6 个班，2 个班上周授课日志空白。", 26),
    ("宿舍卫生检查", "学生宿舍", "违规使用大功率电器", "男生宿舍 305 发现电热水壶。", 12),
)


def furnish(school: Tenant, rnd: Random, *, at: datetime) -> None:
    """Needs departments, classes, and holders of the office's roles."""
    _Term(rnd, at).run()


class _Term:
    def __init__(self, rnd: Random, at: datetime) -> None:
        self.rnd, self.at = rnd, at
        self.director, self.clerk = holder("office_director"), holder("office_clerk")
        self.units = list(Unit.objects.filter(pk__in=departments().values("unit"), head__isnull=False).order_by("pk"))

    def ago(self, days: int) -> datetime:
        return self.at - timedelta(days=days)

    def day(self, days: int) -> Any:
        return timezone.localdate(self.ago(days))

    def run(self) -> None:
        for place, (title, where, fault, seen, days) in enumerate(VISITS):
            self.visit(title, where, fault, seen, days, self.units[place % len(self.units)])
        self.draw()
        self.appraise()
        self.hear()
        self.check_ourselves()

    def visit(self, title: str, where: str, fault: str, seen: str, days: int, unit: Unit) -> None:
        facts = {
            "kind": "site", "title": title, "on": self.day(days), "place": where, "unit": unit, "leader": self.clerk,
            "basis": "学校常规检查制度", "scope": "现场查看、查阅记录", "summary": "总体有序，个别问题需限期整改。",
        }  # fmt: skip
        row = actions.add_inspection(facts, by=self.clerk, at=self.ago(days))
        actions.raise_from(
            row, title=fault, message=seen, severity="error", remedy="限期整改并报办公室复查。", by=self.clerk,
            at=self.ago(days),
        )  # fmt: skip

    def draw(self) -> None:
        draw = actions.announce_draw(
            title="班级授课日志",
            population="classes",
            sample_size=6,
            seed_origin="次日双色球公开开奖号码",
            by=self.director,
            at=self.ago(18),
        )
        digits = " ".join(f"{self.rnd.randrange(1, 34):02d}" for _ in range(6))
        draw = actions.draw_lots(draw, seed=f"双色球 {digits}", by=self.director, at=self.ago(17))
        for place, item in enumerate(DrawItem.objects.filter(draw=draw, is_drawn=True).order_by("rank")):
            if place < 5:
                bad = place == 1
                verdict, note = (Verdict.UNFIT, "第 9 周日志缺 2 份。") if bad else (Verdict.FIT, "")
                actions.judge_item(item, verdict=verdict, note=note, by=self.clerk, at=self.ago(15))
                if bad:
                    actions.raise_from(
                        item, title="授课日志缺失", message=note, severity="warning", by=self.clerk, at=self.ago(15)
                    )

    def appraise(self) -> None:
        facts = {"title": "秋季学期满意度", "audience": "guardians", "on": self.day(22), "way": "家长会问卷",
                 "issued_count": 400, "returned_count": 372, "valid_count": 365}  # fmt: skip
        row = actions.add_appraisal(facts, by=self.clerk, at=self.ago(21))
        for question, satisfied, fair, not_at_all in (
            ("教育教学", 268, 81, 16), ("学生食堂", 171, 102, 92), ("校园安全", 288, 66, 11), ("家校沟通", 240, 98, 27),
        ):  # fmt: skip
            actions.add_appraisal_item(
                row, question=question, satisfied_count=satisfied, fair_count=fair, dissatisfied_count=not_at_all,
                opinions="菜品少、价格偏高。" if question == "学生食堂" else "", by=self.clerk, at=self.ago(21),
            )  # fmt: skip
        actions.raise_from(
            row, title="家长对食堂满意率偏低", message="满意和基本满意合计 74.8%，低于学校目标 85%。",
            severity="warning", unit=self.units[-1], by=self.clerk, at=self.ago(20),
        )  # fmt: skip

    def hear(self) -> None:
        heard = actions.add_complaint(
            {"received_on": self.day(9), "channel": "mailbox", "title": "实训耗材收费没有票据",
             "content": "反映实训课收取材料费，没有开具票据。", "unit": self.units[0], "due_date": self.day(-6)},
            by=self.clerk, at=self.ago(9),
        )  # fmt: skip
        actions.raise_from(
            heard, title="实训耗材收费未开票据", message="本学期收取的材料费未开具票据，需核实清退或补开。",
            severity="error", by=self.clerk, at=self.ago(8),
        )  # fmt: skip
        letter = actions.add_notice(
            {"organ": "市教育局", "document_no": f"教职成函〔{self.at.year}〕18号",
             "title": "关于秋季开学检查情况的反馈", "received_on": self.day(30),
             "demand": "对反馈问题逐条整改，限期书面回复。",
             "due_date": self.day(-10),
             "unit": self.units[1 % len(self.units)]},
            by=self.clerk, at=self.ago(30),
        )  # fmt: skip
        actions.raise_from(
            letter, title="部分课程标准未按期修订", message="抽查 4 个专业，2 个专业课程标准仍为旧版。",
            severity="error", by=self.clerk, at=self.ago(29),
        )  # fmt: skip

    def check_ourselves(self) -> None:
        """One round that is over, and one that is under way."""
        actions.load_points(by=self.director, at=self.ago(120))
        groups = list(dict.fromkeys(ReferencePoint.objects.values_list("group", flat=True)))
        for place, group in enumerate(groups):
            ReferencePoint.objects.filter(group=group).update(unit=self.units[place % len(self.units)])
        first = self.round("春季学期专项自查", 110, left=0)
        actions.close_round(first, by=self.director, at=self.ago(85))
        self.round("秋季学期专项自查", 14, left=7)

    def round(self, title: str, days: int, left: int) -> SelfCheckRound:
        """A round in which all but the last ``left`` points are answered."""
        row = actions.open_round(title=title, due_date=self.day(days - 25), by=self.director, at=self.ago(days))
        checks = list(SelfCheck.objects.filter(round=row).select_related("point", "unit__head", "round"))
        for check in checks[: len(checks) - left]:
            code = check.point.code
            conclusion = "unfit" if code in UNFIT else "mostly" if code in MOSTLY else "fit"
            note = UNFIT.get(code) or MOSTLY.get(code, "")
            head = check.unit.head if check.unit else None
            actions.answer_check(check, conclusion=conclusion, note=note, by=head or self.clerk, at=self.ago(days - 5))
        return row
