"""`zhixing demo`: a school to try everything with; all its people are invented."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhixing.site.demonstration import Tell

NEEDS_DJANGO = True
HELP = "布置一所演示学校"
FEWEST, MOST = 450, 20_000
FAILED = 1
STEPS = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zhixing demo`."""
    add = parser.add_argument
    add("--students", type=_students, default=1800, metavar="人数", help="学生人数（默认 1800）")
    add("--seed", type=int, default=2026, metavar="数", help="随机种子：同样的种子得到同样的学校（默认 2026）")
    add("--password", default="", metavar="密码", help="演示账号的密码（默认随机生成）")
    add("--if-empty", action="store_true", help="数据库里已有学校时什么也不做")
    add("--again", action="store_true", help="清空并重新布置（只限空库或只有演示学校的库）")
    add("--people-only", action="store_true", help="只布置部门、教职工和账号，名册、方案等留空，从头做起")
    add("--key", type=Path, metavar="文件", help="把埋下的问题写成 JSON 文件")
    add("--roster", type=Path, metavar="文件.xlsx", help="只生成演示学校的全国版式学生名册，不动数据库")
    add("--code", metavar="账号", help="显示演示账号当前的两步验证码")


def run(options: argparse.Namespace) -> int:
    """Furnish once; a second run says that it is there already."""
    from django.core.exceptions import ValidationError  # app ready
    from django.db import DatabaseError

    from zhixing.site.demonstration import NotFurnished, second_factor_code

    try:
        if options.roster:
            return _write_roster(options)
        if options.code:
            print(second_factor_code(options.code))
            return 0
        return _furnish(options)
    except NotFurnished as problem:
        print(problem, file=sys.stderr)
    except ValidationError as problem:
        print("没有布置演示学校：" + "；".join(problem.messages), file=sys.stderr)
    except DatabaseError as problem:
        print(f"数据库还不能使用：{problem}。请先运行 zhixing migrate。", file=sys.stderr)
    return FAILED


def _furnish(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from zhixing.site import demonstration as house

    if house.present() is not None and not options.again:
        print("演示学校已经布置好，没有改动。账号见 var/demo_accounts.txt；重新布置请用 --again。")
        return 0
    if house.others_present():
        if options.if_empty:
            return 0
        raise house.NotFurnished("数据库里已有别的学校。演示学校请布置在单独的数据库里。")
    start = time.monotonic()
    if options.again:
        house.clear_everything()
    with _progress() as tell:
        accounts, password, key = house.furnish(
            at=timezone.now(), students=options.students, seed=options.seed, password=options.password, tell=tell,
            storeys=house.PEOPLE if options.people_only else house.STOREYS,
        )  # fmt: skip
    path = house.write_accounts(accounts, password)
    if options.key:
        options.key.write_text(json.dumps(key, ensure_ascii=False, indent=1), "utf-8")
    print(f"演示学校已布置好，用时 {time.monotonic() - start:.1f} 秒；账号也写在 {path}。")
    print("\n".join(house.account_lines(accounts, password)))
    return 0


def _write_roster(options: argparse.Namespace) -> int:
    """The same roster as in the database, faults included, and the key to it beside."""
    from dataclasses import asdict

    from django.utils import timezone

    from zhixing.domains.students.demo import demo_roster
    from zhixing.domains.students.rosters import STUDENT_INFORMATION
    from zhixing.kernel.sheets.writing import write_table

    roster = demo_roster(on=timezone.localdate(), students=options.students, seed=options.seed)
    filled = {name for row in roster.rows for name, value in row.items() if value}
    columns = [one for one in STUDENT_INFORMATION.columns if one.required or one.name in filled]
    rows = ([row.get(column.name, "") for column in columns] for row in roster.rows)
    count = write_table(options.roster, [column.title for column in columns], rows, sheet="学生名册")
    print(f"已写出 {options.roster}：{count} 行，人物全部虚构。")
    if options.key:
        key: list[dict[str, Any]] = [asdict(one) for one in roster.planted]
        options.key.write_text(json.dumps(key, ensure_ascii=False, indent=1), "utf-8")
        print(f"埋下的问题写在 {options.key}。")
    print(f"试试：zhixing verify {options.roster}")
    return 0


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console  # slow import
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("布置演示学校", total=STEPS)
        yield lambda step: bar.update(task, description=step, advance=1)


def _students(text: str) -> int:
    if not text.isdigit() or not FEWEST <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"学生人数请写 {FEWEST} 到 {MOST} 之间的整数")
    return int(text)
