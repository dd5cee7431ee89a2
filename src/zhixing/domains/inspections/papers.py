"""What inspections print: the record of a visit, the result of a draw, an appraisal, and the report of a self-check."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from zhixing.kernel.checks.models import Finding
from zhixing.kernel.papers import Form, Heading, Letter, Paper, Para, Signatures, Table, written_day
from zhixing.kernel.people.models import Tenant

from .choices import Conclusion, DrawState
from .models import AppraisalItem, DrawItem, PublicAppraisal, RandomDraw, ReferencePoint, SelfCheck, SelfCheckRound
from .models import SiteInspection as Visit


def faults_of(row: Any) -> list[tuple[Any, ...]]:
    """The findings about a record, as lines of a table."""
    found = Finding.objects.filter(object_type=row._meta.label_lower, object_uid=row.uid).select_related(
        "unit", "owner"
    )
    return [
        (place, f.title, f.message, f.unit.name if f.unit else "", written_day(f.due_date), f.get_stage_display())
        for place, f in enumerate(found.order_by("pk"), 1)
    ]


FAULT_HEADS = ("序号", "问题", "具体情况", "责任部门", "整改期限", "状态")


class VisitPaper(Paper):
    title = "检查记录"
    kind = "检查记录"
    of = Visit
    joins = ("unit", "leader")

    def compose(self, row: Any, *, number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        """F12: when, where, who, what was seen, what is wrong."""
        faults = faults_of(row)
        listed = Table(FAULT_HEADS, faults, widths_mm=(12, 36, 50, 24, 22, 16), align=("center",))
        return Letter(
            title="检查记录表", kind_of_layout="form", organ=school.name,
            blocks=[
                Form(
                    [
                        [("检查主题", row.title), ("检查类别", row.get_kind_display())],
                        [("检查日期", written_day(row.on)), ("检查地点", row.place)],
                        [("被检查部门", row.unit.name if row.unit else ""), ("检查人", row.leader.name)],
                        [("检查组成员", row.team)],
                        [("检查依据", row.basis)],
                        [("检查内容", row.scope)],
                        [("检查情况", row.summary, 40)],
                    ]
                ),
                Para("发现的问题：" if faults else "没有发现问题。", indent=False),
                *([listed] if faults else []),
                Signatures([("检查人", ""), ("被检查部门", "")]),
            ],
        )  # fmt: skip


class DrawPaper(Paper):
    title = "随机抽查结果"
    kind = "随机抽查"
    of = RandomDraw
    joins = ("announced_by", "drawn_by", "replaces")

    def when(self, row: Any) -> bool:
        return row.state in (DrawState.DRAWN, DrawState.DONE)

    def compose(self, row: Any, *, number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        """F13: population and its digest, the seed and where it comes from, the lots, what was found."""
        lots = DrawItem.objects.filter(draw=row, is_drawn=True).order_by("stratum", "rank")
        lines = [
            (place, i.stratum, i.label, i.rank[:12], i.get_verdict_display(), i.note) for place, i in enumerate(lots, 1)
        ]
        again = f"本次抽查代替“{row.replaces.title}”的上一次抽取，理由：{row.replace_reason}。" if row.replaces else ""
        return Letter(
            title=f"关于{row.title}\n随机抽查结果的通报",
            blocks=[
                Heading(1, "一、抽查总体"),
                Para(
                    f"总体为{row.get_population_display()}，共 {row.population_count} 个，"
                    f"于{written_day(row.announced_at)}公布，总体摘要（SHA-256）为 {row.population_digest}。{again}"
                ),
                Heading(1, "二、随机种子"),
                Para(f"种子为“{row.seed}”，出处：{row.seed_origin}，在总体公布之后产生。"),
                Heading(1, "三、抽取方法"),
                Para(
                    "每个对象的抽签值为“种子|分层|标识”的 SHA-256，各层按比例分配名额，取抽签值最小者，任何人都可重算。"
                ),
                Heading(1, "四、抽中对象与检查结果"),
                Table(
                    ("序号", "分层", "对象", "抽签值", "结果", "情况"), lines, widths_mm=(12, 24, 46, 28, 18, 28),
                    align=("center",),
                ),
            ],
            signer=school.name, date=on,
        )  # fmt: skip


class AppraisalPaper(Paper):
    title = "群众评议报告"
    kind = "群众评议"
    of = PublicAppraisal

    def compose(self, row: Any, *, number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        """F14: sheets sent, returned and valid; the rate of each question, or that the sample is too small."""
        enough = row.valid_count >= row.least_valid_count
        items = AppraisalItem.objects.filter(appraisal=row).select_related("unit")
        lines = [
            (
                place, i.question, i.unit.name if i.unit else "全校", i.satisfied_count, i.fair_count,
                i.dissatisfied_count, f"{i.rate}%" if enough and i.rate is not None else "样本不足", i.opinions,
            )
            for place, i in enumerate(items, 1)
        ]  # fmt: skip
        return Letter(
            title=f"{row.title}群众评议报告",
            blocks=[
                Para(
                    f"{written_day(row.on)}，以{row.way or '问卷'}的方式请{row.get_audience_display()}评议，"
                    f"发放 {row.issued_count} 份，收回 {row.returned_count} 份，有效 {row.valid_count} 份。"
                    + ("" if enough else f"有效份数不足 {row.least_valid_count} 份，结果只作参考，不计满意率。")
                ),
                Table(
                    ("序号", "评议项目", "责任部门", "满意", "基本满意", "不满意", "满意率", "意见摘要"), lines,
                    widths_mm=(11, 36, 22, 13, 15, 14, 17, 28), align=("center",),
                ),
            ],
            signer=school.name, date=on,
        )  # fmt: skip


class SelfCheckReport(Paper):
    title = "自查报告"
    kind = "自查报告"
    of = SelfCheckRound
    joins = ("opened_by",)

    def compose(self, row: Any, *, number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        """Counts by group, what doesn't fit with how far it is put right, and every answer as an annex."""
        answers = list(SelfCheck.objects.filter(round=row).select_related("point", "unit").order_by("point__code"))
        told = Counter(answer.conclusion for answer in answers)
        groups: dict[str, Counter[str]] = {}
        for answer in answers:
            groups.setdefault(answer.point.group, Counter())[answer.conclusion] += 1
        kinds = (Conclusion.FIT, Conclusion.MOSTLY, Conclusion.UNFIT, Conclusion.NOT_APPLICABLE, Conclusion.WAITING)
        stages = {
            f.object_uid: f
            for f in Finding.objects.filter(
                object_type=ReferencePoint._meta.label_lower, object_uid__in=[a.point.uid for a in answers]
            )
        }
        wrong = [a for a in answers if a.conclusion in (Conclusion.UNFIT, Conclusion.MOSTLY)]
        return Letter(
            title=f"{school.name}\n{row.title}自查报告",
            blocks=[
                Heading(1, "一、自查情况"),
                Para(
                    f"{written_day(row.opened_on)}至{written_day(row.due_date)}，"
                    f"我校对照 {len(answers)} 个管理参考点开展自查，"
                    + "，".join(f"{kind.label} {told[kind]} 个" for kind in kinds if told[kind]) + "。"
                ),
                Table(
                    ("管理环节", *(kind.label for kind in kinds)),
                    [(group, *(counts[kind] for kind in kinds)) for group, counts in groups.items()],
                    align=("", *("center",) * len(kinds)),
                ),
                Heading(1, "二、存在问题与整改"),
                *(
                    [
                        Table(
                            ("编号", "参考点", "问题", "责任部门", "整改状态"),
                            [
                                (a.point.code, a.point.text, a.note, a.unit.name if a.unit else "",
                                 stages[a.point.uid].get_stage_display() if a.point.uid in stages else "")
                                for a in wrong
                            ],
                            widths_mm=(16, 50, 48, 22, 20), align=("center",),
                        )
                    ]
                    if wrong else [Para("本轮自查没有发现不符合项。")]
                ),
            ],
            signer=school.name, date=on,
        )  # fmt: skip
