"""How fast papers are set: documents a second as Word and as PDF, and a long ledger; fails under its floors."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import mkdtemp

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhixing.site.settings")
os.environ.setdefault("ZHIXING_VAR", mkdtemp(prefix="zhixing-bench-"))

import django  # noqa: E402

django.setup()

from zhixing.kernel.papers import Form, Letter, Para, Signatures, Table, to_docx, to_pdf  # noqa: E402

AT = datetime(2018, 3, 5, tzinfo=UTC)
FORMS, ROWS = 100, 2000
FLOORS = {"Word 表单": 40.0, "PDF 表单": 25.0, "Word 台账行": 1500.0, "PDF 台账行": 600.0}
"""A second of CPU, on a slow core."""


def form(number: int) -> Letter:
    return Letter(
        title="督办单", organ="甲职业学校", kind_of_layout="form", number=f"督办〔2018〕{number}号",
        blocks=[
            Form([
                [("来源", "行政办公会决议"), ("交办日期", date(2018, 3, 5))], [("事项", f"第{number}项：完成学籍核查")],
                [("要求", "逐班核对，补齐缺失的学籍号，形成报告。", 30)], [("领导批示", "", 28)],
                [("牵头", "教务处"), ("协办", "学生处"), ("责任人", "陈某")],
            ]),
            Para("请按期办结并反馈。"), Signatures([("签收人", ""), ("经办人", "")]),
        ],
    )  # fmt: skip


def ledger() -> Letter:
    rows = [
        [at, "核查", f"第{at}条：缺少学籍号，入学已超过三十天", "限期", "教务处", "王某", AT.date(), "整改中"]
        for at in range(ROWS)
    ]
    heads = ["序号", "来源", "问题", "类型", "部门", "责任人", "时限", "进度"]
    return Letter(title="问题整改台账", kind_of_layout="table", landscape=True, blocks=[Table(heads, rows)])


def pace(count: int, work: Callable[[], object]) -> float:
    """Things a second of this process's CPU."""
    start = time.process_time()
    work()
    return count / (time.process_time() - start)


def main() -> int:
    to_docx(form(0)), to_pdf(form(0), AT)  # fonts and styles are read once a process
    long = ledger()
    found = {
        "Word 表单": pace(FORMS, lambda: [to_docx(form(at)) for at in range(FORMS)]),
        "PDF 表单": pace(FORMS, lambda: [to_pdf(form(at), AT) for at in range(FORMS)]),
        "Word 台账行": pace(ROWS, lambda: to_docx(long)),
        "PDF 台账行": pace(ROWS, lambda: to_pdf(long, AT)),
    }
    slow = [name for name, floor in FLOORS.items() if found[name] < floor]
    for name, value in found.items():
        print(f"{name:<10} {value:>9.0f} /s CPU（下限 {FLOORS[name]:.0f}）{'  过慢' if name in slow else ''}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
