"""Stages of the demonstration plan: one closed with its snapshot, gates in every state, summaries and two cases."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from zhixing.kernel.papers import issue
from zhixing.kernel.people.models import User

from ..actions.cases import add_picture, begin_case
from ..actions.stages import confirm_gate, propose_gates, waive_gate, write_summary
from ..choices import GateKind
from ..models import CaseStudy, Plan, PlanStage, StageGate, Task
from ..papers import PlanPaper, StageSummaryPaper
from ..procedures import take_case, take_stage
from ..queries.gates import barring

DONE_WORDS = {
    "overview": "动员部署到位，方案人人知晓，任务逐条落实到部门和责任人，为全面实施打下了基础。",
    "practices": (
        "召开全校教职工大会进行部署。\n各科室结合职责认领任务，形成任务分解表。\n利用例会、宣传栏和微课组织学习方案。"
    ),
    "problems": "个别工作要点的责任人因人员变动没有及时调整。\n部分教师对数据填报要求还不熟悉。",
    "next_steps": "尽快补齐缺少责任人和时限的要点。\n每月通报进展，对逾期事项及时督办。",
}
CASE = {
    "background": (
        "学校学生多来自周边县区，学籍信息靠班主任手工汇总，学期初核对一次，错漏往往到资助发放、毕业办证时才发现。\n"
        "提升计划把学籍信息核查列为重点任务，要求每学期核对、逐条整改、有据可查。"
    ),
    "practices": (
        "（一）把规则讲清楚\n教务科把身份证号校验、姓名一致、班级归属等要求逐条写成核查规则，导入名单时当场提示。\n"
        "（二）把责任落到人\n每条问题按班级分给班主任，写明期限；改完由教务科复查，复查通过才销号。\n"
        "（三）把结果晒出来\n每月在行政办公会通报各班整改情况，逾期的由办公室发督办单。"
    ),
    "results": (
        "目前学校问题整改率为{整改率}，提升计划工作要点完成率为{工作要点完成率}，责任到人率为{责任到人率}。\n"
        "过去要一周的核对，现在导入名单后几分钟就能看到每一处问题，班主任只需处理本班的几条。"
    ),
    "lessons": (
        "一是规则先行：要求写成能自动核对的规则，大家按同一把尺子办事。\n"
        "二是谁改谁报、他人复查：改的人和认可的人分开，数据才可信。\n三是边用边改：每轮核查后回头看规则是否合适。"
    ),
    "contact": "教务科",
}
DRAFT = {
    "background": "安全检查记录分散在各科室的本子上，隐患反复出现，难以看出哪些没有整改。",
    "practices": "",
    "results": "",
    "lessons": "",
}


def furnish_stages(plan: Plan, director: User, clerk: User, author: User, *, at: datetime) -> PlanStage:
    """Close the first stage, set the gates of the others, write summaries and cases; the stage that runs now."""
    first, second, third = PlanStage.objects.standing().filter(plan=plan).order_by("no")
    for stage in (first, second, third):
        propose_gates(stage, by=director, at=at - timedelta(days=120))
    issue(PlanPaper, plan, by=director, at=at - timedelta(days=100))
    _close(first, director, clerk, at)
    _judge_second(second, director, at)
    summary = write_summary({"stage": first, "year": first.to_date.year, **DONE_WORDS}, by=clerk, at=at)
    issue(StageSummaryPaper, summary, by=director, at=at)
    words = {"stage": second, "year": at.year, "problems": "有的要点临近时限仍没有提交佐证材料。"}
    write_summary(words, by=clerk, at=at - timedelta(days=3))
    _cases(plan, director, author, at)
    return second


def _close(stage: PlanStage, director: User, clerk: User, at: datetime) -> None:
    """The meeting is confirmed; what a demonstration school lacks is waived with its reason; two people close."""
    for gate in StageGate.objects.filter(stage=stage, kind=GateKind.MANUAL):
        confirm_gate(gate, by=clerk, at=at - timedelta(days=90), note="全校教职工大会部署方案，签到表存办公室。")
    for one in barring(stage):
        reason = "人员调整期间个别要点待补，已列入下阶段督办，不影响阶段转换。"
        waive_gate(one.gate, by=director, at=at - timedelta(days=2), reason=reason)
    asked = take_stage("request_close", PlanStage.objects.get(pk=stage.pk), by=director, at=at - timedelta(days=1))
    take_stage("close_stage", asked, by=clerk, at=at)


def _judge_second(stage: PlanStage, director: User, at: datetime) -> None:
    """One gate confirmed, one waived; the others stand as the records say."""
    rows = StageGate.objects.filter(stage=stage)
    for gate in rows.filter(kind=GateKind.MANUAL)[:1]:
        confirm_gate(gate, by=director, at=at - timedelta(days=20), note="春、秋两学期各开展一轮，见“专项自查”。")
    for gate in rows.filter(kind=GateKind.POINTS)[:1]:
        waive_gate(gate, by=director, at=at - timedelta(days=5), reason="两项工程类要点经办公会同意延至下一阶段。")


def _cases(plan: Plan, director: User, author: User, at: datetime) -> None:
    told = Task.objects.standing().get(action__plan=plan, kind="enrolment_check")
    values = {**CASE, "task": told, "title": "规则先行、逐条销号：学籍信息核查的做法", "unit": author.unit}
    case = begin_case(values, by=author, at=at - timedelta(days=30))
    add_picture(case, upload=_picture(), caption="核查、整改、复查、销号的流程", by=author, at=at - timedelta(days=29))
    case = take_case("submit", case, by=author, at=at - timedelta(days=28))
    words = "做法可操作、可推广，数据真实，同意推荐。"
    case = take_case("review", case, by=director, at=at - timedelta(days=25), recommendation=words)
    take_case("adopt", case, by=director, at=at - timedelta(days=24))
    safe = Task.objects.standing().get(action__plan=plan, kind="safe_campus")
    draft = {**DRAFT, "task": safe, "title": "隐患不过夜：校园安全巡查的闭环管理", "unit": author.unit}
    begun: CaseStudy = begin_case(draft, by=author, at=at - timedelta(days=6))
    assert begun.pk


def _picture() -> SimpleUploadedFile:
    """Four steps in a row, drawn: the school has no photographs of its own to show."""
    from PIL import Image, ImageDraw, ImageFont  # slow import

    from zhixing.kernel.papers.pdf import FONTS  # slow import

    picture = Image.new("RGB", (1200, 420), "#f7f5ef")
    pen = ImageDraw.Draw(picture)
    face = next(iter(sorted(FONTS.glob("*/*Sans*.ttf"))), None)
    steps = (("核查", "#1661ab"), ("整改", "#3f7fbd"), ("复查", "#5585b5"), ("销号", "#2f8f5b"))
    for place, (word, colour) in enumerate(steps):
        left = 60 + place * 285
        pen.rounded_rectangle((left, 130, left + 225, 290), 18, fill=colour)
        if face is not None:
            pen.text((left + 112, 210), word, "white", ImageFont.truetype(str(face), 64), anchor="mm")
        if place < 3:
            pen.polygon([(left + 235, 185), (left + 275, 210), (left + 235, 235)], fill="#8a8578")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return SimpleUploadedFile("flow.jpg", out.getvalue(), content_type="image/jpeg")
