"""`zhixing plan FILE`: a plan document in, its structure out. Needs no server, no database, no configuration."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from zhixing.kernel.sheets.refusal import SheetRefused

if TYPE_CHECKING:
    from rich.tree import Tree

    from zhixing.domains.plans.documents.draft import PlanDraft

NEEDS_DJANGO = False
HELP = "读取方案文件，列出行动、任务、阶段和保障措施"
READ, UNREADABLE = 0, 2
_WIDTH = 110


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zhixing plan`."""
    parser.epilog = (
        "退出码：0 已读取（有警告也是 0，警告逐条列出，不会丢掉文字）；2 文件不能读取（说明为什么、怎么办）。"
        "能读 *.docx、*.txt（UTF-8、GB18030）、*.xlsx、*.csv；“-”表示从标准输入读文字。"
    )
    add = parser.add_argument
    add("file", metavar="文件", help="方案文件，或“-”")
    add("--json", action="store_true", help="输出 JSON（结构见 docs/how-to/plan_document.md）")
    add("--out", type=Path, metavar="路径", help="结果写到哪里（默认显示在屏幕上）")


def run(options: argparse.Namespace) -> int:
    """Read the plan and write it as a tree or as JSON; the exit code says read or unreadable."""
    from zhixing.domains.plans.documents import read_pasted, read_plan

    try:
        _check_out(options)
        plan = read_pasted(_standard_input()) if options.file == "-" else read_plan(options.file)
        if options.out is None:
            _write(plan, sys.stdout, as_json=options.json)
        else:
            _write_file(plan, options)
    except (SheetRefused, Unwritable) as problem:
        print(problem, file=sys.stderr)
        return UNREADABLE
    return READ


class Unwritable(Exception):
    """The result has no place to go; the message is for the user."""


def _standard_input() -> str:
    from zhixing.kernel.outlines.limits import TEXT_BYTES

    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        return sys.stdin.read(TEXT_BYTES + 1)
    data: bytes = stream.read(TEXT_BYTES + 1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def _check_out(options: argparse.Namespace) -> None:
    out, given = options.out, Path(options.file)
    if out is not None and out.exists() and given.exists() and out.resolve() == given.resolve():
        raise Unwritable(f"结果不能写到原文件“{out}”上。请换一个 --out 路径。")


def _write_file(plan: PlanDraft, options: argparse.Namespace) -> None:
    """The result takes the place of ``--out`` only when it is complete."""
    out: Path = options.out
    try:
        if out.exists() and not out.is_file():
            raise Unwritable(f"结果写不到“{out}”：它不是一个文件。请换一个 --out 路径。")
        with tempfile.TemporaryDirectory(prefix=".zhixing-", dir=out.parent) as folder:
            unfinished = Path(folder) / "plan"
            with unfinished.open("w", encoding="utf-8", newline="") as stream:
                _write(plan, stream, as_json=options.json)
            unfinished.replace(out)
    except OSError as error:
        why = error.strerror or error
        raise Unwritable(f"结果写不到“{out}”：{why}。请检查文件夹是否存在、是否可写。") from error
    print(f"结果已写到 {out}", file=sys.stderr)


def _write(plan: PlanDraft, stream: TextIO, *, as_json: bool) -> None:
    if isinstance(stream, io.TextIOWrapper):
        with contextlib.suppress(ValueError, OSError):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if as_json:
        from zhixing.domains.plans.documents import to_json

        json.dump(to_json(plan), stream, ensure_ascii=False, indent=2)
        stream.write("\n")
        return
    from rich.console import Console

    console = Console(file=stream, width=None if stream.isatty() else _WIDTH, highlight=False, markup=False)
    console.print(_tree(plan))
    stream.writelines(f"{warning}\n" for warning in _warnings(plan))


def _tree(plan: PlanDraft) -> Tree:
    """The plan as a reader would want it at a glance; bodies are shortened, nothing is left out but their length."""
    from rich.text import Text
    from rich.tree import Tree

    years = "—".join(filter(None, (plan.period_from, plan.period_to)))
    root = Tree(Text(f"{plan.title or '（没有标题）'}{f'（{years}）' if years else ''}", style="bold"))
    if plan.principles:
        root.add(Text(f"基本原则  {'；'.join(plan.principles)}"))
    if plan.goals:
        root.add(Text(f"工作目标  {_short(plan.goals, 80)}"))
    points = sum(len(task.points) for task in plan.tasks)
    work = root.add(Text(f"行动 {len(plan.actions)} 个，任务 {len(plan.tasks)} 项，建议要点 {points} 条"))
    for action in plan.actions:
        branch = work.add(Text(f"{action.no}. {action.title}", style="cyan"))
        for task in action.tasks:
            twig = branch.add(Text(f"{task.no}. {task.title}"))
            for point in task.points:
                twig.add(Text(f"{'〔目标为 0〕' if point.zero_target else ''}{_short(point.text, 90)}", style="dim"))
    stages = root.add(Text(f"阶段 {len(plan.stages)} 个"))
    for stage in plan.stages:
        stages.add(Text(f"{stage.no}. {stage.title}  {stage.from_month or '？'} 至 {stage.to_month or '？'}"))
    safeguards = root.add(Text(f"保障措施 {len(plan.safeguards)} 条"))
    for each in plan.safeguards:
        safeguards.add(Text(f"{each.no}. {each.title}"))
    if plan.duties:
        _add_duties(root, plan)
    return root


def _add_duties(root: Tree, plan: PlanDraft) -> None:
    from rich.text import Text

    matched = sum(1 for duty in plan.duties if duty.task_no)
    branch = root.add(Text(f"任务表 {len(plan.duties)} 行，对上任务 {matched} 行"))
    for duty in plan.duties:
        who = "、".join(duty.lead) or "（没有牵头部门）"
        words = " ｜ ".join(filter(None, (duty.title, _short(duty.body, 40), who, duty.due_text.replace("\n", "；"))))
        branch.add(Text(words, style="dim"))


def _warnings(plan: PlanDraft) -> list[str]:
    if not plan.warnings:
        return ["没有警告。"]
    lines = [f"警告 {len(plan.warnings)} 条（文字都已保留，请核对）："]
    for each in plan.warnings:
        where = f"第 {each.line} 行" if each.line else "全文"
        lines.append(f"  {where}  {each.why}：{_short(each.text, 40)}")
    return lines


def _short(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
