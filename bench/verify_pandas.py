"""The student rules written by hand in pandas: what the engine is measured against.

Vectorised where pandas can be; code tables are asked once for each distinct value, as the engine does. Counts rows at
fault (a row counts once for each rule and column), not texts.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from zhixing.domains.students.rosters import STUDENT_INFORMATION, student_codes
from zhixing.kernel.rosters.primitives import NAME_SHAPE, PHONE_SHAPE

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])


def _clean(column: pd.Series) -> pd.Series:
    stripped = column.str.strip()
    return stripped.mask(stripped == "")


def _unknown(column: pd.Series, code_set: str) -> pd.Series:
    known = student_codes().sets[code_set]
    answers = {value: known.canonical(value) for value in column.dropna().unique()}
    return column.notna() & column.map(answers).isna()


def _years(first: pd.Series, last: pd.Series | int) -> pd.Series:
    return (last - first) // 10000


def faults(path: Path, on: date) -> int:
    """How many faults there are."""
    frame = pd.read_parquet(path)
    titles = {column.title: column for column in STUDENT_INFORMATION.columns}
    frame = frame.rename(columns={title: column.name for title, column in titles.items()})
    for name in frame.columns:
        frame[name] = _clean(frame[name])
    today = on.year * 10000 + on.month * 100 + on.day
    found = _identity(frame, today) + _people(frame, today) + _study(frame, today) + _groups(frame)
    return int(found)


def _identity(frame: pd.DataFrame, today: int) -> int:
    number = frame["id_number"].str.upper()
    shaped = number.str.fullmatch("[1-9][0-9]{16}[0-9X]").fillna(False).astype(bool)
    temporary = number.str.fullmatch("999[0-9]{15}").fillna(False).astype(bool)
    shaped &= ~temporary
    fine = number[shaped]
    digits = np.frombuffer("".join(fine.str[:17]).encode(), np.uint8).reshape(-1, 17).astype(np.int64) - 48
    last = fine.str[17].map({**{str(n): n for n in range(10)}, "X": 10}).to_numpy()
    birth_text = fine.str[6:14]
    real = pd.to_datetime(birth_text, format="%Y%m%d", errors="coerce").notna()
    born = birth_text.astype("int64")
    possible = real & (born <= today) & (_years(born, today) <= 120)
    right = pd.Series(((digits @ _WEIGHTS + last) % 11 == 1), index=fine.index) & possible
    frame["good"] = right.reindex(frame.index, fill_value=False)
    frame["birth"] = born.where(right).reindex(frame.index)
    frame["birth"] = frame["birth"].fillna(pd.to_numeric(frame["birth_date"], errors="coerce"))
    regions = {code: student_codes().lookups["region"](code) for code in fine.str[:6].unique()}
    unknown = fine.str[:6].map(regions).isna() & right
    sex = pd.Series(np.where(digits[:, 16] % 2 == 1, "男", "女"), index=fine.index)
    differs = (pd.to_numeric(frame["birth_date"], errors="coerce").reindex(fine.index) != born) & right
    differs &= frame["birth_date"].reindex(fine.index).notna()
    other_sex = (frame["sex"].reindex(fine.index) != sex) & right & frame["sex"].reindex(fine.index).notna()
    return int(
        (number.notna() & ~shaped & ~temporary).sum() + (~possible).sum() + (possible & ~right).sum()
        + unknown.sum() + differs.sum() + other_sex.sum()
    )  # fmt: skip


def _people(frame: pd.DataFrame, today: int) -> int:
    total = 0
    for column in STUDENT_INFORMATION.columns:
        if column.name not in frame:
            continue
        cells = frame[column.name]
        if column.required and not column.required_when:
            total += int(cells.isna().sum())
        if column.code_set and not column.by_rule:
            total += int(_unknown(cells, column.code_set).sum())
    total += int((frame["joint_school_code"].isna() & (frame["joint_kind"] != "非联招合作办学")).sum())
    total += int((frame["grant_month_amount"].isna() & (frame["receives_grant"] == "是")).sum())
    for name in ("guardian_phone", "phone"):
        cells = frame[name]
        total += int((cells.notna() & ~cells.str.contains(PHONE_SHAPE, regex=True).fillna(True).astype(bool)).sum())
    name = frame["name"]
    total += int((name.notna() & ~name.str.contains(NAME_SHAPE, regex=True).fillna(True).astype(bool)).sum())
    for start in ("household", "home"):
        parts = [frame[f"{start}_{part}"].fillna("") for part in ("province", "city", "county")]
        joined = parts[0] + "\x1f" + parts[1] + "\x1f" + parts[2]
        ask = student_codes().lookups["region_contradicts"]
        answers = {one: ask(*one.split("\x1f")) for one in joined.unique()}
        total += int(joined.map(answers).notna().sum())
    age = _years(frame["birth"], today)
    member = frame["political_status"].isin(["中共党员", "中共预备党员"]) & (age < 18)
    league = (frame["political_status"] == "共青团员") & ((age < 14) | (age > 28))
    return total + int(member.sum() + league.sum())


def _study(frame: pd.DataFrame, today: int) -> int:
    entry = pd.to_numeric(frame["entry_date"].str[:6], errors="coerce")
    age = _years(frame["birth"], entry * 100 + 31)
    unusual = age.notna() & ((age < 14) | (age > 22))
    cohort = pd.to_numeric(frame["cohort"].str[:4], errors="coerce")
    spring = (entry % 100 <= 6) & (cohort == entry // 100 - 1)
    apart = entry.notna() & cohort.notna() & (cohort != entry // 100) & ~spring
    pairs = frame["major"].fillna("") + "\x1f" + frame["directory_version"].fillna("")
    ask = student_codes().lookups["major_unknown"]
    unlisted = pairs.map({one: ask(*one.split("\x1f")) for one in pairs.unique()}).notna()
    lengths = {
        one: student_codes().sets["study_length"].canonical(one) for one in frame["study_length"].dropna().unique()
    }
    length = frame["study_length"].map(lengths)
    odd = frame["study_length"].notna() & ~length.isin(["3年", "4年", "5年", "6年"])
    kind = ~frame["learner_category"].str.startswith("普通中专") & (frame["school_kind"] == "普通中专")
    aided = frame["receives_grant"] == "是"
    amount = pd.to_numeric(frame["grant_month_amount"], errors="coerce") * 10
    poor = aided & (frame["household_kind"] == "非农业户口") & (frame["is_low_income"] == "否")
    late = aided & (_years(entry * 100 + 1, pd.Series(today, index=frame.index)) + 1 > 3)
    off = (aided & ~amount.between(1200, 3500)) | ((frame["receives_grant"] == "否") & (amount > 0))
    return int(sum(one.sum() for one in (unusual, apart, unlisted, odd, kind, poor, late, off)))


def _groups(frame: pd.DataFrame) -> int:
    number = frame["id_number"]
    repeated = number.notna() & number.duplicated(keep=False)
    classes = frame.groupby(["class_group", "cohort"])
    mixed = classes["major"].transform("nunique") > 1
    lengths = classes["study_length"].transform("nunique") > 1
    large = classes["class_group"].transform("size") > 50
    shared = frame.groupby("guardian_phone")["guardian_name"].transform("nunique") > 3
    same = frame.dropna(subset=["name", "birth", "sex"])
    same = same[same.duplicated(["name", "birth", "sex"], keep=False)]
    twins: set[int] = set()
    for other in ("guardian_name", "guardian_phone"):
        keys = ["name", "birth", "sex", other]
        block = same[same.duplicated(keys, keep=False)]
        twins |= set(block.index[block.groupby(keys)["id_number"].transform("nunique") > 1])
    keys = ["birth", "sex", "guardian_name", "guardian_phone"]
    near = frame.dropna(subset=keys)
    near = near[near.duplicated(keys, keep=False)]
    for _, block in near.groupby(keys):
        for one in block.itertuples():
            for two in block.itertuples():
                off = sum(a != b for a, b in zip(str(one.name), str(two.name), strict=False))
                if one.id_number != two.id_number and len(str(one.name)) == len(str(two.name)) and off == 1:
                    twins.add(one.Index)
    return int(sum(one.sum() for one in (repeated, mixed, lengths, large, shared))) + len(twins)
