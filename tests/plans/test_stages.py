"""Stages: gates judged from the records, closing by two people, and a snapshot that nothing later changes."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from docx import Document

from zhixing.domains.plans.actions.stages import (
    add_gate,
    confirm_gate,
    correct_gate,
    propose_gates,
    recall_gate,
    waive_gate,
    write_summary,
)
from zhixing.domains.plans.checks import stage_summary_missing
from zhixing.domains.plans.models import PlanStage, StageGate, StageSnapshot, StageSummary, WorkPoint
from zhixing.domains.plans.papers import PlanPaper, StageRecordPaper, StageSummaryPaper
from zhixing.domains.plans.procedures import take, take_stage
from zhixing.domains.plans.queries.gates import barring, judged_stage
from zhixing.domains.plans.queries.snapshots import group_of
from zhixing.domains.plans.queries.summary_due import asked_since, due_in
from zhixing.kernel.checks.models import Source
from zhixing.kernel.checks.observe import Fault, raise_finding
from zhixing.kernel.files.models import Evidence
from zhixing.kernel.files.snapshots import fault_of
from zhixing.kernel.indicators.models import Reading
from zhixing.kernel.papers import draw, issue, to_docx
from zhixing.kernel.procedures import StepRefused

ZONE = ZoneInfo("Asia/Shanghai")


def stages(scene: Any) -> list[PlanStage]:
    return list(PlanStage.objects.standing().filter(plan=scene.plan).order_by("no"))


def gate(scene: Any, stage: PlanStage, **values: Any) -> StageGate:
    return add_gate({"stage": stage, "title": "关口", **values}, by=scene.director, at=scene.now)


def state(stage: PlanStage) -> dict[str, str]:
    return {one.gate.title: one.state for one in judged_stage(stage)}


def finding(scene: Any, severity: str = "error", title: str = "学籍号重复") -> Any:
    point = scene.points().first()
    fault = Fault(rule="", severity=severity, title=title, message="王小明与李小红", object_type="plans.workpoint",
                  object_uid=point.uid, object_label="王小明", column=title)  # fmt: skip
    return raise_finding(fault, source=Source.SITE_INSPECTION, by=scene.director, at=scene.now)


def finish(scene: Any, point: WorkPoint) -> WorkPoint:
    scene.prove(point)
    point = take("submit", point, by=scene.owner, at=scene.now)
    return take("accept", point, by=scene.director, at=scene.now)


def closed(scene: Any, stage: PlanStage) -> StageSnapshot:
    asked = take_stage("request_close", stage, by=scene.clerk, at=scene.now)
    take_stage("close_stage", asked, by=scene.director, at=scene.now)
    found: StageSnapshot = StageSnapshot.objects.get(stage=stage)
    return found


def test_usual_gates_follow_the_kind_of_stage_and_are_proposed_once(planned: Any) -> None:
    first, second, third = stages(planned)
    titles = [
        {g.title for g in propose_gates(one, by=planned.director, at=planned.now)} for one in (first, second, third)
    ]
    assert "工作要点责任到人" in titles[0]
    assert "每年招生前印发阶段总结" in titles[1]
    assert {"没有未了结的错误级问题", "佐证材料齐全并采信"} <= titles[2]
    assert propose_gates(first, by=planned.director, at=planned.now) == []


def test_gates_tell_the_records_not_somebodys_word(planned: Any) -> None:
    stage = stages(planned)[0]
    gate(planned, stage, title="验收", kind="points", scope="plan")
    gate(planned, stage, title="问题", kind="findings")
    gate(planned, stage, title="佐证", kind="evidence", scope="plan")
    gate(planned, stage, title="到人", kind="indicator", indicator="plans.assigned_rate", at_least=100)
    gate(planned, stage, title="公文", kind="paper", paper="plans.PlanPaper")
    gate(planned, stage, title="开会", kind="manual")
    found = finding(planned)
    assert set(state(stage).values()) == {"failed"}
    for point in planned.points():
        finish(planned, planned.give(point))
    found.stage, found.verifier, found.owner = "closed", planned.director, planned.owner
    found.due_date, found.settled_at = planned.today, planned.now
    found.save()
    issue(PlanPaper, planned.plan, by=planned.director, at=planned.now)
    confirm_gate(StageGate.objects.get(title="开会"), by=planned.clerk, at=planned.now, note="9月1日教职工大会")
    assert set(state(stage).values()) == {"met"}, state(stage)
    assert barring(stage) == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "indicator"}, "不低于"),
        ({"kind": "indicator", "indicator": "plans.assigned_rate"}, "不低于"),
        ({"kind": "indicator", "indicator": "nobody.knows", "at_least": 1}, "没有代码为"),
        ({"kind": "indicator", "indicator": "plans.assigned_rate", "at_least": 9, "at_most": 3}, "不能小于"),
        ({"kind": "paper"}, "请选择公文"),
        ({"kind": "paper", "paper": "nobody.Knows"}, "没有代码为"),
        ({"kind": "strange"}, "strange"),
        ({"title": ""}, "空"),
    ],
)
def test_bad_gates_are_refused_in_words(planned: Any, values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        gate(planned, stages(planned)[0], **values)
    assert not StageGate.objects.exists()


def test_an_indicator_that_is_gone_fails_honestly(planned: Any) -> None:
    stage = stages(planned)[0]
    row = gate(planned, stage, kind="indicator", indicator="plans.assigned_rate", at_least=0)
    StageGate.objects.filter(pk=row.pk).update(indicator="gone.rate")
    assert "没有启用" in judged_stage(stage)[0].words
    assert judged_stage(stage)[0].bars


def test_words_on_a_gate_need_reasons_and_fall_with_its_meaning(planned: Any) -> None:
    stage = stages(planned)[0]
    row = gate(planned, stage)
    act = {"by": planned.director, "at": planned.now}
    with pytest.raises(ValidationError, match="依据"):
        confirm_gate(row, note=" ", **act)
    with pytest.raises(ValidationError, match="豁免理由"):
        waive_gate(row, reason="", **act)
    row = waive_gate(row, reason="条件不具备", **act)
    assert state(stage) == {"关口": "waived"}
    with pytest.raises(ValidationError, match="已经豁免"):
        waive_gate(row, reason="再来一次", **act)
    row = correct_gate(row, {"title": "改过的关口"}, seen_version=row.version, **act)
    assert state(stage) == {"改过的关口": "failed"}
    row = confirm_gate(row, note="会议纪要", **act)
    recall_gate(row, reason="记错了", **act)
    assert state(stage) == {"改过的关口": "failed"}
    computed = gate(planned, stage, title="问题", kind="findings")
    with pytest.raises(ValidationError, match="不能人工确认"):
        confirm_gate(computed, note="我说通过", **act)


def test_closing_is_refused_with_the_list_of_failed_gates_until_each_is_waived(planned: Any) -> None:
    stage = stages(planned)[0]
    one, two = gate(planned, stage, title="甲关"), gate(planned, stage, title="乙关")
    gate(planned, stage, title="提示", is_needed=False)
    with pytest.raises(StepRefused, match="还有 2 个关口没有通过.*甲关.*乙关"):
        take_stage("request_close", stage, by=planned.clerk, at=planned.now)
    waive_gate(one, reason="已由上级另行安排", by=planned.director, at=planned.now)
    with pytest.raises(StepRefused, match="还有 1 个关口"):
        take_stage("request_close", stage, by=planned.clerk, at=planned.now)
    waive_gate(two, reason="已由上级另行安排", by=planned.director, at=planned.now)
    asked = take_stage("request_close", stage, by=planned.director, at=planned.now)
    with pytest.raises(StepRefused, match="不能自己关闭"):
        take_stage("close_stage", asked, by=planned.director, at=planned.now)
    with pytest.raises(StepRefused, match="没有"):
        take_stage("close_stage", asked, by=planned.owner, at=planned.now)
    assert not StageSnapshot.objects.exists()
    assert PlanStage.objects.get(pk=stage.pk).state == "closing"
    with pytest.raises(ValidationError, match="正在申请关闭"):
        waive_gate(StageGate.objects.get(title="提示"), reason="来不及了", by=planned.director, at=planned.now)
    back = take_stage("send_back", asked, by=planned.director, at=planned.now, opinion="材料不全")
    assert back.state == "open"


def test_a_snapshot_and_its_papers_never_change(planned: Any, make_user: Any, client_of: Any) -> None:
    principal = make_user("principal")
    stage = stages(planned)[0]
    point = planned.give(planned.points().first(), stage=stage)
    finish(planned, point)
    late = finding(planned, title="章程没有备案")
    waive_gate(gate(planned, stage), reason="以会议代替", by=planned.director, at=planned.now)
    asked = take_stage("request_close", stage, by=planned.director, at=planned.now)
    take_stage("close_stage", asked, by=principal, at=planned.now)
    snapshot = StageSnapshot.objects.select_related("evidence").get(stage=stage)
    page = reverse("plans.stagesnapshot.detail", args=[snapshot.uid])
    client = client_of(principal)
    before, payload = client.get(page).content.decode(), snapshot.payload
    paper = draw(StageRecordPaper, snapshot, on=date(2026, 1, 1)).blocks
    summary = write_summary({"stage": stage, "year": stage.to_date.year}, by=planned.director, at=planned.now)
    told = draw(StageSummaryPaper, summary, on=date(2026, 1, 1)).blocks
    assert "章程没有备案" in before
    assert "以会议代替" in before
    assert "王小明" not in before, "no names of the people a finding is about"
    assert [row[5] for row in group_of(payload, "points")["rows"]].count("已完成") == 1
    assert any(row[0] == "责任到人率" for row in group_of(payload, "figures")["rows"])
    assert Reading.objects.frozen().filter(frozen_uid=stage.uid, period="stage").exists()

    take("reopen", WorkPoint.objects.get(pk=point.pk), by=planned.director, at=planned.now, opinion="重做一遍")
    finding(planned, title="后来的问题")
    late.title = "改过的题目"
    late.save()
    scene_rows = StageSnapshot.objects.select_related("evidence").get(pk=snapshot.pk)
    assert scene_rows.payload == payload
    assert draw(StageRecordPaper, scene_rows, on=date(2030, 1, 1)).blocks == paper
    assert draw(StageSummaryPaper, summary, on=date(2030, 1, 1)).blocks == told
    after = client.get(page).content.decode()
    assert "后来的问题" not in after
    assert "改过的题目" not in after
    assert "章程没有备案" in after
    assert fault_of(Evidence.objects.get(pk=snapshot.evidence_id)) == ""


def test_the_database_refuses_to_touch_what_was_closed(planned: Any) -> None:
    stage = stages(planned)[0]
    row = gate(planned, stage)
    confirm_gate(row, note="会议纪要", by=planned.director, at=planned.now)
    snapshot = closed(planned, stage)
    touches = (
        lambda: StageSnapshot.objects.filter(pk=snapshot.pk).update(digest="0" * 64),
        lambda: StageSnapshot.objects.filter(pk=snapshot.pk).delete(),
        lambda: PlanStage.objects.filter(pk=stage.pk).update(state="open"),
        lambda: StageGate.objects.filter(pk=row.pk).update(confirmed_by=None),
        lambda: StageGate.objects.filter(pk=row.pk).delete(),
        lambda: Evidence.objects.filter(pk=snapshot.evidence_id).update(frozen={}),
        lambda: Reading.objects.filter(frozen_uid=stage.uid).update(value=0),
    )
    for touch in touches:
        with pytest.raises(IntegrityError), transaction.atomic():
            touch()
    with pytest.raises(ValidationError, match="已经关闭"):
        add_gate({"stage": PlanStage.objects.get(pk=stage.pk), "title": "补一个"}, by=planned.director, at=planned.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        StageSnapshot.objects.create(
            stage=stages(planned)[1], evidence=snapshot.evidence, digest="x", requested_by=planned.director,
            requested_at=planned.now, closed_by=planned.director, closed_at=planned.now,
        )  # fmt: skip


def test_a_snapshot_of_an_ended_day_leaves_out_what_cannot_be_read(planned: Any) -> None:
    """Closing late with an earlier moment: indicators without a past are left out, the rest stands."""
    stage = stages(planned)[0]
    then = datetime(2025, 4, 2, 9, tzinfo=ZONE)
    asked = take_stage("request_close", stage, by=planned.clerk, at=then)
    take_stage("close_stage", asked, by=planned.director, at=then)
    payload = StageSnapshot.objects.get(stage=stage).payload
    assert dict(payload["facts"])["数据日期"] == "2025-04-02"
    assert payload["groups"]


def test_the_summary_prints_open_and_closed_and_is_asked_for_before_enrolment(planned: Any) -> None:
    second = stages(planned)[1]
    assert due_in(2026, date(2026, 5, 1)) == date(2026, 6, 10)
    assert asked_since(date(2026, 5, 1)) == date(2025, 6, 10)
    assert asked_since(date(2026, 5, 20)) == date(2026, 6, 10)
    with time_machine.travel(datetime(2026, 6, 1, 9, tzinfo=ZONE), tick=False):
        assert [str(row) for row in stage_summary_missing.run()] == [str(second)]
        words = {"stage": second, "year": 2026, "problems": "材料报送偏晚。", "next_steps": "提前一周提醒。"}
        summary = write_summary(words, by=planned.clerk, at=planned.now)
        assert list(stage_summary_missing.run()) == [second], "written is not issued"
        issued = issue(StageSummaryPaper, summary, by=planned.director, at=planned.now)
        assert list(stage_summary_missing.run()) == []
        document = Document(io.BytesIO(to_docx(draw(StageSummaryPaper, summary, on=planned.today))))
        text = "\n".join(paragraph.text for paragraph in document.paragraphs)
        for part in ("一、总体情况", "三、各行动进展", "四、主要指标", "材料报送偏晚。", "提前一周提醒。"):
            assert part in text
        assert issued.number.startswith("总结〔2026〕")
    with time_machine.travel(datetime(2027, 5, 30, 9, tzinfo=ZONE), tick=False):
        assert [row.no for row in stage_summary_missing.run()] == [3]


@pytest.mark.parametrize("year", [0, 1999, 2024, 2101])
def test_a_summary_belongs_to_a_year_of_its_stage(planned: Any, year: int) -> None:
    with pytest.raises(ValidationError, match="总结年度应在"):
        write_summary({"stage": stages(planned)[0], "year": year}, by=planned.clerk, at=planned.now)
    assert not StageSummary.objects.exists()


def test_pages_of_stages_through_the_browser(planned: Any, client_of: Any, make_user: Any) -> None:
    stage = stages(planned)[0]
    client, at = client_of(planned.director), reverse("plans.planstage.detail", args=[stage.uid])
    assert "还没有设置关口" in client.get(reverse("plans.stages")).content.decode()
    client.post(f"{at}deed/propose/", {"go": "1", "confirmed": "1"}, headers={"HX-Request": "true"})
    added = client.post(
        reverse("plans.stagegate.add"),
        {"stage": str(stage.uid), "title": "学校自定的关口", "kind": "manual", "scope": "stage", "is_needed": "on",
         "indicator": "", "paper": ""},
    )  # fmt: skip
    assert added.status_code == 302, added.content.decode()[:2000]
    page = client.get(reverse("plans.stages")).content.decode()
    assert "学校自定的关口" in page
    tab = client.get(f"{at}tab/plans.GatesTab/").content.decode()
    assert "个必须通过的关口没有通过" in tab
    bad = client.post(
        reverse("plans.stagegate.add"),
        {
            "stage": str(stage.uid),
            "title": "指标关口",
            "kind": "indicator",
            "scope": "stage",
            "indicator": "",
            "paper": "",
        },
    )
    assert bad.status_code == 422
    assert "请选择指标" in bad.content.decode()
    teacher = client_of(make_user("teacher"))
    seen = teacher.get(reverse("plans.stages"))
    assert seen.status_code == 200
    assert "学校自定的关口" not in seen.content.decode()
