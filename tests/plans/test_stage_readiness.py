"""逐项过关 and the evidence index: what is told of each point, who sees what, and the bundle as it unpacks."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from docx import Document

from zhixing.domains.plans.models import Action, WorkPoint
from zhixing.domains.plans.papers import BoxLabelPaper, GapPaper, ProofIndexPaper, ReadinessPaper
from zhixing.domains.plans.procedures import take
from zhixing.domains.plans.queries.proof_index import boxes, catalogue
from zhixing.domains.plans.queries.readiness import Proof, readiness
from zhixing.kernel.files.evidence import accept_use, add_evidence, evidence_of, refuse_use
from zhixing.kernel.jobs.models import Job
from zhixing.kernel.jobs.worker import run_pending
from zhixing.kernel.papers import draw, to_docx

ALL: dict[str, Any] = {"action": None, "unit": None}


def line_of(scene: Any, point: WorkPoint, user: Any = None) -> Any:
    sheet = readiness(scene.plan, user)
    return next(one for task in sheet.tasks for one in task.points if one.point.uid == point.uid)


def test_a_point_is_done_only_when_accepted_and_proved(planned: Any) -> None:
    point = planned.points().first()
    assert line_of(planned, point).verdict == "none"
    assert "未明确责任人" in line_of(planned, point).lacks
    point = planned.give(point)
    piece = planned.prove(point)
    told = line_of(planned, point)
    assert (told.verdict, told.proof.words) == ("part", "待审 1")
    assert told.lacks == ("佐证材料还没有采信", "未提交验收")
    accept_use(evidence_of(point).get(), by=planned.director, at=planned.now)
    point = take("submit", point, by=planned.owner, at=planned.now)
    assert line_of(planned, point).lacks == ("等待验收",)
    take("accept", point, by=planned.director, at=planned.now)
    told = line_of(planned, point)
    assert (told.verdict, told.lacks, told.proof) == ("done", (), Proof(accepted=1))
    assert piece.title == "工作总结"


def test_refused_evidence_proves_nothing_and_lateness_is_told(planned: Any) -> None:
    point = planned.give(planned.points().first(), due=-3, start_date=planned.today - timedelta(days=60))
    planned.prove(point)
    refuse_use(evidence_of(point).get(), reason="没有盖章", by=planned.director, at=planned.now)
    told = line_of(planned, point)
    assert told.verdict == "none"
    assert told.lacks == ("佐证材料被退回", "未提交验收，已逾期 3 天")


def test_everybody_sees_his_own_part(planned: Any, client_of: Any, make_user: Any) -> None:
    mine, other = planned.points()[0], planned.points()[1]
    planned.give(mine, stage=None)
    planned.give(other, lead=planned.affairs, owner=make_user("teacher", unit=planned.affairs))
    sheet = readiness(planned.plan, planned.owner)
    assert [one.point.uid for task in sheet.tasks for one in task.points] == [mine.uid]
    page = client_of(planned.owner).get(reverse("plans.readiness")).content.decode()
    assert mine.text in page
    assert other.text not in page
    assert "打印逐项过关表" not in page
    index = client_of(planned.owner).get(reverse("plans.evidence")).content.decode()
    assert other.text not in index
    papers = client_of(planned.owner).get(
        reverse("papers.draw", args=["plans.ReadinessPaper"]), {"row": planned.plan.uid}
    )
    assert papers.status_code in (403, 404)


def test_pages_narrow_by_action_and_department(planned: Any, client_of: Any) -> None:
    client = client_of(planned.director)
    actions = list(Action.objects.standing().filter(plan=planned.plan).order_by("no"))
    planned.give(planned.points().first())
    whole = client.get(reverse("plans.readiness")).content.decode()
    assert "诚信招生承诺活动" in whole
    assert "完善管理制度标准" in whole
    part = client.get(reverse("plans.readiness"), {"action": actions[1].uid}).content.decode()
    assert "诚信招生承诺活动" not in part
    gaps = client.get(reverse("plans.readiness"), {"show": "gaps", "lead": planned.academic.uid}).content.decode()
    assert "没有佐证材料；未提交验收" in gaps
    for bad in ("nobody", "00000000-0000-0000-0000-000000000000", "'; drop"):
        assert client.get(reverse("plans.readiness"), {"action": bad}).status_code == 404
        assert client.get(reverse("plans.evidence"), {"lead": bad}).status_code == 404


def test_the_sheets_print_on_landscape_pages(planned: Any) -> None:
    planned.give(planned.points().first())
    for paper, words in ((ReadinessPaper, "未完成"), (GapPaper, "没有佐证材料")):
        document = Document(io.BytesIO(to_docx(draw(paper, planned.plan, on=planned.today, asked=ALL))))
        assert document.sections[0].page_width > document.sections[0].page_height
        cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
        assert any(words in cell for cell in cells)
    action = Action.objects.exclude(plan=planned.plan).first()
    if action is not None:
        with pytest.raises(ValidationError, match="不是这个方案的行动"):
            draw(ReadinessPaper, planned.plan, on=planned.today, asked={**ALL, "action": action})
    with pytest.raises(ValidationError, match="还没有佐证材料"):
        draw(BoxLabelPaper, planned.plan, on=planned.today, asked=ALL)
    with pytest.raises(ValidationError, match="没有任务和工作要点"):
        draw(GapPaper, planned.plan, on=planned.today, asked={**ALL, "unit": planned.affairs})


def test_the_index_numbers_boxes_and_marks_what_is_missing(planned: Any) -> None:
    first, second = planned.points()[0], planned.points()[1]
    planned.give(first)
    planned.give(second)
    planned.prove(first)
    found = boxes(planned.plan, None)
    assert [box.label for box in found] == ["01", "02", "03"]
    assert found[0].missing == len(found[0].points) - 1
    letter = draw(ProofIndexPaper, planned.plan, on=planned.today, asked=ALL)
    rows = letter.blocks[1].rows
    assert rows[0][0] == "01"
    assert rows[0][3] == "工作总结"
    assert rows[1][3] == "（缺）"
    assert [folder.no for folder in catalogue(found)] == ["T01"]
    assert draw(BoxLabelPaper, planned.plan, on=planned.today, asked=ALL).blocks
    only = boxes(planned.plan, None, unit=planned.academic)
    assert [box.no for box in only] == [1]


def test_one_click_makes_a_zip_with_index_hashes_and_only_what_may_be_seen(planned: Any, client_of: Any) -> None:
    mine, other = planned.points()[0], planned.points()[1]
    planned.give(mine)
    planned.give(other, lead=planned.affairs, owner=planned.clerk)
    for point, name in ((mine, "本人的材料"), (other, "别人的材料")):
        upload = io.BytesIO(f"{name}正文".encode())
        upload.name = f"{name}.txt"
        add_evidence(title=name, upload=upload, on=point, by=planned.director, at=planned.now)
    for user, names in ((planned.director, {"本人的材料", "别人的材料"}), (planned.owner, {"本人的材料"})):
        client = client_of(user)
        answer = client.post(reverse("plans.evidence"))
        assert answer.status_code == 302
        assert run_pending() == 1
        job = Job.objects.latest("pk")
        assert (job.state, job.error) == ("done", "")
        sent = client.get(job.result["url"])
        with zipfile.ZipFile(io.BytesIO(b"".join(sent.streaming_content))) as archive:
            members = archive.namelist()
            assert {"index.docx", "hashes.txt"} <= set(members)
            assert {name for name in ("本人的材料", "别人的材料") if any(name in one for one in members)} == names
            assert all(one.startswith("01 T01 诚信招生承诺活动/") for one in members if "材料" in one)
            index = Document(io.BytesIO(archive.read("index.docx")))
            cells = {cell.text for table in index.tables for row in table.rows for cell in row.cells}
            assert names <= cells
            assert ("别人的材料" in cells) == ("别人的材料" in names)


def test_nothing_to_pack_is_said_plainly(planned: Any, client_of: Any) -> None:
    answer = client_of(planned.director).post(reverse("plans.evidence"))
    assert answer.status_code == 200
    assert "还没有佐证材料，无法打包" in answer.content.decode()
    assert not Job.objects.exists()
