"""The plan of our own words, with every slip of a crawled one, becomes exactly the tree it tells."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.plans.plan_documents import HEADINGS, PLAN, ROWS, TASKS, TITLE, add_table, plan_docx, saved
from zhixing.domains.plans.documents import PlanDraft, read_pasted, read_plan, to_json


@pytest.fixture(scope="module")
def plan() -> PlanDraft:
    return read_pasted(PLAN)


def why(plan: PlanDraft, words: str) -> list[int]:
    """The lines of the warnings that say ``words``."""
    return [each.line for each in plan.warnings if words in each.why]


def test_actions_and_tasks_are_those_of_the_document(plan):
    assert [action.no for action in plan.actions] == [1, 2, 3, 4, 5, 6]
    assert [len(action.tasks) for action in plan.actions] == [5, 3, 2, 3, 2, 2]
    assert [task.no for task in plan.tasks] == list(range(1, 18))
    assert [task.title for task in plan.tasks] == TASKS
    assert plan.actions[1].title == "制度体系建设行动"
    assert plan.actions[1].body == "把分散的规定理成一套,让每件事都有出处。"


def test_title_years_goals_and_principles(plan):
    assert plan.title == TITLE
    assert (plan.period_from, plan.period_to) == ("2018", "2020")
    assert plan.principles == ("依规办事、激发动力", "找准病根、对症下药", "项目牵引、全员参与", "研究先行、久久为功")
    assert plan.goals.startswith("坚持依规办事")
    assert plan.goals.endswith("学校声誉明显提升。")


def test_stages_have_their_months_also_where_the_second_year_is_missing(plan):
    told = [(stage.title, stage.from_month, stage.to_month) for stage in plan.stages]
    assert told == [
        ("发动部署阶段", "2017-12", "2018-01"),
        ("集中推进阶段", "2018-02", "2019-12"),
        ("巩固验收阶段", "2020-01", "2020-12"),
    ]
    assert plan.stages[0].body == "召开动员大会,印发方案"


def test_safeguards_end_before_the_page_furniture(plan):
    assert [each.title for each in plan.safeguards] == ["加强组织领导", "加强宣传引导", "加强检查考核"]
    assert plan.safeguards[2].body == "每月通报进度,年终纳入考核。"


def test_every_slip_is_told_with_its_line(plan):
    lines = PLAN.split("\n")
    assert why(plan, "标题重复") == [1]
    assert why(plan, "笔误") == [1 + next(at for at, line in enumerate(lines) if line.startswith("(四)信息"))]
    assert why(plan, "分隔线") == [3]
    assert [lines[line - 1] for line in why(plan, "网页")] == ["更新时间:2018-02-01 00:00", "供稿单位:", "阅读量:1"]
    assert [lines[line - 1][:2] for line in why(plan, "引号")] == ["5."]
    assert [lines[line - 1][:6] for line in why(plan, "早于方案年限")] == ["(一)发动部"]
    assert len(plan.warnings) == 8


def test_points_are_clauses_of_duty_and_prohibitions_are_marked(plan):
    first = plan.tasks[0]
    assert [point.text for point in first.points] == [
        "规范招生简章和宣传口径", "向社会公布承诺书", "不得委托中介招生", "杜绝收费招生现象",
    ]  # fmt: skip
    assert [point.zero_target for point in first.points] == [False, False, True, True]
    assert [point.text for point in plan.tasks[6].points] == [
        "以章程为基础,梳理现有制度", "修订过时条款,形成完整的制度汇编",
    ]  # fmt: skip
    assert [point.no for point in first.points] == [1, 2, 3, 4]


def test_every_node_has_its_own_words_at_its_place(plan):
    nodes = [*plan.actions, *plan.tasks, *plan.stages, *plan.safeguards, *plan.sections]
    for node in nodes:
        assert node.verbatim == plan.source.verbatim(node.span)
        assert node.span.line_from >= 1
    for task in plan.tasks:
        for point in task.points:
            assert point.verbatim == plan.source.verbatim(point.span)
            assert point.text in task.body
            assert task.span.line_from <= point.span.line_from <= task.span.line_to


def covered(plan: PlanDraft) -> set[int]:
    """Every line that some node or warning has."""
    nodes = [*plan.sections, *plan.actions, *plan.tasks, *plan.stages, *plan.safeguards, *plan.duties]
    lines = {line for node in nodes for line in range(node.line_from, node.line_to + 1)}
    return lines | {each.line for each in plan.warnings}


def test_no_line_is_lost(plan):
    written = {number for number, line in enumerate(PLAN.split("\n"), start=1) if line.strip()}
    assert written <= covered(plan)


def test_the_json_has_exactly_the_published_shape(plan):
    told = json.loads(json.dumps(to_json(plan)))
    assert list(told) == [
        "title", "period", "principles", "goals", "actions", "stages", "safeguards", "warnings",
    ]  # fmt: skip
    assert told["period"] == {"from": "2018", "to": "2020"}
    assert set(told["actions"][0]) == {"no", "title", "intro", "tasks"}
    assert set(told["actions"][0]["tasks"][0]) == {"no", "title", "body", "points"}
    assert set(told["stages"][0]) == {"no", "title", "from", "to", "body"}
    assert set(told["safeguards"][0]) == {"no", "title", "body"}
    assert set(told["warnings"][0]) == {"line", "text", "why"}
    assert all(isinstance(point, str) for point in told["actions"][0]["tasks"][0]["points"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_gives_the_same_plan(encoding, plan):
    data = PLAN.encode(encoding)
    assert to_json(read_plan(data, name="方案.txt")) == to_json(plan)


def test_a_word_file_gives_the_same_plan(plan):
    told, ours = to_json(read_plan(saved(plan_docx()), name="方案.docx")), to_json(plan)
    told.pop("warnings"), ours.pop("warnings")
    assert told == ours


def full_width(text: str) -> str:
    return text.translate(str.maketrans("(),:.-0123456789", "（），：．－０１２３４５６７８９"))


def test_full_width_signs_change_nothing_but_themselves(plan):
    other = read_pasted(full_width(PLAN))
    assert [len(action.tasks) for action in other.actions] == [5, 3, 2, 3, 2, 2]
    assert [(s.from_month, s.to_month) for s in other.stages] == [(s.from_month, s.to_month) for s in plan.stages]
    assert (other.period_from, other.period_to) == ("2018", "2020")
    assert [task.title for task in other.tasks] == TASKS


def test_a_task_table_gives_duties_and_points():
    document = plan_docx()
    add_table(document, (HEADINGS, *ROWS), merged=((0, 1, 2), (1, 1, 2)))
    plan = read_plan(saved(document), name="方案.docx")
    assert [(duty.task_no, duty.body) for duty in plan.duties] == [
        (1, "审查招生简章"), (1, "公布承诺书"), (1, "核查宣传费用"), (2, "核对学籍信息"),
    ]  # fmt: skip
    assert plan.duties[2].lead == ("财务科", "招生办公室")
    assert plan.duties[0].deadline is not None
    assert plan.duties[0].deadline.end.isoformat() == "2018-03-31"
    assert plan.duties[2].deadline.kind == "recurring"
    assert [point.text for point in plan.tasks[0].points] == ["审查招生简章", "公布承诺书", "核查宣传费用"]
    assert plan.tasks[2].points[0].origin == "sentence"


def test_a_row_that_meets_no_task_is_told():
    document = plan_docx()
    add_table(document, (HEADINGS, ("1", "修建游泳馆", "立项", "后勤科", "李四", "2019年底", "")))
    plan = read_plan(saved(document), name="方案.docx")
    assert plan.duties[0].task_no == 0
    assert why(plan, "没有对上方案里的任务") == [plan.duties[0].line_from]


def run(*arguments: str, text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "zhixing", "plan", *arguments]
    return subprocess.run(command, input=text, capture_output=True, timeout=60, env={"PATH": "/usr/bin:/bin"})


def test_the_command_reads_without_settings_and_says_all(tmp_path):
    file = tmp_path / "方案.txt"
    file.write_text(PLAN, encoding="gb18030")
    shown = run(str(file))
    words = shown.stdout.decode()
    assert shown.returncode == 0
    for part in (TITLE, "17. 完善质量年报制度", "2020-01 至 2020-12", "警告 8 条"):
        assert part in words
    told = run(str(file), "--json", "--out", str(tmp_path / "plan.json"))
    assert told.returncode == 0
    assert json.loads((tmp_path / "plan.json").read_text("utf-8")) == to_json(read_plan(file))


def test_the_command_reads_standard_input_and_never_writes_over_its_source(tmp_path):
    assert json.loads(run("-", "--json", text=PLAN.encode()).stdout)["title"] == TITLE
    file = tmp_path / "方案.txt"
    file.write_text(PLAN, encoding="utf-8")
    refused = run(str(file), "--out", str(file))
    assert refused.returncode == 2
    assert "不能写到原文件" in refused.stderr.decode()
    assert file.read_text("utf-8") == PLAN


def test_the_command_says_what_is_wrong_and_how_to_mend(tmp_path):
    file = tmp_path / "方案.pdf"
    file.write_bytes(b"%PDF-1.7\n")
    refused = run(str(file))
    assert refused.returncode == 2
    assert "PDF" in refused.stderr.decode()
    assert "OCR" in refused.stderr.decode()
    assert not refused.stdout
