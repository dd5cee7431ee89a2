"""The student rules written by hand in pandas: what the engine is measured against.

The same rules over the older layout, the same cleaning of cells, and a finding with its words for every offender, so
that both sides end with the same list (bench/verify.py prints how many each found). Vectorised where pandas can be;
code tables are asked once for each distinct value, as the engine does.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from zhixing.domains.students.rosters import STUDENT_INFORMATION, STUDENTS, student_codes
from zhixing.kernel.rosters.engines.base import BLANKS, HALF, WIDE
from zhixing.kernel.rosters.primitives import NAME_SHAPE, PHONE_SHAPE
from zhixing.kernel.rosters.tables import RowFinding

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_HALF_WIDTH = str.maketrans(WIDE, HALF)
_PLACEHOLDERS = [
    "测试",
    "测试学生",
    "某某",
    "某某某",
    "无名",
    "未知",
    "不详",
    "姓名",
    "学生",
    "张三三三",
    "待定",
    "暂无",
]
_TITLES = {column.name: column.title for column in STUDENT_INFORMATION.columns}
_RULES = {rule.code.removeprefix("students."): rule for rule in STUDENTS.rules}
_JOINED = "\x1f"
warnings.filterwarnings("ignore", "This pattern is interpreted as a regular expression", UserWarning)
Words = Callable[[pd.DataFrame], "pd.Series | str"]


def _clean(column: pd.Series, kind: str) -> pd.Series:
    cells = column.str.strip(BLANKS)
    if kind != "text":
        cells = cells.str.translate(_HALF_WIDTH)
    if kind == "id":
        cells = cells.str.replace(" ", "", regex=False).str.replace("'", "", regex=False).str.upper()
    return cells.mask(cells == "")


def _matches(cells: pd.Series, pattern: str) -> pd.Series:
    return cells.str.contains(pattern, regex=True).fillna(False).astype(bool)


def _years(first: pd.Series, last: pd.Series | int) -> pd.Series:
    return (last - first) // 10000


class Judge:
    """One roster under the rules; ``findings`` grows as they are tried."""

    def __init__(self, path: Path, on: date) -> None:
        frame = pd.read_parquet(path)
        names = {column.title: column.name for column in STUDENT_INFORMATION.columns}
        self.raw = frame.rename(columns=names)
        kinds = {column.name: column.kind for column in STUDENT_INFORMATION.columns}
        self.frame = pd.DataFrame({name: _clean(self.raw[name], kinds[name]) for name in self.raw.columns})
        self.today = on.year * 10000 + on.month * 100 + on.day
        self.codes = student_codes()
        self.findings: list[RowFinding] = []
        self.known = {
            column.name: self._asked(column.name, self.codes.sets[column.code_set].canonical)
            for column in STUDENT_INFORMATION.columns
            if column.code_set and column.name in self.frame
        }

    def _asked(self, name: str, ask: Callable[[str], str | None]) -> pd.Series:
        return self.frame[name].map({value: ask(value) for value in self.frame[name].dropna().unique()})

    def _asked_together(self, names: list[str], table: str) -> pd.Series:
        parts = [self.frame[name].fillna("") for name in names]
        joined = parts[0].str.cat(parts[1:], sep=_JOINED)
        ask = self.codes.lookups[table]
        return joined.map({one: ask(*one.split(_JOINED)) for one in joined.unique()})

    def blame(self, code: str, column: str, wrong: pd.Series, message: Words | str = "", severity: str = "") -> None:
        """Add a finding with its words for each row where ``wrong`` holds."""
        rows = wrong.index[wrong.fillna(False).astype(bool)]
        if not len(rows):
            return
        rule = _RULES[code]
        values = self.raw[column].loc[rows].fillna("")
        told = message(self.frame.loc[rows]) if callable(message) else message
        texts = told if isinstance(told, pd.Series) else pd.Series(told or rule.title, index=rows)
        for row, value, text in zip(rows, values, texts, strict=True):
            self.findings.append(
                RowFinding(
                    rule=rule.code, severity=severity or rule.severity, title=rule.title, file="", sheet="",  # type: ignore[arg-type]
                    row=int(row) + 1, column=_TITLES[column], value=value, message=text, basis=rule.basis,
                    remedy=rule.remedy,
                )
            )  # fmt: skip

    def identity(self) -> None:
        frame, number = self.frame, self.frame["id_number"]
        shaped = _matches(number, "^[1-9][0-9]{16}[0-9X]$") & ~number.str.startswith("999").fillna(False).astype(bool)
        lawful = shaped | _matches(number, "^999[0-9]{15}$")
        self.blame("id_number_malformed", "id_number", number.notna() & ~lawful,
                   lambda at: "身份证号应为18位，这里是" + at["id_number"].str.len().astype(str) + "位")  # fmt: skip
        fine = number[shaped]
        digits = np.frombuffer("".join(fine.str[:17]).encode(), np.uint8).reshape(-1, 17).astype(np.int64) - 48
        last = fine.str[17].map({**{str(n): n for n in range(10)}, "X": 10}).to_numpy()
        born = fine.str[6:14].astype("int64")
        possible = pd.to_datetime(fine.str[6:14], format="%Y%m%d", errors="coerce").notna()
        possible &= (born <= self.today) & (_years(born, self.today) <= 120)
        right = pd.Series((digits @ _WEIGHTS + last) % 11 == 1, index=fine.index) & possible
        self.blame("id_birth_date_impossible", "id_number", ~possible,
                   lambda at: "第7至14位“" + at["id_number"].str[6:14] + "”不是可能的日期")  # fmt: skip
        self.blame("id_check_digit_wrong", "id_number", possible & ~right, "按前17位算出的校验码与第18位不符")
        regions = fine.str[:6]
        known = regions.map({code: self.codes.lookups["region"](code) for code in regions.unique()})
        self.blame("id_region_unknown", "id_number", known.isna() & right,
                   lambda at: "前6位“" + at["id_number"].str[:6] + "”不是历来的行政区划代码")  # fmt: skip
        stated = pd.to_numeric(frame["birth_date"], errors="coerce")
        real = pd.to_datetime(frame["birth_date"], format="%Y%m%d", errors="coerce").notna()
        stated = stated.where(real)
        near = frame["birth_date"].reindex(fine.index)
        self.blame("birth_date_differs_from_id", "birth_date",
                   right & near.notna() & (stated.reindex(fine.index).fillna(0) != born),
                   lambda at: "表中为“" + at["birth_date"] + "”，证件号码中为 " + at["id_number"].str[6:14])  # fmt: skip
        sex = pd.Series(np.where(digits[:, 16] % 2 == 1, "男", "女"), index=fine.index)
        said = self.known["sex"].reindex(fine.index)
        self.blame("sex_differs_from_id", "sex", right & said.notna() & (said != sex),
                   lambda at: "表中为“" + at["sex"] + "”，证件号码第17位表示" + sex.loc[at.index])  # fmt: skip
        self.blame("certificate_type_mismatch", "id_number", right & fine.str[:2].isin(["81", "82", "83"]),
                   "号码属于港澳台居民居住证，证件类型却是“居民身份证”")  # fmt: skip
        good = right.reindex(frame.index, fill_value=False)
        self.birth = born.reindex(frame.index).where(good).fillna(stated)

    def people(self) -> None:
        frame = self.frame
        conditions = {
            "joint_school_code": self.known["joint_kind"].notna() & (self.known["joint_kind"] != "非联招合作办学"),
            "grant_month_amount": self.known["receives_grant"] == "是",
        }
        for column in STUDENT_INFORMATION.columns:
            if column.name not in frame:
                continue
            cells = frame[column.name]
            if column.required:
                blank = cells.isna() & conditions[column.name] if column.required_when else cells.isna()
                self.blame("required_value_missing", column.name, blank, f"「{column.title}」没有填写")
            if column.code_set and not column.by_rule:
                self._unknown(column.name, column.code_set)
        for name in ("guardian_phone", "phone"):
            self.blame("phone_malformed", name, frame[name].notna() & ~_matches(frame[name], PHONE_SHAPE),
                       f"「{_TITLES[name]}」不是手机号或带区号的固定电话")  # fmt: skip
        name = frame["name"]
        self.blame("name_malformed", "name",
                   name.notna() & (~_matches(name, NAME_SHAPE) | name.isin(_PLACEHOLDERS)), "姓名不合规范")  # fmt: skip
        for start, title in (("household", "户籍地"), ("home", "现住址")):
            names = [f"{start}_{part}" for part in ("province", "city", "county")]
            self.blame("region_hierarchy_broken", names[2], self._asked_together(names, "region_contradicts").notna(),
                       lambda at, names=names, title=title: title + "写作“" + at[names[0]] + " " + at[names[1]]
                       + " " + at[names[2]] + "”，三者不相隶属")  # fmt: skip
        age, status = _years(self.birth, self.today), self.known["political_status"]
        wrong = (status.isin(["中共党员", "中共预备党员"]) & (age < 18)) | (
            (status == "共青团员") & age.notna() & ~age.between(14, 28)
        )
        self.blame("political_status_age", "political_status", wrong,
                   lambda at: at["political_status"] + "，年龄 " + age.loc[at.index].astype("int64").astype(str))  # fmt: skip

    def _unknown(self, name: str, code_set: str) -> None:
        known = self.codes.sets[code_set]

        def words(at: pd.DataFrame) -> pd.Series:
            near = {value: known.nearest(value) for value in at[name].unique()}
            meant = at[name].map({value: f"，是否应为「{text}」" if text else "" for value, text in near.items()})
            return f"「{_TITLES[name]}」的“" + at[name] + "”不在代码表内" + meant

        severity = "" if known.authoritative else "warning"
        self.blame("code_value_unknown", name, self.frame[name].notna() & self.known[name].isna(), words, severity)

    def study(self) -> None:
        frame, known = self.frame, self.known
        entry = pd.to_numeric(frame["entry_date"].str[:6], errors="coerce")
        entry = entry.where((entry % 100).between(1, 12))
        age = _years(self.birth, entry * 100 + 31)
        self.blame("age_unusual", "entry_date", age.notna() & ~age.between(14, 22),
                   lambda at: at["entry_date"] + " 入学时 " + age.loc[at.index].astype("int64").astype(str) + " 周岁")  # fmt: skip
        cohort = pd.to_numeric(frame["cohort"].str[:4], errors="coerce")
        spring = (entry % 100 <= 6) & (cohort == entry // 100 - 1)
        apart = entry.isna() | (cohort.notna() & (cohort != entry // 100) & ~spring)
        self.blame("enrolment_date_inconsistent", "entry_date",
                   frame["entry_date"].notna() & frame["cohort"].notna() & apart,
                   lambda at: "年级“" + at["cohort"] + "”，入学年月“" + at["entry_date"] + "”")  # fmt: skip
        pair = ["major", "directory_version"]
        self.blame("major_not_in_directory", "major",
                   frame["major"].notna() & self._asked_together(pair, "major_unknown").notna(),
                   lambda at: "“" + at["major"] + "”未见于系统所载的专业目录")  # fmt: skip
        length = known["study_length"]
        lawful = length.isin(["1年", "1.5年", "2年", "2.5年", "3年", "4年", "5年", "6年"])
        self.blame("study_length_unusual", "study_length", frame["study_length"].notna() & ~lawful,
                   lambda at: "学制“" + at["study_length"] + "”不在常规学制之内")  # fmt: skip
        years = pd.to_numeric(length.str.removesuffix("年"), errors="coerce")
        junior = known["intake_kind"].isin(["应届初中毕业生", "往届初中毕业生"])
        self.blame("study_length_unusual", "study_length", junior & lawful & ~years.between(3, 6), "初中毕业起点")
        kind, category = known["school_kind"], known["learner_category"]
        given = kind.notna() & category.notna()
        starts = [one.startswith(other) for one, other in zip(category[given], kind[given], strict=True)]
        odd = pd.Series(~np.array(starts, dtype=bool), index=category[given].index)
        self.blame("student_kind_form_mismatch", "learner_category", odd,
                   lambda at: "学生类型是“" + at["school_kind"] + "”，学生类别却是“" + at["learner_category"] + "”")  # fmt: skip
        self._aid(entry, pair)

    def _aid(self, entry: pd.Series, pair: list[str]) -> None:
        frame, known = self.frame, self.known
        aided = known["receives_grant"] == "是"
        marks = self._asked_together(pair, "major_mark").fillna("")
        poor = aided & (known["household_kind"] == "非农业户口") & (known["is_low_income"] == "否")
        poor &= frame["major"].notna() & ~marks.str.contains("涉农", regex=False)
        late = aided & ~(_years(entry * 100 + 1, self.today) + 1).isin([1, 2, 3]) & entry.notna()
        self.blame("aid_without_basis", "receives_grant", poor, "表中看不出享受助学金的依据")
        self.blame("aid_without_basis", "receives_grant", late & ~poor, "不在国家助学金享受年级之内")
        amount = pd.to_numeric(frame["grant_month_amount"], errors="coerce") * 10
        filled = frame["grant_month_amount"].notna()
        self.blame("aid_amount_off_standard", "grant_month_amount", aided & filled & ~amount.between(1200, 3500),
                   "不在当期国家助学金标准之内")  # fmt: skip
        self.blame("aid_amount_off_standard", "grant_month_amount",
                   (known["receives_grant"] == "否") & (amount > 0), "不享受国家助学金，却填了月发放标准")  # fmt: skip

    def _others(self, keys: list[str], words: str) -> Words:
        """Names the other rows of each offender's group."""

        def told(at: pd.DataFrame) -> pd.Series:
            texts = pd.Series("", index=at.index)
            for _, rows in at.groupby(keys).groups.items():
                for row in rows:
                    others = [str(int(other) + 1) for other in rows if other != row]
                    texts[row] = f"{words}第 {'、'.join(others[:8])} 行" + (
                        f"等（另有 {len(others) - 8} 行）" if len(others) > 8 else ""
                    )
            return texts

        return told

    def groups(self) -> None:
        frame = self.frame
        number = frame["id_number"]
        lawful = _matches(number, "^[A-Z0-9()]{5,20}$")
        self.blame("id_number_repeated", "id_number", lawful & number.duplicated(keep=False),
                   self._others(["id_number"], "证件号码相同，另见"))  # fmt: skip
        named = self._asked_together(["major", "directory_version"], "major_name").fillna(frame["major"])
        keys = ["class_group", "cohort"]
        classes = frame.assign(named=named, length=self.known["study_length"])
        classes["cohort"] = classes["cohort"].fillna("")
        by_class = classes.groupby(keys)
        self.blame("class_major_mixed", "major", by_class["named"].transform("nunique") > 1,
                   self._others(keys, "同班填了不同的专业，另见"))  # fmt: skip
        self.blame("study_length_unusual", "study_length", by_class["length"].transform("nunique") > 1,
                   self._others(keys, "同一班级里有几种学制，另见"))  # fmt: skip
        self.blame("class_too_large", "class_group", by_class["class_group"].transform("size") > 50,
                   self._others(keys, "超过班额标准，另见"))  # fmt: skip
        phones = frame[_matches(frame["guardian_phone"], PHONE_SHAPE)]
        phones = phones[phones["guardian_phone"].duplicated(keep=False)]
        shared = phones.groupby("guardian_phone")["guardian_name"].transform("nunique") > 3
        self.blame("guardian_phone_shared", "guardian_phone", shared,
                   self._others(["guardian_phone"], "同一电话登记给几名学生，另见"))  # fmt: skip
        self._same_person()

    def _same_person(self) -> None:
        whole = self.frame.assign(birth=self.birth, sex=self.known["sex"])
        whole = whole[_matches(whole["name"], NAME_SHAPE) & whole["id_number"].notna()]
        twins: dict[int, set[int]] = {}
        for keys in (["name", "birth", "sex"], ["birth", "sex", "guardian_name", "guardian_phone"]):
            block = whole.dropna(subset=keys)
            block = block[block.duplicated(keys, keep=False)]
            wanted = ["name", "id_number", "guardian_name", "guardian_phone"]
            for _, rows in block.groupby(keys):
                cells = list(rows[wanted].itertuples(name=None))
                for one in cells:
                    twins.setdefault(one[0], set()).update(two[0] for two in cells if _twins(one, two))
        told = {row: others for row, others in twins.items() if others}
        wrong = pd.Series(False, index=self.frame.index)
        wrong.loc[list(told)] = True
        self.blame("same_person_suspected", "name", wrong, lambda at: pd.Series(
            [f"与第 {'、'.join(str(other + 1) for other in sorted(told[row]))} 行疑似同一人" for row in at.index],
            index=at.index))  # fmt: skip


def _twins(one: tuple, two: tuple) -> bool:
    if one[2] == two[2]:
        return False
    if one[1] == two[1]:
        return bool(one[3] == two[3] or one[4] == two[4])
    off = sum(a != b for a, b in zip(one[1], two[1], strict=False))
    return len(one[1]) == len(two[1]) and off == 1 and one[3] == two[3] and one[4] == two[4]


def faults(path: Path, on: date) -> list[RowFinding]:
    """Every fault, in the order of the rows."""
    judge = Judge(path, on)
    for rules in (judge.identity, judge.people, judge.study, judge.groups):
        rules()
    return sorted(judge.findings, key=lambda found: (found.row, found.rule, found.column))
