"""`zhixing rooms`: every declaration of the house, with the file and line it is written in."""

from __future__ import annotations

import argparse
from pathlib import Path

NEEDS_DJANGO = True
HELP = "列出系统里声明的全部规则、检查、指标和页面"
NAMES = {
    "checks": "检查", "rosters": "名册", "indicators": "指标", "procedures": "流程", "sheets": "表格", "pages": "页面",
    "papers": "文书", "demo": "演示",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zhixing rooms`."""
    parser.add_argument("room", nargs="?", default="", choices=["", *NAMES], help="只列这一类")


def run(options: argparse.Namespace) -> int:
    """Print a table: code, then file and line as editors understand them."""
    from zhixing.kernel.collect import everything  # app ready

    here = Path.cwd()
    counts: dict[str, int] = {}
    for room, code, file, line in everything():
        if options.room and room != options.room:
            continue
        path = Path(file)
        shown = path.relative_to(here) if path.is_relative_to(here) else path
        print(f"{NAMES.get(room, room)}  {code:<48} {shown}:{line}")
        counts[room] = counts.get(room, 0) + 1
    print("，".join(f"{NAMES.get(room, room)} {count}" for room, count in counts.items()) or "没有声明。")
    return 0
