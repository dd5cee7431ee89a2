"""Small rosters as a registrar would bring them: students new to the school."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.gen_roster import COUNTIES, HEADINGS, clean_rows, id_number
from zhixing.domains.students.demo.roster import class_plans
from zhixing.kernel.sheets.writing import write_table

Row = dict[str, str | None]
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
# The class of the demonstration school's tutor account: the first one of its department.
PLAN = min((plan for plan in class_plans(TODAY) if "数控" in plan.name), key=lambda plan: (plan.cohort, plan.name))
CLASS, MAJOR, COHORT = PLAN.name, PLAN.major, str(PLAN.cohort)
FIRST_NUMBER = f"{COHORT}00"  # how the numbers of its students begin


def newcomers(count: int, *, serial: int, class_name: str = CLASS) -> list[Row]:
    """``count`` faultless students who are new in the class; another ``serial`` gives other people."""
    made = []
    for place, row in enumerate(clean_rows(count, seed=serial)):
        birth = f"{PLAN.cohort - 16}{place % 12 + 1:02d}{(serial + place) % 28 + 1:02d}"
        number = id_number(COUNTIES[place % len(COUNTIES)][0], birth, (serial * 40 + place) % 998 + 1)
        made.append({
            **row, "身份证号": number, "出生日期": birth, "性别": "男" if int(number[16]) % 2 else "女",
            "班级": class_name, "修读专业": MAJOR, "年级": COHORT, "入学年月": f"{COHORT}09",
            "校内学号": f"{COHORT}{serial:02d}{place:03d}", "家长(监护人)电话": f"131{serial:04d}{place:04d}",
            "学生本人联系电话": None,
        })  # fmt: skip
    return made


def written(folder: Path, name: str, rows: Sequence[Row], *, headings: Sequence[str] = HEADINGS) -> Path:
    """The rows as a workbook in the older national layout."""
    path = folder / name
    write_table(path, list(headings), ([row.get(heading) for heading in headings] for row in rows), sheet="学生1")
    return path
