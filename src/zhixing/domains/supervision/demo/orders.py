"""Orders in every state, months back and now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from zhixing.domains.plans.choices import PointState
from zhixing.domains.plans.models import WorkPoint

from .. import actions
from ..actions.answers import keep_feedback
from ..choices import FeedbackKind
from ..models import Order
from ..procedures import take
from .scene import DONE_WORDS, Scene, answered, owner_of

SETTLED = (
    ("教务科", "开展秋季教学常规专项检查", "覆盖全部专业，问题逐项反馈到人。", "excellent"),
    ("学生科（德育）", "修订学生一日常规量化办法", "经学生代表座谈后印发执行。", "good"),
    ("总务科", "完成学生宿舍电路检修", "逐栋检修，验收单归档。", "good"),
    ("安全保卫科", "组织全校消防疏散演练", "三分钟内疏散完毕，留存影像。", "excellent"),
    ("招生就业科", "整理实习单位资质档案", "在用实习单位一企一档。", "pass"),
    ("财务科", "公示上学期收费项目", "校门口和网站同时公示。", "good"),
    ("信息中心", "清理离职人员系统账号", "逐系统核对，出具清单。", "good"),
    ("机电工程部", "落实实训室安全操作规程上墙", "每间实训室到位并拍照。", "pass"),
    ("信息技术部", "补齐课程标准文本", "本部开设课程一课一标准。", "fail"),
    ("财经商贸部", "开展公开课周活动", "每名教师听课不少于四节。", "good"),
)
"""Department, matter, demand and mark of orders that were settled in the months before."""
PROGRESS = (
    "完成第一阶段排查，形成问题清单，正在逐项整改；已与相关部门协调设备和人员，下周进入验收准备。",
    "方案初稿已经完成并征求三个部门意见，采纳修改意见七条；正在安排试点，试点班级已经确定。",
)


def _issued(scene: Scene, unit: str, subject: str, demand: str, *, due: date, at: datetime, **more: Any) -> Order:
    supports = [scene.units[name] for name in more.pop("supports", ())]
    values = {"subject": subject, "demand": demand, "lead": scene.units[unit], "due_date": due,
              "sponsor": scene.secretary, **more}  # fmt: skip
    order = actions.begin_order(values, by=scene.clerk, at=at, supports=supports)
    return take("issue", order, by=scene.director, at=at)


def months_before(scene: Scene) -> None:
    """Ten orders over four months, answered in time (one late), settled and archived."""
    for number, (unit, subject, demand, mark) in enumerate(SETTLED):
        begun = 82 - number * 7
        order = _issued(scene, unit, subject, demand, due=scene.day(-begun + 12), at=scene.ago(begun))
        order = take("sign", order, by=order.owner, at=scene.ago(begun - 1))
        late = 3 if number == 8 else 0
        words = DONE_WORDS[number % len(DONE_WORDS)]
        order = answered(scene, order, words, at=scene.ago(begun - 10 - late))
        order = take("settle", order, by=scene.director, at=scene.ago(begun - 11 - late), mark=mark, note="情况属实")
        if number < 8:
            take("archive", order, by=scene.clerk, at=scene.ago(begun - 12))


def orders_now(scene: Scene) -> None:
    """One order in every other state."""
    actions.begin_order(
        {"subject": "筹备技能节活动", "demand": "拿出活动方案和经费预算。", "lead": scene.units["学生科（德育）"],
         "due_date": scene.day(20)},
        by=scene.clerk, at=scene.ago(1),
    )  # fmt: skip
    unsigned = _issued(
        scene, "总务科", "更换教学楼老化灯具", "逐层排查，更换后验收。", due=scene.day(8), at=scene.ago(4)
    )
    scene.plant("order_unsigned", "signed_at", unsigned)
    order = _issued(scene, "招生就业科", "建立实习巡访周报", "每周汇总巡访情况。", due=scene.day(6), at=scene.ago(5))
    take("sign", order, by=order.owner, at=scene.ago(4))
    _running(scene)
    _waiting(scene)
    _late(scene)
    _extended(scene)
    gone = _issued(scene, "信息中心", "采购录播设备", "提交采购需求。", due=scene.day(10), at=scene.ago(12))
    take("withdraw", gone, by=scene.director, at=scene.ago(9), opinion="纳入下年度预算统一采购，本年不再办理。")


def _running(scene: Scene) -> None:
    order = _issued(
        scene, "教务科", "完善听课评课制度", "修订制度并组织培训。", due=scene.day(2), at=scene.ago(10),
        supports=("信息技术部", "机电工程部"),
    )  # fmt: skip
    order = take("sign", order, by=order.owner, at=scene.ago(9))
    keep_feedback(order, kind=FeedbackKind.PROGRESS, progress=PROGRESS[0], by=owner_of(order), at=scene.ago(6))
    take("start", order, by=order.owner, at=scene.ago(6))
    noted = _issued(
        scene, "安全保卫科", "校门口护学岗全覆盖", "早晚高峰定岗定人，张榜公布。", due=scene.day(7), at=scene.ago(3),
        source_kind="note", instruction="护学岗要定岗定人，一周内到位。", instructed_by=scene.principal,
        source_label="校长在值班巡查中的批示",
    )  # fmt: skip
    take("sign", noted, by=noted.owner, at=scene.ago(2))


def _waiting(scene: Scene) -> None:
    """Two answers on the office's desk, one settled without evidence, one sent back, one copied."""
    order = _issued(
        scene, "财经商贸部", "整改听评课记录不全", "补齐本学期听课记录。", due=scene.day(3), at=scene.ago(9)
    )
    order = take("sign", order, by=order.owner, at=scene.ago(8))
    answered(scene, order, DONE_WORDS[1], at=scene.ago(1))
    bare = _issued(scene, "财务科", "说明代收费退费情况", "书面说明并答复家长。", due=scene.day(-3), at=scene.ago(14))
    bare = take("sign", bare, by=bare.owner, at=scene.ago(13))
    bare = answered(scene, bare, DONE_WORDS[2], at=scene.ago(6), proof=False)
    bare = take("settle", bare, by=scene.director, at=scene.ago(5), mark="pass", note="已当面向家长说明，无书面材料。")
    scene.plant("order_without_evidence", "", bare)
    weak = _issued(scene, "现代服务部", "规范实训耗材管理", "建立领用台账。", due=scene.day(4), at=scene.ago(11))
    weak = take("sign", weak, by=weak.owner, at=scene.ago(10))
    weak = answered(scene, weak, "正在办理，尽快完成。", at=scene.ago(3), proof=False)
    opinion = "没有写明做了什么、结果如何，也没有台账，请补充后再报。"
    take("send_back", weak, by=scene.director, at=scene.ago(2), opinion=opinion, note=opinion)
    same = _issued(scene, "公共基础部", "推进晨读活动", "每天到班检查，每周通报。", due=scene.day(5), at=scene.ago(15))
    same = take("sign", same, by=same.owner, at=scene.ago(14))
    for days in (9, 4):
        feedback = keep_feedback(
            same, kind=FeedbackKind.PROGRESS, progress=PROGRESS[1], by=owner_of(same), at=scene.ago(days)
        )
    take("start", same, by=same.owner, at=scene.ago(9))
    scene.plant("feedback_copied", "progress", feedback)


def _late(scene: Scene) -> None:
    """A yellow card and a red one; the round of each day gives them."""
    for unit, subject, days in (("机电工程部", "报送实训设备报废清单", 4), ("总务科", "整改食堂明厨亮灶设备", 9)):
        order = _issued(
            scene, unit, subject, "按要求办理并报送书面材料。", due=scene.day(-days), at=scene.ago(days + 12)
        )
        take("sign", order, by=order.owner, at=scene.ago(days + 11))


def _extended(scene: Scene) -> None:
    order = _issued(scene, "信息技术部", "完成校园网安全加固", "整改漏洞并复测。", due=scene.day(-2), at=scene.ago(16))
    order = take("sign", order, by=order.owner, at=scene.ago(15))
    asked = actions.ask_extension(
        order, asked_due_date=scene.day(9), reason="防火墙设备到货推迟一周，需等设备到位后复测。",
        progress="主机漏洞已全部修补，完成弱口令清理。", by=owner_of(order), at=scene.ago(7),
    )  # fmt: skip
    actions.decide_extension(asked, granted=True, by=scene.director, at=scene.ago(6), opinion="情况属实，同意。")
    late = _issued(scene, "学生科（德育）", "编印家校联系手册", "每名新生一册。", due=scene.day(1), at=scene.ago(12))
    late = take("sign", late, by=late.owner, at=scene.ago(11))
    asked = actions.ask_extension(
        late, asked_due_date=scene.day(8), reason="印刷厂排期紧张，预计下周印出。", progress="手册内容已定稿付印。",
        by=owner_of(late), at=scene.ago(0),
    )  # fmt: skip
    scene.plant("extension_asked_late", "asked_date", asked)


def orders_of_the_plan(scene: Scene) -> None:
    """Orders for a few work points that run late, where the plan is furnished."""
    points = WorkPoint.objects.filter(state=PointState.IN_EFFECT, lead__in=list(scene.units.values()))
    for number, point in enumerate(points.overdue(scene.today).order_by("due_date", "pk")[:3]):
        values = {
            "subject": point.text[:60], "demand": point.text, "lead": point.lead, "owner": point.owner,
            "sponsor": point.sponsor, "work_point": point, "due_date": scene.day(3 + 3 * number),
        }  # fmt: skip
        begun = scene.ago(2 if number == 0 else 0)
        order = actions.begin_order(values, by=scene.clerk, at=begun, source=point)
        order = take("issue", order, by=scene.director, at=begun)
        if number == 0 and order.owner is not None and order.owner.can("sign", order):
            take("sign", order, by=order.owner, at=scene.ago(1))
