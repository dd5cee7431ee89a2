"""Other shapes of real plans: chapters, decimals, bullets, bare headings, notices that carry a plan, tables only."""

from __future__ import annotations

import datetime
from io import BytesIO

import openpyxl
import pytest
from docx import Document

from tests.plans.plan_documents import PLAN, add_table, saved
from zhixing.domains.plans.documents import PlanDraft, differences, read_pasted, read_plan
from zhixing.domains.plans.documents.charges import charges_in
from zhixing.domains.plans.documents.columns import COLUMN_OF
from zhixing.domains.plans.documents.dates import period_in
from zhixing.domains.plans.documents.deadlines import deadline_of
from zhixing.domains.plans.documents.duties import column_of
from zhixing.domains.plans.documents.export import to_json

PERIODS = [
    ("(2017年12月-2018年1月)", "2017-12", "2018-01"),
    ("(2020年1月-12月)", "2020-01", "2020-12"),
    ("（２０１８年２月－２０１９年１２月）", "2018-02", "2019-12"),
    ("2019.3—2021.8", "2019-03", "2021-08"),
    ("2018年上半年", "2018-01", "2018-06"),
    ("(2018---2020年)", "2018-01", "2020-12"),
    ("2018-2020年", "2018-01", "2020-12"),
    ("2018—2020学年", "2018-01", "2020-12"),
    ("二〇一八年三月", "2018-03", "2018-03"),
    ("2018年3-4月", "2018-03", "2018-04"),
    ("2017年12月至次年1月", "2017-12", "2018-01"),
    ("2017年12月-1月", "2017-12", "2018-01"),
    ("2018.3.1-2018.6.30", "2018-03", "2018-06"),
    ("2018-02", "2018-02", "2018-02"),
    ("2018/3/1", "2018-03", "2018-03"),
    ("3月1日—4月30日", "2018-03", "2018-04"),
    ("2018年3月1日至15日", "2018-03", "2018-03"),
    ("2018年3月起", "2018-03", ""),
    ("到2020年，全面实现", "", "2020-12"),
    ("2018年第一季度", "2018-01", "2018-03"),
    ("2018年秋季学期", "2018-09", "2018-12"),
    ("20180301", "2018-03", "2018-03"),
]


@pytest.mark.parametrize(("text", "first", "last"), PERIODS, ids=[each[0] for each in PERIODS])
def test_spans_of_time_in_every_spelling(text, first, last):
    period = period_in(text, year=2018)
    assert period is not None
    assert period.months == (first, last)


@pytest.mark.parametrize("text", ["2018人", "共20项", "2018.13", "第3条", "每月", "12345678", "", "三月不知肉味"])
def test_what_names_no_time(text):
    assert period_in(text) is None


DUE = [
    ("2018年9月底前", "fixed", "2018-09-30"),
    ("9月底前", "fixed", "2018-09-30"),
    ("9月前", "fixed", "2018-08-31"),
    ("年底前", "fixed", "2018-12-31"),
    ("2018.11.20", "fixed", "2018-11-20"),
    ("20181120", "fixed", "2018-11-20"),
    ("2018年11月20日前", "fixed", "2018-11-20"),
    ("2018年3月-2019年6月", "fixed", "2019-06-30"),
    ("一季度", "fixed", "2018-03-31"),
    ("每年招生前", "recurring", ""),
    ("每学期", "recurring", ""),
    ("每月底前", "recurring", ""),
    ("每年11月20日前", "recurring", ""),
    ("定期", "recurring", ""),
    ("长期坚持", "open", ""),
    ("持续推进", "open", ""),
    ("开学前", "event", ""),
    ("立即", "event", ""),
    ("视情况", "unclear", ""),
]


@pytest.mark.parametrize(("text", "kind", "end"), DUE, ids=[each[0] for each in DUE])
def test_time_limits_of_every_kind(text, kind, end):
    deadline = deadline_of(text, year=2018)
    assert deadline is not None
    assert deadline.kind == kind
    assert (deadline.end.isoformat() if deadline.end else "") == end
    assert deadline.verbatim == text


CHARGES = [
    ("完成备案。(责任单位：教务科、学生科)", [("lead", ("教务科", "学生科"))]),
    (
        "牵头单位：教务科；配合部门：学生科、办公室。责任人：张三",
        [("lead", ("教务科",)), ("support", ("学生科", "办公室")), ("owner", ("张三",))],
    ),
    ("由办公室负责，每月通报", [("lead", ("办公室",))]),
    ("分管领导：李明", [("sponsor", ("李明",))]),
    ("提升能力（教务科、学生科）。", [("lead", ("教务科", "学生科"))]),
    ("抓好落实。", []),
]


@pytest.mark.parametrize(("text", "expected"), CHARGES, ids=[each[0][:8] for each in CHARGES])
def test_who_is_responsible(text, expected):
    assert [(charge.role, charge.names) for charge, _, _ in charges_in(text)] == expected


def told(plan: PlanDraft) -> list[tuple[str, list[str]]]:
    return [(action.title, [task.title for task in action.tasks]) for action in plan.actions]


def test_chapters_and_articles():
    plan = read_pasted(
        "某校管理提升方案\n（2019.3—2021.8）\n第一章 总则\n第一条 为了提高水平，制定本方案。\n第二章 主要任务\n"
        "第二条 规范招生。加强宣传。\n第三条 规范学籍。杜绝虚假学籍。\n第三章 实施步骤\n"
        "第一阶段：宣传发动（2019.3—2019.6）。召开大会。\n"
        "第二阶段：组织实施（2019.7—2021.8）。开展活动。\n第四章 保障措施\n第四条 加强领导。成立小组。"
    )
    assert (plan.period_from, plan.period_to) == ("2019-03", "2021-08")
    assert told(plan) == [("主要任务", ["规范招生", "规范学籍"])]
    assert [task.no for task in plan.tasks] == [2, 3]
    assert [(s.title, s.from_month, s.to_month) for s in plan.stages] == [
        ("宣传发动", "2019-03", "2019-06"),
        ("组织实施", "2019-07", "2021-08"),
    ]
    assert plan.safeguards[0].title == "加强领导"


def test_decimal_numbers():
    plan = read_pasted(
        "某校三年行动计划(2018-2020年)\n1 指导思想\n贯彻。\n2 工作目标\n2.1 总体目标\n提升。\n"
        "3 主要任务\n3.1 教学提升行动\n"
        "3.1.1 落实标准。制定方案。\n3.1.2 规范课堂。建立巡课制度。\n3.2 学生提升行动\n"
        "3.2.1 规范学籍。严格管理。\n"
        "4 实施步骤\n4.1 启动阶段（2018年3月—5月）\n发动。\n5 保障措施\n5.1 组织保障\n成立小组。"
    )
    assert told(plan) == [("教学提升行动", ["落实标准", "规范课堂"]), ("学生提升行动", ["规范学籍"])]
    assert (plan.stages[0].from_month, plan.stages[0].to_month) == ("2018-03", "2018-05")
    assert "总体目标" in plan.goals


def test_headings_without_numbers():
    plan = read_pasted(
        "某校提升计划实施方案\n指导思想\n贯彻。\n主要任务\n难题治理行动\n1、招生。规范招生。\n2、学籍。核查信息。\n"
        "制度建设行动\n1、章程：制定章程。\n实施步骤\n宣传动员阶段（2018年3月-2018年5月）\n动员。\n保障措施\n1、加强领导。成立小组。"
    )
    assert told(plan) == [("难题治理行动", ["招生", "学籍"]), ("制度建设行动", ["章程"])]
    assert plan.stages[0].title == "宣传动员阶段"


def test_actions_as_the_chapters_themselves():
    plan = read_pasted(
        "某校行动计划（2018—2020年）\n一、工作目标\n提升。\n二、难题治理行动\n（一）招生。规范招生。\n（二）学籍。核查学籍。\n三、制度建设行动\n"
        "（一）章程。制定章程。\n四、工作要求\n一是加强领导。成立小组。\n二是强化督查。每月通报。"
    )
    assert told(plan) == [("难题治理行动", ["招生", "学籍"]), ("制度建设行动", ["章程"])]
    assert [action.no for action in plan.actions] == [2, 3]
    assert [each.title for each in plan.safeguards] == ["加强领导", "强化督查"]


def test_campaigns_as_bullets_and_stages_in_prose():
    plan = read_pasted(
        "管理提升实施意见\n一、总体要求\n（一）指导思想。依法治校。\n（二）基本原则\n1.坚持依法。按章办事。\n2.坚持实效。找准问题。\n"
        "（三）工作目标。到2020年，明显提升。\n二、重点任务\n——“诚信招生”活动。规范简章。\n——“平安校园”活动。消除隐患。\n三、时间安排\n"
        "2018年3月至5月为宣传发动阶段，召开会议。\n2018年6月至2020年12月为全面实施阶段，开展工作。\n四、工作要求\n加强领导，狠抓落实。"
    )
    assert plan.principles == ("坚持依法", "坚持实效")
    assert plan.goals == "到2020年，明显提升。"
    assert [task.title for task in plan.tasks] == ["“诚信招生”活动", "“平安校园”活动"]
    assert [(s.title, s.from_month, s.to_month) for s in plan.stages] == [
        ("宣传发动阶段", "2018-03", "2018-05"),
        ("全面实施阶段", "2018-06", "2020-12"),
    ]
    assert plan.safeguards[0].body == "加强领导，狠抓落实。"
    assert (plan.period_from, plan.period_to) == ("2018-03", "2020-12")


NOTICE = """某工校〔2018〕1号
关于印发《某校管理水平提升计划实施方案》的通知
各科室：
现印发给你们，请遵照执行。
附件：某校管理水平提升计划实施方案
某某学校
2018年1月6日

附件
某校管理水平提升计划
实施方案
（2018—2020年）
一、指 导 思 想
贯彻精神。
三、重点任务
任务一：诚信招生。规范招生简章。
任务二：学籍核查。核查学籍。
五、组织保障
（一）加强领导
成立小组。
附件1：
领导小组名单
组长：张三
抄送：市教育局
— 3 —
"""


def test_a_notice_that_carries_the_plan():
    plan = read_pasted(NOTICE)
    assert plan.title == "某校管理水平提升计划实施方案"
    assert [task.title for task in plan.tasks] == ["诚信招生", "学籍核查"]
    roles = {section.title: section.role for section in plan.sections}
    assert roles["指导思想"] == "preamble"
    assert roles["附件1"] == "attachment"
    assert roles["落款"] == roles["版记"] == roles["页码"] == "furniture"
    assert any("缺 2" in each.why for each in plan.warnings)
    lines = {
        line
        for s in (*plan.sections, *plan.actions, *plan.tasks, *plan.safeguards)
        for line in range(s.line_from, s.line_to + 1)
    }
    assert lines >= {number for number, line in enumerate(NOTICE.split("\n"), 1) if line.strip()}


def test_numbers_missing_or_repeated_are_kept_and_told():
    plan = read_pasted("某校方案\n一、主要任务\n(一)治理行动。\n1.甲项。做事。\n3.丙项。做事。\n3.又一项。做事。")
    assert [task.no for task in plan.tasks] == [1, 3, 3]
    reasons = "；".join(each.why for each in plan.warnings)
    assert "缺 2" in reasons
    assert "编号 3 重复" in reasons


def test_a_heading_broken_over_two_paragraphs():
    plan = read_pasted(PLAN.replace("(三)管理骨干能力建设行动。", "(三)管理骨干能力建设\n行动。"))
    assert plan.actions[2].title == "管理骨干能力建设行动"
    assert plan.actions[2].body == "按岗位要求补能力。"
    assert plan.actions[2].notes


def test_a_title_in_the_style_of_a_heading():
    document = Document()
    for depth, text in [
        (1, "某校提升行动实施方案（2018—2020年）"),
        (0, "为落实上级要求，制定本方案。"),
        (2, "一、主要任务"),
        (3, "（一）治理行动"),
        (0, "1.招生。规范简章。"),
        (2, "二、实施步骤"),
        (3, "（一）发动阶段（2018年1月-3月）"),
        (0, "开会。"),
        (2, "三、保障措施"),
        (3, "（一）加强领导"),
        (0, "成立小组。"),
    ]:
        document.add_heading(text, depth) if depth else document.add_paragraph(text)
    plan = read_plan(saved(document), name="方案.docx")
    assert (plan.title, plan.period_from, plan.period_to) == ("某校提升行动实施方案", "2018", "2020")
    assert told(plan) == [("治理行动", ["招生"])]
    assert plan.stages[0].to_month == "2018-03"
    assert any(section.body.startswith("为落实") for section in plan.sections)


def test_parts_over_chapters_with_labels_on_lines_of_their_own():
    plan = read_pasted(
        "某校提升计划（2019.3—2021.8）\n第一部分 总体要求\n一、指导思想\n贯彻。\n二、主要目标\n提升。\n"
        "第二部分 重点任务\n一、治理行动\n"
        "（一）规范招生\n建立承诺制度，公开简章。\n责任部门：招生办\n完成时限：2019年9月底前\n（二）规范学籍\n1.核查学籍。\n2.建立台账。\n"
        "第三部分 保障措施\n一、组织保障\n成立小组。"
    )
    assert told(plan) == [("治理行动", ["规范招生", "规范学籍"])]
    first, second = plan.tasks
    assert [(charge.role, charge.names) for charge in first.charges] == [("lead", ("招生办",))]
    assert [point.text for point in first.points] == ["建立承诺制度", "公开简章"]
    assert [point.origin for point in second.points] == ["item", "item"]
    assert first.deadlines[0].end == datetime.date(2019, 9, 30)
    assert plan.goals == "提升。"


def test_a_task_without_a_verb_of_duty_is_one_point():
    plan = read_pasted("某校方案\n一、主要任务\n（一）治理行动\n1.招生。另文安排。\n2.学籍。")
    assert [[point.text for point in task.points] for task in plan.tasks] == [["另文安排"], ["学籍"]]


def test_a_document_that_is_nothing_but_a_table():
    document = Document()
    rows = (
        ("某校2018年工作任务分解表",) * 6,
        ("序号", "项目", "工作任务", "责任分工", "责任分工", "完成时间"),
        ("序号", "项目", "工作任务", "牵头部门", "配合部门", "完成时间"),
        ("1", "招生", "规范招生简章", "招生办", "教务科", "3月底"),
        ("2", "", "开展宣传", "宣传科", "", "长期"),
        ("3", "学籍", "核查学籍", "教务科", "学生科", "每年4月20日前"),
        ("合计", "3项", "", "", "", ""),
    )
    add_table(document, rows)
    plan = read_plan(saved(document), name="任务.docx")
    assert told(plan) == [("招生", ["规范招生简章", "开展宣传"]), ("学籍", ["核查学籍"])]
    assert plan.title == "某校工作任务分解表"
    assert plan.duties[0].deadline is not None
    assert plan.duties[0].deadline.end == datetime.date(2018, 3, 31)
    assert plan.duties[2].support == ("学生科",)
    assert any("合计" in each.why for each in plan.warnings)


def test_a_workbook_of_tasks():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["某校提升行动任务分解表(2018-2020年)"])
    sheet.append(
        ["行动", "序号", "任务名称", "具体措施", "分管领导", "责任部门", "责任人", "完成时限", "验收要点", "分值"]
    )
    sheet.append(
        [
            "治理行动",
            1,
            "诚信招生",
            "1.制定承诺书；2.公开承诺",
            "李",
            "招生办",
            "王五",
            datetime.date(2018, 3, 31),
            "承诺书",
            5,
        ]
    )
    sheet.append([None, 2, "学籍核查", "核查", "赵", "教务科", "钱六", "每学期", "差异表", 5])
    sheet.append(["制度行动", 3, "章程建设", "修订章程", "校长", "办公室", "孙七", "2018年底", "章程", 10])
    sheet.merge_cells("A3:A4")
    stream = BytesIO()
    book.save(stream)
    plan = read_plan(stream.getvalue(), name="任务.xlsx")
    assert (plan.title, plan.period_from, plan.period_to) == ("某校提升行动任务分解表", "2018", "2020")
    assert told(plan) == [("治理行动", ["诚信招生", "学籍核查"]), ("制度行动", ["章程建设"])]
    assert [point.text for point in plan.tasks[0].points] == ["制定承诺书", "公开承诺"]
    first = plan.duties[0]
    assert (first.sponsor, first.owner, first.evidence, first.others) == (
        ("李",),
        ("王五",),
        "承诺书",
        (("分值", "5"),),
    )
    assert first.deadline is not None
    assert first.deadline.end == datetime.date(2018, 3, 31)


def test_a_csv_of_tasks_in_gb18030():
    text = (
        "序号,任务,牵头部门,责任人,完成时限,佐证材料\n"
        "1,诚信招生,招生办,王五,2018年3月底前,承诺书\n2,学籍核查,教务科,钱六,每学期,差异表\n"
    )
    plan = read_plan(text.encode("gb18030"), name="任务.csv")
    assert [task.title for task in plan.tasks] == ["诚信招生", "学籍核查"]
    assert plan.duties[1].lead == ("教务科",)


def test_a_table_that_goes_on_over_pages_and_one_that_is_none():
    document = Document()
    for text in (
        "某校方案（2018—2020年）",
        "一、主要任务",
        "（一）治理行动",
        "1.诚信招生。规范招生。",
        "2.学籍核查。核查学籍。",
    ):
        document.add_paragraph(text)
    head = ("序号", "任务", "牵头部门", "完成时限")
    add_table(document, (head, ("1", "诚信招生", "招生办", "2018年底")))
    document.add_paragraph("续表")
    add_table(document, (("2", "学籍核查", "教务科", "每学期"), head))
    document.add_paragraph("联系表")
    add_table(document, (("姓名", "电话"), ("甲", "乙")))
    plan = read_plan(saved(document), name="方案.docx")
    assert [(duty.task_no, duty.lead) for duty in plan.duties] == [(1, ("招生办",)), (2, ("教务科",))]
    assert any("没有认出任务" in each.why and each.text.startswith("姓名") for each in plan.warnings)


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("责任部门（牵头）", "lead"),
        ("完成时限：", "due"),
        ("责任部门/责任人", "lead"),
        ("* 任务名称", "task"),
        ("牵 头 部 门", "lead"),
        ("籍贯", ""),
    ],
)
def test_headings_of_tables_are_known_by_many_spellings(heading, column):
    assert column_of(heading) == column
    assert all(column_of(word) == name for word, name in COLUMN_OF.items())


def test_text_without_any_structure_is_kept_and_told():
    plan = read_pasted("今天天气很好。\n大家都来开会。")
    assert not plan.actions
    assert {section.line_from for section in plan.sections} == {1, 2}
    assert any("没有认出任何带编号的标题" in each.why for each in plan.warnings)


def kinds(old: str, new: str) -> list[tuple[str, str, str]]:
    return [(each.kind, each.node, each.title) for each in differences(read_pasted(old), read_pasted(new))]


def test_a_version_differs_from_itself_in_nothing():
    assert kinds(PLAN, PLAN) == []


def test_a_changed_word_is_shown_with_what_was_and_what_is():
    plan = read_pasted(PLAN), read_pasted(PLAN.replace("起草并审议学校章程", "起草并审定学校章程"))
    changes = differences(*plan)
    assert [(each.kind, each.node) for each in changes] == [("text", "task"), ("text", "point")]
    pieces = [(piece.kind, piece.text) for piece in changes[0].pieces]
    assert ("out", "议") in pieces
    assert ("in", "定") in pieces
    for each in changes:
        assert "".join(piece.text for piece in each.pieces if piece.kind != "in").startswith("起草并审议")
        assert "".join(piece.text for piece in each.pieces if piece.kind != "out").startswith("起草并审定")
    assert changes[0].after == "行动2 / 任务6"


def test_added_removed_retitled_and_moved_nodes_are_told_apart():
    assert ("added", "task", "建设智慧课堂") in kinds(
        PLAN, PLAN.replace("14.凝练", "13.建设智慧课堂。采购设备,开展研讨。\n\n14.凝练")
    )
    assert ("removed", "task", "明确岗位能力") in kinds(
        PLAN, PLAN.replace("9.明确岗位能力。编制各级管理岗位能力清单,引导干部对照改进。\n\n", "")
    )
    retitled = kinds(PLAN, PLAN.replace("(四)信息管理能力提升动力", "(四)信息管理能力提升行动"))
    assert retitled == [("retitled", "action", "信息管理能力提升行动")]
    line = "8.督促制度执行。建立制度执行检查机制,加强学习宣传,公布奖惩结果。\n\n"
    moved = kinds(PLAN, PLAN.replace(line, "").replace("11.统一", line + "11.统一"))
    assert ("moved", "task", "督促制度执行") in moved
    assert not [each for each in moved if each[0] in ("added", "removed") and each[1] == "task"]
    assert ("text", "stage", "集中推进阶段") in kinds(PLAN, PLAN.replace("2019年12月", "2019年11月"))
    assert ("text", "plan", "年限") in kinds(PLAN, PLAN.replace("(2018---2020年)", "(2018---2021年)"))


def test_a_plan_against_an_empty_one():
    found = kinds("甲。\n乙。", PLAN)
    assert sum(each[:2] == ("added", "task") for each in found) == 17
    assert sum(each[:2] == ("removed", "task") for each in kinds(PLAN, "甲。\n乙。")) == 17


def test_the_json_of_every_shape_is_json():
    for text in (PLAN, NOTICE, "甲。"):
        assert set(to_json(read_pasted(text))["period"]) == {"from", "to"}
