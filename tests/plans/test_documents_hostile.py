"""Whatever a stranger pastes, the parser answers soon, loses no line and never falls over."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plans.plan_documents import HEADINGS, PLAN
from zhixing.domains.plans.documents import PlanDraft, differences, read_pasted, read_plan, to_json
from zhixing.kernel.outlines.refusal import DocumentRefused


def covered(plan: PlanDraft) -> set[int]:
    """Every line that some node or warning has."""
    nodes = [*plan.sections, *plan.actions, *plan.tasks, *plan.stages, *plan.safeguards, *plan.duties]
    lines = {line for node in nodes for line in range(node.line_from, node.line_to + 1)}
    return lines | {each.line for each in plan.warnings}


LINES = [line for line in PLAN.split("\n") if line]
PIECES = st.one_of(
    st.sampled_from(LINES),
    st.sampled_from(
        [
            "附件1",
            "附件：名单",
            "指导思想",
            "二、主要任务",
            "第一阶段：发动",
            "2018年3月1日",
            "— 2 —",
            "目  录",
            "一、目标……1",
        ]
    ),
    st.sampled_from(["\t".join(HEADINGS), "1\t甲\t乙\t丙\t丁\t2018年底\t戊", "姓名\t电话\t住址"]),
    st.text(alphabet="一二（）().、1：:。；年月日阶段附件表任务责任部门“”\t ", max_size=24),
)


@settings(max_examples=200, deadline=4000)
@given(st.lists(PIECES, min_size=1, max_size=40))
def test_no_paragraph_is_ever_lost(pieces):
    text = "\n".join(pieces)
    try:
        plan = read_pasted(text)
    except DocumentRefused:
        assert not text.strip()
        return
    written = {line.no for line in plan.source.lines if line.kind == "paragraph"}
    assert written <= covered(plan)
    for node in (*plan.actions, *plan.tasks, *plan.stages, *plan.safeguards):
        assert node.verbatim == plan.source.verbatim(node.span)
        assert node.title
    to_json(plan)


@settings(max_examples=60, deadline=4000)
@given(st.lists(PIECES, min_size=1, max_size=25), st.lists(PIECES, min_size=1, max_size=25))
def test_any_two_versions_can_be_compared(old, new):
    before, after = read_pasted("首行\n" + "\n".join(old)), read_pasted("首行\n" + "\n".join(new))
    assert not differences(before, before)
    for each in differences(before, after):
        assert each.title or each.pieces


def test_five_hundred_damaged_plans_in_no_time():
    for seed in range(500):
        rnd = random.Random(seed)
        text = list(PLAN)
        for _ in range(rnd.randint(1, 60)):
            at = rnd.randrange(len(text))
            text[at : at + rnd.randint(0, 8)] = rnd.choice(
                ["", "\n", "一、", "(", "）", "2018年", "附件", "\t", "“", "：", "1."]
            )
        data = bytearray("".join(text).encode("gb18030" if seed % 2 else "utf-8"))
        if seed % 3 == 0:
            for _ in range(rnd.randint(1, 5)):
                data[rnd.randrange(len(data))] = rnd.randrange(256)
        started = time.process_time()
        try:
            plan = read_plan(bytes(data), name="方案.txt")
        except DocumentRefused:
            continue
        finally:
            assert time.process_time() - started < 1, seed
        assert {line.no for line in plan.source.lines if line.kind == "paragraph"} <= covered(plan), seed


LONG = 60_000
HOSTILE = {
    "brackets": "一、任务\n" + "（" * LONG,
    "quotes": "”" * LONG + "“" * LONG,
    "dates": "一、任务\n1.甲。" + "2018年3月底前" * (LONG // 8),
    "blanks": "甲" + " " * LONG + "乙",
    "commas": "一、任务\n1.甲。" + "，" * LONG,
    "verbs": "一、任务\n1.甲。" + "建立" * (LONG // 2),
    "adverbs": "一、任务\n1.甲。" + "进一步全面深入" * (LONG // 7),
    "charges": "一、任务\n1.甲。" + "责任部门：教务科；" * (LONG // 9),
    "units": "一、任务\n1.甲（" + "科、" * (LONG // 2) + "）。",
    "by": "一、任务\n1.甲。" + "由" * LONG,
    "dots": "目录" + "." * LONG + "1",
    "attachments": "一、任务\n1.甲。\n" + "附件\n" * 20_000,
    "stages": "四、步骤\n" + "第一阶段（2018年1月-2月）\n" * 5_000,
    "principles": "坚持" * (LONG // 2) + "原则",
    "tasks": "一、主要任务\n（一）行动\n" + "1.任务。做事。\n" * 10_000,
    "rows": "\t".join(HEADINGS) + "\n" + "1\t甲\t乙\t丙\t丁\t2018年底\t戊\n" * 5_000,
    "signed": "某校\n2018年1月6日\n" * 10_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_little(name):
    started = time.process_time()
    read_pasted(HOSTILE[name])
    assert time.process_time() - started < 8


def big(actions: int, tasks: int, points: int, mark: str) -> str:
    parts = ["某校方案（2018—2020年）", "三、主要任务"]
    for action in range(1, actions + 1):
        parts.append(f"（{'一二三四五六七八九十'[action % 10]}）第{action}{mark}行动")
        for task in range(1, tasks + 1):
            duties = "，".join(f"建立{action}号{task}类{point}项{mark}制度" for point in range(points))
            parts.append(f"{task}.任务{action}之{task}{mark}。{duties}。")
    return "\n".join(parts)


def test_plans_of_a_thousand_points_are_compared_in_seconds():
    before, after = read_pasted(big(10, 10, 10, "甲")), read_pasted(big(10, 10, 10, "乙"))
    assert sum(len(task.points) for task in before.tasks) == 1000
    started = time.process_time()
    assert differences(before, after)
    assert time.process_time() - started < 10
