"""A roster as a registrar would bring it: a whole school's, 1,800 rows, thirteen kinds of faults, and the key to them.

All people come from the demonstration school's own inventor. The same seed and day give the same roster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from zhixing.domains.students.demo.roster import Row, class_plans, clean_roster
from zhixing.domains.students.rosters import STUDENT_INFORMATION
from zhixing.kernel.base.id_numbers import CHECK_CHARACTERS, check_digit
from zhixing.kernel.sheets.writing import write_table

ROWS, EACH, SEED = 1800, 9, 4217
Spoil = Callable[[Row, int], None]


@dataclass
class Practice:
    """What stands in the file, what should stand there, and which rule finds which students' rows."""

    rows: list[Row]
    right: list[Row]
    key: dict[str, list[str]] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[str]:
        """Rows by rule."""
        return Counter({rule: len(students) for rule, students in self.key.items()})

    @property
    def row_count(self) -> int:
        return len(self.rows)

    @property
    def faulty(self) -> set[str]:
        """The students whose rows have a fault."""
        return {student for students in self.key.values() for student in students}

    def mends(self, student_no: str) -> Row:
        """What must be changed in a student's row to put it right, by column."""
        pairs = zip(self.rows, self.right, strict=True)
        wrong, right = next(pair for pair in pairs if pair[0]["student_no"] == student_no)
        return {name: value for name, value in right.items() if wrong[name] != value}

    def of_class(self, rule: str, class_name: str) -> str:
        """The first student of a class in whose row the rule finds something."""
        members = {row["student_no"] for row in self.rows if row["class_group"] == class_name}
        return next(student for student in self.key[rule] if student in members)


def practice_roster(on: date, *, first_class: str = "", seed: int = SEED) -> Practice:
    """The roster of the classes that the demonstration school has on that day; none of its people are in that school.

    ``first_class`` gets the first fault of every kind, so that one class has them all.
    """
    rnd = Random(seed)  # noqa: S311 - sample data, not secrets
    roster = clean_roster([*class_plans(on)], ROWS, rnd, on)
    for row in roster.rows:  # the school's own numbers begin with the year and a nought
        row["student_no"] = f"{row['cohort']}7{row['student_no'][4:]}"
        row["political_status"] = "群众"
    practice = Practice(roster.rows, [dict(row) for row in roster.rows])
    ours = [row for row in roster.rows if row["class_group"] == first_class]
    others = [row for row in roster.rows if row["class_group"] != first_class]
    rnd.shuffle(others)
    _plant(practice, ours, others, rnd)
    return practice


def _plant(practice: Practice, ours: list[Row], others: list[Row], rnd: Random) -> None:
    def note(rule: str, *rows: Row) -> None:
        practice.key.setdefault(f"students.{rule}", []).extend(row["student_no"] for row in rows)

    for turn in range(EACH):
        free = others if turn or not ours else ours
        for rule, spoil in SPOILS.items():
            row = free.pop()
            spoil(row, turn)
            note(rule, row)
        for rule, names in PAIRS.items():
            one = free.pop()
            # Of one cohort: a birthday of another year would be a fault of its own.
            other = next(row for row in others if row["cohort"] == one["cohort"])
            others.remove(other)
            first, second = sorted((one, other), key=practice.rows.index)
            second |= {name: first[name] for name in names}
            if "id_number" not in names:
                second["id_number"] = _with_birth(second["id_number"], first)
                second["national_student_no"] = f"G{second['id_number']}"
            note(rule, first, second)


def _with_birth(number: str, like: Row) -> str:
    """The number of somebody of the same birthday and sex, with other digits in front and behind."""
    odd = int(number[14:16] + ("1" if like["sex"] == "男" else "2"))
    body = f"{number[:6]}{like['birth_date'].replace('-', '')}{odd:03d}"
    return body + check_digit(body)


def _other_check(row: Row, turn: int) -> None:
    last = CHECK_CHARACTERS.index(row["id_number"][17])
    row["id_number"] = row["id_number"][:17] + CHECK_CHARACTERS[(last + 1) % len(CHECK_CHARACTERS)]


def _impossible_day(row: Row, turn: int) -> None:
    body = row["id_number"][:10] + ("0230", "0231", "1301")[turn % 3] + row["id_number"][14:17]
    row["id_number"] = body + check_digit(body)


def _born_in_1985(row: Row, turn: int) -> None:
    row["birth_date"] = "1985-03-04"
    row["id_number"] = _with_birth(row["id_number"], row)
    row["national_student_no"] = f"G{row['id_number']}"


def _another_birthday(row: Row, turn: int) -> None:
    birth = date.fromisoformat(row["birth_date"])
    row["birth_date"] = birth.replace(day=birth.day % 28 + 1).isoformat()


def _put(column: str, *values: str) -> Spoil:
    """Another value at each turn."""

    def spoil(row: Row, turn: int) -> None:
        row[column] = values[turn % len(values)]

    return spoil


def _blank(*columns: str) -> Spoil:
    def spoil(row: Row, turn: int) -> None:
        row[columns[turn % len(columns)]] = ""

    return spoil


SPOILS: dict[str, Spoil] = {
    "id_number_malformed": lambda row, turn: row.update(id_number=row["id_number"][:-1]),
    "id_check_digit_wrong": _other_check,
    "id_birth_date_impossible": _impossible_day,
    "birth_date_differs_from_id": _another_birthday,
    "sex_differs_from_id": lambda row, turn: row.update(sex="女" if row["sex"] == "男" else "男"),
    "required_value_missing": _blank("health", "guardian_phone", "household_address", "household_kind"),
    "code_value_unknown": _put("ethnic_group", "火星族", "满汉族", "汉"),
    "phone_malformed": _put("guardian_phone", "1234567", "23800000000", "1390000000O"),
    "name_malformed": _put("name", "张3", "测试", "Li Ming"),
    "age_unusual": _born_in_1985,
    "region_hierarchy_broken": _put("household_city", "武汉市", "宜昌市"),
}
"""What is done to a row, by the rule that must find it."""
PAIRS = {
    "id_number_repeated": ("id_number", "birth_date", "sex", "national_student_no"),
    "same_person_suspected": ("name", "sex", "birth_date", "guardian_name", "guardian_phone"),
}
"""What a row takes over from one above it, by the rule that must find both."""


def write(path: Path, rows: Iterable[Row]) -> Path:
    """The rows as a workbook in the older national layout, its required columns first."""
    rows = list(rows)
    filled = {name for row in rows for name, value in row.items() if value}
    columns = [one for one in STUDENT_INFORMATION.columns if one.required or one.name in filled]
    cells = ([row.get(column.name, "") for column in columns] for row in rows)
    write_table(path, [column.title for column in columns], cells, sheet="学生1")
    return path
