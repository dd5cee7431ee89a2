"""Plan documents: a plan of four pages from text to tree, and a Word file of three hundred pages.

Usage: python bench/plans.py [--rounds 20]. Prints CPU seconds of the parse and of the whole `zhixing plan` command
(goals: 0.3 s for the plan, 5 s for three hundred pages; both hold for the parse and for the fresh process).
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from docx import Document

ROOT = Path(__file__).parents[1]
GOAL_PLAN, GOAL_LONG = 0.3, 5.0
ACTIONS = (5, 3, 2, 3, 2, 2)
HAN = "一二三四五六七八九十"
WORDS = (
    "建立健全管理制度",
    "加强日常检查",
    "完善工作流程",
    "组织专题培训",
    "规范档案整理",
    "杜绝违规现象",
    "公开办事结果",
)


def sentence(rnd: random.Random, clauses: int) -> str:
    """Clauses of duty, as a task has them."""
    return ",".join(f"{rnd.choice(WORDS)}{rnd.randint(1, 99)}项" for _ in range(clauses)) + "。"


def short_plan(rnd: random.Random) -> str:
    """A plan with the size and build of a school's: six actions, seventeen tasks, three stages, some 3,700 characters."""
    lines = [
        "某校管理水平提升计划实施方案",
        "",
        "(2018---2020年)",
        "",
        "一、指导思想",
        sentence(rnd, 12),
        "",
        "二、工作目标",
        sentence(rnd, 16),
        "",
        "三、主要任务",
    ]
    number = 0
    for at, count in enumerate(ACTIONS):
        lines += ["", f"({HAN[at]})第{HAN[at]}项行动。", "", sentence(rnd, 5)]
        for _ in range(count):
            number += 1
            lines += ["", f"{number}.第{number}项工作。{sentence(rnd, 10)}"]
    lines += [
        "",
        "四、组织实施",
        "",
        "(一)动员阶段(2017年12月-2018年1月)",
        sentence(rnd, 4),
        "",
        "(二)实施阶段(2018年2月-2020年12月)",
    ]
    lines += [
        sentence(rnd, 8),
        "",
        "五、保障措施",
        "",
        "(一)加强领导。",
        sentence(rnd, 12),
        "",
        "(二)加强检查。",
        sentence(rnd, 12),
    ]
    return "\n".join(lines)


def long_docx(rnd: random.Random, path: Path) -> int:
    """Three hundred pages of some 600 characters, with headings, numbers and a table; the characters written."""
    document = Document()
    document.add_paragraph("某校管理水平提升计划实施方案（2018—2020年）")
    document.add_heading("一、主要任务", 1)
    written = number = 0
    for at in range(300):
        document.add_heading(f"（{at + 1}）行动".replace(str(at + 1), HAN[at % 10]), 2)
        for _ in range(8):
            number += 1
            text = f"{number}.第{number}项工作。{sentence(rnd, 7)}"
            document.add_paragraph(text)
            written += len(text)
    table = document.add_table(rows=200, cols=4)
    for row, cells in enumerate(table.rows):
        for cell, text in zip(
            cells.cells,
            ("序号", "任务", "责任部门", "完成时限") if not row else (str(row), f"第{row}项工作", "教务科", "2018年底"),
            strict=True,
        ):
            cell.text = text
    document.save(str(path))
    return written


def parsed(path: Path, rounds: int) -> float:
    """Median CPU seconds of reading ``path`` in a warm process."""
    from zhixing.domains.plans.documents import read_plan

    read_plan(path)
    spent = []
    for _ in range(rounds):
        started = time.process_time()
        read_plan(path)
        spent.append(time.process_time() - started)
    return statistics.median(spent)


def command(path: Path) -> float:
    """CPU seconds of a fresh `zhixing plan --json`, interpreter and imports included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "zhixing", "plan", str(path), "--json"], stdout=subprocess.DEVNULL, check=True, cwd=ROOT
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    rnd = random.Random(2018)
    with tempfile.TemporaryDirectory() as folder:
        short, long = Path(folder) / "plan.txt", Path(folder) / "long.docx"
        text = short_plan(rnd)
        short.write_text(text, "utf-8")
        written = long_docx(rnd, long)
        for name, path, size, rounds, goal in (
            ("plan of four pages", short, len(text), options.rounds, GOAL_PLAN),
            ("300 pages (.docx)", long, written, 3, GOAL_LONG),
        ):
            once, whole = parsed(path, rounds), command(path)
            verdict = "ok" if max(once, whole) < goal else "TOO SLOW"
            print(
                f"{name:20} {size:>8,} characters  parse {once:6.3f} s  command {whole:6.3f} s CPU  goal {goal} s  {verdict}"
            )


if __name__ == "__main__":
    main()
