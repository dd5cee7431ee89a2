# ruff: noqa: E501 (Chinese cells count twice; the lines are within 120 characters or nearly so)
"""Student rosters for tests: clean rows of the older layout, and one planted case for every rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pyarrow as pa

from bench.gen_roster import CLASS_SIZE, HEADINGS, clean_rows, id_number
from zhixing.domains.students.rosters import STUDENTS, student_codes, student_standards
from zhixing.kernel.rosters import RawTable, Verdict, verify

TODAY = date(2025, 11, 20)
Row = dict[str, str | None]
ADDED = ("学籍号", "学校名称", "身份证件类型", "学习形式", "港澳台侨胞")
ALL_HEADINGS = (*HEADINGS, *ADDED)


def rows(count: int = 120) -> list[Row]:
    return [{**row, **dict.fromkeys(ADDED)} for row in clean_rows(count)]


def table(
    given: Sequence[Row], *, headings: Sequence[str] = ALL_HEADINGS, sheet: str = "学生1", file: str = "名册.xlsx",
    lossy: frozenset[tuple[int, int]] = frozenset(),
) -> RawTable:  # fmt: skip
    """As the reader hands it over: row 2 is the first."""
    columns: dict[str, pa.Array] = {
        f"c{place}": pa.array([row.get(heading) for row in given], pa.string())
        for place, heading in enumerate(headings)
    }
    columns["_row"] = pa.array(list(range(2, len(given) + 2)), pa.int32())
    return RawTable(file=file, sheet=sheet, header_row=1, headings=tuple(headings), data=pa.table(columns), lossy=lossy)


def judged(*tables: RawTable, **more: object) -> Verdict:
    settings: dict[str, object] = {"rosters": [STUDENTS], "on": TODAY, "codes": student_codes(),
                                   "standards": student_standards(), **more}  # fmt: skip
    return verify(tables, **settings)  # type: ignore[arg-type]


def faults(verdict: Verdict) -> set[tuple[str, int]]:
    return {(found.rule.removeprefix("students."), found.row) for found in verdict.findings}


def _set(place: int, **cells: str | None) -> Callable[[list[Row]], set[int]]:
    def plant(given: list[Row]) -> set[int]:
        given[place].update(cells)
        return {place + 2}

    return plant


def _born(place: int, birth: str, **cells: str | None) -> Callable[[list[Row]], set[int]]:
    """A row whose number, birth date and sex agree on another birth date."""

    def plant(given: list[Row]) -> set[int]:
        given[place].update(身份证号=id_number("420602", birth, 501), 出生日期=birth, 性别="男", **cells)
        return {place + 2}

    return plant


def _repeated(given: list[Row]) -> set[int]:
    for heading in ("身份证号", "出生日期", "性别"):
        given[9][heading] = given[4][heading]
    return {6, 11}


def _twin(name: str | None) -> Callable[[list[Row]], set[int]]:
    def plant(given: list[Row]) -> set[int]:
        one, other = given[5], given[50]
        other.update({heading: one[heading] for heading in ("姓名", "出生日期", "性别", "家长(监护人)姓名",
                                                            "家长(监护人)电话")})  # fmt: skip
        other["身份证号"] = id_number("420683", str(one["出生日期"]), 601 if one["性别"] == "男" else 602)
        if name:
            other["姓名"] = str(one["姓名"])[:2] + name
        return {7, 52}

    return plant


def _shared_phone(given: list[Row]) -> set[int]:
    for place, surname in zip((20, 30, 40, 50), "赵钱孙李", strict=True):
        given[place].update({"家长(监护人)电话": "13977777777", "家长(监护人)姓名": surname + "国强"})
    return {22, 32, 42, 52}


def _mixed(given: list[Row]) -> set[int]:
    given[3]["修读专业"] = "护理"
    return set(range(2, CLASS_SIZE + 2))


def _large(given: list[Row]) -> set[int]:
    extra = [dict(row) for row in given[-15:]]
    for nth, row in enumerate(extra):
        first = given[0]
        row.update({heading: first[heading] for heading in ("班级", "年级", "入学年月", "修读专业")})
        birth = f"2007{nth % 12 + 1:02d}15"
        row.update({"身份证号": id_number("420625", birth, 701 + 2 * nth), "出生日期": birth, "性别": "男",
                    "家长(监护人)电话": f"1397654{nth:04d}", "姓名": "李" + "一二三四五六七八九十百千万亿兆"[nth] + "明"})  # fmt: skip
    given.extend(extra)
    count = len(given)
    return set(range(2, CLASS_SIZE + 2)) | set(range(count - 15 + 2, count + 2))


def _lengths(given: list[Row]) -> set[int]:
    given[7]["学制"] = "4年"
    return set(range(2, CLASS_SIZE + 2))


G = "身份证号"
PLANTED: dict[str, tuple[str, Callable[[list[Row]], set[int]]]] = {
    "a digit lost": ("id_number_malformed", _set(3, 身份证号="42060220090115001")),
    "the old fifteen digits": ("id_number_malformed", _set(3, 身份证号="420602900115001")),
    "a letter inside": ("id_number_malformed", _set(3, 身份证号="42060220O901150012")),
    "the check digit": ("id_check_digit_wrong", _set(3, 身份证号="990101200901150013")),
    "30 February": ("id_birth_date_impossible", _set(3, 身份证号=id_number("420602", "20090230", 501))),
    "born tomorrow": ("id_birth_date_impossible", _set(3, 身份证号=id_number("420602", "20251121", 501))),
    "born 1890": ("id_birth_date_impossible", _set(3, 身份证号=id_number("420602", "18900101", 501))),
    "a region that never was": ("id_region_unknown", _set(3, 身份证号=id_number("990101", "20070104", 501),
                                                           出生日期="20070104", 性别="男")),
    "another birth date": ("birth_date_differs_from_id", _set(3, 出生日期="20070203")),
    "an unreadable birth date": ("birth_date_differs_from_id", _set(3, 出生日期="零七年二月")),
    "another sex": ("sex_differs_from_id", _set(3, 性别="女")),
    "the same number twice": ("id_number_repeated", _repeated),
    "two numbers, one person": ("same_person_suspected", _twin(None)),
    "one character apart": ("same_person_suspected", _twin("燚")),
    "no major": ("required_value_missing", _set(3, 修读专业=None)),
    "blanks only": ("required_value_missing", _set(3, 健康情况=" 　\n")),
    "no amount though aided": ("required_value_missing", _set(3, 是否享受国家助学金="是", 户籍性质="农业户口")),
    "no partner though joint": ("required_value_missing", _set(3, 联招合作类型="城乡联合办学")),
    "汉": ("code_value_unknown", _set(3, 民族="汉")),
    "an unknown health": ("code_value_unknown", _set(3, 健康情况="棒极了")),
    "a short telephone": ("phone_malformed", _set(3, **{"家长(监护人)电话": "1234567"})),
    "a telephone that begins with 2": ("phone_malformed", _set(3, **{"家长(监护人)电话": "23800000000"})),
    "the student's telephone": ("phone_malformed", _set(3, 学生本人联系电话="1390000000O")),
    "one telephone for all": ("guardian_phone_shared", _shared_phone),
    "a name with a digit": ("name_malformed", _set(3, 姓名="张3")),
    "a placeholder": ("name_malformed", _set(3, 姓名="测试")),
    "too old": ("age_unusual", _born(3, "19850304", 政治面貌="群众")),
    "too young": ("age_unusual", _born(3, "20100304", 政治面貌="群众")),
    "a county elsewhere": ("region_hierarchy_broken", _set(3, 户籍所在市="武汉市")),
    "a home elsewhere": ("region_hierarchy_broken", _set(3, 现家庭所在省="河南省")),
    "a major nobody teaches": ("major_not_in_directory", _set(3, 修读专业="星际导航", 班级="23星际1班")),
    "ten years": ("study_length_unusual", _set(3, 学制="10年", 班级="23甲1班")),
    "two years after junior school": ("study_length_unusual", _set(3, 学制="2年", 班级="23甲1班")),
    "several lengths in a class": ("study_length_unusual", _lengths),
    "entered in another year": ("enrolment_date_inconsistent", _set(3, 入学年月="202209")),
    "a month 13": ("enrolment_date_inconsistent", _set(3, 入学年月="202313")),
    "two majors in a class": ("class_major_mixed", _mixed),
    "a class of 55": ("class_too_large", _large),
    "aid for nothing": ("aid_without_basis", _set(80, 是否享受国家助学金="是", 户籍性质="非农业户口",
                                                  **{"月发放标准(元)": "230"})),
    "aid in the fourth year": ("aid_without_basis", _set(3, 是否享受国家助学金="是", 是否低保="是", 年级="2022",
                                                         入学年月="202209", 班级="22甲1班", **{"月发放标准(元)": "230"})),
    "too much aid": ("aid_amount_off_standard", _set(3, 是否享受国家助学金="是", 是否低保="是",
                                                     **{"月发放标准(元)": "500"})),
    "an amount in words": ("aid_amount_off_standard", _set(3, 是否享受国家助学金="是", 是否低保="是",
                                                           **{"月发放标准(元)": "两百"})),
    "an amount without aid": ("aid_amount_off_standard", _set(3, **{"月发放标准(元)": "200"})),
    "a party member of 17": ("political_status_age", _born(3, "20080104", 政治面貌="中共党员")),
    "a league member of 30": ("political_status_age", _born(3, "19950104", 政治面貌="共青团员", 入学年月="201509",
                                                            年级="2015", 班级="15甲1班")),
    "part-time in a full-time category": ("student_kind_form_mismatch", _set(3, 学生类型="成人中专", 学习形式="非全日制",
                                                                             学生类别="成人中专(全日制)")),
    "another kind of school": ("student_kind_form_mismatch", _set(3, 学生类型="职业高中")),
    "a national number without letter": ("national_number_malformed", _set(3, 学籍号="990101200901150012")),
    "a national number that fails": ("national_number_malformed", _set(3, 学籍号="G990101200901150013")),
    "a passport with a citizen's number": ("certificate_type_mismatch", _set(3, 身份证件类型="护照")),
    "a permit for an identity card": ("certificate_type_mismatch", _set(3, 身份证件类型="港澳台居民居住证")),
}  # fmt: skip


def all_planted() -> list[Row]:
    """Every case in one table: each in its own stretch of rows, so that none hides another."""
    given: list[Row] = []
    for nth, (_, plant) in enumerate(PLANTED.values()):
        stretch = rows()
        plant(stretch)
        for row in stretch:
            row["班级"] = f"{row['班级']}{nth}"
            row["学校名称"] = f"第{nth}校"
        given += stretch
    return given
