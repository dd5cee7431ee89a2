"""xlsx: the whole of `zhixing verify` beside the time the reader library alone takes on the same file.

Usage: python bench/sheets.py [--rows 100000] [--rounds 3]. Prints wall and CPU seconds, peak memory and the ratio
(goal: at most 2.5). Both sides run as fresh processes on the same file, in turns.
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
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

SOURCE = Path(__file__).parents[1] / "src"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
READER = """
import sys, python_calamine
workbook = python_calamine.CalamineWorkbook.from_path(sys.argv[1])
assert all(workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names)
"""
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞鹏红鑫波斌宇浩凯健俊帆雪莹晨阳梓涵欣怡思远"
MAJORS = ("数控技术应用", "计算机应用", "会计事务", "护理", "汽车运用与维修", "电子商务")
COUNTIES = {"樊城区": "420606", "襄城区": "420602", "南漳县": "420624", "谷城县": "420625", "保康县": "420626"}
HEADINGS = [
    "身份证号",
    "姓名",
    "性别",
    "民族",
    "年级",
    "入学年月",
    "招生类型",
    "修读专业",
    "学制",
    "班级",
    "联招合作类型",
    "联招合作学校机构代码",
    "户籍所在省",
    "户籍所在市",
    "户籍所在区县",
    "详细地址",
    "户籍性质",
    "是否低保",
    "是否享受国家助学金",
    "月发放标准(元)",
    "学生类型",
    "生源类别",
    "家长(监护人)姓名",
    "家长(监护人)电话",
    "教学点名称",
    "健康情况",
    "现家庭所在省",
    "现家庭所在市",
    "现家庭所在区县",
    "现家庭详细地址",
    "专业目录版本",
    "学生类别",
    "出生日期",
    "校内学号",
    "学生本人联系电话",
    "政治面貌",
    "毕业学校",
    "备注",
]


def people(count: int, seed: int = 1) -> Iterator[list[str]]:
    """Invented students of many schools in one sheet, one in a hundred with a wrong check digit."""
    chance = random.Random(seed)
    for at in range(count):
        county = chance.choice(list(COUNTIES))
        birth = f"{chance.choice((2008, 2009))}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        order = chance.randrange(1000)
        body = f"{COUNTIES[county]}{birth}{order:03d}"
        check = "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]
        if at % 100 == 99:
            check = "0" if check != "0" else "1"
        surname = chance.choice(SURNAMES)
        street = f"{county}{chance.randint(1, 99)}村{chance.randint(1, 20)}组{chance.randint(1, 300)}号"
        name = surname + "".join(chance.choices(GIVEN, k=2))
        major = MAJORS[at // 45 % len(MAJORS)]
        address = ["湖北省", "襄阳市", county, street]
        yield [
            body + check, name, "男" if order % 2 else "女", "汉族", "2024", "202409", "应届初中毕业生", major, "3年",
            f"24{major}{at // 45}班", "非联招合作办学", "", *address, "农业户口", "否", "否", "", "普通中专", "本省",
            surname + chance.choice(GIVEN), f"13{at:09d}", "校本部", "健康或良好", *address, "2021",
            "普通中专(全日制、脱产)", birth, f"2024{at:06d}", f"15{at:09d}", "群众", f"第{at % 60}中学", "",
        ]  # fmt: skip


def write(path: Path, count: int) -> None:
    """The workbook under test: shared strings, as office programs write them."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    sheet = book.add_worksheet("学生")
    sheet.write_row(0, 0, HEADINGS)
    for number, row in enumerate(people(count), start=1):
        sheet.write_row(number, 0, row)
    book.close()


def timed(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, env={"PYTHONPATH": str(SOURCE)}, timeout=900)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(f"failed: {' '.join(command)}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Write the file, run both sides in turns, print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        write(path, options.rows)
        sides = {
            "reader alone": [sys.executable, "-c", READER, str(path)],
            "zhixing verify": [sys.executable, "-m", "zhixing", "verify", str(path), "--format", "json"],
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
        for _ in range(options.rounds):
            for name, command in sides.items():
                taken[name].append(timed(command))
        print(f"xlsx, {options.rows:,} rows x {len(HEADINGS)} columns, {path.stat().st_size >> 20} MiB, medians")
        middle = {name: [statistics.median(each) for each in zip(*runs, strict=True)] for name, runs in taken.items()}
        for name, (wall, cpu) in middle.items():
            print(f"  {name:<16} wall {wall:6.2f} s   CPU {cpu:6.2f} s")
        walls, cpus = zip(*middle.values(), strict=True)
        print(f"  ratio            wall {walls[1] / walls[0]:6.2f}     CPU {cpus[1] / cpus[0]:6.2f}     (goal 2.5)")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1 << 10)
        print(f"  peak memory of one process {peak:.0f} MiB")


if __name__ == "__main__":
    main()
