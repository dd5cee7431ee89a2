"""任务分解表 in and out: duties from a spreadsheet, all or nothing, what means nothing is told."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhixing.domains.plans.models import WorkPoint
from zhixing.domains.plans.sheets import DutySheet
from zhixing.kernel.jobs.worker import run_pending
from zhixing.kernel.sheets.apply import ask_to_apply
from zhixing.kernel.sheets.staging import receive

HEADINGS = (
    "序号",
    "任务",
    "工作要点",
    "责任领导",
    "牵头部门",
    "配合部门",
    "责任人",
    "开始",
    "完成时限",
    "预期成果/佐证材料",
)


def workbook(*rows: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(headings)
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bring(scene: Any, data: bytes) -> Any:
    """The staged batch of an uploaded sheet."""
    upload = SimpleUploadedFile("任务分解表.xlsx", data)
    received = receive(upload, name="任务分解表.xlsx", sheet=DutySheet, by=scene.director, at=scene.now)
    run_pending()
    received.batch.refresh_from_db()
    return received.batch


def apply(scene: Any, batch: Any) -> Any:
    ask_to_apply(batch, by=scene.director, at=scene.now)
    run_pending()
    batch.refresh_from_db()
    return batch


def told(batch: Any) -> str:
    return " ".join(str(one) for row in batch.rows.all() for one in row.problems)


@pytest.fixture
def due(scene: Any) -> str:
    return (scene.today + timedelta(days=50)).isoformat()


def test_duties_come_from_a_sheet_and_complete_points_take_effect(planned: Any, due: str) -> None:
    scene = planned
    batch = apply(scene, bring(scene, workbook(
        (1, "诚信招生承诺活动", "规范招生简章。", "周校长", "教务", "学生科", "孙责任", "", due, "简章备案回执"),
        (2, "2.学籍信息核查活动", "建立学籍变动台账", "", "教务科", "", "T002", "", "", ""),
        (3, "完善管理制度标准", "清理过时的制度", "", "学生科", "", "李科长", "", due, ""),
    )))  # fmt: skip
    one = scene.points().get(text="规范招生简章")
    assert (one.state, one.lead, one.owner, one.sponsor) == ("in_effect", scene.academic, scene.owner, scene.sponsor)
    assert (one.due_date.isoformat(), one.expected_evidence) == (due, "简章备案回执")
    assert [row.unit for row in one.supports.all()] == [scene.affairs]
    half = scene.points().get(text="建立学籍变动台账")
    assert (half.state, half.owner, half.due_date) == ("draft", scene.owner, None)
    fresh = scene.points().get(text="清理过时的制度")
    assert (fresh.task.no, fresh.lead, fresh.state) == (3, scene.affairs, "in_effect")
    assert scene.points().count() == 8
    assert batch.state in ("applied", "done"), batch.state


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            (1, "没有的任务", "规范招生简章", "", "教务科", "", "孙责任", "", "2030-01-01", ""),
            "没有名为“没有的任务”的任务",
        ),
        ((1, "诚信招生承诺活动", "规范招生简章", "", "外星科", "", "孙责任", "", "", ""), "没有名为“外星科”"),
        ((1, "诚信招生承诺活动", "规范招生简章", "", "", "地球科", "孙责任", "", "", ""), "没有名为“地球科”的部门"),
        ((1, "诚信招生承诺活动", "规范招生简章", "", "", "", "孙悟空", "", "", ""), "没有名为“孙悟空”"),
        ((1, "诚信招生承诺活动", "规范招生简章", "", "", "", "", "2030-02-01", "2030-01-01", ""), "早于开始日期"),
        ((1, "诚信招生承诺活动", "规范招生简章", "", "", "", "", "", "明年春天", ""), "日期请写成"),
    ],
)
def test_what_means_nothing_is_told_before_anything_is_written(planned: Any, row: tuple[Any, ...], words: str) -> None:
    from zhixing.kernel.sheets.models import StagedRow

    scene = planned
    batch = bring(scene, workbook(row))
    found = " ".join(str(one.__dict__) for one in StagedRow.objects.filter(batch=batch))
    assert words in found
    assert WorkPoint.objects.exclude(lead=None).count() == 0


def test_the_sheet_goes_out_as_it_came_in(planned: Any) -> None:
    scene = planned
    point = scene.give(scene.points().get(text="规范招生简章"), supports=[scene.affairs])
    sheet = DutySheet(by=scene.director, at=scene.now)
    rows = {values["text"]: values for values in sheet.export_rows(sheet.records())}
    assert len(rows) == 7
    assert rows["规范招生简章"] == {
        **rows["规范招生简章"], "task": "诚信招生承诺活动", "lead": "教务科", "owner": "孙责任", "supports": "学生科",
        "due_date": point.due_date.isoformat(), "state": "进行中", "action": "突出问题治理行动",
    }  # fmt: skip


def test_without_a_plan_in_effect_the_sheet_says_so(scene: Any) -> None:
    sheet = DutySheet(by=scene.director, at=scene.now)
    problems = sheet.problems({"task": "甲", "text": "乙"}, sheet.find([{"task": "甲", "text": "乙"}])[0])
    assert "请先导入方案并生效" in problems[0].message
