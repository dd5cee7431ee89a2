"""Spoil some rows of a faultless roster: a fault or more for every rule, each alone in its row, and the key to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from random import Random

from zhixing.kernel.base.id_numbers import CHECK_CHARACTERS, check_digit

from .canaries import IMPOSSIBLE, PLACES, YOUNG, wear
from .roster import AGRICULTURAL, ClassPlan, DemoRoster, Planted, Row, cohorts, student_row

Spoil = Callable[[Row], None]
Wanted = Callable[[Row], bool]
TOO_LARGE = 53
"""Three above the shipped standard of class_size."""
SHARED_PHONE = 5
"""Two above the shipped standard of guardian_phone_sharing."""


def anyone(row: Row) -> bool:
    """Any row will do."""
    return True


def plant(roster: DemoRoster, rnd: Random) -> DemoRoster:
    """Put the canaries and the faults into the roster, in place; ``roster.planted`` is the key."""
    Planting(roster, rnd).all()
    return roster


class Planting:
    """Takes rows that nothing has touched yet, one after another, all over the school."""

    def __init__(self, roster: DemoRoster, rnd: Random) -> None:
        self.roster, self.rnd = roster, rnd
        self.inventor = roster.inventor
        self.old, self.middle, self.new = (str(cohort) for cohort in cohorts(roster.on))
        self._free: dict[str, Iterator[Row]] = {}
        for cohort in (self.old, self.middle, self.new):
            rows = [row for row in roster.rows if row["cohort"] == cohort]
            rnd.shuffle(rows)
            self._free[cohort] = iter(rows)

    def all(self) -> None:
        """Everything, in an order that keeps one fault from begetting another."""
        self._canaries()
        self._cells()
        self._lists()
        self._pairs()
        self._groups()
        self._elsewhere()
        self.roster.rows.sort(key=lambda row: (row["cohort"], row["class_group"], row["student_no"]))

    def take(self, cohort: str = "", wanted: Wanted = anyone) -> Row:
        """The next untouched row that will do."""
        return next(row for row in self._free[cohort or self.new] if wanted(row))

    def spoil(
        self, rule: str, column: str, spoil: Spoil, *, cohort: str = "", wanted: Wanted = anyone, storable: bool = True
    ) -> Row:
        """Plant one fault in one row."""
        row = self.take(cohort, wanted)
        spoil(row)
        self.note(rule, column, row, storable=storable)
        return row

    def put(self, rule: str, column: str, value: str, **kwargs: object) -> Row:
        """Plant a fault that is one wrong value in one cell."""
        return self.spoil(rule, column, lambda row: row.update({column: value}), **kwargs)  # type: ignore[arg-type]

    def note(
        self, rule: str, column: str, *rows: Row, together: bool = False, storable: bool = True, against: bool = False
    ) -> None:  # fmt: skip
        students = tuple(row["student_no"] for row in rows)
        self.roster.planted.append(Planted(f"students.{rule}", column, students, together, storable, against))

    def add(self, row: Row) -> Row:
        """One row more, with a number of its own."""
        same = [one["student_no"] for one in self.roster.rows if one["cohort"] == row["cohort"]]
        row["student_no"] = f"{row['cohort']}{len(same) + 1:04d}"
        self.roster.rows.append(row)
        return row

    def _canaries(self) -> None:
        for place, number in enumerate(PLACES):
            row = self.take(self.new if number in (YOUNG, IMPOSSIBLE) else self.old)
            self.roster.planted += wear(row, place)

    def _cells(self) -> None:
        """Faults of identity: each changes the number, or a cell that must agree with it."""
        put, spoil = self.put, self.spoil
        spoil("id_number_malformed", "id_number", lambda row: row.update(id_number=row["id_number"][:-1]))
        spoil("id_number_malformed", "id_number", lambda row: row.update(id_number=row["id_number"][:9] + "O"
                                                                         + row["id_number"][10:]))  # fmt: skip
        spoil("id_check_digit_wrong", "id_number", lambda row: row.update(id_number=_other_check(row["id_number"])))
        spoil("id_birth_date_impossible", "id_number", lambda row: row.update(id_number=_on_30_february(row)))
        spoil("birth_date_differs_from_id", "birth_date", lambda row: row.update(birth_date=_next_day(row)))
        spoil("sex_differs_from_id", "sex", lambda row: row.update(sex="女" if row["sex"] == "男" else "男"))
        put("national_number_malformed", "national_student_no", "G12345678")
        spoil("national_number_malformed", "national_student_no",
              lambda row: row.update(national_student_no="G" + _other_check(row["id_number"])))  # fmt: skip
        spoil("certificate_type_mismatch", "id_number", lambda row: row.update(document_kind="护照"))
        spoil("age_unusual", "entry_date", lambda row: self._reborn(row, (12, 13)))
        spoil("age_unusual", "entry_date", lambda row: self._reborn(row, (24, 25)))
        spoil("political_status_age", "political_status", lambda row: row.update(political_status="中共党员"))

    def _lists(self) -> None:
        """Faults of one cell: blank, outside its list, misspelt, out of tune with its neighbours."""
        put, spoil = self.put, self.spoil
        for column in ("household_address", "guardian_phone", "health"):
            put("required_value_missing", column, "")
        put("code_value_unknown", "ethnic_group", "汉")
        put("code_value_unknown", "political_status", "团员")
        put("code_value_unknown", "household_kind", "城里户口")
        put("phone_malformed", "phone", "15400123")
        put("phone_malformed", "guardian_phone", "同上")
        for name in ("李3", "测试", "王Lei"):
            put("name_malformed", "name", name)
        put("region_hierarchy_broken", "household_county", "江夏区")
        put("region_hierarchy_broken", "home_city", "宜昌市").update(home_county="樊城区")
        self.roster.planted[-1] = Planted(
            "students.region_hierarchy_broken", "home_county", self.roster.planted[-1].students
        )
        spoil("enrolment_date_inconsistent", "entry_date",
              lambda row: row.update(entry_date=f"{int(row['cohort']) - 1}-09"), cohort=self.middle,
              wanted=lambda row: row["birth_date"] < f"{int(row['cohort']) - 15}-01-01")  # fmt: skip
        spoil("student_kind_form_mismatch", "study_form", lambda row: row.update(
            school_kind="成人中专", learner_category="成人中专(全日制)", study_form="非全日制"))  # fmt: skip
        put("student_kind_form_mismatch", "learner_category", "职业高中")
        spoil("aid_without_basis", "receives_grant", lambda row: row.update(
            receives_grant="是", grant_month_amount="230", aid_basis="", household_kind="非农业户口",
            is_low_income="否", hardship_level="不困难"),
            cohort=self.middle, wanted=lambda row: row["major"] not in AGRICULTURAL)  # fmt: skip
        put("aid_amount_off_standard", "grant_month_amount", "90", cohort=self.middle, wanted=_draws)
        put("aid_amount_off_standard", "grant_month_amount", "230", cohort=self.middle, wanted=_draws_not)

    def _pairs(self) -> None:
        """Two rows that are one person, or have one number."""
        first = self.take(self.middle)
        second = self._like(first)
        second |= {"id_number": first["id_number"], "sex": first["sex"], "birth_date": first["birth_date"]}
        second["name"] = self.inventor.name(first["sex"], "汉族", date.fromisoformat(first["birth_date"]))
        second["national_student_no"] = ""
        self.note("id_number_repeated", "id_number", first, second, storable=False)
        for change in (str, _one_sign_off):
            one = self.take(self.middle, lambda row: len(row["name"]) == 3)
            twin = self._like(one)
            birth = date.fromisoformat(one["birth_date"])
            twin |= {key: one[key] for key in ("sex", "birth_date", "guardian_name", "guardian_phone")}
            twin["id_number"] = self.inventor.id_number(birth, one["sex"])
            twin |= {"name": change(one["name"]), "national_student_no": f"G{twin['id_number']}"}
            self.note("same_person_suspected", "name", one, twin)

    def _like(self, row: Row) -> Row:
        plan = ClassPlan(row["class_group"], int(row["cohort"]), row["major"])
        return self.add(student_row(self.inventor, plan, on=self.roster.on))

    def _groups(self) -> None:
        """Faults that only a group of rows shows."""
        phone = self.inventor.phone()
        sharing = [self.take(self.middle) for _ in range(SHARED_PHONE)]
        for row in sharing:
            row["guardian_phone"] = phone
        self.note("guardian_phone_shared", "guardian_phone", *sharing, together=True)
        self._small_class("major_not_in_directory", "major", ClassPlan("星际班", int(self.new), "星际导航技术"))
        two_years = ClassPlan("电商短训班", int(self.new), "电子商务", study_length="2年")
        self._small_class("study_length_unusual", "study_length", two_years)
        names = sorted({row["class_group"] for row in self.roster.rows if row["cohort"] == self.middle})
        self._mixed_class(names[0])
        self._large_class(names[1])

    def _small_class(self, rule: str, column: str, plan: ClassPlan) -> None:
        """A class of three whose every row has the fault, so that the class itself stays of one kind."""
        for _ in range(3):
            self.note(rule, column, self.add(student_row(self.inventor, plan, on=self.roster.on)))

    def _mixed_class(self, name: str) -> None:
        members = [row for row in self.roster.rows if row["class_group"] == name]
        stranger = next(row for row in members if row["receives_grant"] == "否")
        stranger["major"] = "会计事务" if stranger["major"] != "会计事务" else "电子商务"
        self.note("class_major_mixed", "major", *members, together=True)

    def _large_class(self, name: str) -> None:
        members = [row for row in self.roster.rows if row["class_group"] == name]
        while len(members) < TOO_LARGE:
            members.append(self._like(members[0]))
        self.note("class_too_large", "class_group", *members, together=True)

    def _elsewhere(self) -> None:
        """A neighbouring school's roster in which two of ours stand as well."""
        plan = ClassPlan(f"{self.new[2:]}外校1班", int(self.new), "电子商务")
        for number in range(1, 19):
            row = student_row(self.inventor, plan, on=self.roster.on)
            self.roster.neighbour.append(row | {"student_no": f"N{self.new}{number:03d}"})
        for _ in range(2):
            ours = self.take(self.new)
            self.roster.neighbour.append(ours | {"student_no": f"N{ours['student_no']}", "class_group": plan.name})
            self.note("enrolled_in_two_schools", "id_number", ours, against=True)

    def _reborn(self, row: Row, ages: tuple[int, int]) -> None:
        """Give the student another age, and a number to match."""
        birth = self.inventor.birth_date(date(int(row["cohort"]), 9, 1), ages)
        number = self.inventor.id_number(birth, row["sex"])
        row |= {"birth_date": birth.isoformat(), "id_number": number, "national_student_no": f"G{number}"}
        row["political_status"] = "群众"


def _draws(row: Row) -> bool:
    return row["receives_grant"] == "是"


def _draws_not(row: Row) -> bool:
    return not _draws(row)


def _one_sign_off(name: str) -> str:
    return name[:-1] + ("宁" if name[-1] != "宁" else "琳")


def _other_check(number: str) -> str:
    """The same number with a wrong last character."""
    return number[:17] + CHECK_CHARACTERS[(CHECK_CHARACTERS.index(number[17]) + 1) % len(CHECK_CHARACTERS)]


def _on_30_february(row: Row) -> str:
    body = f"{row['id_number'][:10]}0230{row['id_number'][14:17]}"
    return body + check_digit(body)


def _next_day(row: Row) -> str:
    birth = date.fromisoformat(row["birth_date"])
    return birth.replace(day=birth.day % 28 + 1).isoformat()
